"""Rows that stand in an export more than once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from icpfit.data.sources.source_spec import Source

__all__ = ["Repeats", "repeated_rows"]


@dataclass(frozen=True)
class Repeats:
    """Which rows are kept, how many were set aside and why, and what a reader should know."""

    kept: pa.Array
    set_aside: dict[str, int]
    notes: list[str]


def repeated_rows(table: pa.Table, raw: pa.Table, source: Source) -> Repeats:
    """Find rows that repeat a ``line_id``, or are identical in every cell.

    Parameters
    ----------
    table : pyarrow.Table
        Accepted rows, typed.
    raw : pyarrow.Table
        The same rows as they stand in the export, with all its columns.
    source : Source
        Its ``duplicates`` says what becomes of identical rows that have no ``line_id``.

    Returns
    -------
    Repeats
        The first row of a ``line_id`` is kept, the others set aside. Identical rows without one
        are kept and noted, or dropped. Accounts are left alone: two rows of one account are
        judged where accounts are made.

    Examples
    --------
    >>> from icpfit.data.sources.source_spec import Source
    >>> rows = pa.table({"line_id": ["1", "1", None, None], "date": ["a", "a", "b", "b"]})
    >>> repeated_rows(rows, rows, Source("revenue", files="x.csv")).kept.to_pylist()
    [True, False, True, True]
    """
    rows = table.num_rows
    kept = np.ones(rows, dtype=bool)
    set_aside: dict[str, int] = {}
    notes: list[str] = []
    if source.table == "accounts" or rows == 0:
        return Repeats(pa.array(kept, pa.bool_()), set_aside, notes)
    with_id = np.zeros(rows, dtype=bool)
    if "line_id" in table.column_names:
        with_id = table["line_id"].is_valid().to_numpy()
    if with_id.any():
        own = [name for name in table.column_names if not name.startswith("_")]
        places = np.flatnonzero(with_id)
        first = _first_of_each(table.select(["line_id"]).take(places))
        repeats = len(places) - len(first)
        if repeats:
            kept[places] = False
            kept[places[first]] = True
            set_aside["repeated line_id"] = repeats
        distinct = _first_of_each(table.select(own).take(places)) if repeats else first
        changed = len(distinct) - len(first)
        if changed:
            notes.append(
                f"{changed:,} rows repeat a line_id with other values; the first one was kept"
            )
    places = np.flatnonzero(~with_id)
    repeats = len(places) - len(first := _first_of_each(raw.take(places))) if len(places) else 0
    if repeats and source.duplicates == "drop":
        kept[places] = False
        kept[places[first]] = True
        set_aside["identical row"] = repeats
    elif repeats:
        notes.append(
            f"{repeats:,} rows identical to another: kept; set duplicates: drop or map line_id "
            "if they are repeats"
        )
    return Repeats(pa.array(kept, pa.bool_()), set_aside, notes)


def _first_of_each(rows: pa.Table) -> np.ndarray:
    """Places of the first of each group of equal rows, ascending."""
    names = [f"c{place}" for place in range(rows.num_columns)]
    keyed = rows.rename_columns(names).append_column("place", pa.array(np.arange(rows.num_rows)))
    groups = keyed.group_by(names, use_threads=False).aggregate([("place", "min")])
    return np.sort(groups["place_min"].to_numpy())
