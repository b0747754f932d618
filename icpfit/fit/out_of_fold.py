"""Cross-validation of both numbers: what is chosen, and what is said of accounts not seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from icpfit.fit.blend import Blend, blend
from icpfit.fit.boosting import booster_settings
from icpfit.fit.fit_line import folded_fit
from icpfit.fit.folds import account_folds
from icpfit.fit.money import MarginChoice, margin_anchor, margin_choice
from icpfit.fit.nested import nested_log_odds
from icpfit.fit.probability import OBJECTIVE, fit_choice, fit_probability, fit_seeds
from icpfit.fit.stopping import CrossValidation, LearningRows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from icpfit.fit.contract import FeatureContract

__all__ = [
    "OutOfFold",
    "TrainingAccounts",
    "TrainingChoice",
    "cross_validated",
    "out_of_fold",
    "training_choice",
]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class TrainingAccounts:
    """The accounts to learn from, in any order.

    Parameters
    ----------
    matrix : numpy.ndarray of float64, shape (n, p)
        Features as `contract` reads them.
    is_fit : numpy.ndarray of bool, shape (n,)
        Whether the account was a profitable fit.
    margin : numpy.ndarray of float64, shape (n,)
        Its contribution margin over the horizon, in currency units.
    groups : sequence of str or None
        Ultimate parent of each account; None: each stands alone.
    contract : FeatureContract
        Learned on these accounts.
    account_ids : sequence of str
        Each once.
    """

    matrix: Floats
    is_fit: Bools
    margin: Floats
    groups: Sequence[str] | None
    contract: FeatureContract
    account_ids: Sequence[str]


@dataclass(frozen=True, eq=False)
class TrainingChoice:
    """What cross-validation chose, on rows in account_id order.

    Parameters
    ----------
    order : numpy.ndarray of int, shape (n,)
        Position of each row among the caller's.
    fit_rows, margin_rows : LearningRows
        What either number is learned from.
    fit : CrossValidation
        The choice for the forests of the probability.
    fit_blend : Blend
        Whether curves join the forests of the probability.
    fit_raw : numpy.ndarray of float64, shape (n,)
        Log-odds of each row, where it had no say in any choice either; NaN in no fold.
    money : MarginChoice
        The choice for the margin.
    scale, shift : float
        The margin's anchor, in currency units.
    """

    order: npt.NDArray[np.intp]
    fit_rows: LearningRows
    margin_rows: LearningRows
    fit: CrossValidation
    fit_blend: Blend
    fit_raw: Floats
    money: MarginChoice
    scale: float
    shift: float


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """What models say of accounts that they have not seen, in the order of the caller's rows.

    Parameters
    ----------
    oof_fit_raw, oof_fit : numpy.ndarray of float64, shape (n,)
        Log-odds and probability of a profitable fit by models whose every choice (trees, penalty,
        whether the curves join) was made without the account; NaN in no fold.
    oof_margin_raw, oof_margin : numpy.ndarray of float64, shape (n,)
        The student's score before it is anchored, in the teacher's unit, and the expected margin,
        in currency units; NaN in no fold.
    folds : numpy.ndarray of int64, shape (n,)
        Fold of each account; -1 for one that is never held out (only from 200,000 accounts on).
    """

    oof_fit_raw: Floats
    oof_fit: Floats
    oof_margin_raw: Floats
    oof_margin: Floats
    folds: npt.NDArray[np.int64]


def cross_validated(
    accounts: TrainingAccounts,
    *,
    seed: int = 0,
    progress: Callable[[str | float], None] | None = None,
) -> OutOfFold:
    """Return out-of-fold predictions without growing a model; another seed draws other folds.

    Parameters
    ----------
    accounts : TrainingAccounts
        The accounts to learn from.
    seed : int
        Of folds and forests.
    progress : callable, optional
        Gets a text at each step, and the share done from 0 to 1.

    Returns
    -------
    OutOfFold
        Probability and margin of each account by models that have not seen it.

    Raises
    ------
    EvidenceRefused
        Below 200 accounts, or 50 of the smaller class.
    """
    return out_of_fold(training_choice(accounts, seed, progress))


def training_choice(
    accounts: TrainingAccounts,
    seed: int = 0,
    progress: Callable[[str | float], None] | None = None,
) -> TrainingChoice:
    """Return settings, iterations and out-of-fold scores of both numbers.

    Parameters
    ----------
    accounts : TrainingAccounts
        The accounts to learn from.
    seed : int
        Of folds and forests.
    progress : callable, optional
        Gets a text at each step, and the share done.

    Returns
    -------
    TrainingChoice
        Depends on the set of the accounts, not on their order.

    Raises
    ------
    EvidenceRefused
        Below 200 accounts, or 50 of the smaller class.
    ValueError
        When the shapes differ, an id repeats, or a margin isn't finite.
    """
    ids = [str(account) for account in accounts.account_ids]
    groups = ids if accounts.groups is None else [str(group) for group in accounts.groups]
    matrix, contract = np.asarray(accounts.matrix), accounts.contract
    lengths = {len(matrix), len(accounts.is_fit), len(accounts.margin), len(ids), len(groups)}
    if len(lengths) > 1 or matrix.shape[1:] != (len(contract.features),):
        raise ValueError("matrix, outcome, margin, groups, ids and contract differ in shape")
    if len(set(ids)) < len(ids):
        raise ValueError("an account id stands twice")
    order = np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.intp)
    ordered = np.ascontiguousarray(matrix[order], dtype=np.float64)
    is_fit = np.asarray(accounts.is_fit)[order].astype(np.bool_)
    margin = np.asarray(accounts.margin, dtype=np.float64)[order]
    n_minority = min(int(is_fit.sum()), int((~is_fit).sum()))
    # Refuses too few accounts before folds are drawn.
    candidates = booster_settings(len(is_fit), n_minority)
    parents = np.array(groups, dtype=object)[order]
    folds = account_folds(is_fit, parents, seed)
    fit_rows = LearningRows(ordered, is_fit.astype(np.float64), folds, contract)
    margin_rows = LearningRows(ordered, margin, folds, contract)
    told(progress, "fit_if_won: cross-validation", 0.0)
    fit = fit_choice(fit_rows, seed, progress)
    fit_blend = blend(fit_rows, fit.raw, parents, "log-loss")
    seeds = fit_seeds(seed, len(ids))
    fit_raw = nested_log_odds(
        fit_rows,
        fit_blend,
        parents,
        candidates,
        objective=OBJECTIVE,
        seeds=seeds,
        progress=progress,
    )
    told(progress, "margin_if_won: cross-validation", 0.4)
    told_fit = folded_fit(fit, fit_blend, fit_raw)
    money = margin_choice(margin_rows, n_minority, seeds[0], told_fit, progress)
    scale, shift = margin_anchor(margin, money.raw, money.teacher.unit)
    return TrainingChoice(
        order, fit_rows, margin_rows, fit, fit_blend, fit_raw, money, scale, shift
    )


def out_of_fold(choice: TrainingChoice) -> OutOfFold:
    """Return the out-of-fold predictions in the order of the caller's rows.

    Parameters
    ----------
    choice : TrainingChoice
        What `training_choice` returned.

    Returns
    -------
    OutOfFold
        Both numbers and the folds.
    """
    back = np.argsort(choice.order, kind="stable")
    raw = choice.fit_raw[back]
    margin_raw = choice.money.raw[back]
    margin = choice.scale * margin_raw + choice.shift
    folds = choice.fit_rows.folds[back]
    return OutOfFold(raw, fit_probability(raw), margin_raw, margin, folds)


def told(progress: Callable[[str | float], None] | None, text: str, share: float) -> None:
    """Tell the caller what is done now, and how much is done.

    Parameters
    ----------
    progress : callable or None
        Gets the text, then the share.
    text : str
        The step that begins.
    share : float
        Share done so far, 0 to 1.
    """
    if progress is not None:
        progress(text)
        progress(share)
