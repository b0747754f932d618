"""The scored list as an Excel workbook: the list, what its columns and grades mean, its counts."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from icpfit.delivery.lists.about import with_neutral_cells
from icpfit.delivery.lists.excel_about import write_about_sheets
from icpfit.delivery.lists.formulas import is_formula
from icpfit.delivery.lists.list_columns import DECIMALS
from icpfit.delivery.lists.sheet_look import FRONT, WIDTHS, SheetLook, on_paper, row_height
from icpfit.delivery.lists.sheet_values import is_same_number, sheet_value, typed_cells
from icpfit.delivery.whole_file import swept
from icpfit.errors import OutputError

if TYPE_CHECKING:
    import pyarrow as pa

    from icpfit.data.prospect_source import ProspectSource
    from icpfit.delivery.lists.about import About
    from icpfit.delivery.lists.scored_piece import ScoredPiece
    from icpfit.delivery.lists.sheet_values import SheetValue

__all__ = ["SHEET", "Workbook", "require_excel_rows", "require_excel_size"]

SHEET = "Scored list"
"""Name of the sheet that holds the list."""

_ROWS, _COLUMNS, _LETTERS = 1_048_576, 16_384, 32_767
_CHUNK = 10_000
_FAMILY = "icpfit-sheet-"
_FILLED = ("fit_grade", "next_step")
_LONG = ("reasons_for", "reasons_against", "caution", "relation", "changed_because")
# On paper a seller wants what stands up to here, at a size that can be read.
_LAST_ON_PAPER = "relation"


def require_excel_size(source: ProspectSource, added: int, path: Path | str) -> None:
    """Refuse a list with more columns than a sheet holds, before it is read.

    Parameters
    ----------
    source : ProspectSource
        The list.
    added : int
        Columns that come on top.
    path : Path or str
        The file that is written; one that is no workbook holds any list.

    Raises
    ------
    OutputError
        For more than 16,384 columns.
    """
    columns = len(source.names) + added
    if Path(path).suffix.lower() == ".xlsx" and columns > _COLUMNS:
        raise OutputError(
            f"{path}: a sheet holds {_COLUMNS:,} columns, the scored list has {columns:,};"
            " give out= a name that ends in .csv or .parquet"
        )


def require_excel_rows(rows: int, path: Path | str) -> None:
    """Refuse a list with more rows than a sheet holds, before it is scored.

    Parameters
    ----------
    rows : int
        Of the list.
    path : Path or str
        The file that is written; one that is no workbook holds any list.

    Raises
    ------
    OutputError
        For more than 1,048,575 rows.
    """
    if Path(path).suffix.lower() == ".xlsx" and rows >= _ROWS:
        raise OutputError(
            f"{path}: a sheet holds {_ROWS - 1:,} rows, the list has {rows:,};"
            " give out= a name that ends in .csv or .parquet"
        )


class Workbook:
    """A scored list as a workbook of three sheets, written piece by piece.

    Parameters
    ----------
    part : Path
        The file.
    source : ProspectSource
        The list.
    names : dict of str to str
        Added column to its name in the file.
    shown : Path or str
        The workbook's name, for messages.

    Raises
    ------
    OutputError
        When a text is longer than a cell can be; it names the row and column.

    Notes
    -----
    Every cell of a CSV is written as text, so that ``007`` stays ``007``, but for those that were
    read as a number without loss; numbers, days and flags of a workbook or of Parquet stay what
    they were, ids and names aside. No cell is ever written as a formula, and text that begins
    like one is marked as quoted, so that it stays text when it is edited. Money is shown without
    decimals and kept with two. Rows are written as they come; memory doesn't grow with the list.
    """

    def __init__(
        self, part: Path, source: ProspectSource, names: dict[str, str], shown: Path | str
    ) -> None:
        import xlsxwriter  # type: ignore[import-untyped]

        swept(Path(tempfile.gettempdir()), f"{_FAMILY}*")
        self._folder = tempfile.TemporaryDirectory(prefix=_FAMILY)
        options = {
            "constant_memory": True,
            "tmpdir": self._folder.name,
            "strings_to_numbers": False,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        }
        self._book = xlsxwriter.Workbook(part, options)
        self._sheet = _ListSheet(self._book, source, names)
        self._sheet.shown = str(shown)

    @property
    def neutral(self) -> int:
        """Cells of the list that begin like a formula."""
        return self._sheet.found

    def write(self, scored: ScoredPiece) -> None:
        """Write some rows behind those before."""
        self._sheet.write(scored)

    def finish(self, about: About) -> None:
        """Write the other two sheets, and all of it to the file."""
        from xlsxwriter.exceptions import FileCreateError  # type: ignore[import-untyped]

        self._sheet.finish()
        about = with_neutral_cells(about, self.neutral)
        write_about_sheets(self._book, about, self._sheet.look)
        try:
            self._book.close()
        except FileCreateError as error:
            # It wraps what the system said of the disk.
            [said] = error.args
            raise (said if isinstance(said, OSError) else OSError(str(said))) from None

    def close(self) -> None:
        """Let go of what is still written to; a book that wasn't finished is none."""
        for each in self._book.worksheets():
            # On a full disk closing fails as well: it writes what is left.
            with contextlib.suppress(OSError):
                each.row_data_fh.close()
        self._folder.cleanup()


