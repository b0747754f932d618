"""The trial of a challenger: what it learned from, whether it knows anything, what it was worth."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from icpfit.economics.label import check_label
from icpfit.evidence.gates import Gate, column_gates
from icpfit.evidence.judgement import Judgement, judgement
from icpfit.evidence.signal import Signal, signal
from icpfit.fit.features import feature_contract, feature_matrix
from icpfit.fit.grades import grading
from icpfit.fit.model import Model, TrainedModel, trained_model
from icpfit.fit.scores import scores
from icpfit.fit.split import Split, holdout_split
from icpfit.icp.selection import is_selected, undefined_share

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from icpfit.economics.outcome import Accounts
    from icpfit.fit.contract import FeatureContract
    from icpfit.icp.profile import Profile

__all__ = ["Trial", "trial"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trial:
    """A challenger with all that its judgement rests on.

    Parameters
    ----------
    model : Model
        Trained before the hold-out, with the grades that the judged accounts give it; it is the
        one that is registered.
    trained : TrainedModel
        With its out-of-fold predictions and settings.
    split : Split
        Which accounts trained and which judged.
    signal : Signal
        Whether the out-of-fold predictions know more than the fit rate.
    judgement : Judgement
        What the scores were worth on the accounts judged.
    judged : pandas.Index
        Those accounts: the hold-out, or the training accounts where there is none.
    matrix : numpy.ndarray of float64, shape (n judged, p)
        Their features.
    """

    model: Model
    trained: TrainedModel
    split: Split
    signal: Signal
    judgement: Judgement
    judged: pd.Index
    matrix: Floats


def trial(
    accounts: Accounts,
    profile: Profile | None,
    *,
    company: str,
    objective: Literal["margin", "fit"] = "margin",
    features: Sequence[str] | None = None,
    seed: int = 0,
    threads: int = 1,
    progress: Callable[[str], None] | None = None,
) -> Trial:
    """Train a challenger on the earlier accounts and judge it on the later ones.

    Parameters
    ----------
    accounts : Accounts
        Facts and outcomes, joined.
    profile : Profile or None
        The current ICP, to be held against the model at its own volume.
    company : str
        Whose model this is.
    objective : {"margin", "fit"}
        The number that ranks, grades and explains.
    features : sequence of str, optional
        Attributes to learn from; by default all that are known before the sale.
    seed : int
        Of folds, forests and bootstrap.
    threads : int
        Threads of LightGBM when the model scores, at least 1.
    progress : callable, optional
        Told what is being done.

    Returns
    -------
    Trial
        The model and its judgement; the model's ``kind`` says whether it may be used.

    Raises
    ------
    OutcomeError
        When no account is mature, or all have the same outcome.
    EvidenceRefused
        When the outcome is too one-sided, or there are too few accounts to learn from.
    FeatureError
        When an attribute may not be learned from.

    Notes
    -----
    Where the latest quarter is too small for a hold-out, the figures are those of out-of-fold
    predictions over all accounts, and say so.
    """
    told = progress or (lambda _text: None)
    used = accounts.used
    outcomes = accounts.outcomes.loc[used]
    check_label(outcomes["fit"])
    is_fit, margin = outcomes["fit"].astype(bool), outcomes["margin"].astype(float)
    split = holdout_split(accounts.dates, is_fit)
    learned = split.train
    contract = feature_contract(
        accounts.facts.loc[learned], accounts.dates.loc[learned], accounts.attributes, features
    )
    matrix = feature_matrix(
        accounts.facts.loc[learned], accounts.dates.loc[learned, "decided_on"], contract
    )
    trained = trained_model(
        matrix,
        is_fit.loc[learned].to_numpy(),
        np.asarray(margin.loc[learned], dtype=np.float64),
        None,
        contract,
        account_ids=list(learned),
        objective=objective,
        currency=accounts.currency,
        horizon=str(accounts.horizon),
        as_of=accounts.as_of.isoformat(),
        company=company,
        label_text=accounts.label_text,
        seed=seed,
        progress=lambda step: told(step) if isinstance(step, str) else None,
    )
    told("is there a signal?")
    found = signal(
        trained.oof_fit,
        is_fit.loc[learned].to_numpy(),
        _out_of_fold_rate(is_fit.loc[learned].to_numpy(), trained.folds),
        seed=seed,
    )
    model = dataclasses.replace(trained.model, threads=threads, kind=found.tier)
    told("judging it on accounts that it did not see")
    later = split.basis == "later"
    judged = split.holdout if later else learned
    if later:
        matrix = feature_matrix(
            accounts.facts.loc[judged], accounts.dates.loc[judged, "decided_on"], contract
        )
        said = scores(model, matrix)
        probability, money, ranking = said.fit_if_won, said.margin_if_won, said.ranking
    else:
        probability, money = trained.oof_fit, trained.oof_margin
        ranking = money if objective == "margin" else trained.oof_fit_raw
    outcome, earned = is_fit.loc[judged].to_numpy(), margin.loc[judged].to_numpy()
    judged_so = judgement(
        ranking=ranking,
        fit_probability=probability,
        is_fit=outcome,
        margin=earned,
        basis=split.reason if later else f"cross-validation over {len(judged):,} accounts",
        holdout=later,
        train_prevalence=float(is_fit.loc[learned].mean()),
        currency=accounts.currency,
        gates=_column_gates(accounts, learned, contract, seed),
        seed=seed,
        **_rule(profile, accounts.facts.loc[judged]),
    )
    grades = grading(
        ranking,
        outcome,
        earned,
        "hold-out (later)" if later else "cross-validated",
        margin_if_won=money,
        ranks=objective,
        seed=seed,
    )
    model = dataclasses.replace(model, grading=grades)
    return Trial(model, trained, split, found, judged_so, judged, matrix)


def _out_of_fold_rate(is_fit: npt.NDArray[np.bool_], folds: npt.NDArray[np.int64]) -> Floats:
    """Return for each account the fit rate of the accounts outside its fold."""
    inside = np.bincount(folds, weights=is_fit)
    size = np.bincount(folds)
    rate: Floats = (inside.sum() - inside) / (size.sum() - size)
    return rate[folds]


def _column_gates(
    accounts: Accounts, learned: pd.Index, contract: FeatureContract, seed: int
) -> tuple[Gate, ...]:
    """Look at each feature alone, against the label and against what the label is made of."""
    outcomes = accounts.outcomes.loc[learned]
    told = {
        "is a fit": outcomes["fit"].astype(bool),
        "margin above zero": outcomes["margin"] > 0,
        "retained": outcomes["retained"].astype(bool),
    }
    names = list(contract.names)
    return column_gates(
        accounts.facts.loc[learned, names],
        {name: values for name, values in told.items() if values.nunique() == 2},
        reasons={name: accounts.attributes[name].reason for name in names},
        seed=seed,
    )


def _rule(profile: Profile | None, facts: pd.DataFrame) -> dict[str, Any]:
    if profile is None:
        return {}
    return {
        "icp_selected": is_selected(profile, facts).to_numpy(),
        "profile_name": profile.name,
        "undefined_share": undefined_share(profile, facts),
    }
