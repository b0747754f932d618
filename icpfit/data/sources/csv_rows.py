"""Records of a CSV with the line on which each starts; the stdlib reader at its strictest."""

from __future__ import annotations

import csv
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["CheckedLines", "CsvRecords", "wide_cells"]

_CELL_LIMIT = 1 << 24  # characters; a cell beyond it is a quote that was never closed
_LIMIT_LOCK = threading.RLock()  # csv's limit belongs to the whole process


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


class CsvRecords:
    """Records of a strict CSV reader, with the physical line on which each starts.

    Parameters
    ----------
    lines : iterable of str
        The lines of the file.
    delimiter : str
        One character.
    shown : str
        Name of the file in messages.
    """

    def __init__(self, lines: Iterable[str], delimiter: str, shown: str) -> None:
        self._reader = csv.reader(lines, delimiter=delimiter, strict=True)
        self._shown = shown

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each record; a quote left open, or one inside a quoted cell, is a SourceError."""
        reader = self._reader
        start = reader.line_num + 1
        try:
            for row in reader:
                yield start, row
                start = reader.line_num + 1
        except csv.Error as error:
            raise self._fault(start, error) from None

    def _fault(self, line: int, error: csv.Error) -> SourceError:
        what = {
            "unexpected end of data": "opens a quote that is never closed",
            f"field larger than field limit ({_CELL_LIMIT})": "opens a quote that is never closed",
        }.get(str(error), f"has a quote inside a quoted cell ({error})")
        return SourceError(
            f'{self._shown}, line {line}: {what}; close it, or write a quote in a cell twice ("")'
        )
