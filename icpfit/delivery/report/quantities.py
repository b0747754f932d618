"""Quantities of work in words: hours where minutes would be many, and no needless decimals."""

from __future__ import annotations

import math

from icpfit.delivery.amounts import UNKNOWN, figure

__all__ = ["quantity_words"]

_MOST_MINUTES = 120


def quantity_words(value: float | None, unit: str) -> str:
    """Return a quantity with its unit.

    Parameters
    ----------
    value : float or None
        None or NaN where it is unknown.
    unit : str
        In the singular or plural, such as "minute" or "events".

    Returns
    -------
    str
        Above 120 minutes in hours; one decimal below 10, none from there on; the unit in the
        singular for 1. An en dash where the quantity is unknown.

    Examples
    --------
    >>> quantity_words(1537.3, "minute"), quantity_words(16.2, "events"), quantity_words(1, "hour")
    ('26 hours', '16 events', '1 hour')
    >>> quantity_words(0.75, "return"), quantity_words(93, "minutes"), quantity_words(None, "hour")
    ('0.8 returns', '93 minutes', '–')
    """
    if value is None or not math.isfinite(value):
        return UNKNOWN
    one = unit.removesuffix("s")
    if one == "minute" and abs(value) > _MOST_MINUTES:
        value, one = value / 60, "hour"
    said = figure(value, 0 if abs(value) >= 9.95 else 1).removesuffix(".0")
    return f"{said} {one}{'' if said == '1' else 's'}"
