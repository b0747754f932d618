"""Good fits that lost money: what they cost more than those that earned, and who caused it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from icpfit.economics.units import hours_per
from icpfit.insight.profit.predicted_realised import FIXED_LOST, GOOD_EARNED, GOOD_LOST
from icpfit.measure.group_means import figures_of_means

if TYPE_CHECKING:
    import pandas as pd

    from icpfit.economics.outcome import Accounts
    from icpfit.economics.rate_card import RateCard
    from icpfit.measure.estimate import Estimate

__all__ = ["LossCause", "LossesByCause", "LostAccount", "losses_by_cause"]

MOST_CAUSES = 12
MOST_ACCOUNTS = 15
_KEY = ["remedial", "activity", "caused_by"]


@dataclass(frozen=True)
class LossCause:
    """One activity with one cause, among the accounts that lost money.

    Parameters
    ----------
    activity, caused_by : str
        What was done, and which group caused it ("unknown" where nobody said).
    remedial : bool
        Whether it makes up for something that went wrong.
    total : float
        Its cost over these accounts, currency units.
    excess : Estimate
        Its cost per account above that of the good fits that earned money, currency units.
    accounts : int
        Accounts that had any.
    hours : float or None
        Time per account, where its unit is one.
    """

    activity: str
    caused_by: str
    remedial: bool
    total: float
    excess: Estimate
    accounts: int
    hours: float | None


@dataclass(frozen=True)
class LostAccount:
    """One account that lost money.

    Parameters
    ----------
    account_id, name : str
        As the exports have them; the name may be empty.
    predicted, margin, remedial_cost : float
        Currency units over the horizon.
    activity, caused_by : str
        Where it cost most above the good fits that earned money; empty where nowhere.
    excess : float
        By how much, currency units.
    """

    account_id: str
    name: str
    predicted: float
    margin: float
    remedial_cost: float
    activity: str
    caused_by: str
    excess: float


@dataclass(frozen=True)
class LossesByCause:
    """The accounts of one standing that lost money, by cause and by name.

    Parameters
    ----------
    standing : str
        "good fit, lost money" or "good fit once fixed, lost money".
    n : int
        Accounts.
    lost : float
        What they lost in all, currency units, above 0.
    saved : int
        Accounts of them that would have earned money without their remedial cost.
    causes : tuple of LossCause
        At most 12, remedial ones first, and of these the largest excess first.
    accounts : tuple of LostAccount
        At most 15, the largest loss first.
    """

    standing: str
    n: int
    lost: float
    saved: int
    causes: tuple[LossCause, ...]
    accounts: tuple[LostAccount, ...]


def losses_by_cause(
    accounts: Accounts, frame: pd.DataFrame, standing: str, card: RateCard, *, seed: int = 0
) -> LossesByCause:
    """Find the causes of losses that the prediction did not see coming.

    The excess of a cause is its cost per account among those that lost money, less that among the
    good fits that earned money. The part that is planned and remedial stands apart.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    frame : DataFrame
        As `icpfit.insight.profit.predicted_realised.predicted_and_realised`.
    standing : {"good fit, lost money", "good fit once fixed, lost money"}
        Whose losses.
    card : RateCard
        Units of the activities.
    seed : int
        Of the bootstrap.

    Returns
    -------
    LossesByCause
        Without causes where either side has no account.

    Raises
    ------
    ValueError
        For another standing: a poor fit that loses money is no surprise to explain.

    Notes
    -----
    Which costs are high among accounts that lost money says where to look; it doesn't prove that
    they would have earned without it. Equal amounts stand in the order of their names.
    """
    if standing not in (GOOD_LOST, FIXED_LOST):
        raise ValueError(f"standing: expected a good fit that lost money, found {standing!r}")
    lost = frame[frame["standing"] == standing]
    peers = frame.index[frame["standing"] == GOOD_EARNED]
    saved = int((lost["margin"] + lost["remedial_cost"] > 0).sum())
    money = -float(lost["margin"].sum())
    if lost.empty or not len(peers):
        return LossesByCause(standing, len(lost), money, saved, (), ())
    costs = accounts.activity_costs
    both = lost.index.append(peers).sort_values()
    costs = costs[costs["account_id"].isin(both)]
    table = costs.pivot_table(
        index="account_id", columns=_KEY, values="amount", aggfunc="sum", fill_value=0.0
    ).reindex(both, fill_value=0.0)
    is_lost = both.isin(lost.index)
    apart = figures_of_means(
        table.to_numpy("float64"),
        np.column_stack([is_lost, ~is_lost]),
        both.to_numpy(),
        lambda means: means[:, 0] - means[:, 1],
        n_boot=1000,
        seed=seed,
    )
    mine = costs[costs["account_id"].isin(lost.index)].groupby(_KEY)
    totals, quantities = mine["amount"].sum(), mine["quantity"].sum()
    touched = mine["account_id"].nunique()
    causes = []
    keys = [(bool(key[0]), str(key[1]), str(key[2])) for key in table.columns]
    for key, excess in zip(keys, apart, strict=True):
        if key not in totals.index:
            continue
        remedial, activity, caused_by = key
        listed = card.activities.get(activity)
        hours = None if listed is None else hours_per(listed.unit)
        causes.append(
            LossCause(
                activity=activity,
                caused_by=caused_by,
                remedial=remedial,
                total=float(totals[key]),
                excess=excess,
                accounts=int(touched[key]),
                hours=None if hours is None else hours * float(quantities[key]) / len(lost),
            )
        )
    causes.sort(
        key=lambda one: (
            not one.remedial,
            -round(one.excess.value, 4),
            one.activity,
            one.caused_by,
        )
    )
    above = table.loc[lost.index] - table.loc[peers].mean(axis=0)
    return LossesByCause(
        standing, len(lost), money, saved, tuple(causes[:MOST_CAUSES]), _by_name(lost, above)
    )


def _by_name(lost: pd.DataFrame, above: pd.DataFrame) -> tuple[LostAccount, ...]:
    order = np.lexsort([lost.index.to_numpy(), lost["margin"].to_numpy()])[:MOST_ACCOUNTS]
    rows = []
    for account in lost.index[order]:
        row, mine = lost.loc[account], above.loc[account]
        worst = mine.idxmax()
        excess = float(mine.max())
        name = row["name"]
        rows.append(
            LostAccount(
                account_id=str(account),
                name=name if isinstance(name, str) else "",
                predicted=float(row["margin_if_won"]),
                margin=float(row["margin"]),
                remedial_cost=float(row["remedial_cost"]),
                activity=str(worst[1]) if excess > 0 else "",
                caused_by=str(worst[2]) if excess > 0 else "",
                excess=max(excess, 0.0),
            )
        )
    return tuple(rows)
