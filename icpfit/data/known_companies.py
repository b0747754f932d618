"""Whom the company knows already: its accounts and open deals, read without joining anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from icpfit.data.database.session import Databases
from icpfit.data.identity.identification import account_ids
from icpfit.data.sources.cells import CANONICAL, parsed, trimmed
from icpfit.data.sources.database_parts import database_parts
from icpfit.data.sources.reader import text_table
from icpfit.data.sources.source_columns import expected_columns, fields, source_column
from icpfit.data.sources.source_files import DataFolder, source_files
from icpfit.data.sources.text_parts import TextPart, file_part, select_part

if TYPE_CHECKING:
    from pathlib import Path

    from icpfit.data.sources.source_columns import Field
    from icpfit.data.sources.source_spec import Source
    from icpfit.data.table_spec import DataSpec

__all__ = ["KnownAccount", "KnownCompanies", "account_columns", "known_companies"]


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
class KnownCompanies:
    """The accounts and open deals of a company.

    Parameters
    ----------
    accounts : tuple of KnownAccount
        In the order of the export.
    open_deals : frozenset of str
        Account ids of opportunities that are neither won nor lost yet.
    """

    accounts: tuple[KnownAccount, ...]
    open_deals: frozenset[str]


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
        Rows without an id are passed over; nothing is rejected, as nothing is learned from it.

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
    open_deals: dict[str, set[str]] = {}
    folder = DataFolder(root / spec.folder, spec.folder)
    for name, source in spec.sources.items():
        if source.table not in ("accounts", "opportunities"):
            continue
        asked = fields(source, spec.attributes, f"data.sources.{name}")
        number = next(field for field in asked if field.name == "account_id")
        for part in _parts(name, source, asked, folder):
            # Without the id's column nobody would be known, which must not pass for an answer.
            source_column(number, part.columns, part.unreadable, part.name)
            cells = {
                field.name: trimmed(part.columns[field.column]).to_pylist()
                for field in asked
                if field.column is not None and field.column in part.columns.column_names
            }
            if source.table == "opportunities":
                open_deals.setdefault(name, set()).update(_open_deals(cells))
                continue
            accounts += _accounts(cells, _days(source, asked, part), spec.as_of)
    known = _as_table(accounts)
    found = [account_ids(name, ids, known, spec, folder) for name, ids in open_deals.items()]
    return KnownCompanies(tuple(accounts), frozenset().union(*found))


def account_columns(spec: DataSpec) -> dict[str, str]:
    """Return what the export of accounts calls the columns that tell companies apart.

    Parameters
    ----------
    spec : DataSpec
        The company's settings; nothing is read.

    Returns
    -------
    dict of str to str
        account_id, domain and parent_id, as far as they are mapped, to the export's columns: a
        list that uses the same name means the same. Of several exports the first counts.
    """
    columns: dict[str, str] = {}
    for name, source in spec.sources.items():
        if source.table != "accounts":
            continue
        for field in fields(source, spec.attributes, f"data.sources.{name}"):
            if field.name in ("account_id", "domain", "parent_id") and field.column:
                columns.setdefault(field.name, field.column)
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


def _days(source: Source, asked: tuple[Field, ...], part: TextPart) -> list[object]:
    column = next((field.column for field in asked if field.name == "churned_on"), None)
    if column is None or column not in part.columns.column_names:
        return [None] * part.columns.num_rows
    fmt = CANONICAL if column in part.native else source.format
    days: list[object] = pa.array(parsed(part.columns[column], "date", fmt).values).to_pylist()
    return days


def _accounts(
    cells: dict[str, list[str | None]], churned: list[object], as_of: object
) -> list[KnownAccount]:
    ids = cells.get("account_id", [])
    nothing: list[str | None] = [None] * len(ids)
    rows = zip(
        ids,
        cells.get("name", nothing),
        cells.get("domain", nothing),
        cells.get("parent_id", nothing),
        churned,
        strict=True,
    )
    return [
        KnownAccount(account, name, domain, parent, day is not None and day <= as_of)  # type: ignore[operator]
        for account, name, domain, parent, day in rows
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


def _open_deals(cells: dict[str, list[str | None]]) -> set[str]:
    ids = cells.get("account_id", [])
    if "closed_on" not in cells or "won" not in cells:
        return set()
    rows = zip(ids, cells["closed_on"], cells["won"], strict=True)
    return {account for account, closed, won in rows if account and not closed and not won}
