"""Log-odds of accounts not seen, where the unseen had no say in any choice either.

How many trees, which penalty, whether the curves join the forests: each is chosen by the loss on
rows held out. Said of these same rows, the model would be flattered by its own choice, and outcomes
dealt out at random would look like a signal far too often.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.fit.blend import SHARE, blended, gain_probability, is_adopted, is_question
from icpfit.fit.curves import curve_sums
from icpfit.fit.nested_forests import nested_forests
from icpfit.fit.ridge import PENALTIES, mean_losses, ridge_path

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from icpfit.fit.blend import Blend
    from icpfit.fit.boosting import BoosterSettings
    from icpfit.fit.ridge import Loss, Ridge
    from icpfit.fit.stopping import LearningRows

__all__ = ["NestedCurves", "nested_curves", "nested_log_odds"]

Floats = npt.NDArray[np.float64]

FEWEST_FOLDS = 3
"""With fewer there is nothing left to choose by within the other folds."""


@dataclass(frozen=True, eq=False)
class NestedCurves:
    """Curves of one basis whose penalty no held-out row had a say in.

    Parameters
    ----------
    penalties : tuple of float
        For each fold, the one with the lowest loss within the other folds.
    raw : numpy.ndarray of float64, shape (n,)
        Score of each row by curves of the other folds; NaN for a row in no fold.
    inner : numpy.ndarray of float64, shape (n_folds, n)
        For each fold, the score of each row of the other folds by curves that have seen neither the
        row's fold nor this one; NaN within the fold.
    """

    penalties: tuple[float, ...]
    raw: Floats
    inner: Floats


def nested_log_odds(
    rows: LearningRows,
    chosen: Blend,
    groups: npt.NDArray[Any],
    candidates: Sequence[BoosterSettings],
    *,
    objective: Mapping[str, Any],
    seeds: Sequence[int],
    progress: Callable[[str | float], None] | None = None,
) -> Floats:
    """Return log-odds out of fold; each fold's choices are made within the other folds.

    Parameters
    ----------
    rows : LearningRows
        Features, outcome (0 or 1) and folds.
    chosen : Blend
        What `blend` returned; its fits of each fold are used again, its choice is not.
    groups : numpy.ndarray, shape (n,)
        Ultimate parent of each row.
    candidates : sequence of BoosterSettings
        Of the forests.
    objective : mapping
        LightGBM's objective and metric.
    seeds : sequence of int
        Of the forests whose mean is taken.
    progress : callable, optional
        Gets a text now and then.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        NaN for a row in no fold; ``chosen.raw`` where there are fewer than three folds.

    Notes
    -----
    Whether the curves join is asked, for each fold, on the rows of the others, scored by fits that
    have seen neither their own fold nor this one.

    References
    ----------
    Varma and Simon (2006), Bias in error estimation when using cross-validation for model
    selection. BMC Bioinformatics 7.
    """
    if rows.n_folds < FEWEST_FOLDS:
        return chosen.raw
    asked = is_question(len(rows.target))
    forests = nested_forests(rows, candidates, objective, seeds, progress, with_inner=asked)
    if not chosen.parts:
        return forests.raw
    parts = [nested_curves(rows, part, "log-loss") for part in chosen.parts]
    curves = np.mean([part.raw for part in parts], axis=0)
    inner = np.mean([part.inner for part in parts], axis=0)
    raw = forests.raw.copy()
    for fold in range(rows.n_folds):
        held, probability = rows.held(fold), 1.0
        if asked:
            others = (rows.folds >= 0) & ~held
            alone, target = forests.inner[fold, others], rows.target[others]
            both = blended(alone, inner[fold, others], SHARE)
            losses = [mean_losses(said, target, "log-loss") for said in (alone, both)]
            probability = gain_probability(losses[0] - losses[1], groups[others])
        if is_adopted(len(rows.target), probability):
            raw[held] = blended(forests.raw[held], curves[held], SHARE)
    return raw


def nested_curves(rows: LearningRows, chosen: Ridge, loss: Loss) -> NestedCurves:
    """Return scores of curves out of fold, each fold's penalty chosen within the other folds.

    Parameters
    ----------
    rows : LearningRows
        Features, target and at least three folds.
    chosen : Ridge
        What `ridge` returned for these rows: its fits of each fold, by penalty, are used again.
    loss : {"log-loss", "squared"}
        As for `ridge`.

    Returns
    -------
    NestedCurves
        The largest penalty wins a tie.
    """
    n_folds, n = rows.n_folds, len(rows.target)
    said = np.full((len(PENALTIES), n_folds, n), np.nan)
    for pair in combinations(range(n_folds), 2):
        unseen = [rows.held(fold) for fold in pair]
        path = ridge_path(rows, ~(unseen[0] | unseen[1]), chosen.basis, loss, PENALTIES)
        for k, found in enumerate(path):
            # Either fold's rows are held out in the choice that is made for the other.
            said[k, pair[1], unseen[0]] = curve_sums(found, rows.matrix[unseen[0]])
            said[k, pair[0], unseen[1]] = curve_sums(found, rows.matrix[unseen[1]])
    raw, inner, penalties = np.full(n, np.nan), np.full((n_folds, n), np.nan), []
    for fold in range(n_folds):
        held = rows.held(fold)
        known = (rows.folds >= 0) & ~held
        losses = mean_losses(said[:, fold, known], rows.target[known], loss).mean(axis=1)
        best = int(np.argmin(losses))
        penalties.append(PENALTIES[best])
        inner[fold] = said[best, fold]
        raw[held] = curve_sums(chosen.paths[fold][best], rows.matrix[held])
    return NestedCurves(tuple(penalties), raw, inner)
