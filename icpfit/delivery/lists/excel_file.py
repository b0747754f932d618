"""The scored list as an Excel workbook: the list, what its columns and grades mean, its counts."""

from __future__ import annotations

import math
import tempfile
from typing import TYPE_CHECKING, Any

from icpfit.delivery.lists.about import with_neutral_cells
from icpfit.delivery.lists.excel_about import write_about_sheets
from icpfit.delivery.lists.formulas import is_formula
from icpfit.delivery.lists.list_columns import DECIMALS
from icpfit.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd
    import pyarrow as pa

    from icpfit.data.prospect_list import ProspectList
    from icpfit.delivery.lists.about import About

__all__ = ["SHEET", "require_excel_size", "write_workbook"]

SHEET = "Scored list"
"""Name of the sheet that holds the list."""

_ROWS, _COLUMNS, _LETTERS = 1_048_576, 16_384, 32_767
_CHUNK = 10_000
# Fill and letters of each grade: told apart in grey too, and readable by the colour-blind.
_GRADES = {
    "A": ("#1B7837", "#FFFFFF"),
    "B": ("#A6DBA0", "#1A1A1A"),
    "C": ("#FEE8A8", "#1A1A1A"),
    "D": ("#E9A3A3", "#1A1A1A"),
    "unrated": ("#D9D9D9", "#1A1A1A"),
}
_STEPS = {"call": ("#E5F5E0", "#00441B"), "check": ("#F2F2F2", "#595959")}
_FILLED = ("fit_grade", "next_step")
# What a seller looks at first stands next to the company's name.
_FRONT = (
    "fit_grade", "next_step", "call_order", "call_for", "fit_score", "margin_if_won", "currency",
    "fit_if_won", "reasons_for", "reasons_against", "caution", "relation", "grade_before",
    "changed_because", "margin_p10", "margin_p90", "horizon", "icp_current", "icp_proposed",
    "model_version",
)  # fmt: skip
_WIDTHS = {
    "fit_grade": 9,
    "next_step": 10,
    "call_order": 10,
    "call_for": 12,
    "fit_score": 9,
    "currency": 9,
    "horizon": 9,
    "fit_if_won": 10,
    "reasons_for": 52,
    "reasons_against": 52,
    "caution": 44,
    "relation": 34,
    "changed_because": 40,
}
_FORMATS = {0: "0", 2: "#,##0", 4: "0%"}


def require_excel_size(listed: ProspectList, added: int, path: Path | str) -> None:
    """Refuse a list that no sheet holds, before it is scored.

    Parameters
    ----------
    listed : ProspectList
        The list.
    added : int
        Columns that come on top.
    path : Path or str
        The workbook, for the message.

    Raises
    ------
    OutputError
        For more than 1,048,575 rows or 16,384 columns.
    """
    rows, columns = listed.original.num_rows, listed.original.num_columns + added
    if rows >= _ROWS:
        raise OutputError(
            f"{path}: a sheet holds {_ROWS - 1:,} rows, the list has {rows:,};"
            " give out= a name that ends in .csv or .parquet"
        )
    if columns > _COLUMNS:
        raise OutputError(
            f"{path}: a sheet holds {_COLUMNS:,} columns, the scored list has {columns:,};"
            " give out= a name that ends in .csv or .parquet"
        )


def write_workbook(
    part: Path,
    listed: ProspectList,
    text: pa.Table,
    added: pd.DataFrame,
    *,
    names: dict[str, str],
    about: About,
    shown: Path | str,
) -> int:
    """Write a list as a workbook of three sheets.

    Parameters
    ----------
    part : Path
        The file.
    listed : ProspectList
        The list as it was read.
    text : pyarrow.Table
        Its cells as text.
    added : pandas.DataFrame
        The added columns, row for row.
    names : dict of str to str
        Added column to its name in the file.
    about : About
        What the other two sheets say.
    shown : Path or str
        The workbook's name, for messages.

    Returns
    -------
    int
        Cells of the list that begin like a formula.

    Raises
    ------
    OutputError
        When a text is longer than a cell can be; it names the row and column.

    Notes
    -----
    Every cell of the list is written as text, so that ``007`` stays ``007``, but for those that
    were read as a number without loss; no cell is ever written as a formula, and text that begins
    like one is marked as quoted, so that it stays text when it is edited. Money is shown without
    decimals and kept with two. Rows are written as they come; memory doesn't grow with the list.
    """
    import xlsxwriter  # type: ignore[import-untyped]

    with tempfile.TemporaryDirectory(prefix="icpfit-") as folder:
        options = {
            "constant_memory": True,
            "tmpdir": folder,
            "strings_to_numbers": False,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        }
        book = xlsxwriter.Workbook(part, options)
        sheet = _ListSheet(book, listed, text, names)
        sheet.shown = str(shown)
        try:
            sheet.write(text, added)
            write_about_sheets(book, with_neutral_cells(about, sheet.found))
            book.close()
        finally:
            # Closing the book would finish it; a stop closes only what it still writes to.
            for each in book.worksheets():
                each.row_data_fh.close()
    return sheet.found


