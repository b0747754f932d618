"""The hold-out: the latest accounts, kept from all learning, so that the judgement is honest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.data.joining.periods import Period, period_end
from icpfit.fit.folds import account_folds

__all__ = ["PurgedTraining", "Split", "holdout_split", "purged_training"]

SHARE = 0.25
SHARE_LIMITS = (0.15, 0.40)
HOLDOUT_ROWS, HOLDOUT_OF_EACH_CLASS = 150, 40
TRAIN_ROWS, TRAIN_OF_EACH_CLASS = 200, 50
PURGED_ROWS = 300

_NO_SPREAD = "the starts do not spread over time, no day divides the latest quarter from the rest"


@dataclass(frozen=True, eq=False)
class Split:
    """Which accounts train and which judge.

    Parameters
    ----------
    train, holdout : pandas.Index
        Account ids, sorted; `holdout` is empty where there is none.
    basis : {"later", "random", "none"}
        "later": the hold-out started after all of `train`; "random": it was drawn by lot, as the
        starts don't spread over time.
    reason : str
        What the hold-out is, or why there is none.
    """

    train: pd.Index
    holdout: pd.Index
    basis: Literal["later", "random", "none"]
    reason: str


@dataclass(frozen=True, eq=False)
class PurgedTraining:
    """The training accounts whose outcome was known when the hold-out began.

    Parameters
    ----------
    train : pandas.Index
        Account ids, sorted; empty where they are too few for a model, or there is no later
        hold-out.
    text : str
        What they are, or why the split isn't purged.
    """

    train: pd.Index
    text: str


def holdout_split(
    dates: pd.DataFrame, is_fit: pd.Series, groups: pd.Series | None = None, *, seed: int = 0
) -> Split:
    """Return the latest quarter of the accounts as hold-out, or none where it can't carry a claim.

    The border lies between two start days such that the share at or after it is nearest to 25 %
    (the larger hold-out on a tie); all accounts of a day stay on one side. A hold-out needs 150
    accounts and 40 of each class, and leaves at least 200 and 50 to train on. Where the starts do
    not spread over time, so that no day divides off between 15 and 40 %, a quarter is drawn by lot
    instead, with like shares of the classes, and said to be random.

    Parameters
    ----------
    dates : pandas.DataFrame
        ``started_on``, indexed by account_id; may hold further accounts.
    is_fit : pandas.Series of bool
        The outcome of the accounts that are used, indexed by account_id.
    groups : pandas.Series, optional
        account_id → ultimate parent. A group goes where its first account started. By default each
        account is its own group, as subsidiaries are rolled up before.
    seed : int
        Of the lot, where there is one; the same for all models, so that no seed can shop for a
        kinder hold-out.

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
    Does not depend on the order of the rows. The outcome only decides whether the hold-out is
    large enough, and balances one drawn by lot.

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
    if refusal == _NO_SPREAD:
        parents = accounts if groups is None else groups.loc[accounts]
        drawn = account_folds(fit, parents.to_numpy(dtype=object), seed, round(1 / SHARE)) == 0
        refusal = _refusal(drawn, fit)
        if not refusal:
            reason = (
                f"random hold-out of {int(drawn.sum())} accounts (random, not later: the starts "
                "do not spread over time)"
            )
            return Split(accounts[~drawn], accounts[drawn], "random", reason)
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
        return _NO_SPREAD
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


def purged_training(
    split: Split, dates: pd.DataFrame, is_fit: pd.Series, horizon: Period, lag: Period
) -> PurgedTraining:
    """Return the training accounts that were mature when the hold-out began.

    Those with start + horizon + lag <= the first start of the hold-out: a model trained on that day
    could have had no others. At least 300, and 50 of each class, make a model.

    Parameters
    ----------
    split : Split
        Training part and hold-out.
    dates : pandas.DataFrame
        ``started_on``, indexed by account_id.
    is_fit : pandas.Series of bool
        The outcome, indexed by account_id.
    horizon, lag : Period
        The company's clock.

    Returns
    -------
    PurgedTraining
        None of them, with the reason, where there are too few.

    Notes
    -----
    Otherwise the split is by cohort: all of `train` started before the hold-out, but some outcomes
    were only known after it had begun. A change of the market in between would flatter the model.

    Examples
    --------
    >>> ids = [f"a{i:04}" for i in range(1600)]
    >>> dates = pd.DataFrame({"started_on": pd.date_range("2022-01-01", periods=1600)}, index=ids)
    >>> is_fit = pd.Series([True, False] * 800, index=ids)
    >>> split = holdout_split(dates, is_fit)
    >>> purged = purged_training(split, dates, is_fit, Period(12, "mo"), Period(60, "d"))
    >>> len(split.train), len(purged.train)
    (1200, 775)
    >>> print(purged.text)
    775 of 1,200 training accounts were mature by 2025-04-15, when the hold-out began
    """
    nobody = split.train[:0]
    if split.basis != "later":
        return PurgedTraining(nobody, "cohort split, not purged: there is no later hold-out")
    begin = pd.to_datetime(dates.loc[split.holdout, "started_on"]).dt.normalize().min()
    starts = pd.to_datetime(dates.loc[split.train, "started_on"]).dt.normalize()
    ready = period_end(period_end(starts, horizon), lag)
    mature = split.train[(ready <= begin).to_numpy()]
    n_fit = int(is_fit.loc[mature].sum())
    fewest = min(n_fit, len(mature) - n_fit)
    of = f"{len(mature):,} of {len(split.train):,} training accounts were mature by {begin.date()}"
    if len(mature) < PURGED_ROWS or fewest < TRAIN_OF_EACH_CLASS:
        return PurgedTraining(
            nobody,
            f"cohort split, not purged: {of}, when the hold-out began, {fewest} in the smaller "
            f"class; at least {PURGED_ROWS} and {TRAIN_OF_EACH_CLASS} are needed",
        )
    return PurgedTraining(mature, f"{of}, when the hold-out began")