class _ListSheet:
    """The sheet of the list: where each column stands, and how its cells look."""

    def __init__(self, book: Any, source: ProspectSource, names: dict[str, str]) -> None:
        self.sheet = book.add_worksheet(SHEET)
        self.shown, self.found, self.rows = "", 0, 0
        self.own, self.ours = list(source.header), [name for name in FRONT if name in names]
        self.names, self.columns = names, source.names
        self.at = _front_place(source)
        self.fixed = {source.id_column, source.name_column}
        self.look = SheetLook(book)
        self.long = [k for k, name in enumerate(self.ours) if name in _LONG]

    def _write_header(self, text: pa.Table) -> None:
        theirs, mine = self.look.heads
        self.sheet.set_row(0, 32)
        for k, (name, column) in enumerate(zip(self.own, text.columns, strict=True)):
            self.sheet.set_column(self._place(k), self._place(k), _width(name, column))
            self.sheet.write_string(0, self._place(k), name, theirs)
        for k, name in enumerate(self.ours):
            self.sheet.set_column(self.at + k, self.at + k, WIDTHS.get(name, 14))
            self.sheet.write_string(0, self.at + k, self.names[name], mine)

    def write(self, scored: ScoredPiece) -> None:
        """Write some rows; above the first ones the header, as wide as they are."""
        text = scored.piece.text.columns
        if not self.rows:
            self._write_header(text)
        exact = {
            self.columns.index(column): values
            for column, values in scored.values.items()
            if column not in self.fixed
        }
        typed = {
            self.columns.index(column): flags
            for column, flags in typed_cells(scored.piece).items()
            if column not in self.fixed
        }
        for start in range(0, text.num_rows, _CHUNK):
            numbers = {k: values.slice(start, _CHUNK).to_pylist() for k, values in exact.items()}
            own = [column.slice(start, _CHUNK).to_pylist() for column in text.columns]
            added = scored.added.slice(start, _CHUNK)
            ours = [added[name].to_pylist() for name in self.ours]
            for row in range(added.num_rows):
                height = row_height({self.ours[k]: ours[k][row] for k in self.long})
                self.sheet.set_row(self.rows + 1, height)
                # Rows that were flushed; kept for ever, they would grow with the list.
                self.sheet.row_info.pop(self.rows - 1, None)
                self.sheet.row_sizes.pop(self.rows - 1, None)
                for k, cells in enumerate(own):
                    value = numbers[k][row] if k in numbers else None
                    is_typed = k in typed and typed[k][start + row]
                    self._write_own(self.rows, k, cells[row], value, is_typed=is_typed)
                for k, cells in enumerate(ours):
                    self._write_ours(self.rows, k, cells[row])
                self.rows += 1

    def finish(self) -> None:
        """Set what holds for the sheet as a whole."""
        n = self.rows
        # The company's name stays in sight while one scrolls, where it is near the front.
        self.sheet.freeze_panes(1, self.at if self.at <= 3 else 0)
        self.sheet.autofilter(0, 0, max(n, 1), len(self.own) + len(self.ours) - 1)
        self.sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{n + 1}"})
        self.sheet.repeat_rows(0)
        on_paper(
            self.sheet,
            rows=n + 1,
            last_column=self.at + self.ours.index(_LAST_ON_PAPER),
            landscape=True,
        )

    def _place(self, column: int) -> int:
        return column if column < self.at else column + len(self.ours)

    def _write_own(
        self, row: int, k: int, cell: str | None, number: float | None, *, is_typed: bool
    ) -> None:
        if not cell:
            return
        value: SheetValue | None = None
        if number is not None and is_same_number(cell, number):
            value = number
        elif is_typed:
            value = sheet_value(cell)
        if value is not None:
            self._write_value(row + 1, self._place(k), value)
            return
        runs = is_formula(cell)
        self.found += runs
        self._require_short(row, cell, self.own[k])
        style = self.look.quoted if runs else self.look.plain
        self.sheet.write_string(row + 1, self._place(k), cell, style)

    def _write_value(self, row: int, place: int, value: SheetValue) -> None:
        if isinstance(value, bool):
            self.sheet.write_boolean(row, place, value, self.look.value)
        elif isinstance(value, int | float):
            self.sheet.write_number(row, place, value, self.look.value)
        else:
            self.sheet.write_datetime(row, place, value, self.look.moments[type(value)])

    def _write_ours(self, row: int, k: int, cell: Any) -> None:
        if cell is None:
            return
        name, place = self.ours[k], self.at + k
        decimals = DECIMALS[name]
        if decimals is not None:
            self.sheet.write_number(row + 1, place, cell, self.look.numbers[decimals])
        elif cell:
            style = self.look.wrapped_quoted if is_formula(cell) else self.look.wrapped
            if name in _FILLED:
                style = self.look.fills.get(cell, style)
            self._require_short(row, cell, name)
            self.sheet.write_string(row + 1, place, cell, style)

    def _require_short(self, row: int, cell: str, column: str) -> None:
        if len(cell) > _LETTERS:
            raise OutputError(
                f"{self.shown}: row {row + 1} holds {len(cell):,} characters in '{column}', a cell"
                f" of a sheet {_LETTERS:,}; give out= a name that ends in .csv or .parquet"
            )


def _front_place(source: ProspectSource) -> int:
    """Return where the added columns begin: behind the company's name, else behind the id."""
    for column in (source.name_column, source.id_column):
        if column in source.names:
            return source.names.index(column) + 1
    return len(source.names)


def _width(name: str, column: pa.ChunkedArray) -> int:
    longest = max((len(cell) for cell in column.slice(0, 200).to_pylist() if cell), default=0)
    return max(8, min(36, longest + 2), min(len(name) + 3, 18))
