"""What a group of accounts left and what it took to serve them, beside all accounts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from icpfit.measure.estimate import Estimate
from icpfit.measure.intervals import bootstrap, wilson
from icpfit.measure.weighted import weighted_mean

if TYPE_CHECKING:
    import pandas as pd

    from icpfit.economics.outcome import Accounts
    from icpfit.economics.rate_card import RateCard

__all__ = ["AccountFigures", "TeamLoad", "account_figures", "mean_estimate", "team_loads"]

FEWEST_FOR_INTERVAL = 10
PER = 100
"""Loads are of so many customers."""
_TOO_FEW = "insufficient: {} accounts, {} are needed"


@dataclass(frozen=True)
class AccountFigures:
    """What accounts left over their horizon.

    Parameters
    ----------
    n : int
        Accounts, mature and with a known outcome.
    margin, cost_to_serve, remedial_cost, revenue : Estimate
        Mean per account, in currency units.
    margin_low, margin_high, cost_low, cost_high : float
        Where the middle 80 % of single accounts lie; NaN without accounts.
    fit_rate, retained : Estimate
        Share that was a profitable fit, and that stayed; 0 to 1.
    """

    n: int
    margin: Estimate
    cost_to_serve: Estimate
    remedial_cost: Estimate
    revenue: Estimate
    margin_low: float
    margin_high: float
    cost_low: float
    cost_high: float
    fit_rate: Estimate
    retained: Estimate


@dataclass(frozen=True)
class TeamLoad:
    """What one activity would take of the team that serves it.

    Parameters
    ----------
    team, activity, unit : str
        Who, what, and what its quantity counts.
    remedial : bool
        Whether it makes up for something that went wrong.
    quantity, amount : Estimate
        Per 100 such customers over the horizon: units, and currency units.
    usual_quantity, usual_amount : float
        The same of 100 customers as they are now.
    """

    team: str
    activity: str
    unit: str
    remedial: bool
    quantity: Estimate
    amount: Estimate
    usual_quantity: float
    usual_amount: float


def account_figures(accounts: Accounts, members: pd.Index, *, seed: int = 0) -> AccountFigures:
    """Return what some of the accounts left, with intervals.

    Parameters
    ----------
    accounts : Accounts
        Facts and outcomes, joined; each row is a parent with its subsidiaries.
    members : pandas.Index
        Some of ``accounts.used``.
    seed : int
        Of the bootstrap.

    Returns
    -------
    AccountFigures
        Means with a bootstrap interval over accounts, shares with Wilson's; 90 %. Below 10 accounts
        money has no interval; without any it is NaN.
    """
    rows = accounts.outcomes.loc[members.sort_values()]

    def mean(name: str) -> Estimate:
        return mean_estimate(rows[name].astype(float), seed=seed)

    def ends(name: str) -> tuple[float, float]:
        values = rows[name].dropna().astype(float)
        if values.empty:
            return math.nan, math.nan
        low, high = np.quantile(values, [0.1, 0.9])
        return float(low), float(high)

    def share(name: str) -> Estimate:
        known = rows[name].dropna().astype(bool)
        return wilson(int(known.sum()), len(known))

    return AccountFigures(
        len(rows),
        mean("margin"),
        mean("cost_to_serve"),
        mean("remedial_cost"),
        mean("revenue"),
        *ends("margin"),
        *ends("cost_to_serve"),
        share("fit"),
        share("retained"),
    )


def mean_estimate(values: pd.Series, *, scale: float = 1.0, seed: int = 0) -> Estimate:
    """Return the mean of some accounts' figure with its bootstrap interval.

    Parameters
    ----------
    values : pandas.Series of float
        One figure per account, indexed by account_id; missing ones are left out.
    scale : float
        The mean is multiplied by it, such as 100 for "per 100 customers".
    seed : int
        Of the bootstrap.

    Returns
    -------
    Estimate
        90 % percentile interval; below 10 accounts none, without any NaN.
    """
    known = values.dropna().sort_index()
    if known.empty:
        return Estimate(math.nan, note="no accounts")
    figures = scale * known.to_numpy(dtype=np.float64)
    if len(known) < FEWEST_FOR_INTERVAL:
        note = _TOO_FEW.format(len(known), FEWEST_FOR_INTERVAL)
        return Estimate(float(figures.mean()), n=len(known), note=note)
    return bootstrap(lambda w: weighted_mean(w, figures), range(len(known)), seed=seed)


def team_loads(
    accounts: Accounts, members: pd.Index, card: RateCard, *, seed: int = 0
) -> tuple[TeamLoad, ...]:
    """Return what 100 customers like some of the accounts would take of each team.

    An account without an event of an activity counts as none: `accounts.used` holds only accounts
    whose logs are covered.

    Parameters
    ----------
    accounts : Accounts
        Facts and outcomes, joined.
    members : pandas.Index
        Those of ``accounts.used`` that the customers are taken to be like.
    card : RateCard
        Tells each activity's unit.
    seed : int
        Of the bootstrap.

    Returns
    -------
    tuple of TeamLoad
        Team by team, the most expensive first, and so within each team; activities that neither
        they nor anybody needed are left out.

    Notes
    -----
    A mean of what was, not a forecast: it says what such customers took, under today's way of
    serving them.
    """
    used = accounts.used.sort_values()
    events = accounts.activity_costs
    events = events[events["account_id"].isin(used)]
    loads: list[TeamLoad] = []
    for keys, rows in events.groupby(["served_by", "activity", "remedial"], sort=True):
        team, activity, remedial = keys
        sums = rows.groupby("account_id")[["quantity", "amount", "events"]].sum()
        sums = sums.reindex(used, fill_value=0.0)
        # Rows that bring an amount need no quantity; then the events are counted.
        counted = "quantity" if sums["quantity"].any() else "events"
        own = sums.loc[members.sort_values()]
        known = card.activities.get(str(activity))
        loads.append(
            TeamLoad(
                str(team),
                str(activity),
                known.unit if known is not None and counted == "quantity" else "event",
                bool(remedial),
                mean_estimate(own[counted], scale=PER, seed=seed),
                mean_estimate(own["amount"], scale=PER, seed=seed),
                PER * float(sums[counted].mean()),
                PER * float(sums["amount"].mean()),
            )
        )

    def cost(load: TeamLoad) -> float:
        return load.usual_amount if math.isnan(load.amount.value) else load.amount.value

    of_team = {load.team: 0.0 for load in loads}
    for load in loads:
        of_team[load.team] += cost(load)
    return tuple(
        sorted(loads, key=lambda one: (-of_team[one.team], one.team, -cost(one), one.activity))
    )
