"""Files of an export → columns of text with their lines, strictly: nothing is guessed or mended."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from icpfit.data.sources.csv_rows import CheckedLines, CsvRows, RaggedRow, column_names, wide_cells
from icpfit.data.sources.encoding import FileBytes, file_bytes
from icpfit.data.sources.header import header_place
from icpfit.data.sources.parquet_text import parquet_table, typed_text
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from icpfit.data.sources.source_spec import Format

__all__ = ["TextTable", "text_table"]


@dataclass(frozen=True)
class TextTable:
    """One file as text.

    Parameters
    ----------
    file : str
        Its name in messages and in ``_file``.
    columns : pyarrow.Table
        Text columns by their trimmed header; cells are as in the file.
    lines : pyarrow.Array of int64
        Physical line on which each record starts (1 = first); row number for Parquet.
    kind : {"csv", "parquet"}
        What it was.
    header : tuple of str
        The header as it stands in the file.
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
        What a reader should know.
    encoding, delimiter : str
        As found; empty for Parquet.
    original : pyarrow.Table or None
        The typed columns of Parquet.
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


def text_table(path: Path, fmt: Format, shown: str, expected: Collection[str] = ()) -> TextTable:
    """Read a CSV or Parquet file as text.

    Parameters
    ----------
    path : Path
        The file; Parquet is known by its first bytes.
    fmt : Format
        Delimiter and encoding, where declared.
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
        or leaves a quote open: always with the line.
    """
    file = file_bytes(path, shown)
    if file.is_parquet:
        return _parquet(path, shown, file)
    encoding = fmt.encoding or file.encoding
    try:
        opened = path.open(encoding=encoding, newline="")
    except LookupError:
        raise SourceError(
            f"{shown}: no encoding is named '{encoding}'; set format.encoding"
        ) from None
    try:
        with opened as handle, wide_cells():
            return _csv(CheckedLines(handle, shown), fmt, shown, expected, file)
    except UnicodeError as error:
        raise SourceError(
            f"{shown}: is not {encoding} ({error.args[-1]}); set format: {{encoding: ...}}"
        ) from None


def _csv(
    lines: CheckedLines,
    fmt: Format,
    shown: str,
    expected: Collection[str],
    file: FileBytes,
) -> TextTable:
    notes = []
    if fmt.encoding is None and file.encoding == "cp1252":
        notes.append("not UTF-8, read as cp1252; set format: {encoding: ...} if letters look wrong")
    declared = "\t" if fmt.delimiter == "tab" else fmt.delimiter
    place = header_place(lines.head, declared, expected, shown)
    if place.passed_over:
        notes.append(f"{place.passed_over} lines above the header passed over")
    reader = csv.reader(lines, delimiter=place.delimiter, strict=True)
    rows = CsvRows(reader, shown)
    header: list[str] = []
    for _ in range(place.record + 1):
        header = rows.next_record()
    names = column_names(header, shown, reader.line_num)
    return TextTable(
        file=shown,
        columns=rows.columns(names),
        lines=pa.array(rows.lines, pa.int64()),
        kind="csv",
        header=tuple(header),
        digest=file.digest,
        ragged=tuple(rows.ragged),
        blank=rows.blank,
        notes=tuple(notes),
        encoding=fmt.encoding or file.encoding,
        delimiter=place.delimiter,
    )


def _parquet(path: Path, shown: str, file: FileBytes) -> TextTable:
    table = parquet_table(path, shown)
    if not table.num_columns:
        raise SourceError(f"{shown}: is empty; export it again")
    text = typed_text(table)
    return TextTable(
        file=shown,
        columns=text.columns,
        lines=pa.array(range(1, table.num_rows + 1), pa.int64()),
        kind="parquet",
        header=tuple(table.column_names),
        digest=file.digest,
        native=text.native,
        unreadable=text.unreadable,
        notes=text.notes,
        original=table,
    )
