"""The numbers of a row: a function of that row and the model, of nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from icpfit.fit.blend import blended
from icpfit.fit.calibration import calibrated
from icpfit.fit.curves import curve_sums
from icpfit.fit.engines import mean_raw_scores
from icpfit.fit.probability import fit_probability
from icpfit.fit.ranges import margin_range

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def scores(model: Model, matrix: Floats, known: Mapping[str, Floats] | None = None) -> Scores:
    """Return probability, margin, range and rank number of each row.

    ``fit_if_won = 1 / (1 + exp(-((1 - share) * mean raw score + share * sum of the curves)))`` (the
    share is 0 for a model without curves; a calibration's line is laid over the log-odds) and
    ``margin_if_won = margin_scale * (mean raw score) + margin_shift``.

    Parameters
    ----------
    model : Model
        A trained model.
    matrix : numpy.ndarray of float64, shape (n, p)
        Features as the model's contract reads them; NaN for missing.
    known : mapping of str to numpy.ndarray, optional
        `mean_raw_scores` of "margin" or "fit", where somebody has them already.

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
    sums run over forests and features, in their order, never over rows.
    """
    if matrix.ndim != 2 or matrix.shape[1] != len(model.contract.features):
        raise ValueError(
            f"the matrix has shape {matrix.shape}, the contract {len(model.contract.features)} "
            "features"
        )
    rows = np.ascontiguousarray(matrix, dtype=np.float64)
    raw = known or {}
    log_odds = raw["fit"] if "fit" in raw else mean_raw_scores(model, "fit", rows)
    if model.fit_curves is not None:
        curves = curve_sums(model.fit_curves, rows)
        log_odds = blended(log_odds, curves, model.fit_curves.share)
    log_odds = calibrated(log_odds, model.calibration)
    money = raw["margin"] if "margin" in raw else mean_raw_scores(model, "margin", rows)
    margin = model.margin_scale * money + model.margin_shift
    p10, p90 = margin_range(model.ranges, margin)
    ranking = margin if model.objective == "margin" else log_odds
    return Scores(fit_probability(log_odds), margin, p10, p90, ranking)
