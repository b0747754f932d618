"""How many trees each fold's forests may have, chosen without any of the fold's own rows."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.fit.boosting import parameters
from icpfit.fit.forests import dataset, forest, lightgbm, majority_for_missing, raw_scores
from icpfit.fit.stopping import CAP, PATIENCE, refit_iterations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from icpfit.fit.boosting import BoosterSettings
    from icpfit.fit.stopping import LearningRows

__all__ = ["NestedForests", "nested_forests"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class NestedForests:
    """Forests whose settings and number of trees no held-out row had a say in.

    Parameters
    ----------
    settings : tuple of BoosterSettings
        For each fold, the candidate with the lower loss within the other folds.
    iterations : tuple of int
        For each fold, where that loss is lowest.
    raw : numpy.ndarray of float64, shape (n,)
        Score of each row by forests of the other folds, mean over the seeds; NaN for a row in no
        fold.
    inner : numpy.ndarray of float64, shape (n_folds, n)
        For each fold, the score of each row of the other folds by a forest that has seen neither
        the row's fold nor this one; NaN within the fold, and all NaN where it wasn't asked for.
    """

    settings: tuple[BoosterSettings, ...]
    iterations: tuple[int, ...]
    raw: Floats
    inner: Floats


def nested_forests(
    rows: LearningRows,
    candidates: Sequence[BoosterSettings],
    objective: Mapping[str, Any],
    seeds: Sequence[int],
    progress: Callable[[str | float], None] | None = None,
    *,
    with_inner: bool = True,
) -> NestedForests:
    """Return scores out of fold, each fold's settings and trees chosen within the other folds.

    For each two folds a forest of the first seed is grown on the rest; its loss on either of the
    two is one that the other's choice is made by. All grow in step until no fold's mean loss has
    fallen for 50 steps. The fold is then scored by forests of all rows outside it, of a tenth more
    iterations, as the model's own are when it is refitted on all accounts.

    Parameters
    ----------
    rows : LearningRows
        Features, target and at least three folds; `fold_targets` is not looked at.
    candidates : sequence of BoosterSettings
        The one with the lowest loss wins; the first on a tie.
    objective : mapping
        LightGBM's objective and metric; the metric is the loss.
    seeds : sequence of int
        One forest per fold and seed.
    progress : callable, optional
        Gets a text when it begins.
    with_inner : bool
        Whether `inner` is asked for.

    Returns
    -------
    NestedForests
        The outcomes of a fold's rows change nothing that these rows are scored by.

    References
    ----------
    Varma and Simon (2006), Bias in error estimation when using cross-validation for model
    selection. BMC Bioinformatics 7.
    """
    if progress is not None:
        progress("fit_if_won: choices within the other folds")
    grown = [
        _grown_pairs(rows, parameters(candidate, rows.contract, seeds[0], objective))
        for candidate in candidates
    ]
    raw = np.full(len(rows.target), np.nan)
    inner = np.full((rows.n_folds, len(rows.target)), np.nan)
    settings, iterations = [], []
    for fold in range(rows.n_folds):
        best = min(range(len(grown)), key=lambda c: grown[c].losses[fold])
        settings.append(candidates[best])
        iterations.append(grown[best].iterations[fold])
        for other in range(rows.n_folds) if with_inner else ():
            if other != fold:
                held = rows.held(other)
                inner[fold, held] = raw_scores(grown[best].forest(other, fold), rows.matrix[held])
        held = rows.held(fold)
        count = refit_iterations(iterations[fold])
        raw[held] = 0.0
        for seed in seeds:
            told = parameters(settings[fold], rows.contract, seed, objective)
            learned = forest(rows.matrix[~held], rows.target[~held], rows.contract, told, count)
            raw[held] += raw_scores(learned, rows.matrix[held]) / len(seeds)
    return NestedForests(tuple(settings), tuple(iterations), raw, inner)


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Forests that have not seen two folds, and where each fold's losses are lowest."""

    boosters: dict[tuple[int, int], Any]
    trees: list[dict[tuple[int, int], int]]
    iterations: list[int]
    losses: list[float]

    def forest(self, other: int, fold: int) -> Any:
        """Return the forest that has seen neither, as large as was chosen for the fold."""
        pair = (min(other, fold), max(other, fold))
        return majority_for_missing(
            self.boosters[pair], self.trees[self.iterations[fold] - 1][pair]
        )


def _grown_pairs(rows: LearningRows, told: Mapping[str, Any]) -> _Pairs:
    lgb = lightgbm()
    boosters = {}
    for pair in combinations(range(rows.n_folds), 2):
        unseen = [rows.held(fold) for fold in pair]
        learned = ~(unseen[0] | unseen[1])
        data = dataset(rows.matrix[learned], rows.target[learned], rows.contract, told)
        boosters[pair] = lgb.Booster(params=dict(told), train_set=data)
        for fold, held in zip(pair, unseen, strict=True):
            judged = dataset(rows.matrix[held], rows.target[held], rows.contract, told, data)
            boosters[pair].add_valid(judged, f"fold {fold}")
    best, lowest = np.zeros(rows.n_folds, dtype=np.intp), np.full(rows.n_folds, np.inf)
    growing = np.ones(rows.n_folds, dtype=np.bool_)
    trees: list[dict[tuple[int, int], int]] = []
    for step in range(CAP):
        losses = np.zeros(rows.n_folds)
        for (first, second), booster in boosters.items():
            booster.update()
            # The loss on either fold's rows belongs to the choice that is made for the other.
            on_first, on_second = (found[2] for found in booster.eval_valid())
            losses[second] += on_first / (rows.n_folds - 1)
            losses[first] += on_second / (rows.n_folds - 1)
        # An update that finds no split adds no tree: the count of trees is not the step.
        trees.append({pair: booster.current_iteration() for pair, booster in boosters.items()})
        falls = growing & (losses < lowest)
        best[falls], lowest[falls] = step, losses[falls]
        growing &= step - best < PATIENCE
        if not growing.any():
            break
    return _Pairs(boosters, trees, (best + 1).tolist(), lowest.tolist())
