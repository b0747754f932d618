"""Rows of one source: accepted, rejected or set aside, and every one of them counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.sources.cells import CANONICAL, ParsedColumn, trimmed
from icpfit.data.contract import LEDGERS
from icpfit.data.sources.repeats import repeated_rows
from icpfit.data.sources.row_faults import row_faults
from icpfit.data.sources.source_columns import (
    PLACES,
    Field,
    constant_value,
    field_values,
    source_column,
)
from icpfit.data.sources.source_spec import TOTAL_TEXTS, Source

if TYPE_CHECKING:
    import datetime as dt

    from icpfit.data.sources.text_parts import TextPart

__all__ = ["SourceRead", "SourceRows", "source_rows"]

_ACCEPTED, _REJECTED, _BLANK, _TOTAL, _OPEN = range(5)
_ASIDE = {_BLANK: "blank line", _TOTAL: "total line", _OPEN: "deal still open"}
_CLOCK = {
    "accounts": "started_on",
    "opportunities": "opened_on",
    "attribute_history": "valid_from",
}

Reject = tuple[str, str, str, int, str, str, str, str]


@dataclass(frozen=True)
class SourceRead:
    """What became of the rows of one source: read = accepted + rejected + those set aside.

    Parameters
    ----------
    source, table : str
        Its key in the settings, and the table that it fills.
    read, accepted, rejected : int
        Rows.
    set_aside : dict of str to int
        Rows that are no data (blank and total lines, repeats), by reason.
    notes : list of str
        What a reader should know.
    first_date, last_date : date or None
        Of the accepted rows.
    """

    source: str
    table: str
    read: int
    accepted: int
    rejected: int
    set_aside: dict[str, int]
    notes: list[str]
    first_date: dt.date | None
    last_date: dt.date | None


@dataclass(frozen=True)
class SourceRows:
    """The accepted rows of one source, typed; its rejected cells; and the count."""

    typed: pa.Table
    rejects: list[Reject]
    read: SourceRead


def source_rows(
    name: str, source: Source, asked: tuple[Field, ...], parts: list[TextPart]
) -> SourceRows:
    """Parse the rows of a source and sort them into accepted, rejected and set aside.

    Parameters
    ----------
    name : str
        The source's key in the settings.
    source : Source
        Its settings.
    asked : tuple of Field
        The columns of its table.
    parts : list of TextPart
        Its rows of text.

    Returns
    -------
    SourceRows
        Every row of `parts` is counted exactly once.

    Raises
    ------
    SourceError
        When a file lacks a column.
    SettingsError
        When a constant isn't of its column's kind.

    Notes
    -----
    A bad or missing cell of the contract rejects its row, as money without a date, or a customer
    without a start, would be lost in silence. A bad cell of an attribute is rejected alone: the
    account stays, with that fact missing.
    """
    rejects: list[Reject] = []
    notes: list[str] = []
    counts: Counter[str] = Counter()
    typed: list[pa.Table] = []
    raw: list[pa.Table] = []
    for part in parts:
        one = _part_rows(name, source, asked, part)
        rejects += one.rejects
        counts.update(one.counts)
        typed.append(one.typed)
        raw.append(part.columns.filter(one.accepted))
        notes += part.notes
    table = pa.concat_tables(typed)
    repeats = repeated_rows(table, pa.concat_tables(raw, promote_options="default"), source)
    table = table.filter(repeats.kept)
    counts["accepted"] = table.num_rows
    notes += [*_count_notes(source.table, counts), *repeats.notes]
    aside = {reason: counts[reason] for reason in sorted(_ASIDE.values()) if counts[reason]}
    aside |= repeats.set_aside
    clock = pc.min_max(table[_CLOCK.get(source.table, "date")]).as_py()
    read = SourceRead(
        source=name,
        table=source.table,
        read=counts["read"],
        accepted=table.num_rows,
        rejected=counts["rejected"],
        set_aside=aside,
        notes=notes,
        first_date=clock["min"],
        last_date=clock["max"],
    )
    return SourceRows(table, rejects, read)


def _count_notes(table: str, counts: Counter[str]) -> list[str]:
    notes = []
    if table in LEDGERS and table != "loyalty" and counts["rejected"]:
        notes.append(f"the money of {counts['rejected']:,} rejected rows is unknown")
    if counts["facts"]:
        notes.append(f"{counts['facts']:,} facts could not be read and are taken as missing")
    if counts["rounded"]:
        notes.append(f"{counts['rounded']:,} amounts rounded to 4 decimals, half to even")
    if counts["read"] == 0:
        notes.append("has a header and no rows")
    return notes


@dataclass(frozen=True)
class _PartRows:
    typed: pa.Table
    accepted: pa.Array
    rejects: list[Reject]
    counts: Counter[str]


def _part_rows(name: str, source: Source, asked: tuple[Field, ...], part: TextPart) -> _PartRows:
    rows = part.columns.num_rows
    where = f"data.sources.{name}"
    values: dict[str, ParsedColumn] = {}
    for field in asked:
        cells = source_column(field, part.columns, part.unreadable, part.name)
        if cells is None:
            values[field.name] = ParsedColumn(constant_value(field, rows, source.format, where))
        else:
            fmt = CANONICAL if field.column in part.native else source.format
            values[field.name] = field_values(field, cells, fmt)
    status = _set_aside(source, asked, part, values)
    faults = row_faults(source, asked, values, rows)
    rejects: list[Reject] = []
    facts: list[int] = []
    for row, field, problem, how in faults:
        if status[row] > _REJECTED:
            continue
        if field.is_attribute:
            facts.append(row)
        else:
            status[row] = _REJECTED
        column = field.column or field.name
        value = part.columns[field.column][row].as_py() if field.column else ""
        place = (part.files[row].as_py(), part.lines[row].as_py())
        rejects.append((name, source.table, *place, column, (value or "").strip(), problem, how))
    accepted = pa.array(status == _ACCEPTED)
    counts = Counter({reason: int((status == code).sum()) for code, reason in _ASIDE.items()})
    counts["blank line"] += part.blank
    ragged_totals = _add_ragged(name, source, part, rejects)
    counts["total line"] += ragged_totals
    counts["rejected"] = int((status == _REJECTED).sum()) + len(part.ragged) - ragged_totals
    counts["read"] = rows + part.blank + len(part.ragged)
    counts["facts"] = sum(int(status[row] == _ACCEPTED) for row in facts)
    counts["rounded"] = sum(column.rounded for column in values.values())
    columns = {field.name: values[field.name].values for field in asked}
    columns |= {"_source": pa.repeat(name, rows), "_file": part.files, "_line": part.lines}
    schema = pa.schema(
        [*((f.name, values[f.name].values.type) for f in asked), *PLACES],
    )
    typed = pa.table(columns, schema=schema).filter(accepted)
    return _PartRows(typed, accepted, rejects, counts)


def _set_aside(
    source: Source, asked: tuple[Field, ...], part: TextPart, values: dict[str, ParsedColumn]
) -> np.ndarray:
    """Status of each row before its cells are judged: blank, total line, open deal, or accepted."""
    rows = part.columns.num_rows
    status = np.full(rows, _ACCEPTED, dtype=np.int8)
    if rows == 0:
        return status
    if source.table == "opportunities":
        is_open = np.ones(rows, dtype=bool)
        for field in asked:
            if field.name in ("closed_on", "won"):
                empty = values[field.name].values.is_null().to_numpy(zero_copy_only=False)
                bad = [problem.row for problem in values[field.name].problems]
                empty[bad] = False
                is_open &= empty
        status[is_open] = _OPEN
    incomplete = np.zeros(rows, dtype=bool)
    for field in asked:
        if field.required:
            incomplete |= values[field.name].values.is_null().to_numpy(zero_copy_only=False)
    id_column = next(f.column for f in asked if f.name == "account_id")
    marks = {part.columns.column_names[0], id_column or part.columns.column_names[0]}
    for mark in (trimmed(part.columns[name]) for name in sorted(marks)):
        # A customer may be called Total; a row that is complete is never taken for a sum.
        status[_is_any(mark, TOTAL_TEXTS) & incomplete] = _TOTAL
        status[_is_any(mark, source.total_rows)] = _TOTAL
    blank = np.ones(rows, dtype=bool)
    for column in part.columns.columns:
        blank &= trimmed(column).is_null().to_numpy(zero_copy_only=False)
        if not blank.any():
            break
    status[blank] = _BLANK
    return status


def _is_any(cells: pa.Array, texts: list[str] | tuple[str, ...]) -> np.ndarray:
    folded = pc.utf8_rtrim(pc.utf8_lower(cells), characters=": ")
    wanted = pa.array([text.strip().lower().rstrip(": ") for text in texts], pa.string())
    return np.asarray(pc.is_in(folded, value_set=wanted).to_numpy(zero_copy_only=False), bool)


def _add_ragged(name: str, source: Source, part: TextPart, rejects: list[Reject]) -> int:
    """Reject the rows that don't fit the header, and count those that are total lines."""
    totals = {text.strip().casefold() for text in (*TOTAL_TEXTS, *source.total_rows)}
    found = 0
    for file, width, row in part.ragged:
        if row.cells[0].strip().rstrip(": ").casefold() in totals:
            found += 1
            continue
        problem = f"has {len(row.cells)} cells where the header has {width}"
        fix = "quote cells that hold the delimiter, or complete the row"
        shown = " | ".join(row.cells)
        rejects.append((name, source.table, file, row.line, "", shown, problem, fix))
    return found
