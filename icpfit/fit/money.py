"""margin_if_won: the contribution margin to expect of an account.

One forest learns a tamed margin (a few huge accounts would else decide every split), and two
constants, found on predictions out of fold, bring its scores back to money.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.fit.boosting import booster_settings, parameters
from icpfit.fit.forests import forest
from icpfit.fit.ranges import MarginRanges, margin_range, margin_ranges
from icpfit.fit.stopping import (
    CrossValidation,
    LearningRows,
    cross_validation,
    refit_iterations,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from icpfit.fit.boosting import BoosterSettings

__all__ = [
    "MarginRanges",
    "MarginTarget",
    "margin_anchor",
    "margin_boosters",
    "margin_choice",
    "margin_range",
    "margin_ranges",
    "margin_target",
]

Floats = npt.NDArray[np.float64]

HUBER_BELOW = 750
# 5 % pulled in as much again, and the slope that made up for it stretched everything else: the best
# tenth was told 13 % too high on companies whose truth is known.
TAIL = 0.01
SLOPE_SD = 0.5


@dataclass(frozen=True, eq=False)
class MarginTarget:
    """The margin as the forest learns it.

    Parameters
    ----------
    values : numpy.ndarray of float64, shape (n,)
        Margin divided by `unit`, its tails pulled in from 750 rows on.
    unit : float
        Currency units, above 0.
    objective : dict
        LightGBM's objective and metric.
    """

    values: Floats
    unit: float
    objective: dict[str, Any]


def margin_target(margin: Floats) -> MarginTarget:
    """Return what the margin's forest learns.

    Below 750 accounts the margin itself under Huber's loss with ``alpha = 2 * median |margin|``;
    from 750 on squared loss of the margin clipped to its 1 and 99 % quantile. Either is divided by
    a robust unit (alpha, or half the distance of the quantiles).

    Parameters
    ----------
    margin : numpy.ndarray of float64, shape (n,)
        Contribution margin over the horizon, in currency units.

    Returns
    -------
    MarginTarget
        Values, unit and objective.

    Raises
    ------
    ValueError
        For a margin that isn't finite.

    References
    ----------
    Huber (1964), Robust estimation of a location parameter.

    Examples
    --------
    >>> import numpy as np
    >>> target = margin_target(np.array([-100.0, 50.0, 100.0, 9_000.0]))
    >>> target.unit, target.values
    (200.0, array([-0.5 ,  0.25,  0.5 , 45.  ]))
    """
    if not np.isfinite(margin).all():
        raise ValueError("every account that trains needs a finite margin")
    if len(margin) < HUBER_BELOW:
        unit = _unit(2 * float(np.median(np.abs(margin))), margin)
        return MarginTarget(
            margin / unit, unit, {"objective": "huber", "alpha": 1.0, "metric": "huber"}
        )
    low, high = np.quantile(margin, (TAIL, 1 - TAIL))
    unit = _unit(float(high - low) / 2, margin)
    values = np.clip(margin, low, high) / unit
    return MarginTarget(values, unit, {"objective": "regression", "metric": "l2"})


def margin_choice(
    rows: LearningRows,
    target: MarginTarget,
    n_minority: int,
    seed: int,
    progress: Callable[[str | float], None] | None = None,
) -> CrossValidation:
    """Return settings, iterations and out-of-fold scores, chosen by the cross-validated loss.

    Parameters
    ----------
    rows : LearningRows
        Its target are the values of `target`.
    target : MarginTarget
        Tells the loss.
    n_minority : int
        Accounts in the smaller class of the outcome; the settings are those of fit_if_won.
    seed : int
        The forest's seed.
    progress : callable, optional
        Gets a text now and then.

    Returns
    -------
    CrossValidation
        `raw` is in the target's unit.

    Raises
    ------
    EvidenceRefused
        Below 200 rows, or 50 of the smaller class.
    """
    candidates: tuple[BoosterSettings, ...] = booster_settings(len(rows.target), n_minority)
    return cross_validation(rows, candidates, target.objective, [seed], progress)


def margin_boosters(
    rows: LearningRows, chosen: CrossValidation, objective: Mapping[str, Any], seed: int
) -> list[Any]:
    """Return the forest grown on all rows, for a tenth more iterations.

    Parameters
    ----------
    rows : LearningRows
        As for `margin_choice`.
    chosen : CrossValidation
        What `margin_choice` returned.
    objective : mapping
        LightGBM's objective and metric.
    seed : int
        The forest's seed.

    Returns
    -------
    list of lightgbm.Booster
        One for now.
    """
    told = parameters(chosen.settings, rows.contract, seed, objective)
    iterations = refit_iterations(chosen.iterations)
    return [forest(rows.matrix, rows.target, rows.contract, told, iterations)]


def margin_anchor(margin: Floats, oof_raw: Floats, unit: float) -> tuple[float, float]:
    """Return the two constants that bring a tamed score back to money.

    ``margin_if_won = scale * raw + shift``. The scale is the least-squares slope b of the margin
    (1 % of each tail pulled in) on the out-of-fold score, drawn towards `unit` (the score taken at
    its word) by as much as b is uncertain, and bounded at 0; the shift then makes the sum of the
    predictions the sum of the margins::

        scale = max(0, (b / se² + unit / tau²) / (1 / se² + 1 / tau²)),   tau = unit / 2
        shift = mean(margin) - scale * mean(raw)

    Parameters
    ----------
    margin : numpy.ndarray of float64, shape (n,)
        Actual margin, tails included, in currency units.
    oof_raw : numpy.ndarray of float64, shape (n,)
        Score of each account by a forest that has not seen it; NaN where there is none.
    unit : float
        What the target was divided by, in currency units.

    Returns
    -------
    scale, shift : float
        Currency units.

    Notes
    -----
    A tamed score understates large margins, so b lies above `unit` when there are accounts enough
    to tell. With few, one huge account can turn the sign of b: on generated companies of 300
    accounts the plain slope was at or below 0 in 30 to 45 % of the draws although the score ranked
    the accounts rightly, which would have given all of them the same margin. se is White's, as
    large accounts scatter more. Without any spread in the score the scale is `unit`.

    References
    ----------
    White (1980), A heteroskedasticity-consistent covariance matrix estimator.

    Examples
    --------
    >>> import numpy as np
    >>> raw = np.array([-1.0, 0.0, 1.0, np.nan])
    >>> scale, shift = margin_anchor(np.array([-20.0, 10.0, 40.0, 500.0]), raw, unit=20.0)
    >>> round(scale, 1), round(shift, 6)  # 30 but for the tails; the sum is exact
    (29.4, 10.0)
    """
    known = ~np.isnan(oof_raw)
    actual, score = margin[known], oof_raw[known]
    centre, mean = float(score.mean()), float(actual.mean())
    spread = score - centre
    total = float((spread * spread).sum())
    if total <= 1e-18 * len(score):
        return unit, mean - unit * centre
    tame = np.clip(actual, *np.quantile(actual, [TAIL, 1 - TAIL]))
    tame -= tame.mean()
    slope = float((spread * tame).sum()) / total
    left = tame - slope * spread
    # A ratio of variances, so that a perfect line (variance 0) needs no case of its own.
    variance = float((spread * spread * left * left).sum()) / total**2
    prior = (SLOPE_SD * unit) ** 2
    trust = prior / (prior + variance)
    scale = max(0.0, trust * slope + (1 - trust) * unit)
    return scale, mean - scale * centre


def _unit(unit: float, margin: Floats) -> float:
    """Return the unit, or a fallback where half of the margins are one and the same."""
    for candidate in (unit, float(np.mean(np.abs(margin)))):
        if candidate > 0:
            return candidate
    return 1.0
