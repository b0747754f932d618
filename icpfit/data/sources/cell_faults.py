"""Why a cell could not be read, and what to do about it, in words for the one who exported it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from icpfit.data.sources.lost_text import text_faults
from icpfit.data.sources.notation import number_pattern

if TYPE_CHECKING:
    from icpfit.data.sources.source_spec import Format

__all__ = ["flag_fault", "number_fault", "number_faults"]

_OTHER_SIGNS = ((",", "."), (".", ","), (",", ""), (".", ""), (",", " "), (".", " "), (".", "'"))
_CURRENCY = re.compile(
    r"^([A-Z]{3}|[^\w\s.,'+-]{1,3})\s*(?=[\d+-])|(?<=[\d.,-])\s*([A-Z]{3}|[€$£¥])$"
)
_ONE_CURRENCY = "export one currency to a file, or the currency in a column of its own"


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
    >>> from icpfit.data.sources.source_spec import Format
    >>> number_fault("€ 900", Format())[0]
    'carries a currency sign'
    """
    if re.match(r"#[A-Z#]|=", text):
        return text_faults([text])[text]
    if re.fullmatch(r"[+-]?(nan|inf|infinity)", text, re.IGNORECASE):
        return "is not a finite number", "leave the cell empty where there is no number"
    if _reads(text, fmt):
        return "is too large", "check the cell in the source"
    others = [
        (decimal, thousands)
        for decimal, thousands in _OTHER_SIGNS
        if _reads(text, replace(fmt, decimal=decimal, thousands=thousands))  # type: ignore[arg-type]
    ]
    if others:
        return "is not a number as declared", _signs_fix(text, others)
    return _sign_fault(text, fmt) or (
        "is not a number",
        "correct the cell in the source, or leave it empty",
    )


def _sign_fault(text: str, fmt: Format) -> tuple[str, str] | None:
    """Signs around a number whose meaning is asked for, never guessed."""
    found = _CURRENCY.search(text)
    if found and any(_reads(_CURRENCY.sub("", text), other) for other in _with_other_signs(fmt)):
        sign = found[0].strip()
        if fmt.currency_sign and sign != fmt.currency_sign:
            return f"is in {sign}, not in {fmt.currency_sign}", _ONE_CURRENCY
        written = f'set format: {{currency_sign: "{sign}"}} for this source'
        return "carries a currency sign", f"{written}, if all of it is in one currency"
    if text.endswith("%"):
        fix = "set format: {percent: points} to read 12 % as 12, or {percent: share} for 0.12"
        return "carries a percent sign", fix
    ways = (("parentheses", r"\(.*\d.*\)"), ("minus after", r".*\d\s*-"))
    for way, pattern in ways:
        if re.fullmatch(pattern, text):
            fix = f"set format: {{negatives: {way}}} for this source"
            return "is negative in an accountant's way", fix
    return None


def _with_other_signs(fmt: Format) -> list[Format]:
    others = [replace(fmt, decimal=d, thousands=t) for d, t in _OTHER_SIGNS]  # type: ignore[arg-type]
    return [fmt, *others, *(replace(other, negatives="parentheses") for other in (fmt, *others))]


def number_faults(texts: list[str], fmt: Format) -> dict[str, tuple[str, str]]:
    """Say of each text why it is no number; see ``number_fault``.

    Parameters
    ----------
    texts : list of str
        The cells, each once.
    fmt : Format
        How numbers are declared to be written.

    Returns
    -------
    dict of str to tuple of str
        Problem and how to fix it, by text.
    """
    return {text: number_fault(text, fmt) for text in texts}


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
    >>> from icpfit.data.sources.source_spec import Format
    >>> flag_fault(Format())[1]
    'add it to format: {true_texts: [...]} or {false_texts: [...]} of this source'
    """
    allowed = ", ".join([*fmt.true_texts[:3], *fmt.false_texts[:3]])
    return (
        f"is neither true nor false (as {allowed})",
        "add it to format: {true_texts: [...]} or {false_texts: [...]} of this source",
    )
