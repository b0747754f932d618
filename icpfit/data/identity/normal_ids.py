"""Normal forms of ids: what is left out when two spellings of one id are compared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["FORMS", "Form", "normal_id"]

Form = Literal["decimal_zero", "leading_zeros", "salesforce_15", "punctuation"]

_LONG_SALESFORCE = re.compile(r"[A-Za-z0-9]{15}[A-Z0-5]{3}")


def _without_decimal_zero(text: str) -> str:
    return text.removesuffix(".0")


def _without_zeros(text: str) -> str:
    return text.lstrip("0") or text[-1:]


def _salesforce(text: str) -> str:
    # 18 digits are no such id: what repeats the case of 15 digits is AAA.
    return text[:15] if _LONG_SALESFORCE.fullmatch(text) and not text.isdigit() else text


def _bare(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum()).lower() or text


FORMS: dict[Form, Callable[[str], str]] = {
    "decimal_zero": _without_decimal_zero,
    "salesforce_15": _salesforce,  # before zeros go: ids of accounts begin with 001
    "leading_zeros": _without_zeros,
    "punctuation": _bare,
}
"""What each name under ``data.keys.normalise`` does, in the order in which they are applied."""


def normal_id(text: str, forms: Iterable[Form], *, ignore_case: bool = False) -> str:
    """Return an id in its normal form.

    Parameters
    ----------
    text : str
        The id, trimmed.
    forms : iterable of str
        What to leave out; names of ``FORMS``. Their order plays no part.
    ignore_case : bool
        Whether case is left out too.

    Returns
    -------
    str
        Two ids with the same normal form are taken for one.

    Notes
    -----
    ``decimal_zero`` leaves out a ``.0`` at the end (12.0), ``leading_zeros`` zeros in front (0012),
    ``salesforce_15`` the last three characters of a Salesforce id of 18, which only repeat its
    case, ``punctuation`` all but letters and digits, and case. Nothing is left out of an id that
    would be empty without it.

    Examples
    --------
    >>> normal_id("0012.0", ["leading_zeros", "decimal_zero"])
    '12'
    >>> normal_id("0015g00000AbCdEAAV", ["salesforce_15"]), normal_id("000", ["leading_zeros"])
    ('0015g00000AbCdE', '0')
    """
    chosen = set(forms)
    for name, form in FORMS.items():
        if name in chosen:
            text = form(text)
    return text.lower() if ignore_case else text
