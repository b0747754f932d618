"""The trial of a challenger: what it learned from, whether it knows anything, what it was worth."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from icpfit.economics.label import check_label
from icpfit.evidence.judgement import Judgement, judgement
from icpfit.evidence.leakage.inspection import check_inspection, inspection, left_out
from icpfit.evidence.leakage.model_gates import (
    drop_one_gates,
    margin_gates,
    purged_gate,
    time_gate,
)
from icpfit.evidence.leakage.repeated_rows import repeated_rows_gate
from icpfit.evidence.signal import Signal, signal
from icpfit.fit.features import feature_contract, feature_matrix
from icpfit.fit.grades import grading
from icpfit.fit.model import Model, TrainedModel, trained_model
from icpfit.fit.out_of_fold import TrainingAccounts, cross_validated
from icpfit.fit.probability import fit_probability
from icpfit.fit.scores import scores
from icpfit.fit.split import Split, holdout_split, purged_training
from icpfit.icp.selection import is_selected, undefined_share
from icpfit.measure.ranking import auc

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from icpfit.data.typical_prospects import TypicalProspects
    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.leakage.gates import Gate
    from icpfit.fit.contract import FeatureContract
    from icpfit.fit.grades import Basis
    from icpfit.icp.profile import Profile

__all__ = ["Trial", "trial"]

Floats = npt.NDArray[np.float64]

_GRADED_ON: dict[str, Basis] = {
    "later": "hold-out (later)",
    "random": "hold-out (random, not later)",
    "none": "cross-validated",
}


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
    purged : Judgement or None
        Of a model that knew only the accounts mature when the hold-out began; None under quick
        evidence, or where they are too few.
    """

    model: Model
    trained: TrainedModel
    split: Split
    signal: Signal
    judgement: Judgement
    judged: pd.Index
    matrix: Floats
    purged: Judgement | None = None


