"""Cells of one sheet of a workbook → rows of exact text."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from icpfit.data.sources.workbook_parts import SUSPECT, blocks, unescaped
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from icpfit.data.sources.workbook import Sheet, Workbook

__all__ = ["SheetRows", "TypedCell", "chosen_sheet"]

_MOST_COLUMNS = 2_000
_MOST_ROWS = 1 << 20  # what a sheet can have
_MOST_CELLS = 100_000_000  # the empty ones left of a filled one are counted too
_LONGEST_CELL = 1 << 20
_EXACT_WHOLE = 2**53
_PLAIN_DIGITS = re.compile(r"-?[0-9]{1,40}")
_DAY_MS = 86_400_000
_FIRST_1900 = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet knows no time zones
_FIRST_1904 = dt.datetime(1904, 1, 1)  # noqa: DTZ001


class TypedCell(str):
    """A cell that was a number, date or flag: its text is in icpfit's own notation."""

    __slots__ = ()


def chosen_sheet(book: Workbook, asked: str | None) -> Sheet:
    """Choose the sheet to be read: the one asked for, else the only one with any cells.

    Parameters
    ----------
    book : Workbook
        The workbook.
    asked : str or None
        ``format.sheet`` of the settings.

    Returns
    -------
    Sheet
        The sheet.

    Raises
    ------
    SourceError
        When it isn't there, or several could be meant; names those that there are.
    """
    named = ", ".join(f"'{sheet.name}'" for sheet in book.sheets[:8])
    if asked is not None:
        for sheet in book.sheets:
            if sheet.name.strip().casefold() == asked.strip().casefold():
                return sheet
        raise SourceError(f"{book.shown}: has no sheet '{asked}' (format.sheet); it has {named}")
    filled = [sheet for sheet in book.sheets if _has_rows(book, sheet)]
    if len(filled) > 1:
        listed = ", ".join(f"'{sheet.name}'" for sheet in filled[:8])
        raise SourceError(
            f"{book.shown}: has {len(filled)} sheets ({listed}); say which one to read with "
            f"format: {{sheet: {filled[0].name}}} beside its columns in the company's YAML"
        )
    if not filled:
        raise SourceError(f"{book.shown}: is empty; export it again")
    return filled[0]


def _has_rows(book: Workbook, sheet: Sheet) -> bool:
    found: list[bool] = []

    def start(tag: str, _: dict[str, str]) -> None:
        if tag == "c":
            found.append(True)

    for _ in blocks(book.archive, sheet.part, book.shown, start=start, kind="sheet"):
        if found:
            return True
    return bool(found)


@dataclass
class _Cell:
    """The cell that is being read."""

    column: int = 0
    kind: str = "n"
    style: int = 0
    value: list[str] | None = None
    formula: list[str] | None = None


