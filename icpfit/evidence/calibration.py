"""Calibration: whether probabilities mean what they say, and what luck alone would show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from icpfit.measure.accuracy import brier
from icpfit.measure.calibration_line import (
    fitted_intercept,
    fitted_line,
    log_odds,
    weighted_intercepts,
    weighted_slopes,
)
from icpfit.measure.columns import figures, flags
from icpfit.measure.intervals import REPLICATES, interval, paired_bootstrap, shortage
from icpfit.measure.reliability import DRAWS, Reliability, reliability
from icpfit.measure.weighted import ratio

if TYPE_CHECKING:
    from icpfit.measure.estimate import Estimate

__all__ = ["Calibration", "calibration"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Calibration:
    """How far probabilities of a fit lie from what happened.

    Parameters
    ----------
    slope : Estimate
        Of the line on the log-odds that would calibrate them: 1 is right, below 1 they are too
        extreme, above 1 too timid. NaN where there is no such line.
    intercept : Estimate
        What would have to be added to all log-odds, the slope left at 1: 0 is right, below 0 they
        are too high on average.
    brier_skill : Estimate
        1 - Brier / Brier of the training accounts' fit rate: 0 knows nothing, 1 knows all.
    reliability : Reliability
        Predicted and actual rates in bins, beside a perfect scorer's.
    """

    slope: Estimate
    intercept: Estimate
    brier_skill: Estimate
    reliability: Reliability

    @property
    def is_off(self) -> bool:
        """Whether fewer than one perfect scorer in a hundred would look as far off."""
        return self.reliability.is_worse_than_perfect


def calibration(
    is_fit: ArrayLike,
    probability: ArrayLike,
    *,
    train_prevalence: ArrayLike,
    group: ArrayLike | None = None,
    level: float = 0.9,
    n_boot: int = REPLICATES,
    draws: int = DRAWS,
    seed: int = 0,
) -> Calibration:
    """Judge the calibration of probabilities on accounts that the model did not see.

    Parameters
    ----------
    is_fit : array_like of bool, shape (n,)
        Whether the account was a profitable fit.
    probability : array_like of float, shape (n,)
        Predicted probability of a fit, 0 to 1.
    train_prevalence : array_like of float, scalar or shape (n,)
        Fit rate of the accounts that the model learned from, 0 to 1.
    group : array_like, shape (n,), optional
        The parent of each account; by default each is its own.
    level : float
        Coverage of the intervals, between 0 and 1.
    n_boot : int
        Bootstrap replicates.
    draws : int
        Draws of the perfect scorer's outcomes.
    seed : int
        The same seed gives the same figures.

    Returns
    -------
    Calibration
        Without intervals of the line and the skill where a class has fewer than 40 accounts.

    Raises
    ------
    ValueError
        If a value is missing, or a probability lies outside 0 to 1.

    Notes
    -----
    Slope and intercept of a replicate are one Newton step away from those of all accounts. Nothing
    depends on the order of the rows.

    References
    ----------
    Cox (1958), Biometrika 45; Van Calster et al. (2019), BMC Medicine 17; Brier (1950); Bröcker &
    Smith (2007), Weather and Forecasting 22.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> p = rng.random(600)
    >>> found = calibration(rng.random(600) < p, p, train_prevalence=0.5)
    >>> found.slope.low < 1 < found.slope.high, found.is_off
    (True, False)
    >>> calibration(rng.random(600) < p**2, p, train_prevalence=0.5).is_off
    True
    """
    fit, p = flags(is_fit, "is_fit"), figures(probability, "probability")
    plain = np.broadcast_to(np.asarray(train_prevalence, dtype=np.float64), fit.shape)
    keys: list[NDArray[np.generic]] = [plain, fit, p]
    keys += [] if group is None else [np.unique(np.asarray(group), return_inverse=True)[1]]
    order = np.lexsort(keys)
    fit, p, plain = fit[order], p[order], plain[order]
    members = np.arange(len(fit)) if group is None else keys[-1][order]
    brier(fit, p)  # refuses what is no probability
    z = log_odds(p)
    line, middle = fitted_line(fit, z), fitted_intercept(fit, z)
    error, plain_error = (p - fit) ** 2, (plain - fit) ** 2

    def all_figures(weights: Floats) -> Floats:
        lost, plainly = (np.einsum("bi,i->b", weights, each) for each in (error, plain_error))
        return np.column_stack(
            [
                weighted_slopes(weights, fit, z, line),
                weighted_intercepts(weights, fit, z, middle),
                1.0 - ratio(lost, plainly),
            ]
        )

    note = shortage(fit, members)
    values = np.array([line.slope, middle, all_figures(np.ones((1, len(fit))))[0, 2]])
    samples = np.full((1, 3), np.nan)
    if not note:
        samples = paired_bootstrap(all_figures, members, n_boot=n_boot, seed=seed)
    notes = [_no_line(z) if math.isnan(line.slope) else note, note, note]
    slope, intercept, skill = (
        interval(values[i], samples[:, i], level=level, n=len(fit), note=notes[i]) for i in range(3)
    )
    found = reliability(fit, p, level=level, draws=draws, seed=seed)
    return Calibration(slope, intercept, skill, found)


def _no_line(predicted: Floats) -> str:
    if np.ptp(predicted) == 0:
        return "insufficient: all probabilities are equal"
    return "insufficient: the probabilities separate fits from the others"
