"""Rows of text with their file and line, from one file or from a SELECT over several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.sources.cells import CANONICAL
from icpfit.data.sources.reader import TextTable, text_table
from icpfit.data.sources.select import selected
from icpfit.data.sources.source_files import DataFolder, source_files
from icpfit.errors import SettingsError, SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.data.sources.csv_rows import RaggedRow
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


def file_part(table: TextTable) -> TextPart:
    """Rows of one file.

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
    for view, pattern in sorted(tables.items()):
        files = source_files(folder, pattern, f"{where}.tables.{view}")
        read = [file_part(text_table(path, fmt, shown)) for path, shown in files]
        if any(part.native for part in read) and (fmt.decimal, fmt.thousands, fmt.dates) != (
            CANONICAL.decimal,
            CANONICAL.thousands,
            CANONICAL.dates,
        ):
            raise SettingsError(
                f"{where}.format: '{view}' is Parquet, whose numbers and dates are plain; "
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
    )


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
