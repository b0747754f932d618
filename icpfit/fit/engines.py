"""What a model is asked with: tables where its forests fit into some, else LightGBM itself.

That is decided once, when the model is trained, and kept with it: a row's bytes must not depend on
how long its list is.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from icpfit.attribution.explainer import Explainer, explainer
from icpfit.attribution.refusals import AttributionError
from icpfit.attribution.values import raw_scores as tabled_scores
from icpfit.errors import ModelError
from icpfit.fit.forests import raw_scores

if TYPE_CHECKING:
    from icpfit.fit.model import Model

__all__ = [
    "by_lightgbm",
    "engine",
    "engine_words",
    "kept_engine",
    "mean_raw_scores",
    "with_engines",
]

Floats = npt.NDArray[np.float64]
Which = Literal["margin", "fit"]

NOT_MADE = "no tables were made for this model"


def with_engines(model: Model) -> Model:
    """Return the same model with the tables of its forests, where they can be tabled.

    Parameters
    ----------
    model : Model
        A trained model.

    Returns
    -------
    Model
        Its scores may differ from before in the last digits, so it is graded after this.

    Raises
    ------
    ModelError
        For forests that have no exact SHAP values, which no training of icpfit gives.

    Notes
    -----
    About 2 s of CPU for five forests of 240 small trees and a student of 150.
    """
    try:
        return dataclasses.replace(
            model,
            fit_engine=explainer(model.fit_boosters),
            margin_engine=explainer(model.margin_boosters),
        )
    except AttributionError as error:
        raise ModelError(f"{model.company}: the model can't be explained ({error})") from None


def engine(model: Model, which: Which) -> Explainer:
    """Return how one number of a model is explained.

    Parameters
    ----------
    model : Model
        A trained model.
    which : {"margin", "fit"}
        The number.

    Returns
    -------
    Explainer
        The model's own. Where there is none, or it belongs to other boosters (those of a model
        whose forests were replaced), LightGBM's ``pred_contrib``.
    """
    boosters = model.margin_boosters if which == "margin" else model.fit_boosters
    return kept_engine(model, which) or by_lightgbm(boosters, NOT_MADE)


def kept_engine(model: Model, which: Which) -> Explainer | None:
    """Return the engine that a model carries for one of its numbers.

    Parameters
    ----------
    model : Model
        A trained model.
    which : {"margin", "fit"}
        The number.

    Returns
    -------
    Explainer or None
        None where there is none, or it was made for other boosters than the model's.
    """
    boosters = model.margin_boosters if which == "margin" else model.fit_boosters
    kept = model.margin_engine if which == "margin" else model.fit_engine
    return kept if kept is not None and _same(kept.boosters, boosters) else None


def by_lightgbm(boosters: tuple[Any, ...], why: str) -> Explainer:
    """Return an engine that asks LightGBM, for the mean of some boosters.

    Parameters
    ----------
    boosters : tuple of lightgbm.Booster
        Of one number.
    why : str
        Why it isn't the tables.

    Returns
    -------
    Explainer
        Its path is ``"pred_contrib"``.
    """
    return Explainer("pred_contrib", why, None, boosters, (1 / len(boosters),) * len(boosters))


def engine_words(model: Model) -> str:
    """Say how the number that ranks is explained.

    Parameters
    ----------
    model : Model
        A trained model.

    Returns
    -------
    str
        ``"tables"``, or ``"pred_contrib, because ..."``.
    """
    asked = engine(model, model.objective)
    return asked.path if asked.path == "tables" else f"{asked.path}, because {asked.why}"


def mean_raw_scores(model: Model, which: Which, matrix: Floats) -> Floats:
    """Return the mean raw score of the forests of one number.

    Parameters
    ----------
    model : Model
        A trained model.
    which : {"margin", "fit"}
        The number.
    matrix : numpy.ndarray of float64, shape (n, p)
        Features; NaN for missing.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        From the tables where the number is explained with them, else from LightGBM. A row's bytes
        depend on that row and the model only.
    """
    asked = engine(model, which)
    if asked.tables is not None:
        return tabled_scores(asked.tables, matrix, model.threads)
    total = np.zeros(len(matrix))
    for booster in asked.boosters:
        total += raw_scores(booster, matrix, model.threads)
    return total / len(asked.boosters)


def _same(kept: tuple[Any, ...], boosters: tuple[Any, ...]) -> bool:
    pairs = zip(kept, boosters, strict=False)
    return len(kept) == len(boosters) and all(one is other for one, other in pairs)
