"""The hold-out: the latest accounts, kept from all learning, so that the judgement is honest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Split", "holdout_split"]

SHARE = 0.25
SHARE_LIMITS = (0.15, 0.40)
HOLDOUT_ROWS, HOLDOUT_OF_EACH_CLASS = 150, 40
TRAIN_ROWS, TRAIN_OF_EACH_CLASS = 200, 50


@dataclass(frozen=True, eq=False)
class Split:
    """Which accounts train and which judge.

    Parameters
    ----------
    train, holdout : pandas.Index
        Account ids, sorted; `holdout` is empty where there is none.
    basis : {"later", "none"}
        "later": the hold-out started after all of `train`.
    reason : str
        What the hold-out is, or why there is none.
    """

    train: pd.Index
    holdout: pd.Index
    basis: Literal["later", "none"]
    reason: str


def holdout_split(dates: pd.DataFrame, is_fit: pd.Series, groups: pd.Series | None = None) -> Split:
    """Return the latest quarter of the accounts as hold-out, or none where it can't carry a claim.

    The border lies between two start days such that the share at or after it is nearest to 25 %
    (the larger hold-out on a tie); all accounts of a day stay on one side. A hold-out needs 150
    accounts and 40 of each class, and leaves at least 200 and 50 to train on.

    Parameters
    ----------
    dates : pandas.DataFrame
        ``started_on``, indexed by account_id; may hold further accounts.
    is_fit : pandas.Series of bool
        The outcome of the accounts that are used, indexed by account_id.
    groups : pandas.Series, optional
        account_id → ultimate parent. A group goes where its first account started. By default each
        account is its own group, as subsidiaries are rolled up before.

    Returns
    -------
    Split
        Disjoint parts that together are the index of `is_fit`.

    Raises
    ------
    ValueError
        When an account has no start or no outcome.

    Notes
    -----
    Depends neither on the order of the rows nor on the outcome, which only decides whether the
    hold-out is large enough.

    Examples
    --------
    >>> import pandas as pd
    >>> ids = [f"a{i:03}" for i in range(800)]
    >>> dates = pd.DataFrame({"started_on": pd.date_range("2024-01-01", periods=800)}, index=ids)
    >>> is_fit = pd.Series([True, False] * 400, index=ids)
    >>> split = holdout_split(dates, is_fit)
    >>> len(split.train), len(split.holdout), split.reason
    (600, 200, 'later hold-out of 200 accounts, 2025-08-23 to 2026-03-10')
    >>> holdout_split(dates, is_fit[:300]).reason
    'no hold-out: it would have 75 accounts, at least 150 are needed; figures are cross-validated'
    """
    accounts = is_fit.index.sort_values()
    outcome = is_fit.loc[accounts]
    days = pd.to_datetime(dates.loc[accounts, "started_on"]).dt.normalize()
    if bool(days.isna().any()) or bool(outcome.isna().any()):
        raise ValueError("every account that is split needs a start and an outcome")
    if groups is not None:
        days = days.groupby(groups.loc[accounts]).transform("min")
    fit = outcome.to_numpy(dtype=bool)
    later = _later(days)
    refusal = _refusal(later, fit)
    if refusal:
        reason = f"no hold-out: {refusal}; figures are cross-validated"
        return Split(accounts, accounts[:0], "none", reason)
    held = pd.to_datetime(dates.loc[accounts[later], "started_on"])
    reason = (
        f"later hold-out of {int(later.sum())} accounts, "
        f"{held.min().date().isoformat()} to {held.max().date().isoformat()}"
    )
    return Split(accounts[~later], accounts[later], "later", reason)


def _later(days: pd.Series) -> npt.NDArray[np.bool_]:
    """Return which accounts start on or after the best border."""
    counts = days.value_counts().sort_index(ascending=False)
    if len(counts) < 2:
        return np.zeros(len(days), dtype=bool)
    shares = counts.cumsum().to_numpy()[:-1] / len(days)
    distance = np.abs(shares - SHARE)
    best = int(np.flatnonzero(distance == distance.min())[-1])
    later: npt.NDArray[np.bool_] = (days >= counts.index[best]).to_numpy()
    return later


def _refusal(later: npt.NDArray[np.bool_], fit: npt.NDArray[np.bool_]) -> str:
    """Return why these accounts can't be a hold-out, or an empty text."""
    n, held = len(later), int(later.sum())
    quarter = round(SHARE * n)
    if quarter < HOLDOUT_ROWS and held < HOLDOUT_ROWS:
        found = held or quarter
        return f"it would have {found} accounts, at least {HOLDOUT_ROWS} are needed"
    if not SHARE_LIMITS[0] * n <= held <= SHARE_LIMITS[1] * n:
        return "the starts do not spread over time, no day divides the latest quarter from the rest"
    if held < HOLDOUT_ROWS:
        return f"it would have {held} accounts, at least {HOLDOUT_ROWS} are needed"
    fewest = min(int(fit[later].sum()), int((~fit[later]).sum()))
    if fewest < HOLDOUT_OF_EACH_CLASS:
        kind = "were" if fewest == int(fit[later].sum()) else "were not"
        return (
            f"only {fewest} of its {held} accounts {kind} a profitable fit, "
            f"at least {HOLDOUT_OF_EACH_CLASS} are needed"
        )
    left = ~later
    fewest = min(int(fit[left].sum()), int((~fit[left]).sum()))
    if int(left.sum()) < TRAIN_ROWS or fewest < TRAIN_OF_EACH_CLASS:
        return (
            f"it would leave {int(left.sum())} accounts to train on, {fewest} in the smaller "
            f"class; at least {TRAIN_ROWS} and {TRAIN_OF_EACH_CLASS} are needed"
        )
    return ""
