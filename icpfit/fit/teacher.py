"""The teacher of the margin: what several models, each good at something, say together.

A few huge accounts would decide every split of a forest that learns money as it is. One member
learns the margin itself under a loss that bounds their pull; the other two, a forest and curves,
learn the margin per unit of the account's size, and are multiplied with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.fit.boosting import parameters
from icpfit.fit.curves import curve_sums
from icpfit.fit.forests import forest, raw_scores
from icpfit.fit.ridge import Ridge, ridge, ridge_curves
from icpfit.fit.stopping import (
    CrossValidation,
    LearningRows,
    cross_validation,
    refit_iterations,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from icpfit.fit.boosting import BoosterSettings

__all__ = [
    "TeacherChoice",
    "log_sizes",
    "margin_unit",
    "scaled_margins",
    "teacher",
    "teacher_choice",
]

Floats = npt.NDArray[np.float64]

TAIL = 0.01
SMALLEST = 0.02
CURVES_BELOW = 2_500
SQUARED = {"objective": "regression", "metric": "l2"}
HUBER = {"objective": "huber", "alpha": 1.0, "metric": "huber"}


@dataclass(frozen=True, eq=False)
class TeacherChoice:
    """What cross-validation chose for the members.

    Parameters
    ----------
    unit : float
        ``2 * median |margin|``, in currency units; the teacher speaks in it.
    size : Ridge
        Curves of the logarithm of an account's size.
    bounded : CrossValidation
        Forests of the margin under Huber's loss.
    per_size : CrossValidation
        Forests of the margin per unit of size.
    curves : Ridge or None
        Curves of the margin per unit of size, below 2,500 accounts.
    """

    unit: float
    size: Ridge
    bounded: CrossValidation
    per_size: CrossValidation
    curves: Ridge | None


def teacher_choice(
    rows: LearningRows,
    candidates: Sequence[BoosterSettings],
    seed: int,
    progress: Callable[[str | float], None] | None = None,
) -> TeacherChoice:
    """Return settings, iterations and penalties of the members.

    Parameters
    ----------
    rows : LearningRows
        Its target are the margins, in currency units.
    candidates : sequence of BoosterSettings
        By size of the data.
    seed : int
        Of the forests.
    progress : callable, optional
        Gets a text now and then.

    Returns
    -------
    TeacherChoice
        Each chosen by its own loss on held-out rows.

    Raises
    ------
    ValueError
        For a margin that isn't finite.
    """
    margin = rows.target
    size = ridge(_told(rows, log_sizes(margin)), "linear", "squared")
    unit = margin_unit(2 * float(np.median(np.abs(margin))), margin)
    bounded = cross_validation(_told(rows, margin / unit), candidates, HUBER, [seed], progress)
    sizes = np.exp(np.nan_to_num(size.raw))
    scaled = _told(rows, scaled_margins(margin, sizes) / unit)
    per_size = cross_validation(scaled, candidates, SQUARED, [seed], progress)
    curves = ridge(scaled, "linear", "squared") if len(margin) < CURVES_BELOW else None
    return TeacherChoice(unit, size, bounded, per_size, curves)


def teacher(
    rows: LearningRows, chosen: TeacherChoice, seeds: Sequence[int], *, refit: bool
) -> Callable[[Floats], Floats]:
    """Return what the members, fitted on these rows, say together.

    ``(bounded + 2 * size * per_size * sd(bounded) / sd(size * per_size)) / 3``, where per_size is
    the mean of its forests and curves; the standard deviations over the rows make all count alike.

    Parameters
    ----------
    rows : LearningRows
        Its target are the margins, in currency units.
    chosen : TeacherChoice
        What `teacher_choice` returned.
    seeds : sequence of int
        Seeds of each member's forests.
    refit : bool
        Whether these are all rows, for which a tenth more iterations are right.

    Returns
    -------
    callable
        A matrix to the expectation of each row, in the unit.
    """

    def forests(found: CrossValidation, target: Floats, objective: dict[str, Any]) -> list[Any]:
        count = refit_iterations(found.iterations) if refit else found.iterations
        told = [parameters(found.settings, rows.contract, seed, objective) for seed in seeds]
        return [forest(rows.matrix, target, rows.contract, t, count) for t in told]

    margin = rows.target
    size = ridge_curves(_told(rows, log_sizes(margin)), chosen.size, "squared")
    sizes = np.exp(curve_sums(size, rows.matrix))
    scaled = _told(rows, scaled_margins(margin, sizes) / chosen.unit)
    bounded = forests(chosen.bounded, margin / chosen.unit, HUBER)
    per_size = forests(chosen.per_size, scaled.target, SQUARED)
    curves = None if chosen.curves is None else ridge_curves(scaled, chosen.curves, "squared")

    def by_size(matrix: Floats) -> Floats:
        found = _mean(per_size, matrix)
        if curves is not None:
            found = (found + curve_sums(curves, matrix)) / 2
        return np.asarray(found * np.exp(curve_sums(size, matrix)))

    spread = float(by_size(rows.matrix).std())
    weight = float(_mean(bounded, rows.matrix).std()) / spread if spread > 1e-9 else 1.0

    def expectation(matrix: Floats) -> Floats:
        return np.asarray((_mean(bounded, matrix) + 2 * weight * by_size(matrix)) / 3)

    return expectation


def log_sizes(margin: Floats) -> Floats:
    """Return the logarithm of each margin's size, ``log max(|margin|, 2 % of the median)``.

    Parameters
    ----------
    margin : numpy.ndarray of float64, shape (n,)
        Contribution margin over the horizon, in currency units.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        Less its median, so that a middling account has the size 1.

    Raises
    ------
    ValueError
        For a margin that isn't finite.

    Examples
    --------
    >>> log_sizes(np.array([-100.0, 100.0, 0.0])).round(2).tolist()
    [0.0, 0.0, -3.91]
    """
    if not np.isfinite(margin).all():
        raise ValueError("every account that trains needs a finite margin")
    sizes = np.abs(margin)
    middle = margin_unit(float(np.median(sizes)), margin)
    logs = np.log(np.maximum(sizes, SMALLEST * middle))
    return np.asarray(logs - np.median(logs))


def scaled_margins(margin: Floats, sizes: Floats) -> Floats:
    """Return the margin per unit of size, its tails pulled in to the 1 and 99 % quantile.

    Parameters
    ----------
    margin : numpy.ndarray of float64, shape (n,)
        Contribution margin, in currency units.
    sizes : numpy.ndarray of float64, shape (n,)
        Expected size of each account, above 0.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        Currency units per unit of size.

    Examples
    --------
    >>> scaled_margins(np.array([10.0, 400.0]), np.array([1.0, 40.0])).tolist()
    [10.0, 10.0]
    """
    scaled = margin / sizes
    low, high = np.quantile(scaled, (TAIL, 1 - TAIL))
    return np.asarray(np.clip(scaled, low, high))


def margin_unit(unit: float, margin: Floats) -> float:
    """Return the unit, or a fallback where half of the margins are one and the same.

    Parameters
    ----------
    unit : float
        Currency units.
    margin : numpy.ndarray of float64, shape (n,)
        Contribution margin, in currency units.

    Returns
    -------
    float
        `unit` if above 0, else the mean size of a margin, else 1.

    Examples
    --------
    >>> margin_unit(0.0, np.array([0.0, 0.0, 0.0, 8.0]))
    2.0
    """
    for candidate in (unit, float(np.mean(np.abs(margin)))):
        if candidate > 0:
            return candidate
    return 1.0


def _mean(forests: Sequence[Any], matrix: Floats) -> Floats:
    return np.asarray(np.mean([raw_scores(booster, matrix) for booster in forests], axis=0))


def _told(rows: LearningRows, target: Floats) -> LearningRows:
    return LearningRows(rows.matrix, target, rows.folds, rows.contract)
