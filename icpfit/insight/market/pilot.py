"""The pilot: how many accounts would tell what the data can't."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

__all__ = ["Pilot", "pilot", "pilot_size"]

LEVEL, POWER = 0.9, 0.8
FEWEST = 10
"""A pilot of fewer accounts tells nothing, whatever the formula says: margins have long tails."""
MOST = 1_000
"""Beyond it nobody would call it a pilot."""
_POOR = 0.05


@dataclass(frozen=True)
class Pilot:
    """How many accounts it takes to tell one thing, and the money in it.

    Parameters
    ----------
    question : {"above zero", "unlike the average"}
        Whether a margin per account other than 0 can be told from 0, or from the company's mean.
    gap : float
        The smallest difference that it is to find, per account, in currency units.
    spread : float
        Standard deviation of single accounts' margins, in currency units.
    accounts : int or None
        How many must be won; None where no pilot of a bearable size would tell.
    outlay : float
        What it costs to win and to serve them over the horizon, in currency units.
    poor_sum : float
        Their margins together in 1 of 20 such pilots, or less, in currency units.
    """

    question: Literal["above zero", "unlike the average"]
    gap: float
    spread: float
    accounts: int | None
    outlay: float
    poor_sum: float


def pilot_size(
    spread: float,
    gap: float,
    *,
    against: float = 0.0,
    known: int | None = None,
    level: float = LEVEL,
    power: float = POWER,
) -> int | None:
    """Return how many accounts tell a mean from another one that lies `gap` away.

    ``n = (z_level + z_power)^2 spread^2 / (gap^2 - (z_level + z_power)^2 against^2)``: with so many
    the interval of the mean excludes the other one in the share `power` of such pilots. Where the
    spread is itself estimated from few accounts, quantiles of Student's t stand for those of the
    normal distribution beside it, so that the share holds on average over such estimates.

    Parameters
    ----------
    spread : float
        Standard deviation of one account's figure, above 0.
    gap : float
        The difference that is there, in the same unit. Not an estimate from few accounts: sized
        for a gap that luck made large, a pilot is far too small.
    against : float
        Standard error of what it is compared with; 0 for a fixed figure.
    known : int, optional
        Accounts that the spread is estimated from, at least 2; None for a spread that is known.
    level, power : float
        Two-sided coverage of the interval, and how often it must exclude, between 0 and 1.

    Returns
    -------
    int or None
        At least 10; None above 1,000, and where what it is compared with is itself too vague.

    References
    ----------
    Lachin (1981), Introduction to sample size determination. Controlled Clinical Trials 2.
    Browne (1995), On the use of a pilot sample for sample size determination. Statistics in
    Medicine 14.

    Examples
    --------
    (1.645 + 0.842)^2 = 6.18, times the squared ratio of spread to gap, 9.

    >>> pilot_size(30_000, 10_000)
    56

    The spread estimated from 12 accounts: (1.796 + 0.876)^2 = 7.14, times 9.

    >>> pilot_size(30_000, 10_000, known=12)
    65
    >>> pilot_size(30_000, 100) is None
    True
    """
    normal = NormalDist()
    reach = normal.inv_cdf(0.5 + level / 2) + normal.inv_cdf(power)
    room = gap**2 - (reach * against) ** 2
    if not room > 0:
        return None
    if known is not None:
        from scipy.stats import t

        reach = float(t.ppf(0.5 + level / 2, known - 1) + t.ppf(power, known - 1))
    n = math.ceil((reach * spread) ** 2 / room)
    return max(FEWEST, n) if n <= MOST else None


def pilot(
    question: Literal["above zero", "unlike the average"],
    margin: ArrayLike,
    *,
    gap: float,
    outlay: float,
    against: float = 0.0,
    least_spread: float = 0.0,
) -> Pilot:
    """Return the pilot that would tell, if such accounts spread as those given do.

    In 1 of 20 pilots of n accounts their margins together are ``n m - 1.645 s sqrt(n)`` or less,
    with the mean m and the standard deviation s of the accounts given.

    Parameters
    ----------
    question : {"above zero", "unlike the average"}
        What it is to tell.
    margin : array_like of float, shape (n,)
        Margins of the accounts that the pilot's are taken to spread like, at least two.
    gap : float
        The smallest difference that is worth knowing, per account; not that of the accounts given.
    outlay : float
        What one such account costs to win and to serve.
    against : float
        See `pilot_size`.
    least_spread : float
        Taken where the accounts given spread less: of few accounts with long tails, most samples
        miss the tail.

    Returns
    -------
    Pilot
        Money is NaN where no pilot would tell.
    """
    values = np.asarray(margin, dtype=np.float64)
    spread = max(float(values.std(ddof=1)), least_spread)
    n = pilot_size(spread, gap, against=against, known=len(values))
    if n is None:
        return Pilot(question, gap, spread, None, math.nan, math.nan)
    poor = n * float(values.mean()) + NormalDist().inv_cdf(_POOR) * spread * math.sqrt(n)
    return Pilot(question, gap, spread, n, n * outlay, poor)
