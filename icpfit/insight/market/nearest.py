"""The accounts nearest to a market that is an idea, one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from icpfit.economics.outcome import Accounts
    from icpfit.icp.profile import Profile
    from icpfit.insight.market.likeness import Likeness

__all__ = ["SimilarAccount", "nearest_accounts"]


@dataclass(frozen=True)
class SimilarAccount:
    """One of the accounts nearest to the idea.

    Parameters
    ----------
    account_id, name : str
        Which it is.
    started : str
        Its start, an ISO date.
    distance : float
        0 where it meets all that the idea asks for, 1 where nothing.
    unmet : tuple of str
        Attributes in which it differs.
    facts : dict of str to str
        What the idea asks for, as it is of this account.
    margin, cost_to_serve : float
        Over its horizon, in currency units.
    is_fit : bool
        Whether it was a profitable fit.
    """

    account_id: str
    name: str
    started: str
    distance: float
    unmet: tuple[str, ...]
    facts: dict[str, str]
    margin: float
    cost_to_serve: float
    is_fit: bool


def nearest_accounts(
    accounts: Accounts, like: Likeness, used: pd.Index, idea: Profile, listed: int
) -> tuple[SimilarAccount, ...]:
    """Return the accounts nearest to an idea whose outcome is known.

    Parameters
    ----------
    accounts : Accounts
        Facts and outcomes, joined.
    like : Likeness
        How like the idea each is.
    used : pandas.Index
        Accounts whose outcome is known.
    idea : Profile
        The market.
    listed : int
        How many at most.

    Returns
    -------
    tuple of SimilarAccount
        Nearest first, equally near ones by account_id; none that has nothing in common with it.
    """
    order = like.distance.loc[used].sort_index().sort_values(kind="stable").index[:listed]
    asked = list(dict.fromkeys(name for one in idea.segments for name in one.where))
    found = []
    for account in order:
        if like.distance[account] >= 1:
            break  # it has nothing in common with the idea
        outcome, dates = accounts.outcomes.loc[account], accounts.dates.loc[account]
        named = dates["name"]
        found.append(
            SimilarAccount(
                str(account),
                named if isinstance(named, str) else "",
                dates["started_on"].date().isoformat(),
                float(like.distance[account]),
                tuple(like.unmet[account]),
                {name: _fact(accounts, account, name) for name in asked},
                float(outcome["margin"]),
                float(outcome["cost_to_serve"]),
                bool(outcome["fit"]),
            )
        )
    return tuple(found)


def _fact(accounts: Accounts, account: Any, name: str) -> str:
    value: Any = accounts.facts.at[account, name]  # noqa: PD008 - one cell
    if pd.isna(value):
        return "not known"
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if accounts.attributes[name].kind == "flag":
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{float(value):,.6g}"
