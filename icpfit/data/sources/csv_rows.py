"""Records of a CSV with the line on which each starts; the stdlib reader at its strictest."""

from __future__ import annotations

import csv
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CheckedLines", "CsvRows", "RaggedRow", "column_names", "wide_cells"]

_CHUNK_ROWS = 1 << 16
_CELL_LIMIT = 1 << 24  # characters; a cell beyond it is a quote that was never closed
_LIMIT_LOCK = threading.RLock()  # csv's limit belongs to the whole process


@dataclass(frozen=True)
class RaggedRow:
    """A row with another number of cells than the header: where it starts, and its cells."""

    line: int
    cells: tuple[str, ...]


@contextmanager
def wide_cells() -> Iterator[None]:
    """Let csv read cells of up to 16 million characters, and put its limit back afterwards.

    Yields
    ------
    None
        The limit belongs to the whole process, so a lock is held meanwhile.

    Examples
    --------
    >>> before = csv.field_size_limit()
    >>> with wide_cells():
    ...     csv.field_size_limit()
    16777216
    >>> csv.field_size_limit() == before
    True
    """
    with _LIMIT_LOCK:
        before = csv.field_size_limit(_CELL_LIMIT)
        try:
            yield
        finally:
            csv.field_size_limit(before)


class CheckedLines:
    """Lines of a file, refusing NUL, with the first ones kept for finding the header.

    Parameters
    ----------
    handle : iterator of str
        The file, opened with ``newline=""``.
    shown : str
        Its name in messages.

    Attributes
    ----------
    head : list of str
        The first 60 lines.
    """

    def __init__(self, handle: Iterator[str], shown: str) -> None:
        self._handle = handle
        self._shown = shown
        self._number = 0
        self.head: list[str] = []
        for line in self._checked():
            self.head.append(line)
            if len(self.head) == 60:
                break

    def _checked(self) -> Iterator[str]:
        for line in self._handle:
            self._number += 1
            if "\0" in line:
                raise SourceError(
                    f"{self._shown}, line {self._number}: holds a NUL byte; export it again as "
                    "UTF-8, or set format: {encoding: utf-16-le} if that is what it is"
                )
            yield line

    def __iter__(self) -> Iterator[str]:
        yield from self.head
        yield from self._checked()


class CsvRows:
    """Records of a strict CSV reader, sorted into those that fit, ragged ones and empty lines.

    Parameters
    ----------
    reader : csv.reader
        Strict, before its first record.
    shown : str
        Name of the file in messages.

    Attributes
    ----------
    lines : list of int
        Physical line on which each record that fits starts.
    ragged : list of RaggedRow
        Records with another number of cells than the header.
    blank : int
        Empty lines.
    """

    def __init__(self, reader: csv._reader, shown: str) -> None:  # type: ignore[name-defined]
        self._reader = reader
        self._shown = shown
        self.lines: list[int] = []
        self.ragged: list[RaggedRow] = []
        self.blank = 0

    def next_record(self) -> list[str]:
        """Read one record, whatever its width; empty at the end of the file."""
        start = self._reader.line_num + 1
        try:
            return next(self._reader, [])
        except csv.Error as error:
            raise self._fault(start, error) from None

    def columns(self, names: list[str]) -> pa.Table:
        """Read all that is left, chunk by chunk: no file is held as Python lists as a whole."""
        schema = pa.schema([(name, pa.string()) for name in names])
        batches = []
        kept: list[list[str]] = []
        width = len(names)
        reader, lines = self._reader, self.lines
        start = reader.line_num + 1
        try:
            for row in reader:
                if len(row) == width:
                    kept.append(row)
                    lines.append(start)
                    if len(kept) == _CHUNK_ROWS:
                        batches.append(_batch(kept, schema))
                        kept = []
                elif any(cell.strip() for cell in row):
                    self.ragged.append(RaggedRow(start, tuple(row)))
                else:
                    self.blank += 1
                start = reader.line_num + 1
        except csv.Error as error:
            raise self._fault(start, error) from None
        if kept:
            batches.append(_batch(kept, schema))
        return pa.Table.from_batches(batches, schema)

    def _fault(self, line: int, error: csv.Error) -> SourceError:
        what = {
            "unexpected end of data": "opens a quote that is never closed",
            f"field larger than field limit ({_CELL_LIMIT})": "opens a quote that is never closed",
        }.get(str(error), f"has a quote inside a quoted cell ({error})")
        return SourceError(
            f'{self._shown}, line {line}: {what}; close it, or write a quote in a cell twice ("")'
        )


def _batch(rows: list[list[str]], schema: pa.Schema) -> pa.RecordBatch:
    arrays = [pa.array(cells, pa.string()) for cells in zip(*rows, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def column_names(header: list[str], shown: str, line: int) -> list[str]:
    """Trimmed names of the columns, each only once; a column without one is named by its place.

    Parameters
    ----------
    header : list of str
        The cells of the header.
    shown : str
        Name of the file in messages.
    line : int
        Line of the header.

    Returns
    -------
    list of str
        One name per column.

    Raises
    ------
    SourceError
        When two columns have the same name.

    Examples
    --------
    >>> column_names(["id", " name ", ""], "a.csv", 1)
    ['id', 'name', '(column 3)']
    """
    # Exports often end each line, the header too, with one delimiter too many.
    names = [name.strip() or f"(column {place})" for place, name in enumerate(header, start=1)]
    for name in names:
        places = [str(place) for place, other in enumerate(names, start=1) if other == name]
        if len(places) > 1:
            raise SourceError(
                f"{shown}, line {line}: the header has '{name}' {len(places)} times (columns "
                f"{', '.join(places[:3])}); rename them in the export"
            )
    return names
