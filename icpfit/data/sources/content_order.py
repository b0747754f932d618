"""Rows without an order of their own are put in one that depends on what they hold alone.

A database sends the rows of a table as they happen to lie on its disk. Which of two rows with one
``line_id`` comes first, and the number by which a rejected row is named, must not depend on that.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.data.sources.rejected_rows import RejectedRows

__all__ = ["content_digest", "content_places", "placed", "placed_rows"]


def content_digest(names: list[str], marks: np.ndarray) -> str:
    """Digest of rows that have no file: the same for the same rows, whatever their order.

    Parameters
    ----------
    names : list of str
        The columns.
    marks : ndarray of uint64, shape (rows, 2)
        A mark of each row's content.

    Returns
    -------
    str
        SHA-256, in hex, of the columns' names in order, the number of rows, and the marks in order.

    Examples
    --------
    >>> from icpfit.data.sources.repeats import row_marks
    >>> one, two = (row_marks(pa.table({"id": ids})) for ids in (["a", "b"], ["b", "a"]))
    >>> content_digest(["id"], one) == content_digest(["id"], two)
    True
    """
    digest = hashlib.sha256()
    for name in sorted(names):
        digest.update(f"{len(name)}:{name},".encode())
    digest.update(f"{len(marks)};".encode())
    ordered = marks[np.lexsort((marks[:, 1], marks[:, 0]))]
    digest.update(np.ascontiguousarray(ordered, dtype="<u8").tobytes())
    return digest.hexdigest()


def content_places(marks: np.ndarray) -> np.ndarray:
    """Place of each row in an order that depends on what the rows hold, and on nothing else.

    Parameters
    ----------
    marks : ndarray of uint64, shape (rows, 2)
        A mark of each row's content.

    Returns
    -------
    ndarray of int64, shape (rows,)
        From 1. Rows that are the same in every cell follow each other.

    Examples
    --------
    >>> content_places(np.array([[9, 0], [4, 1], [4, 0]], dtype=np.uint64)).tolist()
    [3, 2, 1]
    """
    places = np.empty(len(marks), dtype=np.int64)
    places[np.lexsort((marks[:, 1], marks[:, 0]))] = np.arange(1, len(marks) + 1)
    return places


def placed(table: pa.Table, column: str, places: np.ndarray) -> tuple[pa.Table, np.ndarray]:
    """Put rows in the order of their places, and number them by it.

    Parameters
    ----------
    table : pyarrow.Table
        Some of the rows, one or several times.
    column : str
        The column with the number of each as it came, from 1.
    places : ndarray of int64
        Place of each row as it came.

    Returns
    -------
    tuple of pyarrow.Table and ndarray of int64
        The same rows in order, and which row stands where.

    Examples
    --------
    >>> rows = pa.table({"id": ["a", "b", "c"], "_line": [1, 2, 3]})
    >>> placed(rows, "_line", np.array([3, 1, 2]))[0].to_pydict()
    {'id': ['b', 'c', 'a'], '_line': [1, 2, 3]}
    """
    numbers = places[table[column].to_numpy() - 1]
    order = np.argsort(numbers, kind="stable")
    kind = table.schema.field(column)
    rows = table.set_column(table.column_names.index(column), kind, pa.array(numbers, kind.type))
    return rows.take(pa.array(order)), order


def placed_rows(rejected: Sequence[RejectedRows], places: np.ndarray) -> list[RejectedRows]:
    """Put the rejected rows of a source in the order of their places.

    Parameters
    ----------
    rejected : sequence of RejectedRows
        As they came, part by part; all laid out alike.
    places : ndarray of int64
        Place of each row as it came.

    Returns
    -------
    list of RejectedRows
        One, or none where nothing was rejected.
    """
    if not rejected:
        return []
    rows = pa.concat_tables([one.rows for one in rejected], promote_options="default")
    lines = pa.concat_arrays([one.lines for one in rejected])
    ordered, _ = placed(rows.append_column("_line", lines), "_line", places)
    whole = ordered.drop_columns(["_line"])
    return [replace(rejected[0], rows=whole, lines=ordered["_line"].combine_chunks())]
