"""What a group's cost to serve is made of: activity by activity, and by who caused it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.economics.units import hours_per

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from icpfit.economics.outcome import Accounts
    from icpfit.economics.rate_card import RateCard

__all__ = ["CostCause", "cost_causes"]

MOST_CAUSES = 6


@dataclass(frozen=True)
class CostCause:
    """One activity with one cause in a group.

    Parameters
    ----------
    activity, caused_by, served_by : str
        What is done, who caused it, who serves.
    remedial : bool
        Whether it makes up for something that went wrong.
    amount, elsewhere : float
        Cost of an account in the group, and of another customer; currency units.
    hours : float or None
        Time of an account in the group, where its unit is one.
    share : float
        Of the group's cost to serve, 0 to 1.
    """

    activity: str
    caused_by: str
    served_by: str
    remedial: bool
    amount: float
    elsewhere: float
    hours: float | None
    share: float


def cost_causes(
    accounts: Accounts, used: pd.Index, inside: np.ndarray, card: RateCard
) -> tuple[CostCause, ...]:
    """Lay a group's cost to serve out by activity and by who caused it, beside the others'.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    used : Index, length n
        The accounts that count.
    inside : ndarray of bool, shape (n,)
        Which of them are in the group.
    card : RateCard
        Units of the activities.

    Returns
    -------
    tuple of CostCause
        Remedial first, the largest first; at most 6 remedial ones, and enough planned ones to make
        6 of all, but at least 2. Equal amounts stand in the order of their names.
    """
    costs = accounts.activity_costs
    costs = costs[costs["account_id"].isin(used)]
    mine = costs["account_id"].isin(used[inside])
    key = ["remedial", "activity", "caused_by", "served_by"]
    here, there = costs[mine].groupby(key), costs[~mine].groupby(key)["amount"].sum()
    amounts, quantities = here["amount"].sum(), here["quantity"].sum()
    n, others, whole = int(inside.sum()), int((~inside).sum()), float(amounts.sum())
    rows = []
    for at, labels in enumerate(amounts.index.to_list()):
        remedial, activity, caused_by, served_by = labels
        listed = card.activities.get(activity)
        hours = None if listed is None else hours_per(listed.unit)
        quantity = float(quantities.iloc[at])
        rows.append(
            CostCause(
                activity=str(activity),
                caused_by=str(caused_by),
                served_by=str(served_by),
                remedial=bool(remedial),
                amount=float(amounts.iloc[at]) / n,
                elsewhere=float(there.get(labels, 0.0)) / max(others, 1),
                hours=None if hours is None else hours * quantity / n,
                share=float(amounts.iloc[at]) / whole if whole else 0.0,
            )
        )
    rows.sort(key=lambda r: (not r.remedial, -round(r.amount, 4), r.activity, r.caused_by))
    remedial_rows = [row for row in rows if row.remedial][:MOST_CAUSES]
    planned = [row for row in rows if not row.remedial][: max(2, MOST_CAUSES - len(remedial_rows))]
    return (*remedial_rows, *planned)
