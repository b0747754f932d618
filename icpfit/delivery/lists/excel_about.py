"""The sheets beside a scored list in a workbook: what it means, its counts and its model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from icpfit.delivery.lists.sheet_look import on_paper, text_height

if TYPE_CHECKING:
    from icpfit.delivery.lists.about import About
    from icpfit.delivery.lists.sheet_look import SheetLook

__all__ = ["write_about_sheets"]

_LETTERS = 32_767
_NAMES, _WORDS = 26, 92


def write_about_sheets(book: Any, about: About, look: SheetLook) -> None:
    """Add two sheets to a workbook: what it means, and counts and model.

    Parameters
    ----------
    book : xlsxwriter.Workbook
        The open workbook.
    about : About
        What is to be said.
    look : SheetLook
        The workbook's formats: grades and steps look as they do in the list.
    """
    title = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bottom": 1})
    name = book.add_format({"bold": True, "valign": "top", "num_format": "@"})
    words = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    explained = [
        (about.title, "", title),
        ("", "", words),
        ("What each grade stands for", "", head),
        ("", about.evidence, words),
        *((said.partition(":")[0], said.partition(": ")[2], words) for said in about.grades),
        ("", "", words),
        (
            "What to do next",
            "the first rule that holds: check, leave, call, explore, nurture",
            head,
        ),
        *((step, rule, words) for step, rule in about.steps),
        ("", "", words),
        ("The added columns", "", head),
        *((column, meaning, words) for column, meaning in about.columns),
    ]
    counted = [
        (about.title, "", title),
        ("", "", words),
        ("The model", "", head),
        *((what, figure, words) for what, figure in about.facts),
        ("", "", words),
        ("The list", "", head),
        *((what, figure, words) for what, figure in about.counts),
        ("", "", words),
        ("To be known", "", head),
        *(("", note, words) for note in about.notes),
    ]
    for label, rows in (("What it means", explained), ("Counts and model", counted)):
        sheet = book.add_worksheet(label)
        sheet.set_column(0, 0, _NAMES)
        sheet.set_column(1, 1, _WORDS)
        sheet.hide_gridlines(2)
        for line, (left, right, style) in enumerate(rows):
            if style is not title:
                # Not every program finds the height of wrapped words by itself.
                sheet.set_row(line, text_height(right, _WORDS))
            if left:
                of_left = style if style in (title, head) else look.fills.get(left, name)
                sheet.write_string(line, 0, left[:_LETTERS], of_left)
            if right or style is head:
                sheet.write_string(line, 1, right[:_LETTERS], style)
        on_paper(sheet, landscape=False)
