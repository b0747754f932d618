"""A piece of a list → the facts that are scored, as Arrow columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.sources.cells import CANONICAL, ParsedColumn, parsed, parsed_mixed
from icpfit.data.sources.parquet_text import typed_text

if TYPE_CHECKING:
    from icpfit.data.contract import Kind
    from icpfit.data.sources.reader import TextTable
    from icpfit.data.sources.source_spec import Format
    from icpfit.data.table_spec import DataSpec

__all__ = ["FactColumns", "fact_columns", "is_number_type"]

_KINDS: dict[str, str] = {"number": "a number", "flag": "true or false", "date": "a date"}


@dataclass(frozen=True, eq=False)
class FactColumns:
    """The facts of some rows.

    Attributes
    ----------
    batch : pyarrow.RecordBatch
        A column per attribute that the list has: text (its levels as a dictionary), float64, true
        and false, or days; null where a cell is empty or couldn't be read.
    opened_on : pyarrow.Array of days, or None
        When each opportunity was opened, where the list says so.
    absent : tuple of str
        Attributes that the list has no column for.
    unreadable : dict of int to list of str
        Row to what could not be read of it.
    numbers : frozenset of str
        Columns of the list that hold nothing but plain numbers in these rows.
    lost : dict of str to (int, int)
        Column to how many of its cells could not be read, and how many could.
    holes : dict of str to int
        Column to its NaN, which are taken as missing.
    """

    batch: pa.RecordBatch
    opened_on: pa.Array | None
    absent: tuple[str, ...]
    unreadable: dict[int, list[str]]
    numbers: frozenset[str] = frozenset()
    lost: dict[str, tuple[int, int]] = field(default_factory=dict)
    holes: dict[str, int] = field(default_factory=dict)


def is_number_type(kind: pa.DataType) -> bool:
    """Return whether a typed column's numbers are taken as they are, without being written first.

    Parameters
    ----------
    kind : pyarrow.DataType
        Its type.

    Returns
    -------
    bool
        True for whole numbers and float64; the text of a float32 is another number.
    """
    return bool(pa.types.is_float64(kind) or pa.types.is_integer(kind))


def fact_columns(text: TextTable, spec: DataSpec) -> FactColumns:
    """Return the facts of a piece of a list, read as `read_prospects` reads them.

    Parameters
    ----------
    text : TextTable
        Some rows. A number of Parquet needs no text.
    spec : DataSpec
        Its ``prospects`` and ``attributes`` say which column is what.

    Returns
    -------
    FactColumns
        A row's facts depend on that row only.
    """
    asked = spec.prospects
    columns: dict[str, pa.Array] = {}
    absent = []
    unreadable: dict[int, list[str]] = {}
    plain: set[str] = set()
    fmt = asked.format if asked is not None else CANONICAL
    named = asked.columns if asked is not None else {}
    there = {*text.columns.column_names}
    if text.original is not None:
        there |= set(text.original.column_names) - set(text.unreadable)
    lost: dict[str, tuple[int, int]] = {}
    holes: dict[str, int] = {}
    for name, attribute in spec.attributes.items():
        column = named.get(name, attribute.source_column)
        if column not in there:
            absent.append(name)
            continue
        before = sum(map(len, unreadable.values()))
        values = _values(text, column, attribute.kind, fmt, (name, unreadable, plain))
        bad = sum(map(len, unreadable.values())) - before
        lost[column] = bad, len(values) - values.null_count
        columns[name] = values
        if text.original is not None and pa.types.is_floating(text.original[column].type):
            holes[column] = values.null_count - text.original[column].null_count - bad
    opened = asked.opened_on if asked is not None else None
    opened_on = None
    if opened is not None and opened in there:
        opened_on = _values(text, opened, "date", fmt, ("opened_on", unreadable, plain))
    rows = text.columns.num_rows if text.original is None else text.original.num_rows
    if not columns:
        columns["(none)"] = pa.nulls(rows)
    return FactColumns(
        pa.record_batch(columns),
        opened_on,
        tuple(absent),
        unreadable,
        frozenset(plain),
        lost,
        {column: n for column, n in holes.items() if n},
    )


def _values(
    text: TextTable,
    column: str,
    kind: Kind,
    fmt: Format,
    told: tuple[str, dict[int, list[str]], set[str]],
) -> pa.Array:
    name, unreadable, plain = told
    if text.original is not None:
        typed = _typed_numbers(text.original[column]) if kind == "number" else None
        if typed is not None:
            return typed
    native, columns = text.native, text.columns
    if text.original is not None and column not in columns.column_names:
        told_text = typed_text(text.original.select([column]))
        native, columns = told_text.native, told_text.columns
    cells = columns[column]
    cells = cells.chunk(0) if cells.num_chunks == 1 else cells.combine_chunks()
    quick = None
    if kind == "number" and fmt.decimal == "." and fmt.thousands != "." and not text.typed:
        quick = _plain_numbers(cells)
    if quick is not None:
        plain.add(column)
        result = ParsedColumn(quick)
    elif column in text.typed:
        result = parsed_mixed(cells, text.typed[column], kind, fmt)
    else:
        result = _parsed(cells, kind, CANONICAL if column in native else fmt)
    for problem in result.problems:
        value = (cells[problem.row].as_py() or "").strip()
        shown = value if len(value) <= 40 else value[:40] + "…"
        what = f"is not {_KINDS[kind]}" if kind in _KINDS else problem.problem
        unreadable.setdefault(problem.row, []).append(f"{name} '{shown}' {what}")
    return result.values


def _typed_numbers(column: pa.ChunkedArray) -> pa.Array | None:
    """Return numbers that came as such, NaN as missing; None where their text is needed."""
    if not is_number_type(column.type):
        return None
    values = column.combine_chunks().cast(pa.float64(), safe=False)
    values = pc.if_else(pc.is_nan(values), pa.scalar(None, pa.float64()), values)
    return None if pc.all(pc.is_finite(values)).as_py() is False else values


def _parsed(cells: pa.Array, kind: Kind, fmt: Format) -> ParsedColumn:
    """Return what `parsed` does, by a shorter way where that gives the same."""
    if kind in ("category", "text"):
        encoded = cells.dictionary_encode()
        levels = parsed(encoded.dictionary, kind, fmt)
        if not levels.problems:
            return ParsedColumn(_with_levels(encoded.indices, levels.values))
    return parsed(cells, kind, fmt)


def _with_levels(indices: pa.Array, levels: pa.Array) -> pa.Array:
    """Return a column of levels; two that were trimmed alike become one, an empty one none."""
    distinct = levels.dictionary_encode()
    return pa.DictionaryArray.from_arrays(distinct.indices.take(indices), distinct.dictionary)


def _plain_numbers(cells: pa.Array) -> pa.Array | None:
    """Return the numbers of a column that holds nothing but plain ones, else None."""
    empty = pc.equal(pc.binary_length(cells), 0)
    filled = pc.if_else(empty, pa.scalar(None, pa.string()), cells)
    # The strict reader refuses exponents of more than three digits, and has its own way with them.
    content = (cells.buffers()[2] or pa.py_buffer(b"")).to_pybytes()
    if b"e" in content or b"E" in content:
        return None
    try:
        values = filled.cast(pa.float64())
    except pa.ArrowInvalid:
        return None
    if pc.all(pc.is_finite(values)).as_py() is False:
        return None
    return values
