"""The trial of a challenger: what it learned from, whether it knows anything, what it was worth."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from icpfit.economics.label import check_label
from icpfit.evidence.judging import judged, model_gates, said_by_model, said_out_of_fold
from icpfit.evidence.leakage.model_gates import purged_gate
from icpfit.evidence.learning import (
    calibrated_model,
    features_of,
    inspected_columns,
    learned_model,
    out_of_fold_signal,
)
from icpfit.fit.engines import with_engines
from icpfit.fit.grades import grading
from icpfit.fit.split import Split, holdout_split, purged_training

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from icpfit.data.typical_prospects import TypicalProspects
    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.earned_line import EarnedLine
    from icpfit.evidence.judgement import Judgement
    from icpfit.evidence.signal import Signal
    from icpfit.fit.grades import Basis
    from icpfit.fit.model import Model, TrainedModel
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
    recalibration : EarnedLine
        The line on the log-odds that was tried, and whether it earned its place.
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
    recalibration: EarnedLine
    purged: Judgement | None = None


def trial(
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
    check_label(accounts.outcomes.loc[used, "fit"])
    is_fit = accounts.outcomes.loc[used, "fit"].astype(bool)
    split = holdout_split(accounts.dates, is_fit)
    learned, held = split.train, split.basis != "none"
    told("looking at each column")
    columns = inspected_columns(
        accounts, learned, features=features, prospects=prospects, seed=seed
    )
    trained = learned_model(
        accounts, learned, columns, company=company, objective=objective, seed=seed, progress=told
    )
    told("is there a signal?")
    outcome = is_fit.loc[learned].to_numpy()
    found = out_of_fold_signal(trained, outcome, seed=seed)
    model, line = calibrated_model(trained, outcome, seed=seed)
    # Before it is judged: cut-offs and scores come from the same function.
    model = with_engines(dataclasses.replace(model, threads=threads, kind=found.tier))
    told("judging it on accounts that it did not see")
    members = split.holdout if held else learned
    if held:
        said, basis = said_by_model(model, accounts, members), split.reason
    else:
        told("repeating the cross-validation")
        said = said_out_of_fold(
            trained, accounts, members, calibration=model.calibration, seed=seed
        )
        basis = f"5 x 5 cross-validation over {len(members):,} accounts"
    judged_so = judged(
        said,
        accounts,
        members,
        basis=basis,
        holdout=held,
        train_prevalence=float(outcome.mean()),
        profile=profile,
        seed=seed,
    )
    gates = [
        *columns.gates,
        *model_gates(accounts, trained, split, judged_so, evidence=evidence, seed=seed),
    ]
    purged = purged_training(split, accounts.dates, is_fit, accounts.horizon, accounts.lag)
    text, alone = purged.text, None
    if evidence == "full" and len(purged.train):
        told("training on what was known when the hold-out began")
        known = is_fit.loc[purged.train].to_numpy()
        before = learned_model(
            accounts, purged.train, columns, company=company, objective=objective, seed=seed
        )
        early, _ = calibrated_model(before, known, seed=seed)
        alone = judged(
            said_by_model(early, accounts, members),
            accounts,
            members,
            basis=f"{split.reason}, purged",
            holdout=held,
            train_prevalence=float(known.mean()),
            profile=profile,
            seed=seed,
        )
    elif len(purged.train):
        text = f"cohort split, not purged under evidence=quick: {text}"
    gates.append(purged_gate(alone, text, judged_so))
    outcomes = accounts.outcomes.loc[members]
    grades = grading(
        said.ranking,
        outcomes["fit"].to_numpy(dtype=bool),
        outcomes["margin"].to_numpy(dtype=np.float64),
        _GRADED_ON[split.basis],
        margin_if_won=said.margin_if_won,
        ranks=objective,
        seed=seed,
    )
    return Trial(
        model=dataclasses.replace(model, grading=grades),
        trained=trained,
        split=split,
        signal=found,
        judgement=dataclasses.replace(judged_so, gates=(*gates, *judged_so.gates)),
        judged=members,
        matrix=features_of(accounts, members, model.contract),
        recalibration=line,
        purged=alone,
    )
