"""Margin against loyalty: four groups of customers that call for four different things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from icpfit.measure.estimate import Estimate
from icpfit.measure.group_means import group_means, money_note
from icpfit.measure.intervals import wilson

if TYPE_CHECKING:
    from icpfit.economics.label import LabelRule
    from icpfit.economics.outcome import Accounts

__all__ = ["LoyaltyGroup", "LoyaltyGroups", "loyalty_groups"]

GroupName = Literal["profitable and loyal", "profitable, at risk", "costly and loyal", "neither"]
_NAMES: tuple[tuple[GroupName, bool, bool], ...] = (
    ("profitable and loyal", True, True),
    ("profitable, at risk", True, False),
    ("costly and loyal", False, True),
    ("neither", False, False),
)


@dataclass(frozen=True)
class LoyaltyGroup:
    """One of the four groups.

    Parameters
    ----------
    name : str
        What it is.
    n : int
        Its accounts.
    share : Estimate
        Of the accounts, 0 to 1.
    margin : Estimate
        Of an account, currency units.
    total : float
        Margin in all, currency units.
    cost_to_serve, remedial_cost : float
        Of an account, currency units.
    """

    name: GroupName
    n: int
    share: Estimate
    margin: Estimate
    total: float
    cost_to_serve: float
    remedial_cost: float


@dataclass(frozen=True, eq=False)
class LoyaltyGroups:
    """The four groups, and how they were told apart.

    Parameters
    ----------
    groups : tuple of LoyaltyGroup
        Profitable and loyal; profitable, at risk; costly and loyal; neither. Empty where there is
        no loyalty.
    members : Series of str
        Group of each account, indexed by account_id.
    rule : str
        The two thresholds in words.
    note : str
        Why there are no groups, else "".
    """

    groups: tuple[LoyaltyGroup, ...]
    members: pd.Series
    rule: str
    note: str = ""


def loyalty_groups(accounts: Accounts, rule: LabelRule, *, seed: int = 0) -> LoyaltyGroups:
    """Sort the accounts by whether they were profitable and whether they were loyal.

    Profitable: the margin reaches the label's hurdle (above 0 where the hurdle is 0). Loyal: the
    retention and the loyalty composite reach the label's thresholds.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts; those that a model may learn from count.
    rule : LabelRule
        The thresholds.
    seed : int
        Of the bootstrap.

    Returns
    -------
    LoyaltyGroups
        With the label ``margin_and_loyalty`` the first group is the profitable fits.

    References
    ----------
    Reinartz and Kumar (2002), The mismanagement of customer loyalty, Harvard Business Review.
    """
    used = accounts.outcomes.loc[accounts.used].sort_index()
    goal = "above 0" if rule.hurdle == 0 else f"at least {rule.hurdle:,.0f} {accounts.currency}"
    words = (
        f"profitable: a margin {goal}; loyal: stayed, and a loyalty of at least {rule.loyal_at:g}"
        " of 1"
    )
    if used["loyalty"].isna().all():
        empty = pd.Series(dtype=object)
        return LoyaltyGroups(
            (), empty, words, "no source tells of loyalty, or no account is mature"
        )
    margin = used["margin"].astype("float64").round(4)
    earns = (margin > 0) if rule.hurdle == 0 else (margin >= rule.hurdle)
    loyal = (used["retention"] >= rule.retained_at) & (used["loyalty"] >= rule.loyal_at - 1e-9)
    members = pd.Series("", index=used.index, dtype=object)
    groups = []
    for name, is_earning, is_loyal in _NAMES:
        inside = ((earns == is_earning) & (loyal == is_loyal)).to_numpy(dtype=bool)
        members[inside] = name
        mine = used[inside]
        [mean] = group_means(mine[["margin"]], mine.index.to_numpy(), seed=seed)
        groups.append(
            LoyaltyGroup(
                name=name,
                n=len(mine),
                share=wilson(len(mine), len(used)),
                margin=mean if len(mine) else Estimate(np.nan, note=money_note(0)),
                total=float(mine["margin"].sum()),
                cost_to_serve=float(mine["cost_to_serve"].mean()) if len(mine) else float("nan"),
                remedial_cost=float(mine["remedial_cost"].mean()) if len(mine) else float("nan"),
            )
        )
    return LoyaltyGroups(tuple(groups), members, words)
