"""By which columns two exports tell the same customers: ids, names or domains that overlap."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from icpfit.data.company_names import normal_domain, plain_name
from icpfit.data.exports.names import named
from icpfit.data.sources.cells import trimmed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

__all__ = ["AccountKeys", "Link", "account_keys", "best_link"]

By = Literal["exact", "name", "domain"]
_FEWEST_KEYS = 3
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,\s]*%?")
#: A column of numbers is only taken for a key when it is called one: 240 employees are none.
_KEY_WORDS = (
    "id",
    "number",
    "no",
    "num",
    "nr",
    "code",
    "key",
    "reference",
    "ref",
    "account",
    "customer",
    "client",
    "data",
    "company",
)


@dataclass(frozen=True)
class Link:
    """How the rows of an export find their account.

    Parameters
    ----------
    column : str
        The export's column.
    to : str
        The column of the accounts that it is compared with.
    by : {"exact", "name", "domain"}
        How.
    share : float
        Share of the filled cells that find exactly one account, 0 to 1.
    """

    column: str
    to: str
    by: By
    share: float


@dataclass(frozen=True)
class AccountKeys:
    """What accounts may be known by: for each column and way, key to id, where it is only one."""

    id: str
    ways: dict[tuple[str, By], dict[str, str]]


def _key(text: str, by: By) -> str:
    if by == "name":
        return plain_name(text) or ""
    if by == "domain":
        return normal_domain(text) or ""
    return text


def account_keys(columns: pa.Table, id_column: str, kept: set[str] | None = None) -> AccountKeys:
    """Collect what the accounts of an export may be known by.

    Parameters
    ----------
    columns : pyarrow.Table
        The export.
    id_column : str
        Its column of ids.
    kept : set of str, optional
        The ids that count; all by default.

    Returns
    -------
    AccountKeys
        Only columns whose filled cells are nearly all different.
    """
    ids = trimmed(columns[id_column]).to_pylist()
    ways: dict[tuple[str, By], dict[str, str]] = {}
    for name in columns.column_names:
        cells = trimmed(columns[name]).to_pylist()
        pairs = [
            (cell, one)
            for cell, one in zip(cells, ids, strict=True)
            if cell and one and (kept is None or one in kept)
        ]
        if name != id_column and _measures(name, [cell for cell, _ in pairs]):
            continue
        if len(pairs) < 0.3 * len(ids) or len({cell for cell, _ in pairs}) < 0.9 * len(pairs):
            continue
        ways[name, "exact"] = _only(pairs, "exact")
        if name == id_column:
            continue
        if sum(1 for cell, _ in pairs if _key(cell, "domain")) > 0.8 * len(pairs):
            ways[name, "domain"] = _only(pairs, "domain")
        elif sum(1 for cell, _ in pairs if re.search(r"[^\W\d_]{2}", cell)) > 0.8 * len(pairs):
            ways[name, "name"] = _only(pairs, "name")
    return AccountKeys(id_column, ways)


def _only(pairs: list[tuple[str, str]], by: By) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for cell, one in pairs:
        key = _key(cell, by)
        if key:
            found.setdefault(key, set()).add(one)
    return {key: next(iter(ids)) for key, ids in found.items() if len(ids) == 1}


def best_link(
    columns: pa.Table, keys: AccountKeys, preferred: Sequence[str] = ()
) -> tuple[Link | None, set[str]]:
    """Find the column by which an export tells its customers.

    Parameters
    ----------
    columns : pyarrow.Table
        The export.
    keys : AccountKeys
        What the accounts may be known by.
    preferred : sequence of str
        Columns that win over others that match hardly better.

    Returns
    -------
    link : Link or None
        The way that finds most rows' account; ``None`` when none finds any. What matches to the
        letter comes before domains, and these before names, where they find about as many.
    ids : set of str
        The accounts that it finds.
    """
    best: tuple[tuple[Any, ...], Link, set[str]] | None = None
    rows = columns.num_rows
    for place, name in enumerate(columns.column_names):
        counts = Counter(cell for cell in trimmed(columns[name]).to_pylist() if cell)
        if len(counts) < min(_FEWEST_KEYS, rows) or _measures(name, list(counts)):
            continue
        keyed = {by: _keyed(counts, by) for by in {way for _, way in keys.ways}}
        for (to, by), known in keys.ways.items():
            mine = [(known[key], count) for key, count in keyed[by].items() if key in known]
            ids, hits = {one for one, _ in mine}, sum(count for _, count in mine)
            share = hits / rows if rows else 0.0
            if not ids:
                continue
            order = ("name", "domain", "exact").index(by)
            rank = (
                round(share * 20), name in preferred, order, to == keys.id, share, -place
            )  # fmt: skip
            if best is None or rank > best[0]:
                best = (rank, Link(name, to, by, share), ids)
    return (best[1], best[2]) if best else (None, set())


def _measures(name: str, cells: list[str]) -> bool:
    numbers = sum(1 for cell in cells if _NUMBER.fullmatch(cell))
    return numbers > 0.9 * len(cells) and not named(name, *_KEY_WORDS)


def _keyed(counts: Counter[str], by: By) -> Counter[str]:
    keyed: Counter[str] = Counter()
    for cell, count in counts.items():
        keyed[_key(cell, by)] += count
    del keyed[""]
    return keyed
