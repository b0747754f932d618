"""Rows that stand in an export more than once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

if TYPE_CHECKING:
    from icpfit.data.sources.source_spec import Source

__all__ = ["Repeats", "repeated_rows", "row_marks"]

_KEYS = ("icpfit.rows.0001", "icpfit.rows.0002")
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Repeats:
    """Which rows are kept, how many were set aside and why, and what a reader should know."""

    kept: pa.Array
    set_aside: dict[str, int]
    notes: list[str]


def row_marks(rows: pa.Table) -> np.ndarray:
    """Mark of each row: equal rows have equal ones, others differ.

    Parameters
    ----------
    rows : pyarrow.Table
        Rows; the order of their columns plays no part.

    Returns
    -------
    ndarray of uint64, shape (rows, 2)
        128 bits per row, so that a file of any length is compared without keeping its text. That
        two different rows of ten million bear the same mark has a chance of 1 in 10^24.

    Examples
    --------
    >>> marks = row_marks(pa.table({"a": ["1", "1", None]}))
    >>> (marks[0] == marks[1]).all(), (marks[0] == marks[2]).any()
    (np.True_, np.False_)
    """
    marks = np.zeros((rows.num_rows, 2), dtype=np.uint64)
    for name in sorted(rows.column_names):
        column = rows[name]
        encoded = column.combine_chunks().dictionary_encode()
        texts = encoded.dictionary.cast(pa.string()).to_pylist()
        places = encoded.indices.fill_null(len(texts)).to_numpy(zero_copy_only=False)
        for which, key in enumerate(_KEYS):
            hashes = pd.util.hash_array(np.array([*texts, ""], dtype=object), hash_key=key)
            hashes[-1] = which + 1  # an empty cell of Parquet is not the empty text
            with np.errstate(over="ignore"):
                marks[:, which] = (marks[:, which] + hashes[places]) * _FACTOR
                marks[:, which] ^= marks[:, which] >> np.uint64(29)
    return marks


def repeated_rows(table: pa.Table, marks: np.ndarray, source: Source) -> Repeats:
    """Find rows that repeat a ``line_id``, or are identical in every cell.

    Parameters
    ----------
    table : pyarrow.Table
        Accepted rows, typed.
    marks : ndarray of uint64, shape (rows, 2)
        Marks of the same rows as they stand in the export, with all its columns.
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
    >>> repeated_rows(rows, row_marks(rows), Source("revenue", files="x.csv")).kept.to_pylist()
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
        first = _first_of_each(_marks(table.select(["line_id"]))[places])
        repeats = len(places) - len(first)
        if repeats:
            kept[places] = False
            kept[places[first]] = True
            set_aside["repeated line_id"] = repeats
        distinct = _first_of_each(_marks(table.select(own))[places]) if repeats else first
        changed = len(distinct) - len(first)
        if changed:
            notes.append(
                f"{changed:,} rows repeat a line_id with other values; the first one was kept"
            )
    places = np.flatnonzero(~with_id)
    repeats = len(places) - len(first := _first_of_each(marks[places])) if len(places) else 0
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


def _marks(table: pa.Table) -> np.ndarray:
    pieces = [row_marks(pa.Table.from_batches([batch])) for batch in table.to_batches(1 << 16)]
    return np.concatenate(pieces)


def _first_of_each(marks: np.ndarray) -> np.ndarray:
    """Places of the first of each group of equal rows, ascending."""
    order = np.lexsort((marks[:, 1], marks[:, 0]))  # stable: the first of a group comes first
    ordered = marks[order]
    starts = np.ones(len(order), dtype=bool)
    starts[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return np.sort(order[starts])
