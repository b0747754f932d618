"""Rows of one source: accepted, rejected or set aside, and every one of them counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.sources.cells import CANONICAL, ParsedColumn
from icpfit.data.sources.content_order import content_places, placed, placed_rows
from icpfit.data.sources.mendable_rows import mendable_rows
from icpfit.data.sources.no_data import ACCEPTED, ASIDE, REJECTED_ROW, ragged_reason, row_status
from icpfit.data.sources.parquet_text import hole_notes
from icpfit.data.sources.read_notes import column_notes, count_notes
from icpfit.data.sources.rejects import rejected_table
from icpfit.data.sources.repeats import repeated_rows, row_marks
from icpfit.data.sources.row_faults import row_faults
from icpfit.data.sources.source_columns import (
    PLACES,
    Field,
    constant_value,
    field_values,
    source_column,
)

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from icpfit.data.sources.rejected_rows import RejectedRows
    from icpfit.data.sources.row_pieces import RaggedRow
    from icpfit.data.sources.source_spec import Source
    from icpfit.data.sources.text_parts import TextPart

__all__ = ["SourceRead", "SourceRows", "source_rows"]

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
        Rows that are no data (blank, total and footer lines, repeats), by reason.
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
    """What came of one source.

    Parameters
    ----------
    typed : pyarrow.Table
        Its accepted rows.
    rejects : pyarrow.Table
        Its rejected cells, with the columns of ``REJECTED``.
    read : SourceRead
        The count.
    rejected_rows : tuple of RejectedRows
        Its rejected rows as they stand in the files; of a SELECT those of the files that it reads,
        where it gives ``_file`` and ``_line``.
    """

    typed: pa.Table
    rejects: pa.Table
    read: SourceRead
    rejected_rows: tuple[RejectedRows, ...] = ()


def source_rows(
    name: str,
    source: Source,
    asked: tuple[Field, ...],
    parts: Iterable[TextPart],
    progress: Callable[[int], None] | None = None,
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
    parts : iterable of TextPart
        Its rows of text, at least one part; each is let go before the next is asked for.
    progress : callable, optional
        Called after each part with the rows read so far.

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
    Rows of a database are put in an order that depends on what they hold alone, and are numbered by
    it.

    A bad or missing cell of the contract rejects its row, as money without a date, or a customer
    without a start, would be lost in silence. A bad cell of an attribute is rejected alone: the
    account stays, with that fact missing.
    """
    say = progress or (lambda _: None)
    notes: list[str] = []
    counts: Counter[str] = Counter()
    faults: Counter[tuple[str, str, str]] = Counter()
    holes: dict[str, Counter[str]] = {}
    typed: list[pa.Table] = []
    rejects: list[pa.Table] = []
    marks: list[np.ndarray] = []
    rejected: list[RejectedRows] = []
    unordered: list[np.ndarray] = []
    for part in parts:
        one = _part_rows(name, source, asked, part)
        counts.update(one.counts)
        faults.update((column, problem, fix) for *_, column, _, problem, fix in one.rejects)
        typed.append(one.typed)
        rejects.append(rejected_table(one.rejects))
        marks.append(_marks(source, part, one))
        if part.marks is not None:
            unordered.append(part.marks)
        rejected += one.rejected
        notes += part.notes
        holes.setdefault(part.name, Counter()).update(part.holes)
        say(counts["read"])
    table, cells, seen = pa.concat_tables(typed), pa.concat_tables(rejects), np.concatenate(marks)
    if unordered:
        places = content_places(np.concatenate(unordered))
        table, order = placed(table, "_line", places)
        seen = seen[order]
        cells, _ = placed(cells, "line", places)
        rejected = placed_rows(rejected, places)
    repeats = repeated_rows(table, seen, source)
    if repeats.set_aside:
        table = table.filter(repeats.kept)
    counts["accepted"] = table.num_rows
    notes += [f"{file}: {note}" for file, found in holes.items() for note in hole_notes(found)]
    notes += [*count_notes(source.table, counts), *column_notes(faults, counts["read"])]
    aside = {reason: counts[reason] for reason in sorted(ASIDE.values()) if counts[reason]}
    clock = pc.min_max(table[_CLOCK.get(source.table, "date")]).as_py()
    read = SourceRead(
        source=name,
        table=source.table,
        read=counts["read"],
        accepted=table.num_rows,
        rejected=counts["rejected"],
        set_aside=aside | repeats.set_aside,
        notes=[*notes, *repeats.notes],
        first_date=clock["min"],
        last_date=clock["max"],
    )
    return SourceRows(table, cells, read, tuple(rejected))


