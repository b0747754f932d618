"""Files of an export → pieces of text with their lines, strictly: nothing is guessed or mended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import TYPE_CHECKING

import pyarrow as pa

from icpfit.data.sources.csv_rows import CheckedLines, CsvRecords, wide_cells
from icpfit.data.sources.encoding import FileBytes, encoding_to_read, file_bytes
from icpfit.data.sources.header import header_place, header_record
from icpfit.data.sources.parquet_text import hole_notes, parquet_pieces, typed_text
from icpfit.data.sources.row_pieces import (
    RaggedRow,
    RowPiece,
    column_names,
    joined_flags,
    row_pieces,
)
from icpfit.data.sources.sheet_rows import SheetRows, chosen_sheet
from icpfit.data.sources.workbook import open_workbook
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from icpfit.data.sources.source_spec import Format

__all__ = ["TextTable", "text_pieces", "text_table"]

_PIECE_ROWS = 1 << 16
_HEAD_ROWS = 20


@dataclass(frozen=True)
class TextTable:
    """One file as text, or a piece of it.

    Parameters
    ----------
    file : str
        Its name in messages and in ``_file``.
    columns : pyarrow.Table
        Text columns by their trimmed header; cells are as in the file.
    lines : pyarrow.Array of int64
        Physical line on which each record starts (1 = first); row number for Parquet, the sheet's
        own for a workbook.
    kind : {"csv", "parquet", "workbook"}
        What it was.
    header : tuple of str
        The (first row of the) header as it stands in the file.
    digest : str
        SHA-256 of the file.
    native : frozenset of str
        Columns that came typed, and are written in icpfit's own notation.
    unreadable : dict of str to str
        Columns of a type that has no text, by type.
    ragged : tuple of RaggedRow
        Rows that don't fit the header.
    blank : int
        Empty lines.
    notes : tuple of str
        What a reader should know; a piece has only what it adds.
    encoding, delimiter : str
        As found; empty for Parquet.
    original : pyarrow.Table or None
        The typed columns of Parquet.
    header_below : tuple of tuple of str
        Further rows of the header.
    typed : dict of str to pyarrow.Array of bool
        Of a workbook: column to which of its cells are in icpfit's own notation.
    holes : dict of str to int
        Column to its NaN, which are taken as missing.
    whole_lines : pyarrow.Array of text or None
        Each row as it stands in the file, where that is its cells with delimiters in between.
    """

    file: str
    columns: pa.Table
    lines: pa.Array
    kind: str
    header: tuple[str, ...]
    digest: str
    native: frozenset[str] = frozenset()
    unreadable: dict[str, str] = field(default_factory=dict)
    ragged: tuple[RaggedRow, ...] = ()
    blank: int = 0
    notes: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    original: pa.Table | None = None
    header_below: tuple[tuple[str, ...], ...] = ()
    typed: dict[str, pa.Array] = field(default_factory=dict)
    holes: dict[str, int] = field(default_factory=dict)
    whole_lines: pa.Array | None = None


def text_table(path: Path, fmt: Format, shown: str, expected: Collection[str] = ()) -> TextTable:
    """Read a CSV, a sheet of a workbook, or a Parquet file as text, all of it.

    Parameters
    ----------
    path : Path
        The file; Parquet and workbooks are known by their first bytes.
    fmt : Format
        Delimiter, encoding, rows of the header and sheet, where declared.
    shown : str
        Name of the file in messages.
    expected : collection of str
        Columns that the header should hold: they tell it from lines of title above it.

    Returns
    -------
    TextTable
        Its cells, and the rows that don't fit.

    Raises
    ------
    SourceError
        When it can't be read, is empty, is no text, holds a NUL byte, has a column name twice,
        leaves a quote open, or has several sheets: always with the line or what there is.
    """
    pieces = list(_pieces(path, fmt, shown, expected, whole=True))
    first = pieces[0]
    if len(pieces) == 1:
        return replace(first, notes=(*first.notes, *hole_notes(first.holes)))
    typed = joined_flags([(piece.typed, len(piece.lines)) for piece in pieces])
    holes: Counter[str] = Counter()
    for piece in pieces:
        holes.update(piece.holes)
    return replace(
        first,
        columns=pa.concat_tables([piece.columns for piece in pieces]),
        lines=pa.concat_arrays([piece.lines for piece in pieces]),
        native=frozenset().union(*(piece.native for piece in pieces)),
        ragged=tuple(row for piece in pieces for row in piece.ragged),
        blank=sum(piece.blank for piece in pieces),
        notes=(*(note for piece in pieces for note in piece.notes), *hole_notes(holes)),
        typed=typed,
        holes=dict(holes),
    )


def text_pieces(
    path: Path, fmt: Format, shown: str, expected: Collection[str] = ()
) -> Iterator[TextTable]:
    """As ``text_table``, piece by piece, so that a file of any length needs the same memory.

    Parameters
    ----------
    path, fmt, shown, expected : Path, Format, str, collection of str
        As there.

    Yields
    ------
    TextTable
        At most 65,536 rows each, in the file's order; at least one, which may have none.

    Raises
    ------
    SourceError
        As there, once the place is reached.
    """
    return _pieces(path, fmt, shown, expected, whole=False)


def _pieces(
    path: Path, fmt: Format, shown: str, expected: Collection[str], *, whole: bool
) -> Iterator[TextTable]:
    file = file_bytes(path, shown)
    if file.is_parquet:
        return _of_parquet(path, shown, file, None if whole else _PIECE_ROWS)
    if file.is_zip:
        return _of_workbook(path, fmt, shown, expected, file)
    return _of_csv(path, fmt, shown, expected, file)


def _of_csv(
    path: Path, fmt: Format, shown: str, expected: Collection[str], file: FileBytes
) -> Iterator[TextTable]:
    encoding = encoding_to_read(fmt.encoding, file.encoding)
    try:
        opened = path.open(encoding=encoding, newline="")
    except LookupError:
        raise SourceError(
            f"{shown}: no encoding is named '{encoding}'; set format.encoding"
        ) from None
    try:
        with opened as handle, wide_cells():
            yield from _csv(CheckedLines(handle, shown), fmt, shown, expected, file)
    except UnicodeError as error:
        raise SourceError(
            f"{shown}: is not {encoding} ({error.args[-1]}); set format: {{encoding: ...}}"
        ) from None


def _csv(
    lines: CheckedLines, fmt: Format, shown: str, expected: Collection[str], file: FileBytes
) -> Iterator[TextTable]:
    notes = []
    if fmt.encoding is None and file.encoding == "cp1252":
        notes.append("not UTF-8, read as cp1252; set format: {encoding: ...} if letters look wrong")
    declared = "\t" if fmt.delimiter == "tab" else fmt.delimiter
    place = header_place(lines.head, declared, expected, shown)
    if place.passed_over:
        notes.append(_passed_over(place.passed_over))
    records = iter(CsvRecords(lines, place.delimiter, shown))
    for _ in range(place.record):
        next(records)
    common = TextTable(
        file=shown,
        columns=pa.table({}),
        lines=pa.array([], pa.int64()),
        kind="csv",
        header=(),
        digest=file.digest,
        notes=tuple(notes),
        encoding=encoding_to_read(fmt.encoding, file.encoding),
        delimiter=place.delimiter,
    )
    yield from _below_header(records, common, fmt, fill=False)


def _passed_over(lines: int) -> str:
    return f"{lines} line{'' if lines == 1 else 's'} above the header passed over"


def _below_header(
    records: Iterator[tuple[int, list[str]]], common: TextTable, fmt: Format, *, fill: bool
) -> Iterator[TextTable]:
    """Read the header, then all that is below it, piece by piece."""
    line, cells = next(records)
    header = [cells, *(row for _, row in islice(records, fmt.header_rows - 1))]
    common = replace(
        common, header=tuple(header[0]), header_below=tuple(tuple(row) for row in header[1:])
    )
    names = column_names(header, common.file, line)
    for piece in row_pieces(records, names, common.file, fill=fill):
        yield _with_rows(common, piece)
        common = replace(common, notes=())


def _with_rows(common: TextTable, piece: RowPiece) -> TextTable:
    return replace(
        common,
        columns=piece.columns,
        lines=piece.lines,
        native=frozenset(piece.typed),
        typed=piece.typed,
        ragged=piece.ragged,
        blank=piece.blank,
    )


def _of_workbook(
    path: Path, fmt: Format, shown: str, expected: Collection[str], file: FileBytes
) -> Iterator[TextTable]:
    with open_workbook(path, shown) as book:
        sheet = chosen_sheet(book, fmt.sheet)
        rows = SheetRows(book, sheet)
        records = iter(rows)
        head = [row for _, row in zip(range(_HEAD_ROWS), records, strict=False)]
        place = header_record([cells for _, cells in head], expected)
        if place is None:
            raise SourceError(f"{shown}, sheet '{sheet.name}': is empty; export it again")
        record, above, _ = place
        notes = [_passed_over(above)] if above else []
        common = TextTable(
            file=shown,
            columns=pa.table({}),
            lines=pa.array([], pa.int64()),
            kind="workbook",
            header=(),
            digest=file.digest,
            notes=tuple(notes),
        )
        below = _below_header(chain(head[record:], records), common, fmt, fill=True)
        piece = next(below)
        for following in below:
            yield piece
            piece = following
        yield replace(piece, notes=(*piece.notes, *rows.notes(head[record][0])))


def _of_parquet(path: Path, shown: str, file: FileBytes, rows: int | None) -> Iterator[TextTable]:
    line = 1
    for table in parquet_pieces(path, shown, rows):
        if not table.num_columns:
            raise SourceError(f"{shown}: is empty; export it again")
        text = typed_text(table)
        yield TextTable(
            file=shown,
            columns=text.columns,
            lines=pa.array(range(line, line + table.num_rows), pa.int64()),
            kind="parquet",
            header=tuple(table.column_names),
            digest=file.digest,
            native=text.native,
            unreadable=text.unreadable,
            original=table if rows is None else None,
            holes=text.holes,
        )
        line += table.num_rows
