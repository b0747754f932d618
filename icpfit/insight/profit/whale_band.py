"""The whale curve with what luck leaves of it: another draw of customers would bend it so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from icpfit.economics.margin import WhaleCurve, whale_curve
from icpfit.measure.estimate import Estimate
from icpfit.measure.group_means import money_note
from icpfit.measure.intervals import interval, paired_bootstrap
from icpfit.measure.weighted import ratio, tied_order, weighted_gains

__all__ = ["WhaleBand", "whale_band"]

Floats = npt.NDArray[np.float64]

POINTS = 51
LEVEL = 0.9


@dataclass(frozen=True, eq=False)
class WhaleBand:
    """A whale curve, and the band in which it lies.

    Parameters
    ----------
    curve : WhaleCurve
        On the accounts at hand.
    share : ndarray of float64, shape (51,)
        Shares of the accounts, 0 to 1.
    low, high : ndarray of float64, shape (51,), or None
        The 90 % band of the curve at these shares, point by point, in its unit; None where the
        accounts are too few, or where the total may be of either sign.
    peak : Estimate
        Share of the margin that the earning accounts make; in currency units when the total isn't
        positive.
    earning : Estimate
        Share of the accounts with a margin above 0.
    lost : Estimate
        Margin that the others lose in all, currency units, at least 0.
    """

    curve: WhaleCurve
    share: Floats
    low: Floats | None
    high: Floats | None
    peak: Estimate
    earning: Estimate
    lost: Estimate


def whale_band(
    margins: npt.ArrayLike, groups: npt.ArrayLike, *, n_boot: int = 1000, seed: int = 0
) -> WhaleBand:
    """Draw the whale curve with a bootstrap band.

    Parameters
    ----------
    margins : array_like of float, shape (n,)
        Margin of every account, currency units, none missing.
    groups : array_like, shape (n,)
        The parent of each account.
    n_boot : int
        Replicates.
    seed : int
        The same seed gives the same band.

    Returns
    -------
    WhaleBand
        Each replicate is ordered anew by margin.

    Notes
    -----
    Accounts with equal margins are interchangeable. Where the total is not above 0 in more than one
    replicate in 20, a share of it means nothing and there is no band.

    References
    ----------
    Kaplan and Anderson (2007), Time-Driven Activity-Based Costing.

    Examples
    --------
    >>> band = whale_band([60.0, -20.0, 60.0] * 20, range(60), n_boot=200)
    >>> band.curve.peak, round(band.earning.value, 2), band.lost.value
    (1.2, 0.67, 400.0)
    """
    names = np.asarray(groups)
    order = np.argsort(names, kind="stable")
    values = np.asarray(margins, dtype=np.float64)[order]
    curve, n = whale_curve(values), len(values)
    share = np.linspace(0.0, 1.0, POINTS)
    if n == 0:
        none = Estimate(float("nan"), note="no accounts")
        return WhaleBand(curve, share, None, None, none, none, none)
    ranked = tied_order(values)
    in_money = curve.total <= 0
    won = np.maximum(values, 0.0)

    def figures(weights: Floats) -> Floats:
        size = weights.sum(axis=1)
        taken = weighted_gains(weights, values, ranked, share[None, :] * size[:, None])
        total = np.einsum("bi,i->b", weights, values)
        gained = np.einsum("bi,i->b", weights, won)
        whole = np.where(total > 0, total, np.nan)
        heights = taken if in_money else taken / whole[:, None]
        peak = gained if in_money else gained / whole
        earning = np.einsum("bi,i->b", weights, (values > 0).astype(np.float64))
        return np.column_stack([heights, peak, ratio(earning, size), gained - total])

    now = figures(np.ones((1, n)))[0]
    samples = paired_bootstrap(figures, names[order], n_boot=n_boot, seed=seed)
    note = money_note(n)
    few = note.startswith("insufficient") or np.isnan(samples[:, POINTS]).mean() > 0.05
    low = high = None
    if not few:
        ends = [0.5 - LEVEL / 2, 0.5 + LEVEL / 2]
        low, high = np.nanquantile(samples[:, :POINTS], ends, axis=0)
    peak, earning, lost = (
        interval(float(now[POINTS + at]), samples[:, POINTS + at], n=n, note=note)
        for at in range(3)
    )
    return WhaleBand(curve, share, low, high, peak, earning, lost)
