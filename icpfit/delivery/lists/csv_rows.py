"""Rows of a scored list as CSV, a batch at a time: Arrow joins the cells, row by row nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from icpfit.delivery.lists.formulas import with_neutral_text
from icpfit.delivery.lists.list_columns import DECIMALS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy.typing as npt

__all__ = ["csv_header", "csv_rows"]

_SAME = ("currency", "horizon", "model_version")


def csv_rows(
    kept: pa.Table,
    scored: pa.RecordBatch,
    delimiter: str,
    decimal: str = ".",
    *,
    is_plain: bool = False,
    numbers: Collection[str] = (),
    lines: pa.Array | None = None,
) -> tuple[memoryview, int]:
    r"""Return the lines of some rows, and how many of the list's own cells were made plain text.

    Parameters
    ----------
    kept : pyarrow.Table, n rows
        The list's own cells, as text.
    scored : pyarrow.RecordBatch, n rows
        The added columns.
    delimiter : str
        One character.
    decimal : {".", ","}
        Decimal sign of the numbers that are added.
    is_plain : bool
        Whether it is known that no cell of `kept` holds a delimiter, a quote or an end of line.
    numbers : collection of str
        Columns of `kept` that are known to hold nothing but plain numbers.
    lines : pyarrow.Array of text, optional
        The rows of `kept` with `delimiter` in between, where they needn't be put together.

    Returns
    -------
    tuple of memoryview and int
        UTF-8, each row with a line feed at its end. A cell is quoted where it holds the delimiter,
        a quote or an end of line.

    Examples
    --------
    >>> from icpfit.delivery.lists.scored_batch import SCORED_SCHEMA
    >>> row = dict.fromkeys(SCORED_SCHEMA.names) | {"fit_grade": "A", "margin_if_won": 1200.5}
    >>> scored = pa.RecordBatch.from_pylist([row], schema=SCORED_SCHEMA)
    >>> bytes(csv_rows(pa.table({"id": ["7, b"]}), scored, ",")[0])
    b'"7, b",A,,1200.50,,,,,,,,,,,\n'
    """
    others = [name for name in kept.column_names if name not in numbers]
    safe, neutral = with_neutral_text(kept.select(others))
    if lines is not None and is_plain and not neutral:
        own = [lines]
    else:
        own = [(kept if name in numbers else safe)[name] for name in kept.column_names]
        own = [column.combine_chunks() for column in own]
        if not is_plain:
            own = [_quoted(column, delimiter) for column in own]
    added = []
    for name in scored.schema.names:
        column, decimals = scored[name], DECIMALS[name]
        if decimals is None:
            # What is the same in every row is made ready once.
            is_same = name in _SAME or column.null_count == len(column)
            column = _texts(column.slice(0, 1) if is_same else column, delimiter)
            added.append(column[0] if is_same and len(column) else column)
        else:
            cells = _numbers(column, decimals, decimal)
            added.append(_quoted(cells, delimiter) if decimal == delimiter else cells)
    empty = {"null_handling": "replace", "null_replacement": ""}
    added[-1] = pc.binary_join_element_wise(added[-1], "\n", "", **empty)
    rows = pc.binary_join_element_wise(*own, *added, delimiter, **empty)
    return _bytes(rows), neutral


def csv_header(names: Sequence[str], delimiter: str) -> bytes:
    r"""Return the line of a header.

    Parameters
    ----------
    names : sequence of str
        The columns.
    delimiter : str
        One character.

    Returns
    -------
    bytes
        UTF-8, with a line feed at its end.

    Examples
    --------
    >>> csv_header(["id", "a,b", "=1+1"], ",")
    b'id,"a,b",\'=1+1\n'
    """
    table = pa.table(
        [pa.array([name], pa.string()) for name in names], [str(i) for i in range(len(names))]
    )
    safe, _ = with_neutral_text(table)
    cells = [_quoted(column.combine_chunks(), delimiter).to_pylist()[0] for column in safe.columns]
    return f"{delimiter.join(cells)}\n".encode()


def _texts(column: pa.Array, delimiter: str) -> pa.Array:
    """Return added texts as they are written."""
    safe, _ = with_neutral_text(pa.table({"text": column}))
    texts = safe["text"].combine_chunks()
    if b"\r" in bytes(_bytes(texts)):
        texts = pc.replace_substring(texts, "\r", " ")
    return _quoted(texts, delimiter)


def _numbers(values: pa.Array, decimals: int, decimal: str) -> pa.Array:
    try:
        texts = values.cast(pa.decimal64(18, decimals)).cast(pa.string())
    except pa.ArrowInvalid:  # beyond 18 digits
        texts = pa.array([None if x is None else f"{x:.{decimals}f}" for x in values.to_pylist()])
        texts = texts.cast(pa.string())
    return texts if decimal == "." else pc.replace_substring(texts, ".", decimal)


def _quoted(cells: pa.Array, delimiter: str) -> pa.Array:
    # What none of all these cells holds needs no second look.
    content = bytes(_bytes(cells))
    there = [sign for sign in ('"', delimiter, "\n", "\r") if sign.encode() in content]
    if not there:
        return cells
    found = np.zeros(len(cells), dtype=bool)
    for sign in there:
        # Several searches for one sign are quicker than one for any of several.
        found |= _holds(cells, sign)
    doubled = pc.replace_substring(cells, '"', '""') if '"' in there else cells
    quoted = pc.binary_join_element_wise('"', doubled, '"', "")
    return quoted if found.all() else pc.if_else(pa.array(found), quoted, cells)


def _holds(cells: pa.Array, sign: str) -> npt.NDArray[np.bool_]:
    found = pc.fill_null(pc.match_substring(cells, sign), False)
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def _bytes(lines: pa.Array) -> memoryview:
    """Return all texts of an array, one behind the other, without copying them."""
    if len(lines) == 0:
        return memoryview(b"")
    _, offsets, content = lines.buffers()
    ends = memoryview(offsets).cast("i")
    first, last = ends[lines.offset], ends[lines.offset + len(lines)]
    return memoryview(content or b"")[first:last]
