"""Rows of a list beside the exports, such as a crosswalk: read strictly, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from icpfit.data.sources.cells import trimmed
from icpfit.data.sources.reader import text_pieces
from icpfit.data.sources.source_files import near_names, source_files
from icpfit.data.sources.source_spec import Format
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from icpfit.data.sources.source_files import DataFolder
    from icpfit.data.table_spec import DataSpec

__all__ = ["ListedRow", "listed_format", "listed_rows"]


@dataclass(frozen=True)
class ListedRow:
    """One row of a list.

    Parameters
    ----------
    file : str
        Its file.
    line : int
        Where it stands in it.
    cells : dict of str to str
        The columns that were asked for, trimmed; an empty cell is an empty text.
    """

    file: str
    line: int
    cells: dict[str, str]

    @property
    def place(self) -> str:
        """File and line, for messages."""
        return f"{self.file} line {self.line}"


def listed_format(spec: DataSpec, files: str | None, sheet: str | None = None) -> Format:
    """Return how a list is written: as the source that reads the same files says, if one does.

    Parameters
    ----------
    spec : DataSpec
        The settings of the company's data.
    files : str or None
        The list's files, as its settings name them.
    sheet : str or None
        The sheet of a workbook, where the list's settings name one.

    Returns
    -------
    Format
        The default where no source reads them.
    """
    sources = spec.sources.values()
    same = (one.format for one in sources if files in (one.files, *one.tables.values()))
    fmt = next(same, Format())
    return replace(fmt, sheet=sheet) if sheet is not None else fmt


def listed_rows(
    files: str,
    fmt: Format,
    folder: DataFolder,
    *,
    needed: Collection[str],
    where: str,
    digests: dict[str, str],
    optional: Collection[str] = (),
) -> Iterator[ListedRow]:
    """Read columns of a list, row by row.

    Parameters
    ----------
    files : str
        A file or glob.
    fmt : Format
        How it is written.
    folder : DataFolder
        What `files` are relative to.
    needed, optional : collection of str
        Columns that must be there, and those taken where they are.
    where : str
        Path of the list in the settings, for messages.
    digests : dict of str to str
        Takes the SHA-256 of each file.

    Yields
    ------
    ListedRow
        In the order of the files, by name, and of their lines.

    Raises
    ------
    SourceError
        For a missing file or column, or a row that doesn't fit the header.
    """
    for path, shown in source_files(folder, files, f"{where}.files"):
        for piece in text_pieces(path, fmt, shown, needed):
            digests[piece.file] = piece.digest
            names = piece.columns.column_names
            for column in needed:
                if column not in names:
                    raise SourceError(
                        f"{piece.file}: has no column '{column}', which {where} asks for;"
                        f" {near_names(column, names)}"
                    )
            for ragged in piece.ragged:
                raise SourceError(
                    f"{piece.file} line {ragged.line}: has {len(ragged.cells)} cells where the"
                    f" header has {len(piece.header)}; quote cells that hold the delimiter"
                )
            taken = list(dict.fromkeys([*needed, *(name for name in optional if name in names)]))
            cells = [trimmed(piece.columns[name]).to_pylist() for name in taken]
            for line, *row in zip(piece.lines.to_pylist(), *cells, strict=True):
                texts = {name: cell or "" for name, cell in zip(taken, row, strict=True)}
                yield ListedRow(piece.file, line, texts)
