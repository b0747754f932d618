"""Scores of the accounts that rules are found on, by models that have seen none but these."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from icpfit.errors import EvidenceRefused
from icpfit.fit.boosting import booster_settings
from icpfit.fit.features import feature_contract, feature_matrix
from icpfit.fit.folds import account_folds
from icpfit.fit.probability import OBJECTIVE, fit_probability
from icpfit.fit.stopping import LearningRows, cross_validation

if TYPE_CHECKING:
    import pandas as pd

    from icpfit.economics.outcome import Accounts

__all__ = ["half_scored", "unseen_probability"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

SCORE_SHARE = 0.5


def unseen_probability(
    accounts: Accounts, members: pd.Index, names: tuple[str, ...], label: Bools, *, seed: int
) -> Floats | None:
    """Return each account's probability of a label by forests that have not seen it.

    Features, number of trees and forests are learned on these accounts only, out of fold.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    members : Index, length n
        The accounts that rules are found on, in account_id order.
    names : tuple of str
        The attributes that the model was allowed.
    label : ndarray of bool, shape (n,)
        What is looked for.
    seed : int
        Of folds and forest.

    Returns
    -------
    ndarray of float64, shape (n,), or None
        0 to 1; None where the accounts, or those of a class, are too few for a model.

    Notes
    -----
    One forest per fold and the first settings by size, not the model's average of five: half of a
    target needs no more.
    """
    fits = int(label.sum())
    facts, dates = accounts.facts.loc[members], accounts.dates.loc[members]
    try:
        settings = booster_settings(len(label), min(fits, len(label) - fits))[:1]
    except EvidenceRefused:
        return None
    # Before n_folds can be one of 200,000 accounts, the search has drawn 10,000 of them.
    contract = feature_contract(facts, dates, accounts.attributes, list(names))
    folds = account_folds(label, members.to_numpy(dtype=object), seed)
    matrix = feature_matrix(facts, dates["decided_on"], contract)
    rows = LearningRows(matrix, label.astype(np.float64), folds, contract)
    return fit_probability(cross_validation(rows, settings, OBJECTIVE, [1_000 * seed + 1]).raw)


def half_scored(outcome: Floats, probability: Floats | None, label: Bools) -> Floats:
    """Return the target that rules are found by: half what happened, half what was expected.

    ``.5 outcome + .5 P(label) m``, m the mean outcome of the accounts that have the label.

    Parameters
    ----------
    outcome : ndarray of float, shape (n,)
        0 to 1, 0 where the label doesn't hold: the label itself, or how much of it there is.
    probability : ndarray of float, shape (n,), or None
        From `unseen_probability`.
    label : ndarray of bool, shape (n,)
        What is looked for.

    Returns
    -------
    ndarray of float64, shape (n,)
        0 to 1; the outcome alone without a probability.

    Notes
    -----
    The score takes the luck of single accounts out of the search, the outcome keeps in what the
    model has smoothed away; measured, half of each led to the highest lifts.

    Examples
    --------
    >>> label = np.array([True, False])
    >>> half_scored(label * 1.0, np.array([0.8, 0.2]), label).tolist()
    [0.9, 0.1]
    """
    if probability is None or not label.any():
        return outcome.astype(np.float64)
    mean = float(outcome[label].mean())
    return np.asarray((1 - SCORE_SHARE) * outcome + SCORE_SHARE * probability * mean)
