"""Which rows of which file were rejected, with their cells as that file has to write them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.sources.rejected_rows import Layout, RejectedRows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from icpfit.data.sources.row_pieces import RaggedRow
    from icpfit.data.sources.source_columns import Field
    from icpfit.data.sources.source_spec import Format, Source
    from icpfit.data.sources.text_parts import TextPart

__all__ = ["as_declared", "mendable_rows"]


def mendable_rows(
    name: str,
    source: Source,
    asked: tuple[Field, ...],
    *,
    part: TextPart,
    rejected: pa.Array,
    misfits: Iterable[RaggedRow],
) -> list[RejectedRows]:
    """Collect the rejected rows of a part as they stand in their files.

    Parameters
    ----------
    name : str
        The source's key in the settings.
    source : Source
        Its settings.
    asked : tuple of Field
        The columns of its table.
    part : TextPart
        The rows.
    rejected : pyarrow.Array of bool
        Which of them are rejected.
    misfits : iterable of RaggedRow
        Those that don't fit the header.

    Returns
    -------
    list of RejectedRows
        One for a file; for a SELECT one for each file with a rejected row, by the ``_file`` and
        ``_line`` of its result.
    """
    if part.layout is not None:
        found = _of_file(name, source, asked, part=part, layout=part.layout, rejected=rejected)
        return [replace(found, ragged=tuple(misfits))]
    files, lines = part.files.filter(rejected), part.lines.filter(rejected)
    misfit = set(misfits)
    rows = []
    for origin in part.origins:
        if origin.layout is None:
            continue
        here = pc.unique(lines.filter(pc.equal(files, origin.name)))
        among = pc.is_in(origin.lines, value_set=here)
        found = _of_file(name, source, asked, part=origin, layout=origin.layout, rejected=among)
        ragged = tuple(row for _, _, row in origin.ragged if row in misfit)
        if found.rows.num_rows or ragged:
            rows.append(replace(found, ragged=ragged))
    return rows


def _of_file(
    name: str,
    source: Source,
    asked: tuple[Field, ...],
    *,
    part: TextPart,
    layout: Layout,
    rejected: pa.Array,
) -> RejectedRows:
    rows, fmt = part.columns.filter(rejected), source.format
    if not layout.declared:
        typed = {column: mask.filter(rejected) for column, mask in part.typed.items()}
        rows = as_declared(rows, asked, part.native, typed, fmt)
        delimiter = "\t" if fmt.delimiter == "tab" else fmt.delimiter
        layout = replace(layout, delimiter=delimiter or (";" if fmt.decimal == "," else ","))
    return RejectedRows(name, layout, rows, part.lines.filter(rejected))


def as_declared(
    rows: pa.Table,
    asked: Iterable[Field],
    native: frozenset[str],
    typed: Mapping[str, pa.Array],
    fmt: Format,
) -> pa.Table:
    """Write typed cells as the source's format says, so that they are read alike from a CSV.

    Parameters
    ----------
    rows : pyarrow.Table
        Text columns of Parquet or a workbook.
    asked : iterable of Field
        Which columns are numbers, dates and flags.
    native : frozenset of str
        Columns in icpfit's own notation.
    typed : Mapping of str to pyarrow.Array of bool
        Of those, which cells, where not all are.
    fmt : Format
        How the source's cells are declared to be written.

    Returns
    -------
    pyarrow.Table
        The same rows; a cell that is written so already stays as it is.

    Examples
    --------
    >>> from icpfit.data.sources.source_columns import Field
    >>> from icpfit.data.sources.source_spec import Format
    >>> net = Field("amount", "money", True, (), "Net", None, False, "")
    >>> rows = pa.table({"Net": ["12.5"]})
    >>> as_declared(rows, [net], frozenset({"Net"}), {}, Format(decimal=",")).to_pylist()
    [{'Net': '12,5'}]
    """
    for field in asked:
        if field.column not in native or field.column not in rows.column_names:
            continue
        cells = rows[field.column].combine_chunks()
        if field.kind in ("number", "money"):
            written = pc.replace_substring(cells, pattern=".", replacement=fmt.decimal)
        elif field.kind == "date" and "%" in fmt.dates and fmt.dates != "%Y-%m-%d":
            texts = cells.to_pylist()
            written = pa.array([_day_text(text, fmt.dates) for text in texts], pa.string())
        elif field.kind == "flag":
            yes, no = fmt.true_texts[:1], fmt.false_texts[:1]
            flags = dict(zip(("true", "false"), (*yes, *no), strict=False))
            written = pa.array([flags.get(text, text) for text in cells.to_pylist()], pa.string())
        else:
            continue
        if field.column in typed:
            written = pc.if_else(typed[field.column], written, cells)
        rows = rows.set_column(rows.column_names.index(field.column), field.column, written)
    return rows


def _day_text(text: str | None, written: str) -> str | None:
    try:
        return dt.date.fromisoformat((text or "")[:10]).strftime(written)
    except ValueError:
        return text
