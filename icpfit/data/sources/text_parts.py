"""Rows of text with their file and line, from one file or from a SELECT over several."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.sources.cells import CANONICAL
from icpfit.data.sources.reader import TextTable, text_table
from icpfit.data.sources.rejected_rows import Layout
from icpfit.data.sources.select import selected
from icpfit.data.sources.source_files import DataFolder, source_files
from icpfit.errors import SettingsError, SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from icpfit.data.sources.row_pieces import RaggedRow
    from icpfit.data.sources.source_spec import Format

__all__ = ["TextPart", "file_part", "select_part"]


@dataclass(frozen=True)
class TextPart:
    """Rows of text that came from one file or one SELECT.

    Parameters
    ----------
    name : str
        The file, or the source of the SELECT, for messages.
    columns : pyarrow.Table
        Text columns.
    files, lines : pyarrow.Array
        File and line of each row.
    native : frozenset of str
        Columns in icpfit's own notation.
    unreadable : dict of str to str
        Columns of a type without text.
    ragged : tuple of (str, int, RaggedRow)
        File, number of columns of its header, and the row that doesn't fit.
    blank : int
        Empty lines.
    notes : tuple of str
        What a reader should know.
    digests : dict of str to str
        SHA-256 by file.
    typed : dict of str to pyarrow.Array of bool
        Of a workbook: column to which of its cells are in icpfit's own notation.
    holes : dict of str to int
        Column to its NaN, which are taken as missing.
    layout : Layout or None
        How the file is laid out, to hand rows back alike; ``None`` for a SELECT.
    origins : tuple of TextPart
        Of a SELECT: the files that it reads.
    marks : ndarray of uint64, shape (rows, 2), or None
        Of rows that have no order of their own, as those of a database: the mark of each row's
        content, by which they are put in one.
    """

    name: str
    columns: pa.Table
    files: pa.Array
    lines: pa.Array
    native: frozenset[str]
    unreadable: dict[str, str]
    ragged: tuple[tuple[str, int, RaggedRow], ...]
    blank: int
    notes: tuple[str, ...]
    digests: dict[str, str]
    typed: dict[str, pa.Array] = field(default_factory=dict)
    holes: dict[str, int] = field(default_factory=dict)
    layout: Layout | None = None
    origins: tuple[TextPart, ...] = ()
    marks: np.ndarray | None = None


def file_part(table: TextTable) -> TextPart:
    """Rows of one file, or of a piece of it.

    Parameters
    ----------
    table : TextTable
        The file as text.

    Returns
    -------
    TextPart
        Its rows.
    """
    return TextPart(
        name=table.file,
        columns=table.columns,
        files=pa.repeat(table.file, table.columns.num_rows),
        lines=table.lines,
        native=table.native,
        unreadable=table.unreadable,
        ragged=tuple((table.file, len(table.header), row) for row in table.ragged),
        blank=table.blank,
        notes=tuple(f"{table.file}: {note}" for note in table.notes),
        digests={table.file: table.digest},
        typed=table.typed,
        holes=table.holes,
        layout=Layout(
            (table.header, *table.header_below),
            table.delimiter,
            table.encoding,
            declared=table.kind == "csv",
        ),
    )


def select_part(
    name: str,
    select: str,
    tables: Mapping[str, str],
    *,
    fmt: Format,
    folder: DataFolder,
    where: str,
) -> TextPart:
    """Rows of a SELECT over files.

    Parameters
    ----------
    name : str
        Name of the source, which stands for the file where ``_file`` isn't selected.
    select : str
        The statement.
    tables : Mapping of str to str
        View to file or glob.
    fmt : Format
        How cells of text are written.
    folder : DataFolder
        The folder of the files.
    where : str
        Path of the source in the settings, for messages.

    Returns
    -------
    TextPart
        Its result; the ragged rows and empty lines of the files come along, so that none is lost.

    Raises
    ------
    SettingsError
        When the SELECT fails, or `fmt` contradicts the notation of Parquet.
    SourceError
        When a file can't be read.
    """
    parts: list[TextPart] = []
    views: dict[str, pa.Table] = {}
    words = _names(select)
    for view, pattern in sorted(tables.items()):
        files = source_files(folder, pattern, f"{where}.tables.{view}")
        read = [file_part(text_table(path, fmt, shown, words)) for path, shown in files]
        if any(part.native for part in read) and (fmt.decimal, fmt.thousands, fmt.dates) != (
            CANONICAL.decimal,
            CANONICAL.thousands,
            CANONICAL.dates,
        ):
            what = "a workbook" if any(part.typed for part in read) else "Parquet"
            raise SettingsError(
                f"{where}.format: '{view}' is {what}, whose numbers and dates are plain; "
                "leave out decimal, thousands and dates, and rewrite the others in the select"
            )
        views[view] = pa.concat_tables([_view(part) for part in read], promote_options="default")
        parts += read
    result = selected(select, views, f"{where}.select")
    columns = result.columns
    rows = pa.array(range(1, columns.num_rows + 1), pa.int64())
    named = columns.column_names
    return TextPart(
        name=name,
        columns=columns.drop_columns([c for c in ("_file", "_line") if c in named]),
        files=_taken(columns, "_file", pa.repeat(name, columns.num_rows)),
        lines=_taken(columns, "_line", rows),
        native=result.native,
        unreadable={},
        ragged=tuple(row for part in parts for row in part.ragged),
        blank=sum(part.blank for part in parts),
        notes=tuple(note for part in parts for note in part.notes) + result.notes,
        digests={file: digest for part in parts for file, digest in part.digests.items()},
        origins=tuple(parts),
    )


def _names(select: str) -> list[str]:
    """Words of a SELECT that may be columns: they tell a header from the titles above it."""
    outside = re.sub(r"'[^']*'", "", select)
    found = re.findall(r'"((?:[^"]|"")+)"|([^\W\d]\w*)', outside)
    return [quoted.replace('""', '"') or bare for quoted, bare in found]


def _view(part: TextPart) -> pa.Table:
    taken = {"_file", "_line"} & set(part.columns.column_names)
    if taken:
        raise SourceError(
            f"{part.name}: has a column '{min(taken)}', a name that a select needs; rename it"
        )
    return part.columns.append_column("_file", part.files).append_column("_line", part.lines)


def _taken(columns: pa.Table, name: str, otherwise: pa.Array) -> pa.Array:
    if name not in columns.column_names:
        return otherwise
    try:
        column = columns[name].combine_chunks().cast(otherwise.type)
    except pa.ArrowInvalid:  # the SELECT put something else under this name
        return otherwise
    return pc.coalesce(column, otherwise)
