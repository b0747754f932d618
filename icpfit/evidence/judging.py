"""What a challenger says of the accounts that judge it, and what its judgement rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from icpfit.evidence.judgement import Judgement, judgement
from icpfit.evidence.leakage.model_gates import drop_one_gates, margin_gates, time_gate
from icpfit.evidence.leakage.repeated_rows import repeated_rows_gate
from icpfit.evidence.learning import features_of
from icpfit.fit.calibration import calibrated
from icpfit.fit.out_of_fold import TrainingAccounts, cross_validated
from icpfit.fit.probability import fit_probability
from icpfit.fit.scores import scores
from icpfit.icp.selection import is_selected, undefined_share
from icpfit.measure.ranking import auc

if TYPE_CHECKING:
    import pandas as pd

    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.leakage.gates import Gate
    from icpfit.fit.calibration import Calibration
    from icpfit.fit.model import Model, TrainedModel
    from icpfit.fit.split import Split
    from icpfit.icp.profile import Profile

__all__ = ["Said", "judged", "model_gates", "said_by_model", "said_out_of_fold"]

Floats = npt.NDArray[np.float64]

_REPEATS = 5


@dataclass(frozen=True, eq=False)
class Said:
    """What is predicted of each account.

    Parameters
    ----------
    fit_if_won : ndarray of float, shape (n,)
        Probability of a profitable fit, 0 to 1.
    margin_if_won : ndarray of float, shape (n,)
        Expected margin, in currency units.
    ranking : ndarray of float, shape (n,)
        The number that ranks.
    """

    fit_if_won: Floats
    margin_if_won: Floats
    ranking: Floats


def said_by_model(model: Model, accounts: Accounts, members: pd.Index) -> Said:
    """Return what a model says of accounts.

    Parameters
    ----------
    model : Model
        A trained model.
    accounts : Accounts
        The joined accounts.
    members : Index, n accounts
        Which of them; none that it learned from.

    Returns
    -------
    Said
        In the order of `members`.
    """
    said = scores(model, features_of(accounts, members, model.contract))
    return Said(said.fit_if_won, said.margin_if_won, said.ranking)


def said_out_of_fold(
    trained: TrainedModel,
    accounts: Accounts,
    members: pd.Index,
    *,
    calibration: Calibration | None = None,
    seed: int,
) -> Said:
    """Return out-of-fold predictions, averaged over five ways to draw the folds.

    Parameters
    ----------
    trained : TrainedModel
        With its own out-of-fold predictions, which are the first of the five.
    accounts : Accounts
        The joined accounts.
    members : Index, n accounts
        Those that it was trained on.
    calibration : Calibration or None
        Laid over the log-odds, where it was adopted.
    seed : int
        That of the training.

    Returns
    -------
    Said
        In the order of `members`.
    """
    outcomes, contract = accounts.outcomes.loc[members], trained.model.contract
    rows = TrainingAccounts(
        features_of(accounts, members, contract),
        outcomes["fit"].to_numpy(dtype=bool),
        outcomes["margin"].to_numpy(dtype=np.float64),
        None,
        contract,
        list(members),
    )
    drawn = [(trained.oof_fit_raw, trained.oof_margin)]
    for repeat in range(1, _REPEATS):
        again = cross_validated(rows, seed=seed + 1000 * repeat)
        drawn.append((again.oof_fit_raw, again.oof_margin))
    raw, money = np.mean(drawn, axis=0)
    raw = calibrated(raw, calibration)
    return Said(fit_probability(raw), money, money if trained.model.objective == "margin" else raw)


def judged(
    said: Said,
    accounts: Accounts,
    members: pd.Index,
    *,
    basis: str,
    holdout: bool,
    train_prevalence: float,
    profile: Profile | None = None,
    seed: int = 0,
) -> Judgement:
    """Judge what is said of accounts by what became of them.

    Parameters
    ----------
    said : Said
        Of the accounts, in their order.
    accounts : Accounts
        The joined accounts.
    members : Index, n accounts
        Those judged on.
    basis : str
        Which accounts these are, in words.
    holdout : bool
        Whether they are a hold-out.
    train_prevalence : float
        Fit rate of the accounts learned from, 0 to 1.
    profile : Profile or None
        The current ICP, held against the ranking at its own volume.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Judgement
        See `icpfit.evidence.judgement.judgement`.
    """
    outcomes = accounts.outcomes.loc[members]
    return judgement(
        ranking=said.ranking,
        fit_probability=said.fit_if_won,
        is_fit=outcomes["fit"].to_numpy(dtype=bool),
        margin=outcomes["margin"].to_numpy(dtype=np.float64),
        basis=basis,
        holdout=holdout,
        train_prevalence=train_prevalence,
        currency=accounts.currency,
        seed=seed,
        **_rule(profile, accounts.facts.loc[members]),
    )


def model_gates(
    accounts: Accounts,
    trained: TrainedModel,
    split: Split,
    found: Judgement,
    *,
    evidence: Literal["quick", "full"],
    seed: int = 0,
) -> list[Gate]:
    """Return what the trained model itself gives away.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    trained : TrainedModel
        With its out-of-fold predictions.
    split : Split
        Which accounts trained and which judged.
    found : Judgement
        Of the model.
    evidence : {"quick", "full"}
        Full also leaves each of the strongest columns out.
    seed : int
        Of the bootstrap.

    Returns
    -------
    list of Gate
        The margin model's own (where money ranks), repeated rows, time, and drop-one.
    """
    learned, contract = split.train, trained.model.contract
    facts = accounts.facts.loc[learned, list(contract.names)]
    outcomes = accounts.outcomes.loc[learned]
    is_fit, margin = outcomes["fit"].to_numpy(dtype=bool), outcomes["margin"].astype(float)
    gates: list[Gate] = []
    if trained.model.objective == "margin":
        gates += margin_gates(
            trained.oof_margin_raw,
            margin,
            trained.folds,
            found,
            unit=trained.growth.money.teacher.unit,
            seed=seed,
        )
    gates.append(repeated_rows_gate(facts, accounts.dates.loc[learned, "name"], trained.folds))
    if split.basis == "later":
        seen = trained.folds >= 0
        gates.append(time_gate(auc(is_fit[seen], trained.oof_fit[seen]), found.auc.value))
    if evidence == "full":
        gates += drop_one_gates(
            features_of(accounts, learned, contract),
            is_fit,
            trained.folds,
            contract,
            attributes=accounts.attributes,
            shares=trained.model.driver_shares,
        )
    return gates


def _rule(profile: Profile | None, facts: pd.DataFrame) -> dict[str, Any]:
    if profile is None:
        return {}
    return {
        "icp_selected": is_selected(profile, facts).to_numpy(),
        "profile_name": profile.name,
        "undefined_share": undefined_share(profile, facts),
    }
