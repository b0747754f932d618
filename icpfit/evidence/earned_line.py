"""Shrunk Platt scaling, applied only where it earns it on accounts not seen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from icpfit.measure.calibration_line import AS_IT_IS, CalibrationLine, fitted_line
from icpfit.measure.columns import figures, flags
from icpfit.measure.estimate import Estimate
from icpfit.measure.intervals import REPLICATES, interval, paired_bootstrap, shortage
from icpfit.measure.weighted import weighted_mean

__all__ = ["ADOPTED_FROM", "SLOPE_SPREAD", "EarnedLine", "earned_line"]

Floats = NDArray[np.float64]

#: Standard deviation of the slope's prior around one.
SLOPE_SPREAD = 0.15
#: Share of resamples in which the log-loss must fall.
ADOPTED_FROM = 0.90


@dataclass(frozen=True)
class EarnedLine:
    """A recalibration that was tried, and what it gave.

    Parameters
    ----------
    tried : CalibrationLine
        Fitted on all out-of-fold log-odds.
    saving : Estimate
        Log-loss that lines fitted on the other folds saved, in nats per account; above zero the
        recalibration helps.
    p_better : float
        Share of bootstrap replicates in which it does; NaN where a class has fewer than 40
        accounts.
    """

    tried: CalibrationLine
    saving: Estimate
    p_better: float

    @property
    def is_adopted(self) -> bool:
        """Whether it helped in 90 of 100 resamples, and keeps the order of the accounts."""
        return self.p_better >= ADOPTED_FROM and self.tried.slope > 0

    @property
    def adopted(self) -> CalibrationLine:
        """The line where it earned its place, else the one that changes nothing."""
        return self.tried if self.is_adopted else AS_IT_IS


def earned_line(
    is_fit: ArrayLike,
    predicted: ArrayLike,
    folds: ArrayLike,
    *,
    group: ArrayLike | None = None,
    level: float = 0.9,
    n_boot: int = REPLICATES,
    seed: int = 0,
) -> EarnedLine:
    """Fit a line on out-of-fold log-odds and test it on the fold that it was not fitted on.

    The slope is shrunk towards one by a prior N(1, 0.15^2), the intercept is free. The line counts
    as earned where the log-loss falls with it in 90 of 100 resamples, each account's log-odds put
    right by the line of the other folds.

    Parameters
    ----------
    is_fit : array_like of bool, shape (n,)
        Whether the account was a profitable fit.
    predicted : array_like of float, shape (n,)
        Out-of-fold log-odds of a fit, in nats; NaN where an account is in no fold.
    folds : array_like of int, shape (n,)
        Fold of each account; below zero for one in no fold, which is left out.
    group : array_like, shape (n,), optional
        The parent of each account; by default each is its own.
    level : float
        Coverage of the interval, between 0 and 1.
    n_boot : int
        Bootstrap replicates.
    seed : int
        The same seed gives the same answer.

    Returns
    -------
    EarnedLine
        Nothing is adopted where a class has fewer than 40 accounts, or there is one fold only.

    Raises
    ------
    ValueError
        If an outcome, or the log-odds of an account in a fold, is missing.

    Notes
    -----
    On boosters that were stopped by log-loss this seldom earns its place; it mends those that are
    too sure of themselves. The forests of the other folds saw the held-out fold's outcomes, so the
    test is nested in the line and not in the forests.

    References
    ----------
    Platt (1999), Advances in Large Margin Classifiers; Van Calster et al. (2019), BMC Medicine 17.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> z, folds = rng.normal(0, 1, 1000), np.arange(1000) % 5
    >>> fit = rng.random(1000) < 1 / (1 + np.exp(-z))
    >>> earned_line(fit, z, folds).is_adopted
    False
    >>> too_sure = earned_line(fit, 2.5 * z, folds)
    >>> too_sure.is_adopted, too_sure.adopted.slope < 0.6
    (True, True)
    """
    place = np.asarray(folds)
    inside = place >= 0
    place = place[inside]
    fit = flags(np.asarray(is_fit)[inside], "is_fit")
    z = figures(np.asarray(predicted)[inside], "predicted")
    members = np.arange(len(fit)) if group is None else np.asarray(group)[inside]
    if group is None:
        # Replicates hang on the accounts' places, which must not hang on the order of the rows.
        order = np.lexsort([fit, z, place])
        fit, z, place = fit[order], z[order], place[order]
    note = shortage(fit, members)
    found = np.unique(place)
    if len(found) < 2:
        note = note or "insufficient: one fold only"
    tried = fitted_line(fit, z, slope_spread=SLOPE_SPREAD)
    if note:
        return EarnedLine(tried, Estimate(math.nan, level=level, n=len(fit), note=note), math.nan)
    moved = np.empty(len(fit))
    for fold in found:
        held = place == fold
        line = fitted_line(fit[~held], z[~held], slope_spread=SLOPE_SPREAD)
        moved[held] = line.applied(z[held])
    saved = _losses(fit, z) - _losses(fit, moved)
    samples = paired_bootstrap(
        lambda weights: weighted_mean(weights, saved), members, n_boot=n_boot, seed=seed
    )
    return EarnedLine(
        tried,
        interval(float(saved.mean()), samples, level=level, n=len(fit)),
        float((samples > 0).mean()),
    )


def _losses(fit: Floats, predicted: Floats) -> Floats:
    return np.asarray(np.logaddexp(0.0, predicted) - fit * predicted)
