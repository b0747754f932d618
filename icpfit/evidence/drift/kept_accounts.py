"""What a trial leaves behind, so that later lists can be held against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from icpfit.fit.reference import Reference, compared_columns, reference
from icpfit.fit.scores import scores

if TYPE_CHECKING:
    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.trial import Trial

__all__ = ["kept_reference"]


def kept_reference(trial: Trial, accounts: Accounts) -> Reference:
    """Return what is kept of a trial's accounts, to hold later lists against them.

    Parameters
    ----------
    trial : Trial
        The challenger and its judgement.
    accounts : Accounts
        The joined accounts.

    Returns
    -------
    Reference
        Those learned from and those judged.
    """
    learned, judged = trial.split.train, trial.judged
    ids = learned.union(judged).sort_values()
    facts, dates = accounts.facts.loc[ids], accounts.dates.loc[ids]
    outcomes = accounts.outcomes.loc[ids]
    ranking = np.full(len(ids), np.nan)
    places = ids.get_indexer(judged)
    if learned.equals(judged):
        is_money = trial.model.objective == "margin"
        own = trial.trained.oof_margin if is_money else trial.trained.oof_fit_raw
        ranking[places] = own
    else:
        ranking[places] = scores(trial.model, trial.matrix).ranking
    return reference(
        compared_columns(facts, dates["decided_on"], trial.model.contract),
        is_learned=ids.isin(learned),
        is_judged=ids.isin(judged),
        started_on=dates["started_on"],
        is_fit=outcomes["fit"].astype(bool).to_numpy(),
        margin=outcomes["margin"].to_numpy(np.float64),
        ranking=ranking,
    )
