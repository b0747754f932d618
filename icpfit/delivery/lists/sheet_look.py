"""How a workbook's cells look: widths, colours, the height of a row, the page on paper."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FRONT", "WIDTHS", "SheetLook", "on_paper", "row_height", "text_height"]

FRONT = (
    "fit_grade", "next_step", "call_order", "call_for", "fit_score", "margin_if_won", "currency",
    "fit_if_won", "reasons_for", "reasons_against", "caution", "relation", "grade_before",
    "changed_because", "margin_p10", "margin_p90", "horizon", "icp_current", "icp_proposed",
    "model_version",
)  # fmt: skip
"""The added columns: what a seller looks at first stands next to the company's name."""

WIDTHS = {
    "fit_grade": 11,
    "next_step": 11,
    "call_order": 11,
    "call_for": 12,
    "fit_score": 10,
    "margin_if_won": 15,
    "currency": 10,
    "horizon": 9,
    "fit_if_won": 11,
    "reasons_for": 50,
    "reasons_against": 50,
    "caution": 34,
    "relation": 26,
    "changed_because": 40,
    "icp_current": 26,
    "icp_proposed": 26,
    "model_version": 18,
}
"""Of added columns, in letters; 14 for all others."""

# Fill and letters of each grade: told apart in grey too, and readable by the colour-blind.
_GRADES = {
    "A": ("#1B7837", "#FFFFFF"),
    "B": ("#A6DBA0", "#1A1A1A"),
    "C": ("#FEE8A8", "#1A1A1A"),
    "D": ("#E9A3A3", "#1A1A1A"),
    "unrated": ("#D9D9D9", "#1A1A1A"),
}
_STEPS = {
    "call": ("#E5F5E0", "#00441B"),
    "explore": ("#E3EEF9", "#08306B"),
    "nurture": ("#FFFFFF", "#1A1A1A"),
    "leave": ("#FFFFFF", "#6B6B6B"),
    "check": ("#F2F2F2", "#595959"),
}
_FORMATS = {0: "0", 2: "#,##0", 4: "0%"}
_MOMENTS = {
    dt.date: "yyyy-mm-dd",
    dt.datetime: "yyyy-mm-dd hh:mm:ss",
    dt.timedelta: "[h]:mm:ss",
}
_LINE = 15.0
_HIGHEST = 8 * _LINE
_MOST = 27 * _LINE  # a sheet takes 409 points
_A4 = 9


class SheetLook:
    """The formats of a workbook.

    Parameters
    ----------
    book : xlsxwriter.Workbook
        The open workbook.

    Attributes
    ----------
    plain, quoted : Format
        Of texts; of those that begin like a formula.
    wrapped, wrapped_quoted : Format
        Of added texts, on several lines where they are long.
    value : Format
        Of numbers and flags of the list.
    moments : dict of type to Format
        Of its days, moments, and times or spans.
    numbers : dict of int to Format
        By decimals.
    fills : dict of str to Format
        Of grades and steps.
    heads : tuple of Format
        Of the list's own columns and of added ones.
    """

    def __init__(self, book: Any) -> None:
        top = {"valign": "top"}
        text = {**top, "num_format": "@"}
        # A number and the text behind it would touch each other.
        long = {**text, "text_wrap": True, "align": "left", "indent": 1}
        self.plain = book.add_format(text)
        self.quoted = book.add_format({**text, "quote_prefix": True})
        self.wrapped = book.add_format(long)
        self.wrapped_quoted = book.add_format({**long, "quote_prefix": True})
        self.value = book.add_format(top)
        left = {**top, "align": "left"}
        self.moments = {
            kind: book.add_format({**left, "num_format": shown}) for kind, shown in _MOMENTS.items()
        }
        self.numbers = {d: book.add_format({**top, "num_format": f}) for d, f in _FORMATS.items()}
        self.fills = {
            word: book.add_format({**top, "bg_color": fill, "font_color": ink, "align": "center"})
            for word, (fill, ink) in {**_GRADES, **_STEPS}.items()
        }
        head = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
        self.heads = book.add_format(head), book.add_format({**head, "bg_color": "#DCE6F1"})


def row_height(texts: Mapping[str, str | None]) -> float:
    """Return the height at which all of a row's added texts are seen.

    Parameters
    ----------
    texts : Mapping of str to str or None
        Added column to what stands in it.

    Returns
    -------
    float
        Points; a line has 15, and a row 8 lines at most. Programs that open a sheet don't all find
        it by themselves.

    Examples
    --------
    >>> row_height({"reasons_for": "IT team yes: +5,000 EUR", "caution": None})
    15.0
    >>> row_height({"reasons_for": "IT team yes: +5,000 EUR; " * 5})
    45.0
    """
    heights = [text_height(text, WIDTHS.get(name, 14)) for name, text in texts.items() if text]
    return min(max(heights, default=_LINE), _HIGHEST)


def text_height(text: str, width: int) -> float:
    """Return the height of a cell in which a text stands on several lines.

    Parameters
    ----------
    text : str
        Words.
    width : int
        Of the column, in letters, at least 1.

    Returns
    -------
    float
        Points, one line at least and no more than a sheet takes.

    Examples
    --------
    >>> text_height("a" * 20, 10), text_height("", 10)
    (30.0, 15.0)
    """
    return min(_LINE * max(1, math.ceil(len(text) / width)), _MOST)


def on_paper(
    sheet: Any, *, landscape: bool, rows: int | None = None, last_column: int | None = None
) -> None:
    """Set a sheet's pages: A4, as wide as the page.

    Parameters
    ----------
    sheet : xlsxwriter.Worksheet
        An open sheet.
    landscape : bool
        Whether the page lies on its side.
    rows, last_column : int, optional
        What is printed: so many rows, and no column behind that one; by default all.
    """
    if landscape:
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&A&R&P / &N")
    if rows is not None and last_column is not None:
        sheet.print_area(0, 0, rows - 1, last_column)
