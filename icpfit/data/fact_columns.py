"""A piece of a list → the facts that are scored, as Arrow columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.sources.cells import CANONICAL, ParsedColumn, parsed, parsed_mixed

if TYPE_CHECKING:
    from icpfit.data.contract import Kind
    from icpfit.data.sources.reader import TextTable
    from icpfit.data.sources.source_spec import Format
    from icpfit.data.table_spec import DataSpec

__all__ = ["FactColumns", "fact_columns"]

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
    """

    batch: pa.RecordBatch
    opened_on: pa.Array | None
    absent: tuple[str, ...]
    unreadable: dict[int, list[str]]
    numbers: frozenset[str] = frozenset()


def fact_columns(text: TextTable, spec: DataSpec) -> FactColumns:
    """Return the facts of a piece of a list, read as `read_prospects` reads them.

    Parameters
    ----------
    text : TextTable
        Some rows.
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
    for name, attribute in spec.attributes.items():
        column = named.get(name, attribute.source_column)
        if column in text.columns.column_names:
            columns[name] = _values(text, column, attribute.kind, fmt, (name, unreadable, plain))
        else:
            absent.append(name)
    opened = asked.opened_on if asked is not None else None
    opened_on = None
    if opened is not None and opened in text.columns.column_names:
        opened_on = _values(text, opened, "date", fmt, ("opened_on", unreadable, plain))
    if not columns:
        columns["(none)"] = pa.nulls(text.columns.num_rows)
    return FactColumns(
        pa.record_batch(columns), opened_on, tuple(absent), unreadable, frozenset(plain)
    )


def _values(
    text: TextTable,
    column: str,
    kind: Kind,
    fmt: Format,
    told: tuple[str, dict[int, list[str]], set[str]],
) -> pa.Array:
    cells = text.columns[column]
    cells = cells.chunk(0) if cells.num_chunks == 1 else cells.combine_chunks()
    name, unreadable, plain = told
    quick = None
    if kind == "number" and fmt.decimal == "." and fmt.thousands != "." and not text.typed:
        quick = _plain_numbers(cells)
    if quick is not None:
        plain.add(column)
        result = ParsedColumn(quick)
    elif column in text.typed:
        result = parsed_mixed(cells, text.typed[column], kind, fmt)
    else:
        result = _parsed(cells, kind, CANONICAL if column in text.native else fmt)
    for problem in result.problems:
        value = (cells[problem.row].as_py() or "").strip()
        shown = value if len(value) <= 40 else value[:40] + "…"
        what = f"is not {_KINDS[kind]}" if kind in _KINDS else problem.problem
        unreadable.setdefault(problem.row, []).append(f"{name} '{shown}' {what}")
    return result.values


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
    if any(pc.any(pc.match_substring(filled, sign)).as_py() for sign in "eE"):
        return None
    try:
        values = filled.cast(pa.float64())
    except pa.ArrowInvalid:
        return None
    if pc.all(pc.is_finite(values)).as_py() is False:
        return None
    return values
