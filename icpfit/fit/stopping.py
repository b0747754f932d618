"""How many trees: where the loss on rows that a forest hasn't seen is lowest."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.fit.boosting import parameters
from icpfit.fit.forests import dataset, forest, lightgbm, majority_for_missing, raw_scores

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from icpfit.fit.boosting import BoosterSettings
    from icpfit.fit.contract import FeatureContract

__all__ = [
    "CrossValidation",
    "LearningRows",
    "cross_validation",
    "refit_iterations",
    "settings_record",
]

Floats = npt.NDArray[np.float64]

PATIENCE = 50
CAP = 3000
REFIT = 1.1


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """What cross-validation chose, and what its models say of rows that they have not seen.

    Parameters
    ----------
    settings : BoosterSettings
        The candidate with the lower mean loss.
    iterations : int
        Where the mean loss over the folds is lowest (the first such iteration).
    loss : float
        That mean loss.
    curve : numpy.ndarray, shape (iterations tried,)
        Mean loss over the folds by iteration.
    raw : numpy.ndarray, shape (n,)
        Raw score of each row by the fold's model that has not seen it, mean over the seeds; NaN
        for a row that is in no fold.
    losses : dict of str to float
        Lowest mean loss of each candidate.
    boosters : tuple of lightgbm.Booster
        The first seed's forest of each fold, at the best step.
    """

    settings: BoosterSettings
    iterations: int
    loss: float
    curve: Floats
    raw: Floats
    losses: dict[str, float]
    boosters: tuple[Any, ...] = ()


@dataclass(frozen=True, eq=False)
class LearningRows:
    """The rows that a forest learns from, in account_id order.

    Parameters
    ----------
    matrix : numpy.ndarray of float64, shape (n, p)
        Features.
    target : numpy.ndarray of float64, shape (n,)
        What is learned.
    folds : numpy.ndarray of int64, shape (n,)
        Fold of each row, -1 for one that is never held out.
    contract : FeatureContract
        Tells categories and directions.
    fold_targets : numpy.ndarray of float64, shape (n_folds, n), optional
        What is learned and judged in each fold, where the target was itself made by a model: of
        each fold by one that hasn't seen its held rows.
    """

    matrix: Floats
    target: Floats
    folds: npt.NDArray[np.int64]
    contract: FeatureContract
    fold_targets: Floats | None = None

    def held(self, fold: int) -> npt.NDArray[np.bool_]:
        """Return which rows the fold holds out."""
        return np.asarray(self.folds == fold, dtype=np.bool_)

    def target_in(self, fold: int) -> Floats:
        """Return the target of all rows as the fold learns and judges it."""
        return self.target if self.fold_targets is None else self.fold_targets[fold]

    @property
    def n_folds(self) -> int:
        """Number of folds."""
        return int(self.folds.max()) + 1


def cross_validation(
    rows: LearningRows,
    candidates: Sequence[BoosterSettings],
    objective: Mapping[str, Any],
    seeds: Sequence[int],
    progress: Callable[[str | float], None] | None = None,
) -> CrossValidation:
    """Return the settings and the number of iterations with the lowest mean loss over the folds.

    The folds' models of the first seed grow in step, one tree each, and the mean of their losses is
    read after each step; growth ends when it has not fallen for 50 steps, or at 3,000. Every fold
    is then read at the same best step, also by the models of the other seeds.

    Parameters
    ----------
    rows : LearningRows
        Features, target and folds.
    candidates : sequence of BoosterSettings
        The one with the lowest loss wins; the first on a tie.
    objective : mapping
        LightGBM's objective and metric; the metric is the loss.
    seeds : sequence of int
        One forest per fold and seed.
    progress : callable, optional
        Gets a text now and then.

    Returns
    -------
    CrossValidation
        The choice, and the raw scores out of fold.
    """
    best: CrossValidation | None = None
    losses: dict[str, float] = {}
    for candidate in candidates:
        told = parameters(candidate, rows.contract, seeds[0], objective)
        curve, iterations, raw, boosters = _folds_in_step(rows, told, progress)
        losses[candidate.name] = float(curve[iterations - 1])
        if best is None or curve[iterations - 1] < best.loss:
            loss = float(curve[iterations - 1])
            best = CrossValidation(candidate, iterations, loss, curve, raw, losses, boosters)
    if best is None:
        raise ValueError("there is no candidate")
    total = best.raw.copy()
    for seed in seeds[1:]:
        if progress is not None:
            progress(f"cross-validation: {best.iterations} trees, seed {seed}")
        told = parameters(best.settings, rows.contract, seed, objective)
        for fold in range(rows.n_folds):
            held = rows.held(fold)
            learned, target = rows.matrix[~held], rows.target_in(fold)[~held]
            booster = forest(learned, target, rows.contract, told, best.iterations)
            total[held] += raw_scores(booster, rows.matrix[held])
    return replace(best, raw=total / len(seeds), losses=losses)


def settings_record(chosen: CrossValidation, seeds: Sequence[int]) -> dict[str, Any]:
    """Return what was chosen, as plain values for the model's record.

    Parameters
    ----------
    chosen : CrossValidation
        The choice.
    seeds : sequence of int
        Seeds of the forests.

    Returns
    -------
    dict
        Settings, iterations, losses, seeds.
    """
    return {
        **asdict(chosen.settings),
        "iterations": chosen.iterations,
        "refit_iterations": refit_iterations(chosen.iterations),
        "loss": chosen.loss,
        "losses": dict(chosen.losses),
        "seeds": list(seeds),
    }


def refit_iterations(iterations: int) -> int:
    """Return for how many iterations all rows are refitted, a tenth more than with 4/5 of them.

    Parameters
    ----------
    iterations : int
        What cross-validation chose.

    Returns
    -------
    int
        At least 1.

    Examples
    --------
    >>> refit_iterations(200)
    220
    """
    return max(1, round(REFIT * iterations))


def _folds_in_step(
    rows: LearningRows,
    told: Mapping[str, Any],
    progress: Callable[[str | float], None] | None,
) -> tuple[Floats, int, Floats, tuple[Any, ...]]:
    """Return the curve of mean losses, the best iteration, and raw scores and forests at it."""
    lgb = lightgbm()
    boosters = []
    for fold in range(rows.n_folds):
        held = rows.held(fold)
        target = rows.target_in(fold)
        data = dataset(rows.matrix[~held], target[~held], rows.contract, told)
        booster = lgb.Booster(params=dict(told), train_set=data)
        unseen = dataset(rows.matrix[held], target[held], rows.contract, told, data)
        booster.add_valid(unseen, "held")
        boosters.append(booster)
    curve: list[float] = []
    best, best_trees = 0, [0] * len(boosters)
    for step in range(CAP):
        loss = 0.0
        for booster in boosters:
            booster.update()
            loss += booster.eval_valid()[0][2]
        curve.append(loss / len(boosters))
        if step == 0 or curve[step] < curve[best]:
            # An update that finds no split adds no tree: the count of trees is not the step.
            best, best_trees = step, [booster.current_iteration() for booster in boosters]
        if step - best >= PATIENCE:
            break
        if progress is not None and step % 100 == 99:
            progress(f"cross-validation: {step + 1} trees per fold")
    raw = np.full(len(rows.target), np.nan)
    whole = tuple(
        majority_for_missing(booster, trees)
        for booster, trees in zip(boosters, best_trees, strict=True)
    )
    for fold, booster in enumerate(whole):
        held = rows.held(fold)
        raw[held] = raw_scores(booster, rows.matrix[held])
    return np.array(curve), best + 1, raw, whole
