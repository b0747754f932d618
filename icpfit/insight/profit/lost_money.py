"""Good fits that lost money: what they cost more than those that earned, and who caused it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from icpfit.economics.units import hours_per
from icpfit.insight.profit.lost_by_luck import excess_by_luck, luck_reaches
from icpfit.insight.profit.predicted_realised import FIXED_LOST, GOOD_EARNED, GOOD_LOST
from icpfit.measure.group_means import figures_of_means

if TYPE_CHECKING:
    import pandas as pd

    from icpfit.economics.outcome import Accounts
    from icpfit.economics.rate_card import RateCard
    from icpfit.measure.estimate import Estimate

__all__ = ["REVENUE_SHORT", "LossCause", "LossesByCause", "LostAccount", "losses_by_cause"]

REVENUE_SHORT = "revenue below expected"
"""After direct cost; it stands beside the activities, as nobody's doing."""

MOST_CAUSES = 12
MOST_ACCOUNTS = 15
_KEY = ["remedial", "activity", "caused_by"]


@dataclass(frozen=True)
class LossCause:
    """One activity with one cause, or revenue that didn't come, among accounts that lost money.

    Parameters
    ----------
    activity, caused_by : str
        What was done, and which group caused it ("unknown" where nobody said); "revenue below
        expected" is caused by "".
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
    usual : float
        The excess that luck alone brings on average, currency units: losses are made of costs.
    reach : float
        How far luck takes the excess of any of the causes in no more than 1 of 20 companies.
    """

    activity: str
    caused_by: str
    remedial: bool
    total: float
    excess: Estimate
    accounts: int
    hours: float | None
    usual: float = float("nan")
    reach: float = float("inf")

    @property
    def stands_out(self) -> bool:
        """Whether the excess goes beyond what luck alone brings."""
        return self.excess.value > self.reach


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
        Accounts of them that left money with remedial cost taken out of the books.
    causes : tuple of LossCause
        At most 12: those that stand out first, of these remedial ones first, then whose excess goes
        furthest beyond that of luck.
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
    good fits that earned money. It is above 0 for every cost by construction, as who lost is told
    by a margin that contains it. So each stands beside what it would be had the cost gone to any of
    these accounts by luck (see `icpfit.insight.profit.lost_by_luck`).

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    frame : DataFrame
        As `icpfit.insight.profit.predicted_realised.predicted_and_realised`. Without its columns
        of revenue after direct cost there is no row for revenue; without ``grade_once_fixed`` only
        those that lost are taken to be a good fit once fixed.
    standing : {"good fit, lost money", "good fit once fixed, lost money"}
        Whose losses.
    card : RateCard
        Units of the activities.
    seed : int
        Of the bootstrap and of luck.

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
    they would have earned without it. Luck deals a cost out whatever the account's revenue: where
    larger accounts both pay and cost more, it reaches further than it should, and what stands out
    does so all the more. Equal amounts stand in the order of their names.
    """
    if standing not in (GOOD_LOST, FIXED_LOST):
        raise ValueError(f"standing: expected a good fit that lost money, found {standing!r}")
    lost = frame[frame["standing"] == standing]
    peers = frame.index[frame["standing"] == GOOD_EARNED]
    saved = int((lost["margin"] + lost["remedial_cost"] > 0).sum())
    money = -float(lost["margin"].sum())
    if lost.empty or not len(peers):
        return LossesByCause(standing, len(lost), money, saved, (), ())
    good = frame.index[frame["standing"].isin([GOOD_EARNED, GOOD_LOST])]
    may_lose = good if standing == GOOD_LOST else _once_fixed(frame, good)
    pool = good.union(may_lose).sort_values()
    table = _table(accounts, frame.loc[pool])
    drawn = excess_by_luck(
        table.to_numpy("float64"),
        frame.loc[pool, "margin"].to_numpy("float64"),
        may_lose=pool.isin(may_lose),
        may_earn=pool.isin(good),
        seed=seed,
    )
    usual, reach = luck_reaches(drawn)
    both = lost.index.append(peers).sort_values()
    is_lost = both.isin(lost.index)
    apart = figures_of_means(
        table.loc[both].to_numpy("float64"),
        np.column_stack([is_lost, ~is_lost]),
        both.to_numpy(),
        lambda means: means[:, 0] - means[:, 1],
        n_boot=1000,
        seed=seed,
    )
    mine = table.loc[lost.index]
    rows = accounts.activity_costs
    quantities = rows[rows["account_id"].isin(lost.index)].groupby(_KEY)["quantity"].sum()
    causes = []
    keys = [(bool(key[0]), str(key[1]), str(key[2])) for key in table.columns]
    for at, key in enumerate(keys):
        any_of_it = int((mine[key] > 0).sum())
        if not any_of_it:
            continue
        remedial, activity, caused_by = key
        listed = card.activities.get(activity)
        hours = None if listed is None else hours_per(listed.unit)
        causes.append(
            LossCause(
                activity=activity,
                caused_by=caused_by,
                remedial=remedial,
                total=float(mine[key].sum()),
                excess=apart[at],
                accounts=any_of_it,
                hours=None if hours is None else hours * float(quantities[key]) / len(lost),
                usual=float(usual[at]),
                reach=float(reach[at]),
            )
        )
    causes.sort(key=_rank)
    above = mine - table.loc[peers].mean(axis=0)
    return LossesByCause(
        standing, len(lost), money, saved, tuple(causes[:MOST_CAUSES]), _by_name(lost, above)
    )


def _rank(one: LossCause) -> tuple[bool, bool, float, str, str]:
    beyond = round(one.excess.value - one.usual, 4)
    return (not one.stands_out, not one.remedial, -beyond, one.activity, one.caused_by)


def _once_fixed(frame: pd.DataFrame, good: pd.Index) -> pd.Index:
    if "grade_once_fixed" not in frame:
        return frame.index[frame["standing"] == FIXED_LOST]
    return frame.index[frame["grade_once_fixed"].isin(["A", "B"])].difference(good)


def _table(accounts: Accounts, pool: pd.DataFrame) -> pd.DataFrame:
    """Lay out the costs of each account, and the revenue that it brought below the expected."""
    costs = accounts.activity_costs
    costs = costs[costs["account_id"].isin(pool.index)]
    table = costs.pivot_table(
        index="account_id", columns=_KEY, values="amount", aggfunc="sum", fill_value=0.0
    ).reindex(pool.index, fill_value=0.0)
    expected = pool.get("expected_after_direct_cost")
    if expected is not None and expected.notna().all():
        table[False, REVENUE_SHORT, ""] = expected - pool["revenue_after_direct_cost"]
    return table


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
