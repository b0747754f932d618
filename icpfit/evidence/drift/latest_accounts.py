"""The latest accounts against those learned from, to see whether the customers have changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from icpfit.errors import EvidenceRefused
from icpfit.evidence.drift.drift import Drift, drift

if TYPE_CHECKING:
    import datetime as dt

    from icpfit.economics.outcome import Accounts
    from icpfit.fit.model import Model
    from icpfit.fit.reference import Reference

__all__ = ["latest_accounts", "latest_drift", "quarter_start"]


def quarter_start(as_of: dt.date) -> dt.date:
    """Return the first day of the last calendar quarter that is over.

    Parameters
    ----------
    as_of : date
        The day that the exports are meant for.

    Returns
    -------
    date
        A quarter that ends on `as_of` is over.

    Examples
    --------
    >>> import datetime as dt
    >>> (
    ...     quarter_start(dt.date(2026, 6, 30)).isoformat(),
    ...     quarter_start(dt.date(2026, 2, 3)).isoformat(),
    ... )
    ('2026-04-01', '2025-10-01')
    """
    quarters = pd.period_range(end=pd.Timestamp(as_of) + pd.Timedelta(days=1), periods=2, freq="Q")
    first: dt.date = quarters[0].start_time.date()
    return first


def latest_accounts(accounts: Accounts, since: dt.date, until: dt.date | None = None) -> pd.Index:
    """Return the accounts that started in a time, mature or not: drift needs no outcome.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    since : date
        Started on this day or later.
    until : date, optional
        Started before this day; by default no limit.

    Returns
    -------
    pandas.Index
        Their ids, sorted.
    """
    started = pd.to_datetime(accounts.dates["started_on"])
    chosen = started >= pd.Timestamp(since)
    if until is not None:
        chosen &= started < pd.Timestamp(until)
    return accounts.dates.index[chosen].sort_values()


def latest_drift(
    model: Model,
    kept: Reference,
    accounts: Accounts,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    seed: int = 0,
) -> Drift:
    """Hold the accounts that started in a time against those learned from that started before.

    Parameters
    ----------
    model : Model
        The model in use.
    kept : Reference
        What was kept when it was trained.
    accounts : Accounts
        The joined accounts of today.
    since, until : date, optional
        Started on the first or later, and before the second; by default the last calendar quarter
        that is over as of the exports.
    seed : int
        Of forests and bootstrap.

    Returns
    -------
    Drift
        Facts known before the sale only, so that young accounts count too.

    Raises
    ------
    EvidenceRefused
        When no account started in that time, or the model learned from none that started before.
    """
    if since is None:
        since = quarter_start(accounts.as_of)
        following = (pd.Timestamp(since) + pd.DateOffset(months=3)).date()
        until = following if until is None else until
    chosen = latest_accounts(accounts, since, until)
    named = f"since {since}" if until is None else f"from {since} and before {until}"
    if chosen.empty:
        last = pd.to_datetime(accounts.dates["started_on"]).max().date()
        raise EvidenceRefused(
            f"since: no account started {named}, the last one on {last}; give an earlier day"
        )
    earlier = kept.rows(kept.started_on < np.datetime64(since, "D"))
    if not earlier.is_learned.any():
        first = kept.started_on[kept.is_learned].min()
        raise EvidenceRefused(
            f"since: the model learned from no account that started before {since}, "
            f"the first one on {first}; give a later day"
        )
    return drift(
        model,
        earlier,
        accounts.facts.loc[chosen],
        accounts.dates.loc[chosen, "decided_on"],
        what=f"accounts started {named}",
        is_list=False,
        seed=seed,
    )
