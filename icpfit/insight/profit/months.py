"""Margin by month of the relationship: when a customer has paid back what it cost to win it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.data.joining.periods import month_count
from icpfit.measure.group_means import group_means

if TYPE_CHECKING:
    from icpfit.economics.outcome import Accounts
    from icpfit.measure.estimate import Estimate

__all__ = ["MonthlyMargin", "monthly_margin"]


@dataclass(frozen=True)
class MonthlyMargin:
    """Cumulative margin of an account by the end of each month, on average.

    Parameters
    ----------
    name : str
        Of the group.
    n : int
        Accounts.
    cumulative : tuple of Estimate
        At the start (what it cost to win) and by the end of months 1 to the horizon's; currency
        units, discounted.
    paid_back : int or None
        First month by whose end the average is above 0 and stays there; None where it isn't by the
        end of the horizon. 0 where it never was below.
    """

    name: str
    n: int
    cumulative: tuple[Estimate, ...]
    paid_back: int | None


def monthly_margin(
    accounts: Accounts,
    members: pd.Index | None = None,
    *,
    name: str = "all customers",
    seed: int = 0,
) -> MonthlyMargin | None:
    """Add the margin up over the months of the relationship.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts; those with a known margin count.
    members : Index, optional
        Only these accounts; all by default.
    name : str
        What readers call the group.
    seed : int
        Of the bootstrap.

    Returns
    -------
    MonthlyMargin or None
        None without such an account. The last figure is the mean margin over the horizon.

    Notes
    -----
    Accounts that left stay in the average with what they left behind: else the line would only
    show those who stayed.
    """
    known = accounts.outcomes[accounts.outcomes["margin"].notna()].sort_index()
    if members is not None:
        known = known[known.index.isin(members)]
    if known.empty:
        return None
    longest = max(1, int(np.ceil(month_count(accounts.horizon) - 1e-9)))
    table = np.zeros((len(known), longest + 1))
    table[:, 0] = -known["acquisition_cost"].fillna(0.0).to_numpy("float64")
    rows = accounts.monthly
    place = known.index.get_indexer(pd.Index(rows["account_id"]))
    # The last days of a horizon in days may begin another month.
    month = np.minimum(rows["month"].to_numpy("int64"), longest - 1) + 1
    inside = place >= 0
    np.add.at(table, (place[inside], month[inside]), rows["margin"].to_numpy("float64")[inside])
    cumulative = group_means(table.cumsum(axis=1), known.index.to_numpy(), n_boot=1000, seed=seed)
    heights = np.array([one.value for one in cumulative])
    return MonthlyMargin(name, len(known), cumulative, _paid_back(heights))


def _paid_back(heights: npt.NDArray[np.float64]) -> int | None:
    below = np.flatnonzero(heights < 0)
    if not len(below):
        return 0
    last = int(below[-1])
    return None if last == len(heights) - 1 else last + 1
