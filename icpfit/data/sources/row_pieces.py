"""Records of a file → pieces of a table of text; no file is held as Python lists as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa

from icpfit.data.sources.sheet_rows import TypedCell
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["RaggedRow", "RowPiece", "column_names", "joined_flags", "row_pieces"]

_PIECE_ROWS = 1 << 16
_PIECE_CELLS = 1 << 21
_PIECE_TEXT = 1 << 26  # characters
_COUNTED_AT_ONCE = 64
_MOST_RAGGED_CELLS = 5_000_000


@dataclass(frozen=True)
class RaggedRow:
    """A row with another number of cells than the header: where it starts, and its cells."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class RowPiece:
    """Rows that follow each other in a file.

    Parameters
    ----------
    columns : pyarrow.Table
        Text columns of the rows that fit the header.
    lines : pyarrow.Array of int64
        Where each starts.
    typed : dict of str to pyarrow.Array of bool
        Column to which of its cells came typed, for columns that have any such.
    ragged : tuple of RaggedRow
        Rows that don't fit.
    blank : int
        Empty rows.
    """

    columns: pa.Table
    lines: pa.Array
    typed: dict[str, pa.Array]
    ragged: tuple[RaggedRow, ...]
    blank: int


def row_pieces(
    records: Iterator[tuple[int, list[str]]], names: list[str], shown: str, *, fill: bool
) -> Iterator[RowPiece]:
    """Sort records into those that fit the header, ragged ones and empty ones.

    Parameters
    ----------
    records : iterator of (int, list of str)
        Line and cells, below the header.
    names : list of str
        The columns.
    shown : str
        Name of the file in messages.
    fill : bool
        Whether a row may end early: a workbook has no cells behind the last filled one.

    Yields
    ------
    RowPiece
        At most 65,536 rows each, and about 64 million characters; at least one piece, which may
        have no rows.

    Raises
    ------
    SourceError
        When so many rows don't fit that the header must be a wrong one.
    """
    width = len(names)
    most = max(1, min(_PIECE_ROWS, _PIECE_CELLS // width))
    ragged_cells = 0
    counted = size = 0
    due = min(_COUNTED_AT_ONCE, most)
    kept: list[list[str]] = []
    lines: list[int] = []
    ragged: list[RaggedRow] = []
    blank = 0
    yielded = False
    for line, cells in records:
        if len(cells) != width and fill:
            cells = _filled(cells, width)  # noqa: PLW2901
        if len(cells) == width:
            kept.append(cells)
            lines.append(line)
            if len(kept) < due:
                continue
            # Some rows at a time: this is done for every row of a list.
            size += _characters(kept[counted:])
            counted = len(kept)
            if counted < most and size < _PIECE_TEXT:
                due = min(counted + _COUNTED_AT_ONCE, most)
                continue
        elif any(cell.strip() for cell in cells):
            ragged.append(RaggedRow(line, tuple(cells)))
            ragged_cells += len(cells)
            if ragged_cells > _MOST_RAGGED_CELLS:
                raise SourceError(
                    f"{shown}, line {ragged[0].line} and many more: other than {width} cells, as "
                    "the header has; check format.delimiter, or export it again"
                )
            size += _characters([cells])
            if size < _PIECE_TEXT:
                continue
        else:
            blank += 1
            continue
        yield _piece(kept, names, lines, ragged, blank)
        kept, lines, ragged, blank, yielded = [], [], [], 0, True
        counted, size, due = 0, 0, min(_COUNTED_AT_ONCE, most)
    if kept or ragged or blank or not yielded:
        yield _piece(kept, names, lines, ragged, blank)


def _characters(rows: list[list[str]]) -> int:
    return len("".join(chain.from_iterable(rows)))


def _filled(cells: list[str], width: int) -> list[str]:
    if len(cells) < width:
        return [*cells, *[""] * (width - len(cells))]
    return cells[:width] if not any(cell.strip() for cell in cells[width:]) else cells


def _piece(
    rows: list[list[str]],
    names: list[str],
    lines: list[int],
    ragged: list[RaggedRow],
    blank: int,
) -> RowPiece:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    arrays = [pa.array(cells, pa.string()) for cells in columns]
    typed = {}
    for name, cells in zip(names, columns, strict=True):
        kinds = [type(cell) is TypedCell for cell in cells]
        if any(kinds):
            typed[name] = pa.array(kinds, pa.bool_())
    table = pa.Table.from_arrays(arrays, names=names)
    return RowPiece(table, pa.array(lines, pa.int64()), typed, tuple(ragged), blank)


def joined_flags(pieces: Sequence[tuple[Mapping[str, pa.Array], int]]) -> dict[str, pa.Array]:
    """Return which cells came typed, of several pieces as of one.

    Parameters
    ----------
    pieces : sequence of (mapping of str to pyarrow.Array of bool, int)
        What came typed of each, and its rows; a column that isn't there came as text.

    Returns
    -------
    dict of str to pyarrow.Array of bool
        Each as long as all pieces together.

    Examples
    --------
    >>> flags = joined_flags([({}, 1), ({"day": pa.array([True])}, 1)])
    >>> flags["day"].to_pylist()
    [False, True]
    """
    nothing = pa.scalar(False)
    names = sorted({name for typed, _ in pieces for name in typed})
    return {
        name: pa.concat_arrays(
            [typed.get(name, pa.repeat(nothing, rows)) for typed, rows in pieces]
        )
        for name in names
    }


def column_names(header: list[list[str]], shown: str, line: int) -> list[str]:
    """Trimmed names of the columns, each only once; a column without one is named by its place.

    Parameters
    ----------
    header : list of list of str
        The rows of the header.
    shown : str
        Name of the file in messages.
    line : int
        Line of the header.

    Returns
    -------
    list of str
        One name per column of the first row. With several rows, a cell of the first that stands
        over several columns (the others empty) is joined with those of the second.

    Raises
    ------
    SourceError
        When two columns have the same name.

    Examples
    --------
    >>> column_names([["id", " name ", ""]], "a.csv", 1)
    ['id', 'name', '(column 3)']
    >>> column_names([["id", "Which?", ""], ["", "A", "B"]], "a.csv", 1)
    ['id', 'Which? / A', 'Which? / B']
    """
    first = [name.strip() for name in header[0]]
    names = first
    if len(header) > 1:
        second = [option.strip() for option in [*header[1], *[""] * len(first)]]
        names = []
        over = ""
        for place, name in enumerate(first):
            over = name or over
            is_wide = not name or (place + 1 < len(first) and not first[place + 1])
            is_option = is_wide and over and second[place]
            names.append(f"{over} / {second[place]}" if is_option else name)
    # Exports often end each line, the header too, with one delimiter too many.
    names = [name or f"(column {place})" for place, name in enumerate(names, start=1)]
    known: dict[str, list[str]] = {}
    for place, name in enumerate(names, start=1):
        known.setdefault(name, []).append(str(place))
    for name, places in known.items():
        if len(places) > 1:
            raise SourceError(
                f"{shown}, line {line}: the header has '{name}' {len(places)} times (columns "
                f"{', '.join(places[:3])}); rename them in the export"
            )
    return names
