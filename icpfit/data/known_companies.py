"""Whom the company knows already: its accounts and open deals, read without joining anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from icpfit.data.database.session import Databases
from icpfit.data.identity.identification import account_ids
from icpfit.data.presets.statement import ALTERNATIVES
from icpfit.data.sources.cells import CANONICAL, trimmed
from icpfit.data.sources.database_parts import database_parts
from icpfit.data.sources.no_data import ragged_reason
from icpfit.data.sources.reader import text_table
from icpfit.data.sources.source_columns import (
    expected_columns,
    field_values,
    fields,
    source_column,
)
from icpfit.data.sources.source_files import DataFolder, source_files
from icpfit.data.sources.text_parts import TextPart, file_part, select_part
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from icpfit.data.sources.source_columns import Field
    from icpfit.data.sources.source_spec import Source
    from icpfit.data.table_spec import DataSpec

__all__ = ["KnownAccount", "KnownCompanies", "OpenDeal", "account_columns", "known_companies"]

# By table: columns without which some would pass for strangers, and what isn't told without them.
_UNTOLD: dict[str, dict[str, str]] = {
    "accounts": {
        "name": "no customer is known by name",
        "domain": "no customer is known by web site",
        "parent_id": "no subsidiary is known by its parent",
        "churned_on": "former customers are told as customers",
    },
    "opportunities": {
        "closed_on": "no open opportunity is told",
        "won": "no open opportunity is told",
        "name": "no open opportunity is known by the name of its company",
        "domain": "no open opportunity is known by the web site of its company",
    },
}


@dataclass(frozen=True)
class KnownAccount:
    """One customer, or former customer.

    Parameters
    ----------
    account_id : str
        Its number, trimmed.
    name, domain, parent_id : str or None
        As they stand in the export, trimmed.
    left : bool
        Whether its churn date is not after ``as_of``.
    """

    account_id: str
    name: str | None
    domain: str | None
    parent_id: str | None
    left: bool


@dataclass(frozen=True)
class OpenDeal:
    """One opportunity that is neither won nor lost yet.

    Parameters
    ----------
    account_id : str or None
        The number of the company that it is with, which may be no account yet.
    name, domain : str or None
        That company's, as they stand in the export, trimmed.
    """

    account_id: str | None
    name: str | None = None
    domain: str | None = None


@dataclass(frozen=True)
class KnownCompanies:
    """The accounts and open deals of a company.

    Parameters
    ----------
    accounts : tuple of KnownAccount
        In the order of the export.
    open_deals : frozenset of OpenDeal
        Opportunities that are neither won nor lost yet.
    notes : tuple of str
        What of the exports could not be read, so that whoever it tells of isn't known, or not as
        what they are.
    """

    accounts: tuple[KnownAccount, ...]
    open_deals: frozenset[OpenDeal]
    notes: tuple[str, ...] = ()


def known_companies(spec: DataSpec, root: Path) -> KnownCompanies:
    """Read who is a customer already, from the accounts' and opportunities' exports alone.

    Parameters
    ----------
    spec : DataSpec
        Its sources of the tables accounts and opportunities are read.
    root : Path
        What ``spec.folder`` is relative to.

    Returns
    -------
    KnownCompanies
        Rows without an id are passed over; nothing is rejected, as nothing is learned from it, but
        its notes name rows that don't fit the header, columns that aren't there and churn dates
        that can't be read.

    Raises
    ------
    SourceError
        When a file is missing or can't be read, or lacks the column of the id.

    Notes
    -----
    An opportunity is open where both its close date and its result are empty. A churn that only a
    loyalty log tells of is not seen here.
    """
    accounts: list[KnownAccount] = []
    open_deals: dict[str, set[OpenDeal]] = {}
    notes: list[str] = []
    folder = DataFolder(root / spec.folder, spec.folder)
    for name, source in spec.sources.items():
        if source.table not in ("accounts", "opportunities"):
            continue
        asked = fields(source, spec.attributes, f"data.sources.{name}")
        number = next(field for field in asked if field.name == "account_id")
        for part in _parts(name, source, asked, folder):
            # Without the id's column nobody would be known, which must not pass for an answer.
            source_column(number, part.columns, part.unreadable, part.name)
            notes += [*_absent(source.table, asked, part), *_misfits(source, part)]
            cells = {
                field.name: trimmed(part.columns[field.column]).to_pylist()
                for field in asked
                if field.column is not None and field.column in part.columns.column_names
            }
            if source.table == "opportunities":
                open_deals.setdefault(name, set()).update(_open_deals(cells))
                continue
            churned, unread = _churn_days(source, asked, part)
            notes += unread
            accounts += _accounts(cells, churned, spec.as_of)
    known = _as_table(accounts)
    deals: set[OpenDeal] = set()
    for name, found in open_deals.items():
        numbers = {deal.account_id for deal in found if deal.account_id}
        ids = account_ids(name, numbers, known, spec, folder)
        deals |= {replace(deal, account_id=ids.get(deal.account_id or "")) for deal in found}
    return KnownCompanies(tuple(accounts), frozenset(deals), tuple(dict.fromkeys(notes)))


def account_columns(spec: DataSpec) -> dict[str, tuple[str, ...]]:
    """Return what the export of accounts calls the columns that tell companies apart.

    Parameters
    ----------
    spec : DataSpec
        The company's settings; nothing is read.

    Returns
    -------
    dict of str to tuple of str
        account_id, domain and parent_id, as far as they are mapped, to the export's column, or to
        those of which a preset takes the first that is filled: a list that uses the same name means
        the same. Of several exports the first counts.
    """
    columns: dict[str, tuple[str, ...]] = {}
    for name, source in spec.sources.items():
        if source.table != "accounts":
            continue
        for field in fields(source, spec.attributes, f"data.sources.{name}"):
            if field.name in ("account_id", "domain", "parent_id") and field.column:
                several = field.column.split(ALTERNATIVES)
                columns.setdefault(field.name, tuple(dict.fromkeys((field.column, *several))))
    return columns


def _parts(
    name: str, source: Source, asked: tuple[Field, ...], folder: DataFolder
) -> list[TextPart]:
    where = f"data.sources.{name}"
    if source.select is not None:
        return [
            select_part(
                name, source.select, source.tables, fmt=source.format, folder=folder, where=where
            )
        ]
    if source.url is not None:
        with Databases() as databases:
            return list(database_parts(name, source, databases, where))
    files = source_files(folder, source.files or "", f"{where}.files")
    expected = expected_columns(asked)
    return [file_part(text_table(path, source.format, shown, expected)) for path, shown in files]


def _absent(table: str, asked: tuple[Field, ...], part: TextPart) -> list[str]:
    """Tell of the columns that the settings name and the export doesn't have."""
    notes = []
    for field in asked:
        untold = _UNTOLD[table].get(field.name)
        if untold is not None:
            try:
                source_column(field, part.columns, part.unreadable, part.name)
            except SourceError as error:
                notes.append(f"{error}; until then {untold}")
    return notes


