"""A figure with the range that luck leaves it."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Estimate", "shown"]


@dataclass(frozen=True)
class Estimate:
    """A value and its interval.

    Parameters
    ----------
    value : float
        The figure on the data at hand; NaN where there was nothing to compute it from.
    low, high : float or None
        The interval's ends, in the value's unit. None where the data are too few for one.
    level : float
        The interval's nominal coverage, between 0 and 1.
    n : int
        How many accounts the figure rests on.
    note : str
        What a reader must know, such as why there is no interval.

    Examples
    --------
    >>> Estimate(0.71, 0.63, 0.78, n=162).has_interval
    True
    """

    value: float
    low: float | None = None
    high: float | None = None
    level: float = 0.9
    n: int = 0
    note: str = ""

    @property
    def has_interval(self) -> bool:
        """Whether both ends of the interval are known."""
        return self.low is not None and self.high is not None


def shown(estimate: Estimate, unit: str = "") -> str:
    """Put an estimate into words, with its interval or the reason why there is none.

    Parameters
    ----------
    estimate : Estimate
        The figure.
    unit : str
        ``""`` for a plain figure (three decimals), ``"%"`` for a share between 0 and 1 that is
        to be read in per cent, anything else (``"EUR"``) for money, rounded to whole units.

    Returns
    -------
    str
        Such as ``"0.712 (0.630 to 0.780)"``.

    Notes
    -----
    A value that is NaN reads "unknown". "to" stands between the ends, since a dash beside a minus
    sign misleads.

    Examples
    --------
    >>> shown(Estimate(0.712, 0.63, 0.78))
    '0.712 (0.630 to 0.780)'
    >>> shown(Estimate(0.71, 0.63, 0.78), "%")
    '71 % (63 to 78)'
    >>> shown(Estimate(48213.4, -35012.0, 62300.0), "EUR")
    '48,213 EUR (-35,012 to 62,300)'
    >>> shown(Estimate(0.71, note="insufficient: 12 of one class"))
    '0.710 (insufficient: 12 of one class)'
    """
    if math.isnan(estimate.value):
        return f"unknown ({estimate.note})" if estimate.note else "unknown"
    scale, decimals = {"": (1.0, 3), "%": (100.0, 0)}.get(unit, (1.0, 0))
    text = _number(estimate.value * scale, decimals) + (f" {unit}" if unit else "")
    if estimate.low is None or estimate.high is None:
        return f"{text} ({estimate.note})" if estimate.note else text
    low, high = (_number(end * scale, decimals) for end in (estimate.low, estimate.high))
    return f"{text} ({low} to {high})"


def _number(value: float, decimals: int) -> str:
    # Adding zero turns a "-0" that rounding left into "0".
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"
