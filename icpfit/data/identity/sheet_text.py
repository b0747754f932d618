"""Cells that a spreadsheet leaves as they are: an apostrophe in front, taken off when read."""

from __future__ import annotations

import re

__all__ = ["guarded", "unguarded"]

# What is run as a formula, and what begins with the guard itself.
_STARTS = tuple("=+-@\t\r\n'＝＋－＠")
# Whole numbers up to 15 digits come back as they went; all else that looks like a number, a date
# or a truth value is written in another way when the file is saved.
_PLAIN_NUMBER = re.compile(r"0|[1-9]\d{0,14}")
_NUMBER_LIKE = re.compile(r"[\d.,:/\\\s-]*\d[\d.,:/\\\s-]*(?:[eEdD][+-]?\d+)?\s*%?")
_MONTH = (
    r"(?:jan|feb|f[ée]v|mar|mär|mrz|apr|avr|may|mai|jun|jui|jul|aug|ao[ûu]|sep|oct|okt|nov|dec|dez|déc)"
    r"[^\W\d_]{0,7}\.?"
)
_DATE_LIKE = re.compile(
    rf"\d+[\s./-]*{_MONTH}(?:[\s./-]*\d+)?|{_MONTH}[\s./-]*\d+(?:[\s,./-]+\d+)?", re.IGNORECASE
)
_TRUTH = {"true", "false", "wahr", "falsch", "vrai", "faux"}


def guarded(text: str) -> str:
    """Return a text as a spreadsheet leaves it alone: with an apostrophe in front where need be.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    str
        The cell; `unguarded` gives the text back.

    Examples
    --------
    >>> [guarded(text) for text in ("1001", "0012", "=1+1", "MAR1", "Acme GmbH", "'t Hart")]
    ['1001', "'0012", "'=1+1", "'MAR1", 'Acme GmbH', "''t Hart"]
    """
    return f"'{text}" if _needs_guard(text) else text


def unguarded(cell: str) -> str:
    """Return the text of a cell that `guarded` wrote; one that it would not have is left alone.

    Parameters
    ----------
    cell : str
        The cell as it is read.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> [unguarded(cell) for cell in ("'0012", "''t Hart", "'t Hart", "1001")]
    ['0012', "'t Hart", "'t Hart", '1001']
    """
    return cell[1:] if cell.startswith("'") and _needs_guard(cell[1:]) else cell


def _needs_guard(text: str) -> bool:
    if text.startswith(_STARTS):
        return True
    if _PLAIN_NUMBER.fullmatch(text):
        return False
    return bool(
        _NUMBER_LIKE.fullmatch(text) or _DATE_LIKE.fullmatch(text) or text.casefold() in _TRUTH
    )
