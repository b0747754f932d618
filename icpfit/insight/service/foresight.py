"""What can be foreseen of a service quantity from what was known before the sale, out of fold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from icpfit.fit.features import feature_matrix
from icpfit.fit.folds import account_folds
from icpfit.fit.forests import forest, raw_scores
from icpfit.measure.estimate import Estimate
from icpfit.measure.intervals import bootstrap

if TYPE_CHECKING:
    import pandas as pd

    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.trial import Trial
    from icpfit.fit.contract import FeatureContract

__all__ = ["Foresight", "foreseen", "foresight", "tweedie_deviance"]

Floats = npt.NDArray[np.float64]

POWER = 1.5
"""Between Poisson (1) and gamma (2): many zeros, and a long tail of large amounts."""
FEWEST_TO_LEARN = 200
FEWEST_WITH_ANY = 60
ROUNDS = 150


@dataclass(frozen=True, eq=False)
class Foresight:
    """Expected quantities of accounts, by models that had not seen them.

    Parameters
    ----------
    expected : ndarray of float64, shape (n,)
        Expected quantity of each account; the mean of the other folds where no model was trained.
    skill : Estimate
        Share of the deviance around the mean that the predictions take away; at most 1, below 0
        where they do worse than the mean. NaN where no model was trained.
    beats_the_mean : bool
        Whether the lower end of the skill's interval lies above 0.
    """

    expected: Floats
    skill: Estimate
    beats_the_mean: bool


def tweedie_deviance(quantity: npt.ArrayLike, expected: npt.ArrayLike) -> Floats:
    """Tweedie deviance of power 1.5 of each account.

    ``2 (y^(2-p) / ((1-p)(2-p)) - y mu^(1-p) / (1-p) + mu^(2-p) / (2-p))`` with p = 1.5

    Parameters
    ----------
    quantity : array_like of float, shape (n,)
        What was needed; at least 0.
    expected : array_like of float, shape (n,)
        What was expected; above 0.

    Returns
    -------
    ndarray of float64, shape (n,)
        0 where both are equal, more the further they lie apart.

    References
    ----------
    Jorgensen (1987), Journal of the Royal Statistical Society B 49.

    Examples
    --------
    >>> tweedie_deviance([4.0, 0.0, 9.0], [4.0, 1.0, 4.0]).tolist()
    [0.0, 4.0, 2.0]
    """
    y, mu = np.asarray(quantity, dtype=np.float64), np.asarray(expected, dtype=np.float64)
    one, two = 1.0 - POWER, 2.0 - POWER
    return np.asarray(2.0 * (y**two / (one * two) - y * mu**one / one + mu**two / two))


def foresight(
    matrix: Floats,
    quantity: npt.ArrayLike,
    contract: FeatureContract,
    account_ids: npt.ArrayLike,
    *,
    seed: int = 0,
) -> Foresight:
    """Predict a quantity of each account by a small additive model that had not seen it.

    Five folds; in each, boosted trees of depth two with a log link and Tweedie's deviance, each
    tree a small step, so that the model is close to a sum of effects of single facts.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n, p)
        Features as `contract` reads them.
    quantity : array_like of float, shape (n,)
        What was needed over the horizon, at least 0, none missing.
    contract : FeatureContract
        Of the features.
    account_ids : array_like of str, shape (n,)
        Each once; the folds follow their order, not that of the rows.
    seed : int
        Of folds and forests.

    Returns
    -------
    Foresight
        In the order of the rows. Below 200 accounts, or with fewer than 60 that needed any, no
        model is trained.

    References
    ----------
    Jorgensen (1987), Journal of the Royal Statistical Society B 49.
    """
    ids = np.asarray(account_ids)
    order = np.argsort(ids, kind="stable")
    y = np.maximum(np.asarray(quantity, dtype=np.float64)[order], 0.0)
    n, needed = len(y), int((y > 0).sum())
    if n < FEWEST_TO_LEARN or needed < FEWEST_WITH_ANY:
        mean = float(y.mean()) if n else 0.0
        note = f"insufficient: {needed} of {n} accounts needed any"
        return Foresight(np.full(n, mean), Estimate(float("nan"), n=n, note=note), False)
    rows = np.ascontiguousarray(matrix[order], dtype=np.float64)
    folds = account_folds(y > np.median(y), ids[order], seed)
    told = _settings(n, seed)
    expected, mean_of_others = np.empty(n), np.empty(n)
    for fold in range(int(folds.max()) + 1):
        held = folds == fold
        usual = float(y[~held].mean())
        # In units of the mean, so that the settings fit minutes as well as money.
        grown = forest(rows[~held], y[~held] / usual, contract, told, ROUNDS)
        learned = np.exp(raw_scores(grown, rows[~held]))
        scale = float(y[~held].mean() / learned.mean())
        expected[held] = scale * np.exp(raw_scores(grown, rows[held]))
        mean_of_others[held] = usual
    told_apart = tweedie_deviance(y, expected)
    around_mean = tweedie_deviance(y, mean_of_others)

    def skill_of(weights: Floats) -> Floats:
        left = np.einsum("bi,i->b", weights, told_apart)
        return np.asarray(1.0 - left / np.einsum("bi,i->b", weights, around_mean))

    skill = bootstrap(skill_of, ids[order], n_boot=500, seed=seed)
    values = np.empty(n)
    values[order] = expected
    return Foresight(values, skill, skill.low is not None and skill.low > 0.0)


def foreseen(accounts: Accounts, trial: Trial, quantity: pd.Series, *, seed: int = 0) -> Foresight:
    """Predict a quantity from the facts that the trial's model learned from.

    Parameters
    ----------
    accounts : Accounts
        Facts and dates.
    trial : Trial
        Its feature contract says what was known before the sale, and how it is read.
    quantity : Series of float, shape (n,)
        What was needed over the horizon, indexed by account_id.
    seed : int
        Of folds and forests.

    Returns
    -------
    Foresight
        In the order of `quantity`.
    """
    contract, ids = trial.model.contract, quantity.index
    matrix = feature_matrix(
        accounts.facts.loc[ids], accounts.dates.loc[ids, "decided_on"], contract
    )
    return foresight(matrix, quantity.to_numpy("float64"), contract, ids.to_numpy(), seed=seed)


def _settings(n: int, seed: int) -> dict[str, object]:
    return {
        "objective": "tweedie",
        "tweedie_variance_power": POWER,
        "learning_rate": 0.05,
        "max_depth": 2,
        "num_leaves": 4,
        "min_data_in_leaf": max(10, n // 60),
        "min_data_per_group": 20,
        "cat_smooth": 20.0,
        "cat_l2": 20.0,
        "lambda_l2": 5.0,
        "feature_fraction": 0.7,
        "seed": seed,
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "verbosity": -1,
    }
