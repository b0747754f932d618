"""The model: two boosters' forests, the contract of their features, and all that scoring needs."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from icpfit.fit.blend import blend_curves, blend_record
from icpfit.fit.curves import curve_steps
from icpfit.fit.fit_line import FitModel
from icpfit.fit.money import margin_boosters
from icpfit.fit.out_of_fold import TrainingAccounts, out_of_fold, told, training_choice
from icpfit.fit.probability import fit_boosters, fit_seeds
from icpfit.fit.ranges import margin_ranges
from icpfit.fit.regrowth import Growth, growth
from icpfit.fit.stopping import settings_record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from icpfit.attribution.explainer import Explainer
    from icpfit.fit.calibration import Calibration
    from icpfit.fit.contract import FeatureContract
    from icpfit.fit.curves import Curves
    from icpfit.fit.grades import Grading
    from icpfit.fit.ranges import MarginRanges

__all__ = ["Model", "TrainedModel", "trained_model", "with_threads"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

DRIVER_ROWS = 500


@dataclass(frozen=True, eq=False)
class Model:
    """All that a scored row depends on, besides the row.

    Parameters
    ----------
    contract : FeatureContract
        How facts become the columns of the matrix.
    fit_boosters : tuple of lightgbm.Booster
        Their mean raw score is the log-odds of a profitable fit, but for `fit_curves`.
    margin_boosters : tuple of lightgbm.Booster
        ``margin_if_won = margin_scale * (mean raw score) + margin_shift``; one for now.
    margin_scale, margin_shift : float
        Currency units per unit of raw score (at least 0), and currency units.
    ranges : MarginRanges
        10–90 % range of single accounts around margin_if_won.
    objective : {"margin", "fit"}
        What ranks, grades and explains.
    currency, horizon, as_of, company, label_text : str
        What the numbers mean; `as_of` is an ISO date.
    trained_on : int
        Number of accounts.
    driver_shares : dict of str to float
        Feature → its share of the mean absolute SHAP value of the number that ranks.
    threads : int
        Threads that LightGBM may use when it scores.
    grading : Grading or None
        Cut-offs and evidence of the grades, once judged.
    version : str
        Version in the registry, once registered.
    kind : {"signal", "weak", "none"}
        Tier of the no-signal gate; "none" until judged.
    fit_curves : Curves or None
        What joins the forests' log-odds with its share, where accounts are few.
    calibration : Calibration or None
        Laid over the log-odds of forests and curves. It belongs to the model before it is graded:
        under ``objective="fit"`` the cut-offs are log-odds.
    fit_engine, margin_engine : Explainer or None
        What the two numbers are scored and explained with, see `icpfit.fit.engines`; None:
        LightGBM.
    """

    contract: FeatureContract
    fit_boosters: tuple[Any, ...]
    margin_boosters: tuple[Any, ...]
    margin_scale: float
    margin_shift: float
    ranges: MarginRanges
    objective: Literal["margin", "fit"]
    currency: str
    horizon: str
    as_of: str
    company: str
    label_text: str
    trained_on: int
    driver_shares: dict[str, float]
    threads: int = 1
    grading: Grading | None = None
    version: str = ""
    kind: Literal["signal", "weak", "none"] = "none"
    fit_curves: Curves | None = None
    calibration: Calibration | None = None
    fit_engine: Explainer | None = None
    margin_engine: Explainer | None = None


@dataclass(frozen=True, eq=False)
class TrainedModel:
    """A model, and what cross-validation said of its training accounts.

    Parameters
    ----------
    model : Model
        Fitted on all rows given; not judged yet.
    oof_fit_raw, oof_fit, oof_margin_raw, oof_margin, folds : numpy.ndarray, shape (n,)
        As in `OutOfFold`.
    iterations : dict of str to int
        Iterations that cross-validation chose, by number.
    settings : dict
        Settings, iterations, losses and seeds of each number, as plain values.
    growth : Growth
        What it takes to grow the model again on other rows.
    """

    model: Model
    oof_fit_raw: Floats
    oof_fit: Floats
    oof_margin_raw: Floats
    oof_margin: Floats
    folds: npt.NDArray[np.int64]
    iterations: dict[str, int]
    settings: dict[str, Any]
    growth: Growth


def trained_model(
    matrix: Floats,
    is_fit: Bools,
    margin: Floats,
    groups: Sequence[str] | None,
    contract: FeatureContract,
    *,
    account_ids: Sequence[str],
    objective: Literal["margin", "fit"],
    currency: str,
    horizon: str,
    as_of: str,
    company: str,
    label_text: str,
    seed: int = 0,
    progress: Callable[[str | float], None] | None = None,
) -> TrainedModel:
    """Return a model of fit_if_won and margin_if_won, with its out-of-fold predictions.

    Parameters
    ----------
    matrix : numpy.ndarray of float64, shape (n, p)
        Features as `contract` reads them, one row per account.
    is_fit : numpy.ndarray of bool, shape (n,)
        Whether the account was a profitable fit.
    margin : numpy.ndarray of float64, shape (n,)
        Its contribution margin over the horizon, in currency units.
    groups : sequence of str or None
        Ultimate parent of each account, whose accounts share a fold; None: each stands alone.
    contract : FeatureContract
        Learned on these accounts.
    account_ids : sequence of str
        Each once; the rows are learned in the order of these ids, whatever theirs is.
    objective : {"margin", "fit"}
        What will rank, grade and explain.
    currency, horizon, as_of, company, label_text : str
        What the numbers mean; carried along.
    seed : int
        Of folds and forests.
    progress : callable, optional
        Gets a text at each step, and the share done from 0 to 1.

    Returns
    -------
    TrainedModel
        The same rows give the same model, byte for byte.

    Raises
    ------
    EvidenceRefused
        Below 200 accounts, or 50 of the smaller class.
    ValueError
        When the shapes differ, an id repeats, or a margin isn't finite.

    Notes
    -----
    The two constants of the margin are found on the same out-of-fold scores that they are then
    applied to in `oof_margin`: with two constants for hundreds of accounts that flatters little.
    """
    accounts = TrainingAccounts(matrix, is_fit, margin, groups, contract, account_ids)
    choice = training_choice(accounts, seed, progress)
    told(progress, "fit_if_won: refit on all accounts", 0.6)
    seeds = fit_seeds(seed, len(matrix))
    fit_forests = fit_boosters(choice.fit_rows, choice.fit, seeds)
    fit_curves = blend_curves(choice.fit_rows, choice.fit_blend, "log-loss")
    told(progress, "margin_if_won: refit on all accounts", 0.8)
    margin_forests = margin_boosters(
        choice.margin_rows, choice.money, seeds[0], FitModel(fit_forests[0], fit_curves)
    )
    told(progress, "drivers", 0.9)
    unseen = out_of_fold(choice)
    ranking = (margin_forests, None) if objective == "margin" else (fit_forests, fit_curves)
    model = Model(
        contract=contract,
        fit_boosters=tuple(fit_forests),
        margin_boosters=tuple(margin_forests),
        margin_scale=choice.scale,
        margin_shift=choice.shift,
        ranges=margin_ranges(np.asarray(margin, dtype=np.float64), unseen.oof_margin),
        objective=objective,
        currency=currency,
        horizon=horizon,
        as_of=as_of,
        company=company,
        label_text=label_text,
        trained_on=len(matrix),
        driver_shares=_driver_shares(*ranking, choice.fit_rows.matrix, contract),
        fit_curves=fit_curves,
    )
    settings = {
        "fit_if_won": {
            **settings_record(choice.fit, seeds),
            "blend": blend_record(choice.fit_blend),
        },
        "margin_if_won": {
            **settings_record(choice.money.teacher.per_size, seeds[:1]),
            "size_penalty": choice.money.teacher.size.penalty,
            "curves_penalty": getattr(choice.money.teacher.curves, "penalty", None),
            "bounded_iterations": choice.money.teacher.bounded.iterations,
            "fit_line": [choice.money.teacher.line.intercept, choice.money.teacher.line.slope],
            "unit": choice.money.teacher.unit,
            "scale": choice.scale,
            "shift": choice.shift,
        },
        "seed": seed,
        "folds": choice.fit_rows.n_folds,
    }
    iterations = {
        "fit_if_won": choice.fit.iterations,
        "margin_if_won": choice.money.teacher.per_size.iterations,
    }
    told(progress, "trained", 1.0)
    return TrainedModel(
        model,
        unseen.oof_fit_raw,
        unseen.oof_fit,
        unseen.oof_margin_raw,
        unseen.oof_margin,
        unseen.folds,
        iterations,
        settings,
        growth(choice),
    )


def with_threads(model: Model, threads: int) -> Model:
    """Return the same model, scoring with another number of threads.

    Parameters
    ----------
    model : Model
        A trained model.
    threads : int
        At least 1.

    Returns
    -------
    Model
        Its scores are the same, byte for byte.
    """
    return dataclasses.replace(model, threads=threads)


def _driver_shares(
    forests: Sequence[Any], curves: Curves | None, matrix: Floats, contract: FeatureContract
) -> dict[str, float]:
    """Return each feature's share of the mean absolute SHAP value, over up to 500 accounts."""
    step = -(-len(matrix) // DRIVER_ROWS)
    sample = matrix[::step]
    total = np.zeros((len(sample), len(contract.features)))
    for booster in forests:
        values = booster.predict(sample, pred_contrib=True, num_threads=1)
        total += np.asarray(values)[:, :-1]
    total /= len(forests)
    if curves is not None:
        total = (1 - curves.share) * total + curves.share * curve_steps(curves, sample)
    mean = np.abs(total).mean(axis=0)
    whole = float(mean.sum())
    shares = mean / whole if whole > 0 else mean
    return {f.name: float(shares[f.column]) for f in contract.features}
