"""The teacher of the margin: what several models, each good at something, say together.

A few huge accounts would decide every split of a forest that learns money as it is. One member
learns the margin itself under a loss that bounds their pull; the others learn the margin per unit
of the account's size, and are multiplied with it: a forest, curves, and a line in the probability
of a fit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.fit.boosting import parameters
from icpfit.fit.curves import curve_sums
from icpfit.fit.fit_line import fit_line, fit_line_values
from icpfit.fit.forests import forest, raw_scores
from icpfit.fit.ridge import Ridge, ridge, ridge_curves
from icpfit.fit.sizes import log_sizes, margin_unit, scaled_margins
from icpfit.fit.stopping import (
    CrossValidation,
    LearningRows,
    cross_validation,
    refit_iterations,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from icpfit.fit.boosting import BoosterSettings
    from icpfit.fit.curves import Curves
    from icpfit.fit.fit_line import FitLine, FitModel, FoldedFit

__all__ = [
    "Teacher",
    "TeacherChoice",
    "expectation",
    "fold_teacher",
    "teacher",
    "teacher_choice",
]

Floats = npt.NDArray[np.float64]

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
    fit : FoldedFit
        The probability of a fit, by models that have not seen an account.
    line : FitLine
        Constants of the line in that probability, found on all accounts.
    fold_lines : tuple of FitLine
        The same of each fold, found on the other accounts.
    """

    unit: float
    size: Ridge
    bounded: CrossValidation
    per_size: CrossValidation
    curves: Ridge | None
    fit: FoldedFit
    line: FitLine
    fold_lines: tuple[FitLine, ...]


@dataclass(frozen=True, eq=False)
class Teacher:
    """The members, fitted.

    Parameters
    ----------
    bounded, per_size : lightgbm.Booster
        Forests of the margin, and of the margin per unit of size.
    curves : Curves or None
        Curves of the margin per unit of size.
    size : Curves
        Of the logarithm of an account's size.
    line : FitLine
        The margin per unit of size, told from the probability of a fit.
    weight : float
        Makes the spread of the first kind that of the second, times its size.
    """

    bounded: Any
    per_size: Any
    curves: Curves | None
    size: Curves
    line: FitLine
    weight: float = 1.0


def teacher_choice(
    rows: LearningRows,
    candidates: Sequence[BoosterSettings],
    seed: int,
    fit: FoldedFit,
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
    fit : FoldedFit
        From `icpfit.fit.fit_line.folded_fit`, of the same rows and folds.
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
    size = ridge(replace(rows, target=log_sizes(margin)), "linear", "squared")
    unit = margin_unit(2 * float(np.median(np.abs(margin))), margin)
    told = replace(rows, target=margin / unit)
    bounded = cross_validation(told, candidates, HUBER, [seed], progress)
    # Each fold learns and judges margins per size as told by curves that haven't seen its rows.
    by_fold = np.array(
        [
            scaled_margins(margin, np.exp(curve_sums(found, rows.matrix)), ~rows.held(fold)) / unit
            for fold, found in enumerate(size.folds)
        ]
    )
    scaled = replace(rows, target=by_fold[0], fold_targets=by_fold)
    per_size = cross_validation(scaled, candidates, SQUARED, [seed], progress)
    curves = ridge(scaled, "linear", "squared") if len(margin) < CURVES_BELOW else None
    # Of each account as told by curves that haven't seen it.
    unseen = by_fold[np.maximum(rows.folds, 0), np.arange(len(margin))]
    held = [rows.held(fold) for fold in range(rows.n_folds)]
    # A single tenth held out has nobody else to find its two constants on.
    others = [~rows_held if len(held) > 1 else rows_held for rows_held in held]
    fold_lines = tuple(fit_line(fit.probability[some], unseen[some]) for some in others)
    line = fit_line(fit.probability, unseen)
    return TeacherChoice(unit, size, bounded, per_size, curves, fit, line, fold_lines)


def teacher(rows: LearningRows, chosen: TeacherChoice, seed: int, fit: FitModel) -> Teacher:
    """Return the teacher whose members are fitted on all rows.

    Parameters
    ----------
    rows : LearningRows
        Its target are the margins, in currency units.
    chosen : TeacherChoice
        What `teacher_choice` returned.
    seed : int
        Of the forests; two of each kind ranked no better than one.
    fit : FitModel
        Fitted on all rows.

    Returns
    -------
    Teacher
        Its forests have a tenth more iterations than were chosen with fewer rows.
    """

    def grown(found: CrossValidation, target: Floats, objective: dict[str, Any]) -> Any:
        told = parameters(found.settings, rows.contract, seed, objective)
        count = refit_iterations(found.iterations)
        return forest(rows.matrix, target, rows.contract, told, count)

    margin = rows.target
    size = ridge_curves(replace(rows, target=log_sizes(margin)), chosen.size, "squared")
    sizes = np.exp(curve_sums(size, rows.matrix))
    scaled = replace(rows, target=scaled_margins(margin, sizes) / chosen.unit)
    members = Teacher(
        grown(chosen.bounded, margin / chosen.unit, HUBER),
        grown(chosen.per_size, scaled.target, SQUARED),
        None if chosen.curves is None else ridge_curves(scaled, chosen.curves, "squared"),
        size,
        replace(chosen.line, fit=fit),
    )
    return _balanced(members, rows.matrix)


def fold_teacher(rows: LearningRows, chosen: TeacherChoice, fold: int) -> Teacher:
    """Return the teacher made of the members that cross-validation fitted without a fold.

    Parameters
    ----------
    rows : LearningRows
        As for `teacher_choice`.
    chosen : TeacherChoice
        What `teacher_choice` returned.
    fold : int
        None of its rows was seen by any member.

    Returns
    -------
    Teacher
        As `teacher` makes it, but for the tenth of iterations.
    """
    members = Teacher(
        chosen.bounded.boosters[fold],
        chosen.per_size.boosters[fold],
        None if chosen.curves is None else chosen.curves.folds[fold],
        chosen.size.folds[fold],
        replace(chosen.fold_lines[fold], fit=chosen.fit.folds[fold]),
    )
    return _balanced(members, rows.matrix[~rows.held(fold)])


def expectation(members: Teacher, matrix: Floats) -> Floats:
    """Return what the members say together.

    ``(weight * bounded + 2 * size * per_size) / 3``, where per_size is the mean of the line in the
    probability of a fit and of what forest and curves say on average.

    Parameters
    ----------
    members : Teacher
        From `teacher` or `fold_teacher`.
    matrix : numpy.ndarray of float64, shape (n, p)
        Features.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        Expected margin in the teacher's unit.
    """
    bounded, by_size = raw_scores(members.bounded, matrix), _by_size(members, matrix)
    return np.asarray((members.weight * bounded + 2 * by_size) / 3)


def _balanced(members: Teacher, matrix: Floats) -> Teacher:
    """Return the teacher whose bounded member is stretched to the spread of the other.

    The other learns nearly all of the money, so that what they say together can be taken at its
    word; a bounded forest tells large margins too small by half or more.
    """
    own = float(raw_scores(members.bounded, matrix).std())
    weight = float(_by_size(members, matrix).std()) / own if own > 1e-9 else 1.0
    return replace(members, weight=weight)


def _by_size(members: Teacher, matrix: Floats) -> Floats:
    found = raw_scores(members.per_size, matrix)
    if members.curves is not None:
        found = (found + curve_sums(members.curves, matrix)) / 2
    found = (found + fit_line_values(members.line, matrix)) / 2
    return np.asarray(found * np.exp(curve_sums(members.size, matrix)))
