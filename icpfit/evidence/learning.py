"""What a challenger learns from: columns looked at first, then a model of the earlier accounts."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from icpfit.evidence.earned_line import EarnedLine, earned_line
from icpfit.evidence.leakage.inspection import check_inspection, inspection, left_out
from icpfit.evidence.signal import Signal, signal
from icpfit.fit.calibration import Calibration
from icpfit.fit.features import feature_contract, feature_matrix
from icpfit.fit.model import TrainedModel, trained_model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from icpfit.data.typical_prospects import TypicalProspects
    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.leakage.gates import Gate
    from icpfit.fit.contract import FeatureContract
    from icpfit.fit.model import Model

__all__ = [
    "Columns",
    "calibrated_model",
    "features_of",
    "inspected_columns",
    "learned_model",
    "out_of_fold_signal",
]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns that may be learned from.

    Parameters
    ----------
    facts : DataFrame
        One row per account, without the columns left out.
    asked : tuple of str or None
        The features asked for, without those left out; None: all known before the sale.
    dropped : dict of str to str
        Column to the reason why it was left out.
    gates : tuple of Gate
        What the columns looked like.
    """

    facts: pd.DataFrame
    asked: tuple[str, ...] | None
    dropped: dict[str, str]
    gates: tuple[Gate, ...]

    def contract(self, accounts: Accounts, members: pd.Index) -> FeatureContract:
        """Return how facts become features, learned on some accounts.

        Parameters
        ----------
        accounts : Accounts
            The joined accounts.
        members : Index
            Those to learn levels from.

        Returns
        -------
        FeatureContract
            Its `dropped` also names what was left out before.
        """
        made = feature_contract(
            self.facts.loc[members], accounts.dates.loc[members], accounts.attributes, self.asked
        )
        return dataclasses.replace(made, dropped={**made.dropped, **self.dropped})


def inspected_columns(
    accounts: Accounts,
    learned: pd.Index,
    *,
    features: Sequence[str] | None = None,
    prospects: TypicalProspects | None = None,
    seed: int = 0,
) -> Columns:
    """Look at each column before anything is trained.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    learned : Index
        The accounts to learn from.
    features : sequence of str, optional
        Attributes to learn from; by default all that are known before the sale.
    prospects : TypicalProspects, optional
        What is empty in such a list is left out.
    seed : int
        Of the folds.

    Returns
    -------
    Columns
        What may be learned from.

    Raises
    ------
    FeatureError
        When an attribute may not be learned from, or looks like a leak.
    """
    known = accounts.facts.loc[learned]
    excluded = left_out(known, accounts.attributes, features, prospects)
    facts = accounts.facts.drop(columns=[n for n in excluded.columns if n in accounts.facts])
    asked = None if features is None else tuple(n for n in features if n not in excluded.columns)
    # Before the gates: what is asked for wrongly has its own message.
    feature_contract(facts.loc[learned], accounts.dates, accounts.attributes, asked)
    gates = inspection(
        facts.loc[learned],
        accounts.dates.loc[learned],
        accounts.outcomes.loc[learned],
        accounts.attributes,
        asked,
        dated=accounts.dated,
        seed=seed,
    )
    check_inspection(gates)
    return Columns(facts, asked, dict(excluded.columns), (*excluded.gates, *gates))


def features_of(accounts: Accounts, members: pd.Index, contract: FeatureContract) -> Floats:
    """Return the features of some accounts.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    members : Index, n accounts
        Which of them.
    contract : FeatureContract
        How facts become features.

    Returns
    -------
    ndarray of float64, shape (n, p)
        NaN for what is missing.
    """
    facts, decided_on = accounts.facts.loc[members], accounts.dates.loc[members, "decided_on"]
    return feature_matrix(facts, decided_on, contract)


def learned_model(
    accounts: Accounts,
    members: pd.Index,
    columns: Columns,
    *,
    company: str,
    objective: Literal["margin", "fit"],
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> TrainedModel:
    """Train a model on some accounts.

    Parameters
    ----------
    accounts : Accounts
        Facts and outcomes, joined.
    members : Index
        The accounts to learn from.
    columns : Columns
        What may be learned from.
    company : str
        Whose model this is.
    objective : {"margin", "fit"}
        The number that ranks, grades and explains.
    seed : int
        Of folds and forests.
    progress : callable, optional
        Told what is being done.

    Returns
    -------
    TrainedModel
        Not judged yet.

    Raises
    ------
    EvidenceRefused
        When there are too few accounts to learn from.
    """
    contract = columns.contract(accounts, members)
    outcomes = accounts.outcomes.loc[members]
    return trained_model(
        matrix=features_of(accounts, members, contract),
        is_fit=outcomes["fit"].astype(bool).to_numpy(),
        margin=outcomes["margin"].to_numpy(dtype=np.float64),
        groups=None,
        contract=contract,
        account_ids=list(members),
        objective=objective,
        currency=accounts.currency,
        horizon=str(accounts.horizon),
        as_of=accounts.as_of.isoformat(),
        company=company,
        label_text=accounts.label_text,
        seed=seed,
        progress=lambda step: progress(step) if progress and isinstance(step, str) else None,
    )


def out_of_fold_signal(
    trained: TrainedModel, is_fit: npt.NDArray[np.bool_], *, seed: int = 0
) -> Signal:
    """Say whether the out-of-fold predictions know more than the fit rate of the other folds.

    Parameters
    ----------
    trained : TrainedModel
        With its out-of-fold predictions.
    is_fit : ndarray of bool, shape (n,)
        Outcomes, in the order of its rows.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Signal
        With its tier; over the accounts that were held out once.

    Notes
    -----
    From 200,000 accounts on one tenth is held out and the rest (fold -1) never: these count in the
    rate, which the model could learn from them, and are not judged.
    """
    held = trained.folds >= 0
    fold = trained.folds[held]
    inside = np.bincount(fold, weights=is_fit[held])
    rate: Floats = (is_fit.sum() - inside) / (len(is_fit) - np.bincount(fold))
    return signal(trained.oof_fit[held], is_fit[held], rate[fold], seed=seed)


def calibrated_model(
    trained: TrainedModel, is_fit: npt.NDArray[np.bool_], *, seed: int = 0
) -> tuple[Model, EarnedLine]:
    """Try a recalibration on the out-of-fold log-odds, and keep it where it earns its place.

    Parameters
    ----------
    trained : TrainedModel
        With its out-of-fold predictions.
    is_fit : ndarray of bool, shape (n,)
        Outcomes, in the order of its rows.
    seed : int
        Of the bootstrap.

    Returns
    -------
    tuple of Model and EarnedLine
        The model, with the line if it was adopted, and what was tried.
    """
    line = earned_line(is_fit, trained.oof_fit_raw, trained.folds, seed=seed)
    kept = Calibration(line.tried.slope, line.tried.intercept) if line.is_adopted else None
    return dataclasses.replace(trained.model, calibration=kept), line
