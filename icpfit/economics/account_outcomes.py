"""What happened to every account over its horizon: money, loyalty, and whether it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from icpfit.data.joining.periods import Period, month_count
from icpfit.data.joining.reconciliation import share_text
from icpfit.economics.coverage import Log, covered_shares
from icpfit.economics.loyalty import advocacy, composite, enrichment, retention
from icpfit.economics.margin import contribution_margin, discount_factor, discounted_sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.economics.spec import EconomicsSpec

__all__ = ["account_outcomes", "activity_costs", "monthly_margins"]

_UNITS = 10_000
SHORTEST_FOR_ENRICHMENT = 6
"""Months; over less, the two halves say more about when invoices are sent than about growth."""

_MONEY = ("revenue", "direct_cost", "planned_cost", "remedial_cost", "cost_to_serve")


def account_outcomes(
    accounts: pd.DataFrame,
    dates: pd.DataFrame,
    *,
    revenue: pd.DataFrame,
    costs: pd.DataFrame,
    loyalty: pd.DataFrame,
    covering: Sequence[Log],
    economics: EconomicsSpec,
    horizon: Period,
    has_loyalty: bool,
) -> tuple[pd.DataFrame, list[str]]:
    """Outcome of every account, but for the label.

    Parameters
    ----------
    accounts, dates : DataFrame, shape (n, ...)
        As in `AccountRows.frame` and `Accounts.dates`.
    revenue, costs, loyalty : DataFrame
        Sums per account and month, as in `AccountMonths.rows`.
    covering : sequence of Log
        The logs and the days they cover.
    economics : EconomicsSpec
        Discount rate, loyalty and coverage.
    horizon : Period
        Over which everything is summed.
    has_loyalty : bool
        Whether any source has loyalty; without one its components are NaN.

    Returns
    -------
    DataFrame, shape (n, ...)
        As in `Accounts.outcomes`.
    list of str
        What a reader should know.
    """
    n, rate = len(accounts), economics.discount_rate
    frame = pd.DataFrame(index=accounts.index)
    frame["revenue"] = discounted_sums(revenue, "amount", n, rate)
    frame["direct_cost"] = discounted_sums(revenue, "direct_cost", n, rate)
    remedial = costs["remedial"].astype(bool)
    frame["planned_cost"] = discounted_sums(costs[~remedial], "amount", n, rate)
    frame["remedial_cost"] = discounted_sums(costs[remedial], "amount", n, rate)
    frame["cost_to_serve"] = frame["planned_cost"] + frame["remedial_cost"]
    frame["acquisition_cost"] = accounts["acquisition_cost"]
    frame["margin"] = contribution_margin(
        frame["revenue"].to_numpy("float64"),
        frame["direct_cost"].to_numpy("float64"),
        frame["cost_to_serve"].to_numpy("float64"),
        frame["acquisition_cost"].to_numpy("float64"),
    )
    mature = dates["is_mature"].to_numpy(bool)
    covered = covered_shares(dates["started_on"], dates["horizon_end"], covering)
    frame["covered_share"] = covered.min(axis=1) if len(covering) else 1.0
    excluded = _excluded(mature, accounts, covered, economics.min_covered)
    counts = np.array([reason is None for reason in excluded])
    # Outside the days that a log covers its cost is unknown; it is never taken for zero.
    unknown = ~mature | (covered < economics.min_covered).any(axis=1).to_numpy(bool)
    frame.loc[unknown, [*_MONEY, "margin"]] = np.nan
    frame.loc[~mature, "acquisition_cost"] = np.nan
    lost = (accounts["lost_on"] < accounts["horizon_end"]).to_numpy(bool)
    if has_loyalty:
        parts = _loyalty_parts(
            revenue, loyalty, dates, lost=lost, counts=counts, economics=economics, horizon=horizon
        )
    else:
        parts = dict.fromkeys(("retention", "enrichment", "advocacy"), np.full(n, np.nan))
    for name, values in parts.items():
        frame[name] = np.where(mature, values, np.nan)
    weights = economics.label.weights
    retained, enriched, advocated = (frame[name].to_numpy("float64") for name in parts)
    whole = composite(retained, enriched, advocated, weights)
    frame["loyalty"] = np.where(frame["retention"].notna(), whole, np.nan)
    frame["retained"] = _flags(~lost, mature)
    frame["lost_on"] = accounts["lost_on"]
    frame["excluded_because"] = pd.Series(excluded, index=frame.index, dtype=object)
    notes = _notes(accounts, frame, revenue, costs, has_loyalty=has_loyalty)
    order = ["retention", "enrichment", "advocacy", "loyalty", "retained"]
    last = ["lost_on", "covered_share", "excluded_because"]
    return frame[[*_MONEY, "acquisition_cost", "margin", *order, *last]], notes


def activity_costs(costs: pd.DataFrame, mature: pd.Series, rate: float) -> pd.DataFrame:
    """Cost of mature accounts within their horizon, by activity, cause and group that serves.

    Parameters
    ----------
    costs : DataFrame
        Sums per account and month, as in `AccountMonths.rows`.
    mature : Series of bool, shape (n,)
        Of every account.
    rate : float
        Annual discount rate.

    Returns
    -------
    DataFrame
        ``account_id``, ``activity``, ``remedial``, ``caused_by``, ``served_by``, ``amount``
        (discounted, currency units), ``quantity`` (of the activity's unit), ``events`` (rows of
        the ledger), sorted by the first five.
    """
    by = ["account_id", "activity", "remedial", "caused_by", "served_by"]
    rows = costs[mature.to_numpy(bool)[costs["position"].to_numpy()]]
    number = rows.groupby(by, sort=True).ngroup()
    table: pd.DataFrame = rows[by].sort_values(by).drop_duplicates(ignore_index=True)
    rows = rows.assign(position=number.astype("int64"))
    table["remedial"] = table["remedial"].astype(bool)
    table["amount"] = discounted_sums(rows, "amount", len(table), rate)
    table["quantity"] = discounted_sums(rows, "quantity", len(table), 0.0)
    events = np.bincount(rows["position"].to_numpy(), rows["rows"].to_numpy(), minlength=len(table))
    table["events"] = events.astype("int64")
    return table


def monthly_margins(
    revenue: pd.DataFrame, costs: pd.DataFrame, mature: pd.Series, rate: float
) -> pd.DataFrame:
    """Margin of mature accounts by month of the relationship, before acquisition cost.

    Parameters
    ----------
    revenue, costs : DataFrame
        Sums per account and month, as in `AccountMonths.rows`.
    mature : Series of bool, shape (n,)
        Of every account, indexed by account_id.
    rate : float
        Annual discount rate.

    Returns
    -------
    DataFrame
        ``account_id``, ``month`` (0 is the first) and ``margin`` (discounted, currency units),
        sorted by the first two; months without any row are left out.
    """
    signed = [
        revenue[["position", "month"]].assign(cents=revenue["amount"] - revenue["direct_cost"]),
        costs[["position", "month"]].assign(cents=-costs["amount"]),
    ]
    both = pd.concat(signed, ignore_index=True)
    both = both[mature.to_numpy(bool)[both["position"].to_numpy("int64")]]
    # Whole ten-thousandths, so that the order of the rows can't change a sum.
    sums = both.groupby(["position", "month"], sort=True, as_index=False)["cents"].sum()
    factor = discount_factor(sums["month"].to_numpy(), rate)
    return pd.DataFrame(
        {
            "account_id": mature.index.to_numpy()[sums["position"].to_numpy("int64")],
            "month": sums["month"].astype("int64"),
            "margin": factor * sums["cents"].to_numpy("float64") / _UNITS,
        }
    )


def _excluded(
    mature: np.ndarray[Any, Any], accounts: pd.DataFrame, covered: pd.DataFrame, least: float
) -> list[str | None]:
    reasons: list[str | None] = [None] * len(accounts)
    for name in reversed(covered.columns):
        for row in np.flatnonzero(covered[name].to_numpy() < least):
            what = "the revenue ledger" if name == "revenue" else f"the cost log '{name}'"
            reasons[row] = f"{what} covers less than {share_text(least)} of its horizon"
    for row in np.flatnonzero((accounts["lost_on"] < accounts["started_on"]).to_numpy()):
        reasons[row] = "its churned_on lies before its started_on"
    for row in np.flatnonzero(~mature):
        reasons[row] = "not mature"
    return reasons


def _loyalty_parts(
    revenue: pd.DataFrame,
    loyalty: pd.DataFrame,
    dates: pd.DataFrame,
    *,
    lost: np.ndarray[Any, Any],
    counts: np.ndarray[Any, Any],
    economics: EconomicsSpec,
    horizon: Period,
) -> dict[str, np.ndarray[Any, Any]]:
    n = len(dates)
    place = loyalty["position"].to_numpy("int64")
    value = loyalty["value"].to_numpy("float64")
    times = loyalty["rows"].to_numpy("float64")
    kind = loyalty["kind"].to_numpy()
    worst = np.full(n, np.nan)
    due = kind == "renewal"
    np.fmin.at(worst, place[due], value[due])
    months = month_count(horizon)
    enriched = np.full(n, np.nan)
    if months >= SHORTEST_FOR_ENRICHMENT:
        early = revenue["month"] < round(months / 2)
        first = discounted_sums(revenue[early], "amount", n, 0.0)
        second = discounted_sums(revenue[~early], "amount", n, 0.0)
        years = dates["started_on"].dt.year.to_numpy()
        enriched[counts] = enrichment(first[counts], second[counts], years[counts])
    # The mean over all accounts is that of mature ones, or young ones would move the old.
    nps = (kind == "nps") & dates["is_mature"].to_numpy(bool)[place]
    answers = np.bincount(place[nps], times[nps], minlength=n).astype("float64")
    # Whole ten-thousandths, so that the order of the groups can't change the sum.
    tenths = np.rint(value[nps] * _UNITS) * times[nps]
    answer_sum = np.bincount(place[nps], tenths, minlength=n).astype("float64") / _UNITS
    referred = np.zeros(n, dtype=bool)
    referred[place[(kind == "referral") & (value > 0)]] = True
    return {
        "retention": retention(lost, worst),
        "enrichment": enriched,
        "advocacy": advocacy(answers, answer_sum, referred, economics.loyalty.prior_answers),
    }


def _flags(values: np.ndarray[Any, Any], known: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    flags = np.empty(len(values), dtype=object)
    flags[:] = [
        bool(one) if is_known else None for one, is_known in zip(values, known, strict=True)
    ]
    return flags


def _notes(
    accounts: pd.DataFrame,
    frame: pd.DataFrame,
    revenue: pd.DataFrame,
    costs: pd.DataFrame,
    *,
    has_loyalty: bool,
) -> list[str]:
    notes = []
    if accounts["lost_on"].isna().all():
        notes.append("no account has churned_on or a churn observation: all count as retained")
    if not revenue["direct_cost"].any():
        notes.append("no direct_cost is given: it counts as zero")
    if len(costs) == 0:
        notes.append("no cost to serve lies in the horizon of any account: it counts as zero")
    early = int((accounts["lost_on"] < accounts["started_on"]).sum())
    if early:
        notes.append(f"{early:,} accounts have a churned_on before their started_on: excluded")
    counted = frame[frame["excluded_because"].isna()]
    answered = counted["advocacy"].notna()
    if has_loyalty and answered.any() and not answered.all():
        said, silent = (
            f"{group['margin'].mean():,.0f} each, of whom"
            f" {share_text(group['retained'].astype(float).mean())} stayed"
            for group in (counted[answered], counted[~answered])
        )
        notes.append(f"accounts that answered or referred left {said}; the silent ones {silent}")
    return notes
