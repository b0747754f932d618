"""How each account was served: what is known after the sale, never a feature, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from icpfit.economics.outcome import Accounts
    from icpfit.economics.rate_card import RateCard

__all__ = ["ServiceItem", "months_served", "service_items"]

FEWEST_WITH, FEWEST_SHARE = 20, 0.1
"""An item that fewer accounts had, by number or by share, is not looked at."""
_DAYS_A_MONTH = 365.25 / 12


@dataclass(frozen=True, eq=False)
class ServiceItem:
    """One thing about how accounts were served.

    Parameters
    ----------
    name : str
        The activity's name, or what was derived from several.
    words : str
        What readers call it, with its unit.
    per_account : Series of float
        One figure per account, 0 where it had none.
    grows : bool
        Whether it grows with the time that an account stayed, as events do and shares don't.
    is_activity : bool
        Whether it is one activity, not a sum over several.
    """

    name: str
    words: str
    per_account: pd.Series
    grows: bool
    is_activity: bool = False

    @property
    def n_with(self) -> int:
        """How many accounts had any of it."""
        return int((self.per_account > 0).sum())


def months_served(accounts: Accounts, members: pd.Index) -> pd.Series:
    """Return for how many months of its horizon each account was a customer.

    Parameters
    ----------
    accounts : Accounts
        Facts and outcomes, joined.
    members : pandas.Index
        Mature accounts.

    Returns
    -------
    pandas.Series of float
        To the day it was lost, or to the end of its horizon; at least 1.
    """
    dates = accounts.dates.loc[members]
    lost = accounts.outcomes.loc[members, "lost_on"]
    until = lost.where(lost < dates["horizon_end"], dates["horizon_end"])
    days = (until - dates["started_on"]).dt.days.astype(float)
    months: pd.Series = (days / _DAYS_A_MONTH).clip(lower=1.0)
    return months


def service_items(
    accounts: Accounts, members: pd.Index, card: RateCard | None = None
) -> tuple[ServiceItem, ...]:
    """Return what is known of how accounts were served.

    Parameters
    ----------
    accounts : Accounts
        Facts and outcomes, joined.
    members : pandas.Index
        Those of ``accounts.used`` to be looked at, in account_id order.
    card : RateCard, optional
        Tells the activities' units.

    Returns
    -------
    tuple of ServiceItem
        Each activity's quantity (its events, where no row has a quantity), all remedial cost, the
        remedial cost by who caused it, and the share of events that were remedial; without those
        that fewer than 20 accounts, or a tenth of them, had, or that never vary.
    """
    events = accounts.activity_costs
    events = events[events["account_id"].isin(members)]
    units = {} if card is None else {name: one.unit for name, one in card.activities.items()}

    def per_account(rows: pd.DataFrame, column: str) -> pd.Series:
        sums = rows.groupby("account_id")[column].sum()
        return sums.reindex(members, fill_value=0.0).astype(float)

    found = []
    for name, rows in events.groupby("activity", sort=True):
        counted = "quantity" if rows["quantity"].any() else "events"
        unit = units.get(str(name), "") if counted == "quantity" else "times"
        said = str(name).replace("_", " ")
        found.append(
            ServiceItem(
                str(name),
                f"{said} ({unit})" if unit else said,
                per_account(rows, counted),
                grows=True,
                is_activity=True,
            )
        )
    remedial = events[events["remedial"].astype(bool)]
    spent = per_account(remedial, "amount")
    found.append(ServiceItem("remedial cost", "remedial cost", spent, grows=True))
    for cause, rows in remedial.groupby("caused_by", sort=True):
        caused = per_account(rows, "amount")
        words = f"remedial cost caused by {cause}"
        found.append(ServiceItem(words, words, caused, grows=True))
    part, whole = per_account(remedial, "events"), per_account(events, "events")
    share = (part / whole.where(whole > 0)).fillna(0.0)
    words = "share of service events that were remedial"
    found.append(ServiceItem("remedial share", words, share, grows=False))
    return tuple(item for item in found if _varies(item))


def _varies(item: ServiceItem) -> bool:
    enough = max(FEWEST_WITH, FEWEST_SHARE * len(item.per_account))
    return item.n_with >= enough and bool(np.ptp(item.per_account.to_numpy()) > 0)
