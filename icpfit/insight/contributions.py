"""SHAP values: how far each fact moves an account's number from the average, adding up exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from icpfit.attribution.values import values_and_scores
from icpfit.fit.curves import curve_steps
from icpfit.fit.engines import engine
from icpfit.fit.scores import scores

if TYPE_CHECKING:
    from icpfit.fit.model import Model
    from icpfit.fit.scores import Scores

__all__ = ["Contributions", "contributions", "scores_and_contributions"]

Which = Literal["margin", "fit"]


@dataclass(frozen=True, eq=False)
class Contributions:
    """SHAP values of one number of a model, for some accounts.

    Attributes
    ----------
    values : numpy.ndarray, shape (n, p)
        What each feature adds, in the order of the feature contract, in `unit`.
    base : float
        The number of an account of which nothing is known; ``base + values.sum(axis=1)`` is the
        account's number.
    unit : str
        The currency for the margin, ``"log-odds"`` for the fit.
    which : str
        ``"margin"`` or ``"fit"``.
    """

    values: npt.NDArray[np.float64]
    base: float
    unit: str
    which: Which


def contributions(
    model: Model, matrix: npt.NDArray[np.float64], which: Which | None = None
) -> Contributions:
    """Return the exact path-dependent SHAP values of the margin or of the fit.

    The value of a feature is its average step over all orders in which the facts of the account can
    become known, ``sum over S of |S|! (p - |S| - 1)! / p! * (v(S + i) - v(S))``, where ``v(S)`` is
    the forest's expectation with the facts in S known and the training rows' shares elsewhere.
    Several boosters are averaged, and with them, by the blend's share, the curves of a model that
    has some (the value of a sum of curves is the curve less its mean); a calibration stretches all
    values by its slope. The margin's values carry
    the model's scale and its base the shift, ``base = scale * bias + shift``, so that they sum to
    `margin_if_won`.

    Parameters
    ----------
    model : Model
        A trained model.
    matrix : numpy.ndarray, shape (n, p)
        As made by `feature_matrix` with the model's contract; NaN where a fact is missing.
    which : {"margin", "fit"}, optional
        The number to take apart; by default the one that ranks, ``model.objective``.

    Returns
    -------
    Contributions
        In currency units for the margin, in log-odds for the fit.

    Raises
    ------
    ValueError
        When the matrix has not one column per feature.

    Notes
    -----
    A row's values depend on that row and the model only. They come from the model's tables where
    it has some (`icpfit.fit.engines`), else from LightGBM. A missing fact has a value of its own:
    what not knowing it says about accounts like these.

    References
    ----------
    Lundberg et al. (2020), From local explanations to global understanding with explainable AI
    for trees. Nature Machine Intelligence 2.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> from icpfit.fit.boosting import lightgbm
    >>> lgb = lightgbm()
    >>> x = np.repeat([[0.0], [1.0]], 20, axis=0)
    >>> quiet = {"verbosity": -1, "num_threads": 1}
    >>> data = lgb.Dataset(x, 100 * x[:, 0], params=quiet)
    >>> booster = lgb.train({**quiet, "learning_rate": 1.0, "lambda_l2": 0.0}, data, 1)
    >>> model = SimpleNamespace(
    ...     margin_boosters=(booster,),
    ...     margin_engine=None,
    ...     margin_scale=2.0,
    ...     margin_shift=5.0,
    ...     currency="EUR",
    ...     threads=1,
    ... )
    >>> found = contributions(model, np.array([[0.0], [1.0]]), "margin")
    >>> round(found.base, 6), found.values.round(6).tolist()
    (105.0, [[-100.0], [100.0]])
    """
    wanted: Which = which if which is not None else model.objective
    return _in_unit(model, matrix, wanted, *_averaged(model, wanted, matrix))


def scores_and_contributions(
    model: Model, matrix: npt.NDArray[np.float64]
) -> tuple[Scores, Contributions]:
    """Return `scores`, and `contributions` to the number that ranks, in one pass where that can be.

    Parameters
    ----------
    model : Model
        A trained model.
    matrix : numpy.ndarray, shape (n, p)
        As for `contributions`.

    Returns
    -------
    tuple of Scores and Contributions
        The same bytes as from the two functions.

    Raises
    ------
    ValueError
        When the matrix has not one column per feature.
    """
    asked = engine(model, model.objective)
    if asked.tables is None or matrix.shape[1] != asked.tables.n_features:
        return scores(model, matrix), contributions(model, matrix)
    values, raw = values_and_scores(asked.tables, matrix, model.threads)
    found = _in_unit(model, matrix, model.objective, values[:, :-1], float(asked.tables.bias))
    return scores(model, matrix, {model.objective: raw}), found


def _in_unit(
    model: Model,
    matrix: npt.NDArray[np.float64],
    which: Which,
    values: npt.NDArray[np.float64],
    bias: float,
) -> Contributions:
    """Return the forests' values with all that the model lays over them."""
    if which == "fit":
        if model.fit_curves is not None:
            share = model.fit_curves.share
            values = (1 - share) * values + share * curve_steps(model.fit_curves, matrix)
            bias = (1 - share) * bias + share * model.fit_curves.base
        if model.calibration is not None:
            values = model.calibration.slope * values
            bias = model.calibration.slope * bias + model.calibration.intercept
        return Contributions(values, bias, "log-odds", "fit")
    scale, shift = float(model.margin_scale), float(model.margin_shift)
    return Contributions(scale * values, scale * bias + shift, model.currency, "margin")


def _averaged(
    model: Model, which: Which, matrix: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], float]:
    asked, p = engine(model, which), matrix.shape[1]
    if any(booster.num_feature() != p for booster in asked.boosters):
        expected = sorted({booster.num_feature() for booster in asked.boosters})
        raise ValueError(f"matrix has {p} columns, the model was trained on {expected}")
    found = asked.values(matrix, model.threads)
    # The bias is the same for every row; asking for it with a row of its own keeps it so when the
    # list is empty.
    return found[:, :-1], float(asked.values(np.full((1, p), np.nan))[0, -1])