def trial(  # noqa: PLR0915 - the steps of a trial, one after the other
    accounts: Accounts,
    profile: Profile | None,
    *,
    company: str,
    objective: Literal["margin", "fit"] = "margin",
    features: Sequence[str] | None = None,
    seed: int = 0,
    threads: int = 1,
    prospects: TypicalProspects | None = None,
    evidence: Literal["quick", "full"] = "quick",
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
    prospects : TypicalProspects, optional
        A list that looks like those to be scored; what is empty in it is not learned from.
    evidence : {"quick", "full"}
        Full also leaves each of the strongest columns out, and trains the purged model.
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
        When an attribute may not be learned from, or a check of the columns stops the training.

    Notes
    -----
    Where the latest quarter is too small for a hold-out, the figures are those of out-of-fold
    predictions over all accounts, and say so; where the starts don't spread over time the hold-out
    is drawn by lot, and its basis says "random, not later".
    """
    told = progress or (lambda _text: None)
    used = accounts.used
    outcomes = accounts.outcomes.loc[used]
    check_label(outcomes["fit"])
    is_fit, margin = outcomes["fit"].astype(bool), outcomes["margin"].astype(float)
    split = holdout_split(accounts.dates, is_fit)
    learned = split.train
    told("looking at each column")
    facts, asked, dropped, gates = _inspected(accounts, learned, features, prospects, seed)

    def contract_of(members: pd.Index) -> FeatureContract:
        made = feature_contract(
            facts.loc[members], accounts.dates.loc[members], accounts.attributes, asked
        )
        return dataclasses.replace(made, dropped={**made.dropped, **dropped})

    train = partial(
        trained_model,
        groups=None,
        objective=objective,
        currency=accounts.currency,
        horizon=str(accounts.horizon),
        as_of=accounts.as_of.isoformat(),
        company=company,
        label_text=accounts.label_text,
        seed=seed,
        progress=lambda step: told(step) if isinstance(step, str) else None,
    )

    def trained_on(members: pd.Index, contract: FeatureContract) -> TrainedModel:
        return train(
            matrix=_matrix(accounts, members, contract),
            is_fit=is_fit.loc[members].to_numpy(),
            margin=np.asarray(margin.loc[members], dtype=np.float64),
            contract=contract,
            account_ids=list(members),
        )

    contract = contract_of(learned)
    trained = trained_on(learned, contract)
    told("is there a signal?")
    outcome = is_fit.loc[learned].to_numpy()
    rate = _out_of_fold_rate(outcome, trained.folds)
    found = signal(trained.oof_fit, outcome, rate, seed=seed)
    model = dataclasses.replace(trained.model, threads=threads, kind=found.tier)
    told("judging it on accounts that it did not see")
    held = split.basis != "none"
    judged = split.holdout if held else learned
    matrix = _matrix(accounts, judged, contract)
    if held:
        said = scores(model, matrix)
        probability, money, ranking = said.fit_if_won, said.margin_if_won, said.ranking
    else:
        told("repeating the cross-validation")
        raw, money = _repeated(trained, matrix, is_fit.loc[learned], margin.loc[learned], seed=seed)
        probability = fit_probability(raw)
        ranking = money if objective == "margin" else raw
    earned = margin.loc[judged].to_numpy()
    judge = partial(
        judgement,
        is_fit=is_fit.loc[judged].to_numpy(),
        margin=earned,
        holdout=held,
        currency=accounts.currency,
        seed=seed,
        **_rule(profile, accounts.facts.loc[judged]),
    )
    judged_so = judge(
        ranking=ranking,
        fit_probability=probability,
        basis=split.reason if held else f"5 x 5 cross-validation over {len(judged):,} accounts",
        train_prevalence=float(is_fit.loc[learned].mean()),
    )
    if objective == "margin":
        gates += margin_gates(
            trained.oof_margin, margin.loc[learned], trained.folds, judged_so, seed=seed
        )
    gates += _later_gates(accounts, trained, split, judged_so, full=evidence == "full")
    purged = purged_training(split, accounts.dates, is_fit, accounts.horizon, accounts.lag)
    text, alone = purged.text, None
    if evidence == "full" and len(purged.train):
        told("training on what was known when the hold-out began")
        short = contract_of(purged.train)
        early = scores(trained_on(purged.train, short).model, _matrix(accounts, judged, short))
        alone = judge(
            ranking=early.ranking,
            fit_probability=early.fit_if_won,
            basis=f"{split.reason}, purged",
            train_prevalence=float(is_fit.loc[purged.train].mean()),
        )
    elif len(purged.train):
        text = f"cohort split, not purged under evidence=quick: {text}"
    gates.append(purged_gate(alone, text, judged_so))
    judged_so = dataclasses.replace(judged_so, gates=(*gates, *judged_so.gates))
    grades = grading(
        ranking,
        is_fit.loc[judged].to_numpy(),
        earned,
        _GRADED_ON[split.basis],
        margin_if_won=money,
        ranks=objective,
        seed=seed,
    )
    model = dataclasses.replace(model, grading=grades)
    return Trial(model, trained, split, found, judged_so, judged, matrix, alone)


def _inspected(
    accounts: Accounts,
    learned: pd.Index,
    features: Sequence[str] | None,
    prospects: TypicalProspects | None,
    seed: int,
) -> tuple[pd.DataFrame, list[str] | None, dict[str, str], list[Gate]]:
    """Return facts and features without the columns left out, why they are, and the gates."""
    known = accounts.facts.loc[learned]
    excluded = left_out(known, accounts.attributes, features, prospects)
    facts = accounts.facts.drop(columns=[n for n in excluded.columns if n in accounts.facts])
    asked = None if features is None else [n for n in features if n not in excluded.columns]
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
    return facts, asked, excluded.columns, [*excluded.gates, *gates]


def _later_gates(
    accounts: Accounts, trained: TrainedModel, split: Split, judged: Judgement, *, full: bool
) -> list[Gate]:
    """Return what the trained model itself gives away."""
    learned, contract = split.train, trained.model.contract
    facts = accounts.facts.loc[learned, list(contract.names)]
    is_fit = accounts.outcomes.loc[learned, "fit"].to_numpy(dtype=bool)
    gates = [repeated_rows_gate(facts, accounts.dates.loc[learned, "name"], trained.folds)]
    if split.basis == "later":
        seen = trained.folds >= 0
        gates.append(time_gate(auc(is_fit[seen], trained.oof_fit[seen]), judged.auc.value))
    if full:
        gates += drop_one_gates(
            _matrix(accounts, learned, contract),
            is_fit,
            trained.folds,
            contract,
            attributes=accounts.attributes,
            shares=trained.model.driver_shares,
        )
    return gates


def _matrix(accounts: Accounts, members: pd.Index, contract: FeatureContract) -> Floats:
    facts, decided_on = accounts.facts.loc[members], accounts.dates.loc[members, "decided_on"]
    return feature_matrix(facts, decided_on, contract)


def _repeated(
    trained: TrainedModel,
    matrix: Floats,
    is_fit: pd.Series,
    margin: pd.Series,
    *,
    seed: int,
    repeats: int = 5,
) -> tuple[Floats, Floats]:
    """Return out-of-fold log-odds and margins, averaged over that many ways to draw the folds."""
    rows = TrainingAccounts(
        matrix,
        is_fit.to_numpy(),
        np.asarray(margin, dtype=np.float64),
        None,
        trained.model.contract,
        list(is_fit.index),
    )
    raw, money = [trained.oof_fit_raw], [trained.oof_margin]
    for repeat in range(1, repeats):
        again = cross_validated(rows, seed=seed + 1000 * repeat)
        raw.append(again.oof_fit_raw)
        money.append(again.oof_margin)
    return np.mean(raw, axis=0), np.mean(money, axis=0)


def _out_of_fold_rate(is_fit: npt.NDArray[np.bool_], folds: npt.NDArray[np.int64]) -> Floats:
    """Return for each account the fit rate of the accounts outside its fold."""
    inside = np.bincount(folds, weights=is_fit)
    size = np.bincount(folds)
    rate: Floats = (inside.sum() - inside) / (size.sum() - size)
    return rate[folds]


def _rule(profile: Profile | None, facts: pd.DataFrame) -> dict[str, Any]:
    if profile is None:
        return {}
    return {
        "icp_selected": is_selected(profile, facts).to_numpy(),
        "profile_name": profile.name,
        "undefined_share": undefined_share(profile, facts),
    }