def _marks(source: Source, part: TextPart, one: _PartRows) -> np.ndarray:
    rows = one.typed.num_rows
    ids = one.typed["line_id"] if "line_id" in one.typed.column_names else None
    if source.table == "accounts" or (ids is not None and ids.null_count == 0):
        return np.zeros((rows, 2), dtype=np.uint64)  # nobody asks whether these are identical
    if part.marks is not None:
        kept: np.ndarray = part.marks[one.accepted.to_numpy(zero_copy_only=False)]
        return kept
    return row_marks(part.columns.filter(one.accepted))


@dataclass(frozen=True)
class _PartRows:
    typed: pa.Table
    accepted: pa.Array
    rejects: list[Reject]
    counts: Counter[str]
    rejected: list[RejectedRows]


def _part_rows(name: str, source: Source, asked: tuple[Field, ...], part: TextPart) -> _PartRows:
    rows = part.columns.num_rows
    values = _values(name, source, asked, part)
    status = row_status(source, asked, part, values)
    rejects: list[Reject] = []
    facts: list[int] = []
    for row, field, problem, how in row_faults(source, asked, values, rows):
        if status[row] > REJECTED_ROW:
            continue
        if field.is_attribute:
            facts.append(row)
        else:
            status[row] = REJECTED_ROW
        column = field.column or field.name
        value = part.columns[field.column][row].as_py() if field.column else ""
        place = (part.files[row].as_py(), part.lines[row].as_py())
        rejects.append((name, source.table, *place, column, (value or "").strip(), problem, how))
    accepted = pa.array(status == ACCEPTED)
    counts = Counter({reason: int((status == code).sum()) for code, reason in ASIDE.items()})
    counts["blank line"] += part.blank
    misfits: list[RaggedRow] = []
    for file, width, ragged in part.ragged:
        reason = ragged_reason(source, ragged)
        if reason is not None:
            counts[reason] += 1
            continue
        misfits.append(ragged)
        rejects.append((name, source.table, file, ragged.line, *_misfit(ragged, width)))
    counts["rejected"] = int((status == REJECTED_ROW).sum()) + len(misfits)
    counts["read"] = rows + part.blank + len(part.ragged)
    counts["facts"] = sum(int(status[row] == ACCEPTED) for row in facts)
    counts["rounded"] = sum(column.rounded for column in values.values())
    columns = {field.name: values[field.name].values for field in asked}
    columns |= {"_source": pa.repeat(name, rows), "_file": part.files, "_line": part.lines}
    schema = pa.schema([*((f.name, values[f.name].values.type) for f in asked), *PLACES])
    typed = pa.table(columns, schema=schema).filter(accepted)
    mendable: list[RejectedRows] = []
    if counts["rejected"]:
        rejected = pa.array(status == REJECTED_ROW)
        mendable = mendable_rows(name, source, asked, part=part, rejected=rejected, misfits=misfits)
    return _PartRows(typed, accepted, rejects, counts, mendable)


def _values(
    name: str, source: Source, asked: tuple[Field, ...], part: TextPart
) -> dict[str, ParsedColumn]:
    values: dict[str, ParsedColumn] = {}
    for field in asked:
        cells = source_column(field, part.columns, part.unreadable, part.name)
        if cells is None:
            where = f"data.sources.{name}"
            constant = constant_value(field, part.columns.num_rows, source.format, where)
            values[field.name] = ParsedColumn(constant)
        elif field.column in part.typed:
            values[field.name] = field_values(
                field, cells, source.format, typed=part.typed[field.column]
            )
        else:
            fmt = CANONICAL if field.column in part.native else source.format
            values[field.name] = field_values(field, cells, fmt)
    return values


def _misfit(row: RaggedRow, width: int) -> tuple[str, str, str, str]:
    problem = f"has {len(row.cells)} cells where the header has {width}"
    fix = "quote cells that hold the delimiter, or complete the row"
    return "", " | ".join(row.cells), problem, fix