class _ListSheet:
    """The sheet of the list: where each column stands, and how its cells look."""

    def __init__(
        self, book: Any, listed: ProspectList, text: pa.Table, names: dict[str, str]
    ) -> None:
        self.sheet = book.add_worksheet(SHEET)
        self.shown, self.found = "", 0
        self.own, self.ours = list(listed.header), [name for name in _FRONT if name in names]
        self.at = _front_place(listed, text)
        self.exact = _numbers(listed, text)
        self.plain = book.add_format({"num_format": "@"})
        self.quoted = book.add_format({"quote_prefix": True, "num_format": "@"})
        self.numbers = {d: book.add_format({"num_format": f}) for d, f in _FORMATS.items()}
        self.fills = {
            word: book.add_format({"bg_color": fill, "font_color": ink, "align": "center"})
            for word, (fill, ink) in {**_GRADES, **_STEPS}.items()
        }
        look = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
        theirs, mine = book.add_format(look), book.add_format({**look, "bg_color": "#DCE6F1"})
        self.sheet.set_row(0, 32)
        for k, (name, column) in enumerate(zip(self.own, text.columns, strict=True)):
            self.sheet.set_column(self._place(k), self._place(k), _width(name, column))
            self.sheet.write_string(0, self._place(k), name, theirs)
        for k, name in enumerate(self.ours):
            self.sheet.set_column(self.at + k, self.at + k, _WIDTHS.get(name, 14))
            self.sheet.write_string(0, self.at + k, names[name], mine)

    def write(self, text: pa.Table, added: pd.DataFrame) -> None:
        """Write all rows, and what holds for the sheet as a whole."""
        n = len(added)
        for start in range(0, n, _CHUNK):
            chunk = text.slice(start, _CHUNK)
            own = [column.to_pylist() for column in chunk.columns]
            ours = [added[name].iloc[start : start + _CHUNK].tolist() for name in self.ours]
            for row in range(chunk.num_rows):
                for k, cells in enumerate(own):
                    self._write_own(start + row, k, cells[row])
                for k, cells in enumerate(ours):
                    self._write_ours(start + row, k, cells[row])
        # The company's name stays in sight while one scrolls, where it is near the front.
        self.sheet.freeze_panes(1, self.at if self.at <= 3 else 0)
        self.sheet.autofilter(0, 0, max(n, 1), len(self.own) + len(self.ours) - 1)
        self.sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{n + 1}"})
        self.sheet.set_landscape()
        self.sheet.repeat_rows(0)
        self.sheet.fit_to_pages(1, 0)

    def _place(self, column: int) -> int:
        return column if column < self.at else column + len(self.ours)

    def _write_own(self, row: int, k: int, cell: str | None) -> None:
        if cell is None or not cell:
            return
        number = self.exact[k][row] if k in self.exact else math.nan
        if not math.isnan(number):
            self.sheet.write_number(row + 1, self._place(k), number)
            return
        runs = is_formula(cell)
        self.found += runs
        self._require_short(row, cell, self.own[k])
        style = self.quoted if runs else self.plain
        self.sheet.write_string(row + 1, self._place(k), cell, style)

    def _write_ours(self, row: int, k: int, cell: Any) -> None:
        name, place = self.ours[k], self.at + k
        decimals = DECIMALS[name]
        if decimals is not None:
            if not math.isnan(cell):
                self.sheet.write_number(row + 1, place, cell, self.numbers[decimals])
        elif isinstance(cell, str) and cell:
            style = self.quoted if is_formula(cell) else self.plain
            if name in _FILLED:
                style = self.fills.get(cell, style)
            self._require_short(row, cell, name)
            self.sheet.write_string(row + 1, place, cell, style)

    def _require_short(self, row: int, cell: str, column: str) -> None:
        if len(cell) > _LETTERS:
            raise OutputError(
                f"{self.shown}: row {row + 1} holds {len(cell):,} characters in '{column}', a cell"
                f" of a sheet {_LETTERS:,}; give out= a name that ends in .csv or .parquet"
            )


def _front_place(listed: ProspectList, text: pa.Table) -> int:
    """Return where the added columns begin: behind the company's name, else behind the id."""
    columns: list[str] = text.column_names
    for column in (listed.name_column, listed.id_column):
        if column in columns:
            return columns.index(column) + 1
    return len(columns)


def _numbers(listed: ProspectList, text: pa.Table) -> dict[int, Sequence[float]]:
    """Return the columns that are numbers by the settings and lose nothing as such."""
    found: dict[int, Sequence[float]] = {}
    for attribute, column in listed.columns.items():
        if column in (listed.id_column, listed.name_column):
            continue
        facts = listed.facts[attribute]
        if facts.dtype != float or column not in text.column_names:
            continue
        cells = text[column].to_pylist()
        values = facts.tolist()
        # 1 and 0 of a flag were words; 007 would lose its zeros.
        if all(not cell or _same(cell, value) for cell, value in zip(cells, values, strict=True)):
            found[text.column_names.index(column)] = values
    return found


def _same(cell: str, value: float) -> bool:
    if math.isnan(value):
        return True
    digits = cell.strip().replace(",", ".")
    return digits in {f"{value:.15g}", *(f"{value:.{places}f}" for places in range(3))}


def _width(name: str, column: pa.ChunkedArray) -> int:
    longest = max((len(cell) for cell in column.slice(0, 200).to_pylist() if cell), default=0)
    return max(8, min(36, longest + 2), min(len(name) + 3, 18))
