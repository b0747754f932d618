"""margin_if_won: the contribution margin to expect of an account.

A teacher of several members ranks better than one forest, but its reasons don't add up; one forest,
the student, learns what the teacher says. Two constants, found on predictions out of fold, anchor
its score to the margins as they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.fit.boosting import booster_settings
from icpfit.fit.forests import raw_scores
from icpfit.fit.ranges import MarginRanges, margin_range, margin_ranges
from icpfit.fit.sizes import margin_unit
from icpfit.fit.student import student
from icpfit.fit.teacher import (
    TeacherChoice,
    expectation,
    fold_teacher,
    teacher,
    teacher_choice,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from icpfit.fit.fit_line import FitModel, FoldedFit
    from icpfit.fit.stopping import LearningRows

__all__ = [
    "MarginChoice",
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
# A quarter of what the model's own student learns from: five folds cost the most of a training.
FOLD_MIXED = 3_000


@dataclass(frozen=True, eq=False)
class MarginTarget:
    """The margin as a forest learns it without a teacher.

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


@dataclass(frozen=True, eq=False)
class MarginChoice:
    """What cross-validation chose for the margin, and says of accounts not seen.

    Parameters
    ----------
    teacher : TeacherChoice
        The choice for the teacher's members.
    raw : numpy.ndarray of float64, shape (n,)
        Score of each account by a student whose teacher has not seen it; NaN in no fold.
    """

    teacher: TeacherChoice
    raw: Floats


def margin_target(margin: Floats) -> MarginTarget:
    """Return a margin so tamed that one forest can learn it, where there is no time for a teacher.

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
        unit = margin_unit(2 * float(np.median(np.abs(margin))), margin)
        return MarginTarget(
            margin / unit, unit, {"objective": "huber", "alpha": 1.0, "metric": "huber"}
        )
    low, high = np.quantile(margin, (TAIL, 1 - TAIL))
    unit = margin_unit(float(high - low) / 2, margin)
    values = np.clip(margin, low, high) / unit
    return MarginTarget(values, unit, {"objective": "regression", "metric": "l2"})


def margin_choice(
    rows: LearningRows,
    n_minority: int,
    seed: int,
    fit: FoldedFit,
    progress: Callable[[str | float], None] | None = None,
) -> MarginChoice:
    """Return settings, iterations, penalties and out-of-fold scores of the margin.

    Parameters
    ----------
    rows : LearningRows
        Its target are the margins, in currency units.
    n_minority : int
        Accounts in the smaller class of the outcome; the settings are those of fit_if_won.
    seed : int
        Of the forests.
    fit : FoldedFit
        The probability of a fit, of the same rows and folds.
    progress : callable, optional
        Gets a text now and then.

    Returns
    -------
    MarginChoice
        `raw` is in the teacher's unit.

    Raises
    ------
    EvidenceRefused
        Below 200 rows, or 50 of the smaller class.
    ValueError
        For a margin that isn't finite.

    Notes
    -----
    Each fold has a teacher and a student of its own, made of forests and curves that have not seen
    its accounts. These students learn from a quarter of the mixed accounts of the one that scores.
    """
    n = len(rows.target)
    chosen = teacher_choice(rows, booster_settings(n, n_minority), seed, fit, progress)
    raw = np.full(n, np.nan)
    for fold in range(rows.n_folds):
        if progress is not None:
            progress(f"margin_if_won: fold {fold + 1} of {rows.n_folds}")
        held = rows.held(fold)
        said = partial(expectation, fold_teacher(rows, chosen, fold))
        booster = student(rows.matrix[~held], said, rows.contract, seed, FOLD_MIXED)
        raw[held] = raw_scores(booster, rows.matrix[held])
    return MarginChoice(chosen, raw)


def margin_boosters(
    rows: LearningRows, chosen: MarginChoice, seed: int, fit: FitModel
) -> list[Any]:
    """Return the student of a teacher that has learned all rows.

    Parameters
    ----------
    rows : LearningRows
        As for `margin_choice`.
    chosen : MarginChoice
        What `margin_choice` returned.
    seed : int
        Of the forests.
    fit : FitModel
        Fitted on the same accounts.

    Returns
    -------
    list of lightgbm.Booster
        One.
    """
    said = partial(expectation, teacher(rows, chosen.teacher, seed, fit))
    return [student(rows.matrix, said, rows.contract, seed)]


def margin_anchor(margin: Floats, oof_raw: Floats, unit: float) -> tuple[float, float]:
    """Return the two constants that bring a tamed score back to money.

    ``margin_if_won = scale * raw + shift``. The scale is the least-squares slope b of the margin,
    its tails pulled in to the 1 and 99 % quantile, on the out-of-fold score; it is drawn towards
    `unit` (the score taken at its word) by as much as b is uncertain, and bounded at 0. The shift
    then makes the sum of the predictions the sum of the margins as they are::

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

    With the tails as they are, the few accounts that lose most decided the slope, and the best
    tenth was overstated: by 9 % on six generated companies of 1,600 accounts, against 0 % with the
    tails pulled in.

    References
    ----------
    White (1980), A heteroskedasticity-consistent covariance matrix estimator.

    Examples
    --------
    >>> import numpy as np
    >>> raw = np.array([-1.0, 0.0, 1.0, np.nan])
    >>> scale, shift = margin_anchor(np.array([-20.0, 10.0, 40.0, 500.0]), raw, unit=20.0)
    >>> round(scale, 6), round(shift, 6)  # a line: no drawing, only the tails pulled in
    (29.4, 10.0)
    """
    known = ~np.isnan(oof_raw)
    actual, score = margin[known], oof_raw[known]
    centre, mean = float(score.mean()), float(actual.mean())
    spread = score - centre
    total = float((spread * spread).sum())
    if total <= 1e-18 * len(score):
        return unit, mean - unit * centre
    tamed = np.clip(actual, *np.quantile(actual, (TAIL, 1 - TAIL)))
    slope = float((spread * tamed).sum()) / total
    left = tamed - tamed.mean() - slope * spread
    # A ratio of variances, so that a perfect line (variance 0) needs no case of its own.
    variance = float((spread * spread * left * left).sum()) / total**2
    prior = (SLOPE_SD * unit) ** 2
    trust = prior / (prior + variance)
    scale = max(0.0, trust * slope + (1 - trust) * unit)
    return scale, mean - scale * centre
