"""The margin per unit of size as a line in the probability of a fit.

Whether an account was a fit is a steadier outcome than what it left: what tells the one ranks the
other, and no huge account can pull at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.fit.blend import blended
from icpfit.fit.curves import curve_sums, merged_curves
from icpfit.fit.forests import raw_scores
from icpfit.fit.probability import fit_probability

if TYPE_CHECKING:
    from icpfit.fit.blend import Blend
    from icpfit.fit.curves import Curves
    from icpfit.fit.stopping import CrossValidation

__all__ = ["FitLine", "FitModel", "FoldedFit", "fit_line", "fit_line_values", "folded_fit"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class FitModel:
    """What says how likely a fit is.

    Parameters
    ----------
    forest : lightgbm.Booster
        Its raw score are log-odds; one is enough for a line.
    curves : Curves or None
        What joins it with its share.
    """

    forest: Any
    curves: Curves | None


@dataclass(frozen=True, eq=False)
class FoldedFit:
    """What is said of a fit by models that have not seen an account.

    Parameters
    ----------
    probability : numpy.ndarray of float64, shape (n,)
        Of each account, 0 to 1; NaN in no fold.
    folds : tuple of FitModel
        The model of each fold; none where only the line's constants are kept.
    """

    probability: Floats
    folds: tuple[FitModel, ...]


@dataclass(frozen=True, eq=False)
class FitLine:
    """A line in the probability of a fit.

    Parameters
    ----------
    intercept, slope : float
        In the teacher's unit, per unit of size; the slope is at least 0.
    fit : FitModel or None
        What says the probability; None while only the constants are known.
    """

    intercept: float
    slope: float
    fit: FitModel | None = None


def folded_fit(chosen: CrossValidation, joined: Blend, log_odds: Floats) -> FoldedFit:
    """Return the fit as the folds of cross-validation tell it.

    Parameters
    ----------
    chosen : CrossValidation
        Forests of each fold.
    joined : Blend
        Whether curves join them.
    log_odds : numpy.ndarray of float64, shape (n,)
        Of each account by models that have not seen it; NaN in no fold.

    Returns
    -------
    FoldedFit
        Of each fold the forest of the first seed, and the curves where they joined.
    """
    folds = []
    for fold, forest in enumerate(chosen.boosters):
        parts = [part.folds[fold] for part in joined.parts] if joined.share > 0 else []
        folds.append(FitModel(forest, merged_curves(parts, joined.share) if parts else None))
    return FoldedFit(fit_probability(log_odds), tuple(folds))


def fit_line(probability: Floats, per_size: Floats) -> FitLine:
    """Return the line of least squares; one that falls is laid flat.

    Parameters
    ----------
    probability : numpy.ndarray of float64, shape (n,)
        Of a fit, by models that have not seen the account; NaN is left out.
    per_size : numpy.ndarray of float64, shape (n,)
        Margin per unit of size.

    Returns
    -------
    FitLine
        ``intercept + slope * probability``; flat at the mean where the probability has no spread.

    Examples
    --------
    >>> line = fit_line(np.array([0.2, 0.6, np.nan]), np.array([-1.0, 1.0, 9.0]))
    >>> round(line.intercept, 6), round(line.slope, 6)
    (-2.0, 5.0)
    >>> fit_line(np.array([0.2, 0.6]), np.array([1.0, -1.0])).slope
    0.0
    """
    known = ~np.isnan(probability)
    said, told = probability[known], per_size[known]
    spread = said - said.mean()
    total = float(spread @ spread)
    slope = max(0.0, float(spread @ told) / total) if total > 1e-12 * len(said) else 0.0
    return FitLine(float(told.mean()) - slope * float(said.mean()), slope)


def fit_line_values(line: FitLine, matrix: Floats) -> Floats:
    """Return what the line says of rows.

    Parameters
    ----------
    line : FitLine
        With its model of the fit.
    matrix : numpy.ndarray of float64, shape (n, p)
        Features.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        Margin per unit of size, in the teacher's unit.

    Raises
    ------
    ValueError
        Where the line has no model of the fit.
    """
    if line.fit is None:
        raise ValueError("the line has constants, and no model of the fit to read")
    log_odds = raw_scores(line.fit.forest, matrix)
    if line.fit.curves is not None:
        curves = curve_sums(line.fit.curves, matrix)
        log_odds = blended(log_odds, curves, line.fit.curves.share)
    return np.asarray(line.intercept + line.slope * fit_probability(log_odds))
