"""Where a list of prospects lies, and what it must have to be read and handed back."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from icpfit.data.sources.database_parts import database_table
from icpfit.data.sources.reader import TextTable
from icpfit.data.sources.source_files import DataFolder, near_names, source_files
from icpfit.data.sources.text_parts import select_part
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from icpfit.data.table_spec import DataSpec, ProspectSpec

__all__ = ["list_file", "require_id", "require_whole", "selected_list"]


def list_file(spec: DataSpec, asked: ProspectSpec, prospects: str, root: Path) -> tuple[Path, str]:
    """Return the file of a list, and its name in messages.

    Parameters
    ----------
    spec : DataSpec
        Says where named lists lie.
    asked : ProspectSpec
        Has the named lists.
    prospects : str
        A name under ``prospects.lists``, else a path relative to the current folder or `root`.
    root : Path
        What ``spec.folder`` is relative to.

    Returns
    -------
    tuple of Path and str
        It is there.

    Raises
    ------
    SourceError
        When there is no such file, or a pattern stands for several.
    """
    named = asked.lists.get(prospects)
    if named is None:
        return _path(prospects, asked, root), prospects
    where = f"data.prospects.lists.{prospects}.files"
    folder = DataFolder(root / spec.folder, spec.folder)
    files = source_files(folder, named.files or "", where)
    if len(files) > 1:
        raise SourceError(
            f"{where}: '{named.files}' stands for {len(files)} files; a list is one file"
        )
    return files[0]


def selected_list(
    spec: DataSpec, asked: ProspectSpec, prospects: str, root: Path
) -> tuple[TextTable, dict[str, str]]:
    """Return what the SELECT or the database of a named list gives, and the SHA-256 of it.

    Parameters
    ----------
    spec : DataSpec
        Says where the files lie.
    asked : ProspectSpec
        Has the list.
    prospects : str
        Its name under ``prospects.lists``.
    root : Path
        What ``spec.folder`` is relative to.

    Returns
    -------
    tuple of TextTable and dict of str to str
        As a CSV without a digest of its own.

    Raises
    ------
    SettingsError
        When the SELECT fails.
    SourceError
        When a file can't be read.
    """
    named, where = asked.lists[prospects], f"data.prospects.lists.{prospects}"
    if named.url is not None:
        read, digest = database_table(prospects, named, where)
        return read, {read.file: digest}
    part = select_part(
        prospects,
        named.select or "",
        named.tables,
        fmt=asked.format,
        folder=DataFolder(root / spec.folder, spec.folder),
        where=where,
    )
    text = TextTable(
        file=prospects,
        columns=part.columns,
        lines=part.lines,
        kind="csv",
        header=tuple(part.columns.column_names),
        digest="",
        native=part.native,
        ragged=tuple(row for _, _, row in part.ragged),
        notes=part.notes,
    )
    return text, part.digests


def require_whole(text: TextTable) -> None:
    """Refuse rows that don't fit the header: the list could not be handed back whole.

    Parameters
    ----------
    text : TextTable
        A list, or a piece of it.

    Raises
    ------
    SourceError
        It names the lines.
    """
    if text.ragged:
        lines = ", ".join(str(row.line) for row in text.ragged[:3])
        more = f" and {len(text.ragged) - 3:,} more" if len(text.ragged) > 3 else ""
        raise SourceError(
            f"{text.file}, line {lines}{more}: other than {len(text.header)} cells, as the header "
            "has; quote cells that hold the delimiter, or complete the row"
        )


def require_id(text: TextTable, column: str) -> None:
    """Refuse a list without the column of the ids.

    Parameters
    ----------
    text : TextTable
        A list, or a piece of it.
    column : str
        The column.

    Raises
    ------
    SourceError
        It names the columns that are near.
    """
    if column in text.columns.column_names:
        return
    if column in text.unreadable:
        raise SourceError(
            f"{text.file}: the id '{column}' holds {text.unreadable[column]}; write text"
        )
    raise SourceError(
        f"{text.file}: has no column '{column}' (data.prospects.id); "
        f"{near_names(column, text.columns.column_names)}; rename the one that holds the ids, or"
        " name it there"
    )


def _path(prospects: str, asked: ProspectSpec, root: Path) -> Path:
    places = (Path(prospects), root / prospects)
    for path in places:
        # os.path answers no, where pathlib raises, for a name that no file could have
        if os.path.isfile(path):  # noqa: PTH113
            return path
        if os.path.isdir(path):  # noqa: PTH112
            raise SourceError(f"prospects '{prospects}' is a folder; name a file in it")
    there = sorted(asked.lists)
    beside = next((p.parent for p in places if os.path.isdir(p.parent)), None)  # noqa: PTH112
    if beside is not None:
        there += [e.name for e in beside.iterdir() if e.is_file() and e.name[0] != "."]
    raise SourceError(
        f"prospects '{prospects}': there is no such file or named list; "
        f"{near_names(Path(prospects).name, there) if there else 'check the path'}"
    )
