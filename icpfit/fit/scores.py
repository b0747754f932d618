"""The numbers of a row: a function of that row and the model, of nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.fit.forests import raw_scores
from icpfit.fit.probability import fit_probability
from icpfit.fit.ranges import margin_range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.fit.model import Model

__all__ = ["Scores", "scores"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scores:
    """What the model says of each row.

    Parameters
    ----------
    fit_if_won : numpy.ndarray of float64, shape (n,)
        Probability of a profitable fit, 0 to 1.
    margin_if_won, margin_p10, margin_p90 : numpy.ndarray of float64, shape (n,)
        Expected margin over the horizon, and the range in which one such account falls 8 times in
        10, in currency units.
    ranking : numpy.ndarray of float64, shape (n,)
        What ranks: margin_if_won, or the log-odds of the fit; the higher the better.
    """

    fit_if_won: Floats
    margin_if_won: Floats
    margin_p10: Floats
    margin_p90: Floats
    ranking: Floats


def scores(model: Model, matrix: Floats) -> Scores:
    """Return probability, margin, range and rank number of each row.

    ``fit_if_won = 1 / (1 + exp(-mean raw score))`` and
    ``margin_if_won = margin_scale * (mean raw score) + margin_shift``.

    Parameters
    ----------
    model : Model
        A trained model.
    matrix : numpy.ndarray of float64, shape (n, p)
        Features as the model's contract reads them; NaN for missing.

    Returns
    -------
    Scores
        In the order of the rows.

    Raises
    ------
    ValueError
        For another number of columns than the contract has.

    Notes
    -----
    A row gets the same bytes alone, in any batch, at any place and with any number of threads: all
    sums run over forests, in their order, never over rows.
    """
    if matrix.ndim != 2 or matrix.shape[1] != len(model.contract.features):
        raise ValueError(
            f"the matrix has shape {matrix.shape}, the contract {len(model.contract.features)} "
            "features"
        )
    rows = np.ascontiguousarray(matrix, dtype=np.float64)
    log_odds = _mean_raw(model.fit_boosters, rows, model.threads)
    money = _mean_raw(model.margin_boosters, rows, model.threads)
    margin = model.margin_scale * money + model.margin_shift
    p10, p90 = margin_range(model.ranges, margin)
    ranking = margin if model.objective == "margin" else log_odds
    return Scores(fit_probability(log_odds), margin, p10, p90, ranking)


def _mean_raw(boosters: Sequence[Any], matrix: Floats, threads: int) -> Floats:
    total = np.zeros(len(matrix))
    for booster in boosters:
        total += raw_scores(booster, matrix, threads)
    return total / len(boosters)
