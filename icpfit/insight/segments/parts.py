"""Two parts of the training accounts: rules are found on one and reported on the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["find_and_report"]

FIND_SHARE, EVEN_SHARE, EVEN_BELOW = 0.6, 0.5, 600


def find_and_report(
    started_on: pd.Series, parents: Mapping[str, str] | None = None, *, seed: int = 0
) -> tuple[pd.Index, pd.Index]:
    """Draw the part on which rules are found and the part on which they are reported.

    Parameters
    ----------
    started_on : Series of datetime, shape (n,)
        Start of each training account, indexed by account_id.
    parents : Mapping, optional
        account_id -> ultimate parent; accounts of one parent stay together, in the quarter of its
        first start. By default each account stands alone, as subsidiaries are rolled up before.
    seed : int
        Of the draw.

    Returns
    -------
    find, report : Index
        Sorted, disjoint, together all accounts: 60 % and 40 % of the parents of each quarter, half
        and half where there are fewer than 600 accounts.

    Notes
    -----
    Does not depend on the order of the rows.

    Examples
    --------
    >>> ids = [f"a{i:03}" for i in range(1_000)]
    >>> starts = pd.Series(pd.date_range("2024-01-01", periods=1_000), ids)
    >>> find, report = find_and_report(starts)
    >>> len(find), len(report)
    (600, 400)
    """
    accounts = started_on.index.sort_values()
    days = pd.to_datetime(started_on.loc[accounts])
    parent = pd.Series([(parents or {}).get(a, a) for a in accounts], accounts, dtype=object)
    first = days.groupby(parent.to_numpy()).min().sort_index()
    share = EVEN_SHARE if len(accounts) < EVEN_BELOW else FIND_SHARE
    quarter = (first.dt.year * 4 + first.dt.quarter).to_numpy()
    lot = np.random.default_rng([23, seed]).random(len(first))
    order = np.lexsort((lot, quarter))
    # Counted on over the quarters, so that many small ones don't round the same way.
    place = np.arange(len(first))
    chosen = np.floor((place + 1) * share + 1e-9) > np.floor(place * share + 1e-9)
    in_find = np.zeros(len(first), dtype=bool)
    in_find[order] = chosen
    of_account = np.asarray(pd.Series(in_find, first.index).loc[parent], dtype=np.bool_)
    return accounts[of_account], accounts[~of_account]