@dataclass
class SheetRows:
    """Rows of a sheet, as they are streamed.

    Parameters
    ----------
    book, sheet : Workbook, Sheet
        Where they are.

    Attributes
    ----------
    hidden : int
        Rows that a filter or a person has hidden, so far; they are read like any other.
    merged : list of str
        Ranges of cells merged into one, once all rows are read.
    """

    book: Workbook
    sheet: Sheet
    hidden: int = 0
    merged: list[str] = field(default_factory=list)
    _row: dict[int, str] = field(default_factory=dict)
    _number: int = 0
    _cells: int = 0
    _ready: list[tuple[int, list[str]]] = field(default_factory=list)
    _cell: _Cell = field(default_factory=_Cell)
    _sink: list[str] | None = None
    _length: int = 0
    _phonetic: bool = False

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row that has a cell: its number, and its cells up to the last filled one."""
        for _ in blocks(
            self.book.archive,
            self.sheet.part,
            self.book.shown,
            start=self._start,
            end=self._end,
            text=self._text,
            kind="sheet",
        ):
            yield from self._ready
            self._ready.clear()

    def notes(self, header_line: int) -> list[str]:
        """Say what a person should know of the sheet, once all rows are read.

        Parameters
        ----------
        header_line : int
            Row of the header; cells merged above it are titles.

        Returns
        -------
        list of str
            Hidden rows and merged cells.
        """
        notes = []
        if self.hidden:
            notes.append(f"{self.hidden:,} hidden rows of the sheet were read too")
        merged = [ref for ref in self.merged if _last_row(ref) > header_line]
        if merged:
            notes.append(
                f"{len(merged):,} merged cell{'' if len(merged) == 1 else 's'} below the header"
                f" (such as {merged[0]}): only the "
                "first cell of each holds the value; unmerge them and fill the others in"
            )
        return notes

    def _refused(self, what: str) -> SourceError:
        return SourceError(f"{self.book.shown}, sheet '{self.sheet.name}': {what}")

    def _start(self, tag: str, given: dict[str, str]) -> None:
        if tag == "c":
            self._open_cell(given)
        elif tag in ("v", "t"):
            cell = self._cell
            cell.value = [] if cell.value is None else cell.value
            self._sink = None if self._phonetic else cell.value
        elif tag == "f":
            self._sink = self._cell.formula = []
        elif tag == "rPh":
            self._phonetic = True
        elif tag == "row":
            number = given.get("r", "")
            following = int(number) if number.isdigit() and len(number) < 9 else self._number + 1
            if not self._number < following <= _MOST_ROWS:
                raise self._refused(f"row {number} is out of order; {SUSPECT}")
            self._number = following
            self.hidden += given.get("hidden") in ("1", "true")
            self._cell = _Cell()
        elif tag == "mergeCell" and len(self.merged) < 100_000:
            self.merged.append(given.get("ref", ""))

    def _open_cell(self, given: dict[str, str]) -> None:
        column = self._cell.column + 1
        place = given.get("r", "")
        letters = place.rstrip("0123456789")
        if letters:
            column = 0
            for letter in letters[:4].upper():
                column = column * 26 + ord(letter) - 64
        style = given.get("s", "0")
        self._cell = _Cell(column, given.get("t", "n"), int(style) if style.isdigit() else 0)
        self._length = 0

    def _text(self, data: str) -> None:
        if self._sink is not None:
            self._sink.append(data)
            self._length += len(data)
            if self._length > _LONGEST_CELL:
                raise self._refused(f"row {self._number} has a cell of over a million characters")

    def _end(self, tag: str) -> None:
        if tag in ("v", "t", "f"):
            self._sink = None
        elif tag == "rPh":
            self._phonetic = False
        elif tag == "c":
            self._close_cell()
        elif tag == "row":
            width = max(self._row, default=0)
            self._cells += width
            if self._cells > _MOST_CELLS:
                raise self._refused(f"has over {_MOST_CELLS:,} cells; {SUSPECT}")
            self._ready.append((self._number, [self._row.get(i, "") for i in range(1, width + 1)]))
            self._row = {}

    def _close_cell(self) -> None:
        cell = self._cell
        text = self._cell_text(cell)
        if not text:
            return
        if not 1 <= cell.column <= _MOST_COLUMNS:
            raise self._refused(
                f"row {self._number} has a cell beyond column {_MOST_COLUMNS:,}; delete what is "
                "right of the table, or save it as CSV"
            )
        if cell.column in self._row:
            raise self._refused(f"row {self._number} has one cell twice; {SUSPECT}")
        self._row[cell.column] = text

    def _cell_text(self, cell: _Cell) -> str:
        value = "".join(cell.value or ())
        if cell.kind in ("inlineStr", "str", "e"):
            if value or cell.formula is None:
                return unescaped(value)
        elif not value:
            # A formula whose result nobody stored: its cell is refused where it is parsed.
            return f"={''.join(cell.formula) or 'formula'}" if cell.formula is not None else ""
        if cell.kind == "s":
            if not value.isdigit() or int(value) >= len(self.book.strings):
                raise self._refused(f"row {self._number} refers to a text that isn't there")
            return self.book.strings[int(value)]
        if cell.kind == "b":
            return TypedCell("true" if value.strip() in ("1", "true") else "false")
        if cell.kind == "d":
            return TypedCell(value.replace("T00:00:00", "").rstrip("Z"))
        return self._number_text(value.strip(), cell.style) if value else ""

    def _number_text(self, text: str, style: int) -> TypedCell:
        try:
            number = float(text)
        except ValueError:
            raise self._refused(f"row {self._number} has a number that is none: {text!r}") from None
        book = self.book
        if style in book.dates:
            return TypedCell(_moment(number, book.epoch_1904) or text)
        if style in book.spans:
            seconds = round(number * 86_400) if abs(number) < 1e8 else 0
            return TypedCell(f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}")
        if not _PLAIN_DIGITS.fullmatch(text):
            whole = abs(number) < _EXACT_WHOLE and number == int(number)
            text = str(int(number)) if whole else repr(number)
        if style in book.padded and text.isdigit():
            text = text.zfill(book.padded[style])
        return TypedCell(text)


def _moment(number: float, epoch_1904: bool) -> str:
    """Day, or day and time, of a spreadsheet's day number; empty where it has none."""
    if not 0 <= number < 2_958_466:
        return ""
    days, rest = divmod(round(number * _DAY_MS), _DAY_MS)
    clock = dt.timedelta(milliseconds=rest)
    if days == 0 and not epoch_1904:
        return f"{(_FIRST_1900 + clock).time()}"
    if days == 60 and not epoch_1904:
        return ""
    first = _FIRST_1904 if epoch_1904 else _FIRST_1900
    if days < 60 and not epoch_1904:
        first += dt.timedelta(days=1)
    moment = first + dt.timedelta(days=days) + clock
    return str(moment if rest else moment.date())


def _last_row(ref: str) -> int:
    digits = ref.rpartition(":")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ$")
    return int(digits) if digits.isdigit() and len(digits) < 9 else 0
