"""Accounts that took no part in finding groups: on these alone profiles are compared fairly."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.trial import Trial

__all__ = ["accounts_apart"]


def accounts_apart(
    accounts: Accounts, trial: Trial | None, reported_on: pd.Index | None
) -> pd.Index | None:
    """Return the accounts that took no part in finding what is to be compared.

    The part on which groups were reported, and the hold-out. Every choice of customers is to be
    taken over these same accounts: against all accounts, whatever drifts over the years would look
    like a difference between choices.

    Parameters
    ----------
    accounts : Accounts
        Those that a model may learn from count.
    trial : Trial or None
        For its hold-out; without one nothing is added.
    reported_on : Index or None
        The part on which groups were reported; None where nothing was looked for.

    Returns
    -------
    Index or None
        In plain string order; None where nothing was looked for: then all accounts count.
    """
    if reported_on is None:
        return None
    apart = reported_on if trial is None else reported_on.union(trial.split.holdout)
    return accounts.used.intersection(apart).sort_values()