def _misfits(source: Source, part: TextPart) -> list[str]:
    """Tell of the rows that don't fit their header: nobody knows which cell holds the id."""
    found = [one for one in part.ragged if ragged_reason(source, one[2]) is None]
    if not found:
        return []
    file, width, first = found[0]
    more = f" (and {len(found) - 1:,} more rows)" if len(found) > 1 else ""
    told = f"has {len(first.cells)} cells where the header has {width}{more}"
    advice = "whoever it tells of is not known in the list: quote cells that hold the delimiter"
    return [f"{file} line {first.line}: {told}; {advice}"]


def _churn_days(
    source: Source, asked: tuple[Field, ...], part: TextPart
) -> tuple[list[object], list[str]]:
    """Return the day on which each account left, and what of them can't be read."""
    field = next(field for field in asked if field.name == "churned_on")
    if field.column is None or field.column not in part.columns.column_names:
        return [None] * part.columns.num_rows, []
    cells, typed = part.columns[field.column], part.typed.get(field.column)
    is_own = typed is None and field.column in part.native
    read = field_values(field, cells, CANONICAL if is_own else source.format, typed)
    days: list[object] = pa.array(read.values).to_pylist()
    if not read.problems:
        return days, []
    first = read.problems[0]
    more = f" (and {len(read.problems) - 1:,} more)" if len(read.problems) > 1 else ""
    place = f"{part.files[first.row].as_py()} line {part.lines[first.row].as_py()}"
    told = f"{field.column} '{cells[first.row].as_py()}' {first.problem}{more}"
    return days, [f"{place}: {told}; told as a customer who has not left: {first.how_to_fix}"]


def _accounts(
    cells: dict[str, list[str | None]], churned: list[object], as_of: object
) -> list[KnownAccount]:
    rows = _rows(cells, "account_id", "name", "domain", "parent_id")
    return [
        KnownAccount(account, name, domain, parent, day is not None and day <= as_of)  # type: ignore[operator]
        for (account, name, domain, parent), day in zip(rows, churned, strict=True)
        if account
    ]


def _as_table(accounts: list[KnownAccount]) -> pa.Table:
    rows = [
        (one.account_id, one.parent_id, one.name, one.domain, "accounts", str(place))
        for place, one in enumerate(accounts, start=1)
    ]
    names = ("account_id", "parent_id", "name", "domain", "_file", "_line")
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pa.table(
        {name: pa.array(cells, pa.string()) for name, cells in zip(names, columns, strict=True)}
    )


def _open_deals(cells: dict[str, list[str | None]]) -> set[OpenDeal]:
    if "closed_on" not in cells or "won" not in cells:
        return set()
    rows = _rows(cells, "account_id", "name", "domain", "closed_on", "won")
    return {
        OpenDeal(account, name, domain)
        for account, name, domain, closed, won in rows
        if (account or name or domain) and not closed and not won
    }


def _rows(cells: dict[str, list[str | None]], *names: str) -> Iterable[tuple[str | None, ...]]:
    """Return the cells of each row; a column that isn't there is empty."""
    nothing: list[str | None] = [None] * len(cells.get("account_id", ()))
    return zip(*(cells.get(name, nothing) for name in names), strict=True)
