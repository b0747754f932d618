"""fit_if_won: the probability that an account, if won, is a profitable fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.fit.blend import is_question
from icpfit.fit.boosting import booster_settings, parameters
from icpfit.fit.folds import SINGLE_SPLIT_ROWS
from icpfit.fit.forests import forest
from icpfit.fit.stopping import (
    CrossValidation,
    LearningRows,
    cross_validation,
    refit_iterations,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["OBJECTIVE", "fit_boosters", "fit_choice", "fit_probability", "fit_seeds"]

Floats = npt.NDArray[np.float64]

SEEDS = 5
OBJECTIVE = {"objective": "binary", "metric": "binary_logloss"}


def fit_seeds(seed: int, n: int) -> list[int]:
    """Return the seeds of the forests whose raw scores are averaged.

    Parameters
    ----------
    seed : int
        The run's seed.
    n : int
        Training rows; from 200,000 on one forest is enough.

    Returns
    -------
    list of int
        Five seeds, or one.

    Examples
    --------
    >>> fit_seeds(0, 2_000)
    [1, 2, 3, 4, 5]
    """
    return [1_000 * seed + k for k in range(1, 1 + (SEEDS if n < SINGLE_SPLIT_ROWS else 1))]


def fit_choice(
    rows: LearningRows, seed: int, progress: Callable[[str | float], None] | None = None
) -> CrossValidation:
    """Return settings and iterations, chosen by cross-validated log-loss, and log-odds by folds.

    Parameters
    ----------
    rows : LearningRows
        `target` is 1 for a profitable fit, else 0.
    seed : int
        The run's seed.
    progress : callable, optional
        Gets a text now and then.

    Returns
    -------
    CrossValidation
        `raw` are log-odds of forests that haven't seen the row, though the row had a say in how
        many trees they have: the mean over the seeds where it is then asked whether curves join,
        else of the first seed.

    Raises
    ------
    EvidenceRefused
        Below 200 rows, or 50 of the smaller class.
    """
    n, n_fit = len(rows.target), int(rows.target.sum())
    candidates = booster_settings(n, min(n_fit, n - n_fit))
    seeds = fit_seeds(seed, n)
    asked = seeds if is_question(n) else seeds[:1]
    return cross_validation(rows, candidates, OBJECTIVE, asked, progress)


def fit_boosters(rows: LearningRows, chosen: CrossValidation, seeds: Sequence[int]) -> list[Any]:
    """Return the forests grown on all rows, one for each seed, for a tenth more iterations.

    Parameters
    ----------
    rows : LearningRows
        As for `fit_choice`.
    chosen : CrossValidation
        What `fit_choice` returned.
    seeds : sequence of int
        Seeds of the forests.

    Returns
    -------
    list of lightgbm.Booster
        Their mean raw score is the log-odds.
    """
    iterations = refit_iterations(chosen.iterations)
    return [
        forest(
            rows.matrix,
            rows.target,
            rows.contract,
            parameters(chosen.settings, rows.contract, seed, OBJECTIVE),
            iterations,
        )
        for seed in seeds
    ]


def fit_probability(raw: Floats) -> Floats:
    """Return the probability that belongs to log-odds, ``1 / (1 + exp(-raw))``.

    Parameters
    ----------
    raw : numpy.ndarray of float64
        Log-odds.

    Returns
    -------
    numpy.ndarray of float64
        Between 0 and 1; NaN stays NaN.

    Notes
    -----
    scipy's expit takes one element at a time; numpy's exp may take another path for the last
    elements of an array, and a row's result must not depend on its neighbours.

    Examples
    --------
    >>> import numpy as np
    >>> fit_probability(np.array([0.0, np.log(3)])).round(6)
    array([0.5 , 0.75])
    """
    from scipy.special import expit

    return np.asarray(expit(raw), dtype=np.float64)
