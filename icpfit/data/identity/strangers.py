"""The customers of an export that find no account: how much hangs on them, and who they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.company_names import normal_domain
from icpfit.data.identity.listed_rows import listed_format, listed_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.data.identity.known_ids import KnownIds
    from icpfit.data.sources.source_files import DataFolder
    from icpfit.data.table_spec import DataSpec

__all__ = ["Stranger", "are_telling", "strangers"]

UNITS = 10_000
_FEWEST_LETTERS = 3


@dataclass(frozen=True)
class Stranger:
    """A customer of another system of which no account is known.

    Parameters
    ----------
    id : str
        Its id there.
    rows : int
        Rows of the export that have it.
    money : float or None
        Sum of their amounts, in the company's currency; None where the export has none.
    name, domain : str or None
        What the system calls it, and the host of its web or mail address.
    facts : dict of str to str
        Attribute to what the system says of it.
    """

    id: str
    rows: int
    money: float | None
    name: str | None = None
    domain: str | None = None
    facts: dict[str, str] | None = None


def strangers(
    name: str, rows: pa.Table, spec: DataSpec, known: KnownIds, folder: DataFolder
) -> tuple[Stranger, ...]:
    """List the customers of a source that find no account.

    Parameters
    ----------
    name : str
        The source's key in the settings.
    rows : pyarrow.Table
        Typed rows of its table, priced where need be: ``_source``, ``account_id``, ``amount`` and
        ``currency`` where there are such.
    spec : DataSpec
        The settings; ``customers`` of the source names the list that tells who they are.
    known : KnownIds
        The ids of the accounts.
    folder : DataFolder
        The folder of the exports.

    Returns
    -------
    tuple of Stranger
        By falling absolute amount, then rows, then id. Without a list of customers an id that is
        a name, or an address, stands for itself.

    Raises
    ------
    SourceError
        When the list of customers can't be read.
    """
    found = []
    for one, count, money in _sums(rows.filter(pc.equal(rows["_source"], name)), spec):
        if known.account(one) is None:
            found.append(Stranger(one, count, money, *_told_by_id(one)))
    source = spec.sources[name]
    listed = source.customers
    if listed is not None and found:
        wanted = {one.id: place for place, one in enumerate(found)}
        named = [column for column in (listed.name, listed.domain) if column is not None]
        needed = [listed.id, *named, *listed.same.values()]
        fmt = listed_format(spec, listed.files, listed.sheet)
        where = f"data.sources.{name}.customers"
        for row in listed_rows(
            listed.files, fmt, folder, needed=list(dict.fromkeys(needed)), where=where, digests={}
        ):
            place = wanted.pop(row.cells[listed.id], None)
            if place is None:
                continue  # the first row of a customer counts
            facts = {own: row.cells[column] for own, column in listed.same.items()}
            found[place] = replace(
                found[place],
                name=(row.cells[listed.name] or None) if listed.name else None,
                domain=normal_domain(row.cells[listed.domain]) if listed.domain else None,
                facts={own: text for own, text in facts.items() if text},
            )
    return tuple(sorted(found, key=lambda one: (-abs(one.money or 0.0), -one.rows, one.id)))


def are_telling(name: str, rows: pa.Table, known: KnownIds) -> bool:
    """Return whether any unmatched id of a source is itself a name or an address.

    Parameters
    ----------
    name : str
        The source's key in the settings.
    rows : pyarrow.Table
        Typed rows of its table.
    known : KnownIds
        The ids of the accounts.

    Returns
    -------
    bool
        False where all are mere numbers: without a list of customers nothing can be proposed.
    """
    ids = pc.unique(rows["account_id"].filter(pc.equal(rows["_source"], name))).to_pylist()
    return any(any(_told_by_id(one)) for one in ids if known.account(one) is None)


def _told_by_id(text: str) -> tuple[str | None, str | None]:
    letters = sum(letter.isalpha() for letter in text)
    if letters < _FEWEST_LETTERS or letters <= sum(letter.isdigit() for letter in text):
        return None, None
    domain = normal_domain(text)
    is_address = "@" in text or (domain is not None and " " not in text)
    return (None if is_address else text), domain


def _sums(rows: pa.Table, spec: DataSpec) -> Sequence[tuple[str, int, float | None]]:
    has_money = "amount" in rows.column_names
    keys = ["account_id"]
    if has_money and "currency" in rows.column_names:
        keys.append("currency")
    asked = [("account_id", "count")]
    if has_money:
        asked.append(("amount", "sum"))
    grouped = rows.group_by(keys).aggregate(asked).to_pylist()
    counts: dict[str, int] = {}
    money: dict[str, float] = {}
    for group in grouped:
        one = group["account_id"]
        counts[one] = counts.get(one, 0) + group["account_id_count"]
        if group.get("amount_sum") is not None:
            # A currency without a rate stops the join; here it only orders the list.
            rate = spec.currencies.get(group.get("currency") or "", 1.0)
            money[one] = money.get(one, 0.0) + group["amount_sum"] * rate / UNITS
    return [(one, counts[one], money.get(one)) for one in sorted(counts)]
