"""How numbers are written: the pattern that a whole cell must match, as the YAML declares it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from icpfit.data.sources.source_spec import Format

__all__ = ["SPACES", "number_pattern", "plain_numbers"]

# A thousands space is as often a no-break or a narrow one; all of them look alike to the reader.
SPACES = " \u00a0\u202f\u2009"
_MINUS = "\u2212"  # the typographic minus sign


def number_pattern(fmt: Format) -> str:
    """Regular expression of a number as `fmt` declares it.

    Parameters
    ----------
    fmt : Format
        The declared signs.

    Returns
    -------
    str
        Pattern that a whole cell must match.

    Examples
    --------
    >>> from icpfit.data.sources.source_spec import Format
    >>> bool(re.fullmatch(number_pattern(Format(decimal=",", thousands=".")), "1.200,50"))
    True
    >>> bool(re.fullmatch(number_pattern(Format()), "1.200,50"))
    False
    >>> bool(re.fullmatch(number_pattern(Format(currency_sign="$")), "-$5"))
    True
    """
    decimal = re.escape(fmt.decimal)
    whole = r"[0-9]+"
    if fmt.thousands:
        sign = f"[{SPACES}]" if fmt.thousands in SPACES else re.escape(fmt.thousands)
        whole = rf"(?:[0-9]+|[0-9]{{1,3}}(?:{sign}[0-9]{{3}})+)"
    bare = rf"(?:{whole}(?:{decimal}[0-9]*)?|{decimal}[0-9]+)"
    minus = rf"[+{_MINUS}-]"
    number = rf"{bare}(?:[eE][+-]?[0-9]{{1,3}})?"
    forms = [rf"{minus}?{number}"]
    before = after = ""
    gap = rf"[{SPACES}]*"
    if fmt.currency_sign:
        currency = re.escape(fmt.currency_sign)
        before, after = rf"(?:{currency}{gap})?", rf"(?:{gap}{currency})?"
        forms.append(rf"{minus}?{gap}{before}{bare}{after}")
        forms.append(rf"{before}{minus}{gap}{bare}{after}")
    if fmt.percent:
        forms.append(rf"{minus}?{bare}{gap}%")
    if fmt.negatives == "parentheses":
        inner = rf"{before}{bare}{after}" + (f"(?:{gap}%)?" if fmt.percent else "")
        forms += [rf"\({gap}{inner}{gap}\)", rf"{before}\({bare}\){after}"]
    if fmt.negatives == "minus after":
        forms += [rf"{before}{bare}{after}{gap}-", rf"{before}{bare}-{after}"]
    return rf"^(?:{'|'.join(forms)})$"


def plain_numbers(texts: pa.Array, fmt: Format) -> pa.Array:
    """Numbers as the programs write them: ``.`` for the decimal sign, ``-`` in front, no signs.

    Parameters
    ----------
    texts : pyarrow.Array of string
        Trimmed cells.
    fmt : Format
        How their numbers are written.

    Returns
    -------
    pyarrow.Array of string
        The same length; null where a cell is no number under `fmt`.

    Notes
    -----
    Everything is done on the text, so no binary fraction stands between a cell and its value:
    a share of ``12.5 %`` becomes ``12.5e-2``.

    Examples
    --------
    >>> from icpfit.data.sources.source_spec import Format
    >>> fmt = Format(thousands=",", negatives="parentheses", currency_sign="$", percent="share")
    >>> plain_numbers(pa.array(["($1,234.50)", "12.5 %", "5 €", "-$ 7"]), fmt).to_pylist()
    ['-1234.50', '12.5e-2', None, '-7']
    """
    matches = pc.match_substring_regex(texts, pattern=number_pattern(fmt))
    plain = pc.if_else(pc.fill_null(matches, False), texts, pa.scalar(None, pa.string()))
    if fmt.currency_sign:
        plain = pc.replace_substring(plain, pattern=fmt.currency_sign, replacement="")
    signs = fmt.thousands
    if fmt.currency_sign or fmt.percent or fmt.negatives != "minus" or signs in tuple(SPACES):
        signs = SPACES + ("" if signs in tuple(SPACES) else signs)
    for sign in signs:
        plain = pc.replace_substring(plain, pattern=sign, replacement="")
    if fmt.decimal != ".":
        plain = pc.replace_substring(plain, pattern=fmt.decimal, replacement=".")
    plain = pc.replace_substring(plain, pattern=_MINUS, replacement="-")
    if fmt.negatives == "parentheses":
        plain = pc.replace_substring_regex(plain, pattern=r"^\((.*)\)$", replacement=r"-\1")
    if fmt.negatives == "minus after":
        plain = pc.replace_substring_regex(plain, pattern=r"^(.*)-$", replacement=r"-\1")
    if fmt.percent:
        hundredths = "e-2" if fmt.percent == "share" else ""
        plain = pc.replace_substring(plain, pattern="%", replacement=hundredths)
    return plain
