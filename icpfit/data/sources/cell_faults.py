"""Why a cell could not be read, and what to do about it, in words for the one who exported it."""

from __future__ import annotations

import datetime as dt
import re

from icpfit.data.sources.notation import number_pattern
from icpfit.data.sources.source_spec import Format

__all__ = ["date_fault", "flag_fault", "number_fault"]

_OTHER_SIGNS = ((",", "."), (".", ","), (",", ""), (".", ""), (",", " "), (".", " "), (".", "'"))
_CURRENCY = re.compile(
    r"^([A-Z]{3}|[^\w\s.,'+-]{1,3})\s*(?=[\d+-])|(?<=[\d.,-])\s*([A-Z]{3}|[€$£¥])$"
)
_DATES = (
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d.%m.%y",
    "%d.%m.%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d.%m.%Y %H:%M:%S",
)
_PLAIN_TEXT = "export plain numbers, or take the rest away in a select"


def number_fault(text: str, fmt: Format) -> tuple[str, str]:
    """Say why a text is no number under `fmt`, and how to fix it.

    Parameters
    ----------
    text : str
        The cell, trimmed.
    fmt : Format
        How numbers are declared to be written.

    Returns
    -------
    tuple of str
        The problem, and how to fix it.

    Examples
    --------
    >>> number_fault("€ 900", Format())[0]
    'carries a currency sign'
    """
    if re.fullmatch(r"[+-]?(nan|inf|infinity)", text, re.IGNORECASE):
        return "is not a finite number", "leave the cell empty where there is no number"
    if _reads(text, fmt):
        return "is too large", "check the cell in the source"
    others = [
        (decimal, thousands)
        for decimal, thousands in _OTHER_SIGNS
        if _reads(text, Format(decimal=decimal, thousands=thousands))  # type: ignore[arg-type]
    ]
    if others:
        return "is not a number as declared", _signs_fix(text, others)
    return _sign_fault(text, fmt) or (
        "is not a number",
        "correct the cell in the source, or leave it empty",
    )


def _sign_fault(text: str, fmt: Format) -> tuple[str, str] | None:
    """Signs around a number that icpfit doesn't guess the meaning of."""
    bare = _CURRENCY.sub("", text)
    if bare != text and any(
        _reads(bare, Format(decimal=d, thousands=t))  # type: ignore[arg-type]
        for d, t in ((fmt.decimal, fmt.thousands), *_OTHER_SIGNS)
    ):
        return "carries a currency sign", _PLAIN_TEXT
    if text.endswith("%"):
        return "carries a percent sign", _PLAIN_TEXT
    if re.fullmatch(r"\(.*\d.*\)|.*\d-", text):
        return "is negative in an accountant's way", "export negative numbers with a leading -"
    return None


def _reads(text: str, fmt: Format) -> bool:
    return re.fullmatch(number_pattern(fmt), text) is not None


def _signs_fix(text: str, others: list[tuple[str, str]]) -> str:
    # "1,200" is 1.2 in one country and 1200 in another: name both, decide nothing.
    if re.fullmatch(r"[+-]?\d{1,3}([.,])\d{3}", text):
        sign = "," if "," in text else "."
        other = "." if sign == "," else ","
        return (
            f'set format: {{decimal: "{sign}"}} if {sign} is the decimal sign, or '
            f'{{decimal: "{other}", thousands: "{sign}"}} if it is the thousands sign'
        )
    decimal, thousands = others[0]
    if thousands and thousands not in text:
        thousands = ""
    written = f'decimal: "{decimal}"' + (f', thousands: "{thousands}"' if thousands else "")
    return f"set format: {{{written}}} for this source"


def flag_fault(fmt: Format) -> tuple[str, str]:
    """Say why a text that is no flag under `fmt` is none, and how to fix it.

    Parameters
    ----------
    fmt : Format
        The texts that are true and false.

    Returns
    -------
    tuple of str
        The problem, and how to fix it.

    Examples
    --------
    >>> flag_fault(Format())[1]
    'add it to format: {true_texts: [...]} or {false_texts: [...]} of this source'
    """
    allowed = ", ".join([*fmt.true_texts[:3], *fmt.false_texts[:3]])
    return (
        f"is neither true nor false (as {allowed})",
        "add it to format: {true_texts: [...]} or {false_texts: [...]} of this source",
    )


def date_fault(text: str, fmt: Format) -> tuple[str, str]:
    """Say why a text is no date under `fmt`, and how to fix it.

    Parameters
    ----------
    text : str
        The cell, trimmed.
    fmt : Format
        How dates are declared to be written.

    Returns
    -------
    tuple of str
        The problem, and how to fix it.

    Examples
    --------
    >>> date_fault("31.01.2026", Format())[1]
    'set format: {dates: "%d.%m.%Y"} for this source'
    """
    example = dt.date(2026, 1, 31).strftime(fmt.dates)
    fits = [known for known in _DATES if known != fmt.dates and _is_date(text, known)]
    if len(fits) == 1:
        return (
            f"is not a date such as {example}",
            f'set format: {{dates: "{fits[0]}"}} for this source',
        )
    if fits:
        named = " or ".join(f'{{dates: "{known}"}}' for known in fits)
        return f"is not a date such as {example}", f"set format: {named} for this source"
    if re.fullmatch(r"[34]\d{4}(\.\d+)?", text):
        return "looks like a spreadsheet's day number", "export the column as a date"
    if re.fullmatch(r"\d{4}-\d\d-\d\d.*", text):
        return "is no day of the calendar", "correct the cell in the source"
    return f"is not a date such as {example}", "correct the cell in the source, or leave it empty"


def _is_date(text: str, written: str) -> bool:
    # strptime takes "2026131" as %Y%m%d too; a day number must have all its digits.
    if written == "%Y%m%d" and not re.fullmatch(r"(19|20)\d{6}", text):
        return False
    try:
        dt.datetime.strptime(text, written)  # noqa: DTZ007 - only whether it reads
    except ValueError:
        return False
    return True
