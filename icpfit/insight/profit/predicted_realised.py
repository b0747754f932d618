"""Customers, predicted against realised: every prediction by a model that had not seen the account.

Accounts that trained the model have their out-of-fold prediction, those held out the model's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.fit.grades import graded
from icpfit.fit.scores import scores
from icpfit.insight.service.foresight import foreseen

if TYPE_CHECKING:
    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.trial import Trial

__all__ = [
    "FIXED_LOST",
    "GOOD_EARNED",
    "GOOD_LOST",
    "POOR_EARNED",
    "POOR_LOST",
    "Standing",
    "as_written",
    "predicted_and_realised",
]

Standing = Literal[
    "good fit, earned money",
    "good fit, lost money",
    "good fit once fixed, lost money",
    "poor fit, earned money",
    "poor fit, loses money",
]
GOOD_EARNED: Standing = "good fit, earned money"
GOOD_LOST: Standing = "good fit, lost money"
FIXED_LOST: Standing = "good fit once fixed, lost money"
POOR_EARNED: Standing = "poor fit, earned money"
POOR_LOST: Standing = "poor fit, loses money"


@dataclass(frozen=True, eq=False)
class _Predictions:
    ids: pd.Index
    source: list[str]
    margin: npt.NDArray[np.float64]
    fit: npt.NDArray[np.float64]
    ranking: npt.NDArray[np.float64]


def predicted_and_realised(accounts: Accounts, trial: Trial, *, seed: int = 0) -> pd.DataFrame:
    """Lay what was predicted of each customer beside what became of it.

    A good fit is who would have been graded A or B. Lost money is who left a margin below 0.
    "Good fit once fixed": graded C or D, lost money, and would be graded A or B were the remedial
    cost that was to be expected of accounts like it taken away, so far as it lies above the mean of
    all. (Cut-offs of grades are those of accounts of which nobody is fixed: what all have in common
    would lift everyone near a cut-off over it.)

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    trial : Trial
        Its out-of-fold predictions, its split and its judged accounts.
    seed : int
        Of the model that foresees the remedial cost.

    Returns
    -------
    DataFrame
        Indexed by account_id in plain string order: ``name``, ``standing`` (see `Standing`),
        ``grade``, ``predicted_by`` ("out-of-fold" or "hold-out"), ``margin_if_won``,
        ``fit_if_won`` (0 to 1), ``expected_remedial``, ``margin``, ``surprise`` (realised less
        predicted), ``revenue``, ``cost_to_serve``, ``planned_cost``, ``remedial_cost`` (currency
        units over the horizon, discounted), ``was_fit`` (bool), ``grade_once_fixed``,
        ``revenue_after_direct_cost`` and ``expected_after_direct_cost`` (NaN throughout where it is
        foreseen no better than by the mean). Accounts that were held out of no fold (only from
        200,000 on) are left out.

    Notes
    -----
    No prediction is in-sample. The expected remedial cost and revenue too are out of fold; the cost
    is 0 where the facts known before the sale foresee it no better than the mean does.
    """
    told = _predictions(trial)
    outcomes = accounts.outcomes.loc[told.ids]
    remedial = outcomes["remedial_cost"].astype("float64")
    ahead = foreseen(accounts, trial, remedial, seed=seed)
    expected = ahead.expected if ahead.beats_the_mean else np.zeros(len(told.ids))
    # Less the mean: the cut-offs come from accounts of which nobody is fixed.
    above = expected - expected.mean() if len(expected) else expected
    grade, fixed_grade = _grades(trial, told, told.margin + above)
    brought = outcomes["revenue"].astype("float64") - outcomes["direct_cost"].fillna(0.0)
    revenue_ahead = foreseen(accounts, trial, brought, seed=seed)
    margin = outcomes["margin"].to_numpy("float64")
    good, once_fixed = (np.isin(letters, ["A", "B"]) for letters in (grade, fixed_grade))
    lost = margin < 0
    standing = np.select(
        [good & lost, good, lost & once_fixed, lost],
        [GOOD_LOST, GOOD_EARNED, FIXED_LOST, POOR_LOST],
        default=POOR_EARNED,
    )
    frame = pd.DataFrame(
        {
            "name": accounts.dates.loc[told.ids, "name"].to_numpy(dtype=object),
            "standing": standing.astype(object),
            "grade": grade,
            "predicted_by": told.source,
            "margin_if_won": told.margin,
            "fit_if_won": told.fit,
            "expected_remedial": expected,
            "margin": margin,
            "surprise": margin - told.margin,
            "revenue": outcomes["revenue"].to_numpy("float64"),
            "cost_to_serve": outcomes["cost_to_serve"].to_numpy("float64"),
            "planned_cost": outcomes["planned_cost"].to_numpy("float64"),
            "remedial_cost": remedial.to_numpy("float64"),
            "was_fit": outcomes["fit"].to_numpy(dtype=bool),
            "grade_once_fixed": fixed_grade,
            "revenue_after_direct_cost": brought.to_numpy("float64"),
            "expected_after_direct_cost": revenue_ahead.expected
            if revenue_ahead.beats_the_mean
            else np.full(len(told.ids), np.nan),
        },
        index=pd.Index(told.ids, name="account_id"),
    )
    return frame.sort_index()


def as_written(frame: pd.DataFrame) -> pd.DataFrame:
    """Make the list ready for a CSV file: money to the cent, the largest losses first.

    Parameters
    ----------
    frame : DataFrame
        As `predicted_and_realised`.

    Returns
    -------
    DataFrame
        ``account_id`` as its first column, good fits that lost money at the top; ties in the order
        of the ids. Text that a spreadsheet would take for a formula has an apostrophe before it.

    Examples
    --------
    >>> frame = pd.DataFrame(
    ...     {
    ...         "name": ["=2+3", "B"],
    ...         "standing": ["poor fit, loses money", "good fit, lost money"],
    ...         "margin": [-5.123, -2.0],
    ...     },
    ...     index=pd.Index(["a", "b"], name="account_id"),
    ... )
    >>> as_written(frame).values.tolist()
    [['b', 'B', 'good fit, lost money', -2.0], ['a', "'=2+3", 'poor fit, loses money', -5.12]]
    """
    ranks = {GOOD_LOST: 0, FIXED_LOST: 1, POOR_LOST: 2}
    rank = frame["standing"].map(ranks).fillna(3.0)
    order = np.lexsort([frame.index.to_numpy(), frame["margin"].to_numpy(), rank.to_numpy()])
    written = frame.iloc[order].reset_index()
    for column in ("account_id", "name"):
        written[column] = [_harmless(value) for value in written[column]]
    numbers = written.select_dtypes("number").columns.difference(["fit_if_won"])
    written[numbers] = written[numbers].round(2)
    if "fit_if_won" in written:
        written["fit_if_won"] = written["fit_if_won"].round(4)
    return written


def _harmless(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def _predictions(trial: Trial) -> _Predictions:
    trained, learned = trial.trained, trial.split.train
    objective = trial.model.objective
    seen = trained.folds >= 0
    ids = list(learned[seen])
    source = ["out-of-fold"] * len(ids)
    margin, fit = trained.oof_margin[seen], trained.oof_fit[seen]
    ranking = margin if objective == "margin" else trained.oof_fit_raw[seen]
    if trial.split.basis != "none":
        said = scores(trial.model, trial.matrix)
        ids += list(trial.judged)
        source += ["hold-out"] * len(trial.judged)
        margin = np.concatenate([margin, said.margin_if_won])
        fit = np.concatenate([fit, said.fit_if_won])
        ranking = np.concatenate([ranking, said.ranking])
    return _Predictions(pd.Index(ids), source, margin, fit, ranking)


def _grades(
    trial: Trial, told: _Predictions, once_fixed: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    """Return the grade of each account, and the one without the expected remedial cost."""
    grading = trial.model.grading
    if grading is None:
        raise ValueError("the trial's model has no grading; judge it first")
    by_margin = trial.model.objective == "margin"
    ranking = once_fixed if by_margin else told.ranking
    return (
        graded(told.ranking, told.margin, grading),
        graded(ranking, once_fixed, grading),
    )
