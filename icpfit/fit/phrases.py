"""Numbers as a reader wants them: facts as they were given, amounts to two significant digits.

Negative amounts carry a plain hyphen, since a scored list may be written in an encoding that has no
minus sign (cp1252).
"""

from __future__ import annotations

import math

__all__ = ["amount_phrase", "number_phrase"]


def number_phrase(value: float) -> str:
    """Return a fact's number: whole numbers in full, others to three significant digits.

    Parameters
    ----------
    value : float
        A finite number.

    Returns
    -------
    str
        With thousands separators from 10,000 on, so that a year stays a year.

    Examples
    --------
    >>> [number_phrase(x) for x in (240.0, 2015.0, 1234567.0, 12.3456, 0.5, 98765.4, -3.0)]
    ['240', '2015', '1,234,567', '12.3', '0.5', '98,765', '-3']
    """
    size = abs(value)
    if not math.isfinite(value):
        return "unbounded"
    if size >= 10_000:
        return f"{value:,.0f}"
    if value == round(value) or size >= 1_000:
        return f"{value + 0.0:.0f}"
    return f"{value:.3g}"


def amount_phrase(value: float, *, signed: bool = False) -> str:
    """Return an amount to two significant digits.

    Parameters
    ----------
    value : float
        A finite amount.
    signed : bool
        Whether a plus sign stands before a positive amount.

    Returns
    -------
    str
        With thousands separators.

    Examples
    --------
    >>> [amount_phrase(x, signed=True) for x in (3412.0, -781.0, 99.6, 3.44, -0.4249, 0.0)]
    ['+3,400', '-780', '+100', '+3.4', '-0.42', '0']
    >>> amount_phrase(48213.0)
    '48,000'
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "unbounded"
    # "%.1e" rounds to two significant digits in decimal, without the error of a division by ten.
    rounded = float(f"{value:.1e}")
    text = f"{rounded:,.0f}" if abs(rounded) >= 10 else f"{rounded:.2g}"
    return f"+{text}" if signed and rounded > 0 else text
