"""The same model grown again on other rows, with all that cross-validation had chosen for it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from icpfit.fit.blend import blend_curves
from icpfit.fit.fit_line import FitModel
from icpfit.fit.money import margin_boosters
from icpfit.fit.probability import fit_boosters, fit_seeds

if TYPE_CHECKING:
    from icpfit.fit.blend import Blend
    from icpfit.fit.model import Model
    from icpfit.fit.money import MarginChoice
    from icpfit.fit.out_of_fold import TrainingChoice
    from icpfit.fit.ridge import Ridge
    from icpfit.fit.stopping import CrossValidation, LearningRows

__all__ = ["Growth", "grown_again", "growth"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Growth:
    """How a model was grown, without the forests and curves of the folds.

    Parameters
    ----------
    fit : CrossValidation
        Settings and iterations of the forests of the probability.
    fit_blend : Blend
        Penalties of the curves that join them, and their share.
    money : MarginChoice
        What the margin's teacher is made of.
    """

    fit: CrossValidation
    fit_blend: Blend
    money: MarginChoice


def growth(choice: TrainingChoice) -> Growth:
    """Return what it takes to grow the model again.

    Parameters
    ----------
    choice : TrainingChoice
        What cross-validation chose.

    Returns
    -------
    Growth
        The choices themselves; the models of the folds, which take most room, are left out.
    """
    told = choice.money.teacher
    return Growth(
        replace(choice.fit, boosters=()),
        replace(choice.fit_blend, parts=tuple(_alone(part) for part in choice.fit_blend.parts)),
        replace(
            choice.money,
            teacher=replace(
                told,
                size=_alone(told.size),
                bounded=replace(told.bounded, boosters=()),
                per_size=replace(told.per_size, boosters=()),
                curves=None if told.curves is None else _alone(told.curves),
                fit=replace(told.fit, folds=()),
            ),
        ),
    )


def grown_again(
    model: Model, grown: Growth, rows: LearningRows, is_fit: Floats, seed: int
) -> Model:
    """Return the model with the number that ranks learned again from other rows.

    Everything is made as it was made for the model: under ``objective="margin"`` a teacher and its
    student, under ``"fit"`` as many forests and, where they had joined, the curves. Settings,
    numbers of trees, penalties and the blend's share are those that were chosen then.

    Parameters
    ----------
    model : Model
        A trained model.
    grown : Growth
        How it was grown.
    rows : LearningRows
        The rows to learn from, one of them as often as it was drawn; an account's copies share a
        fold, so that its own outcome isn't in the encoding that it is learned with. The target is
        the margin in currency units, or 1 for a profitable fit and else 0.
    is_fit : numpy.ndarray of float64, shape (n,)
        1 for a profitable fit, else 0; the margin's teacher asks how likely a fit is.
    seed : int
        Of the forests and mixed accounts.

    Returns
    -------
    Model
        Anchor, ranges, calibration and grades are the old ones; only its drivers are to be read.
    """
    seeds = fit_seeds(seed, len(rows.target))
    if model.objective == "margin":
        told = replace(rows, target=is_fit)
        fit = FitModel(
            fit_boosters(told, grown.fit, seeds[:1])[0],
            blend_curves(told, grown.fit_blend, "log-loss"),
        )
        forests = margin_boosters(rows, grown.money, seeds[0], fit)
        return dataclasses.replace(model, margin_boosters=tuple(forests))
    return dataclasses.replace(
        model,
        fit_boosters=tuple(fit_boosters(rows, grown.fit, seeds)),
        fit_curves=blend_curves(rows, grown.fit_blend, "log-loss"),
    )


def _alone(part: Ridge) -> Ridge:
    return replace(part, paths=())
