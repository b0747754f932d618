"""Small models of the outcome under other assumptions, trained like the model itself.

Same accounts, features, folds and number of trees; one forest instead of an average, so that two
dozen variants cost less than the model did. They are compared with each other, never registered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from icpfit.fit.boosting import booster_settings, parameters
from icpfit.fit.features import feature_matrix
from icpfit.fit.forests import forest, raw_scores
from icpfit.fit.money import margin_target
from icpfit.fit.probability import OBJECTIVE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.trial import Trial
    from icpfit.fit.boosting import BoosterSettings
    from icpfit.fit.contract import FeatureContract

__all__ = ["VariantRows", "fit_scores", "margin_scores", "variant_rows"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

MOST_TREES = 400


@dataclass(frozen=True, eq=False)
class VariantRows:
    """What every variant is learned from: the training accounts, never the hold-out.

    Parameters
    ----------
    account_ids : pandas.Index
        The training accounts.
    matrix : numpy.ndarray of float64, shape (n, p)
        Their features.
    folds : numpy.ndarray of int64, shape (n,)
        Fold of each, -1 for one that is never held out.
    contract : FeatureContract
        Of the features.
    settings : BoosterSettings
        Of the forests.
    iterations : Mapping of str to int
        Trees by number, as the model's cross-validation chose them.
    """

    account_ids: pd.Index
    matrix: Floats
    folds: npt.NDArray[np.int64]
    contract: FeatureContract
    settings: BoosterSettings
    iterations: Mapping[str, int]

    def trees(self, number: str) -> int:
        """Return how many trees a small model of one of the two numbers has."""
        return min(self.iterations.get(number, MOST_TREES), MOST_TREES)


def variant_rows(accounts: Accounts, trial: Trial) -> VariantRows:
    """Gather what the variants are learned from.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    trial : Trial
        The model's trial.

    Returns
    -------
    VariantRows
        In the order of the trial's training accounts.
    """
    learned, contract = trial.split.train, trial.model.contract
    facts, decided = accounts.facts.loc[learned], accounts.dates.loc[learned, "decided_on"]
    is_fit = accounts.outcomes.loc[learned, "fit"].astype(bool)
    smaller = int(min(is_fit.sum(), (~is_fit).sum()))
    return VariantRows(
        learned,
        feature_matrix(facts, decided, contract),
        trial.trained.folds,
        contract,
        booster_settings(len(learned), smaller)[0],
        trial.trained.iterations,
    )


def fit_scores(rows: VariantRows, is_fit: Bools, known: Bools, seed: int) -> Floats:
    """Log-odds of a profitable fit by forests that have not seen the account.

    Parameters
    ----------
    rows : VariantRows
        The training accounts.
    is_fit : numpy.ndarray of bool, shape (n,)
        The variant's label.
    known : numpy.ndarray of bool, shape (n,)
        Which accounts have one.
    seed : int
        Of the forests.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        NaN for accounts without a label, or never held out.
    """
    told = parameters(rows.settings, rows.contract, seed, OBJECTIVE)
    return _unseen(rows, is_fit.astype(np.float64), known, told, rows.trees("fit_if_won"))


def margin_scores(rows: VariantRows, margin: Floats, seed: int) -> Floats:
    """Tamed margin by forests that have not seen the account; only its order means something.

    Parameters
    ----------
    rows : VariantRows
        The training accounts.
    margin : numpy.ndarray of float64, shape (n,)
        The variant's margin, currency units; NaN where it isn't known.
    seed : int
        Of the forests.

    Returns
    -------
    numpy.ndarray of float64, shape (n,)
        NaN for accounts without a margin, or never held out.
    """
    known = np.isfinite(margin)
    target = margin_target(margin[known])
    learned = np.zeros(len(margin))
    np.place(learned, known, target.values)
    told = parameters(rows.settings, rows.contract, seed, target.objective)
    return _unseen(rows, learned, known, told, rows.trees("margin_if_won"))


def _unseen(
    rows: VariantRows, target: Floats, known: Bools, told: Mapping[str, Any], trees: int
) -> Floats:
    scores = np.full(len(target), np.nan)
    for fold in range(int(rows.folds.max()) + 1):
        held = rows.folds == fold
        learned = ~held & known
        grown = forest(rows.matrix[learned], target[learned], rows.contract, told, trees)
        scores[held & known] = raw_scores(grown, rows.matrix[held & known])
    return scores
