"""Deals won and lost: which segments are won easily, how long it takes, and who is not won."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.data.fact_values import fact_values
from icpfit.insight.service.drop_or_fix import members_of
from icpfit.insight.service.won_differences import WonDifference, won_differences
from icpfit.measure.estimate import Estimate
from icpfit.measure.group_means import group_means
from icpfit.measure.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from icpfit.data.contract import Attribute
    from icpfit.economics.outcome import Accounts
    from icpfit.icp.profile import Segment

__all__ = ["DealPanel", "SegmentDeals", "deal_panel", "median_interval"]

ATTRIBUTE = "attr:"
FEWEST_DEALS = 30
Corner = Literal[
    "wins easily, leaves money",
    "hard to win, leaves money",
    "wins easily, leaves little",
    "hard to win, leaves little",
    "cannot tell",
]


@dataclass(frozen=True)
class SegmentDeals:
    """The deals of one segment.

    Parameters
    ----------
    name : str
        Of the segment; "all deals" for the whole.
    n : int
        Deals closed.
    win_rate : Estimate
        Share of them that was won, with Wilson's interval.
    cycle : Estimate
        Median days from opening to winning.
    margin : Estimate
        Margin per account of the segment's customers, currency units over the horizon.
    corner : str
        Where it stands in *wins easily x leaves money*, beside all deals and all customers;
        "cannot tell" where one of the intervals holds the whole's figure.
    note : str
        Why it couldn't be computed, else "".
    """

    name: str
    n: int
    win_rate: Estimate
    cycle: Estimate
    margin: Estimate
    corner: Corner
    note: str = ""


@dataclass(frozen=True)
class DealPanel:
    """Win rate and sales cycle, or why there are none.

    Parameters
    ----------
    segments : tuple of SegmentDeals
        All deals first; empty where the panel is.
    differences : tuple of WonDifference
        Facts that differ between deals won and lost (chi-squared test, false discovery rate 5 %).
    tested : int
        Facts that were compared.
    note : str
        Why the panel is empty, else "".
    """

    segments: tuple[SegmentDeals, ...]
    differences: tuple[WonDifference, ...]
    tested: int
    note: str = ""


def median_interval(values: npt.ArrayLike, level: float = 0.9) -> Estimate:
    """Median with an interval from the order of the values alone.

    The ends are order statistics whose ranks are the binomial quantiles of a fair coin.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        None missing.
    level : float
        Least coverage, between 0 and 1.

    Returns
    -------
    Estimate
        NaN of no value; without an interval below 20.

    References
    ----------
    Conover (1999), Practical Nonparametric Statistics, 3.2.

    Examples
    --------
    >>> found = median_interval(range(1, 22))
    >>> found.value, found.low, found.high
    (11.0, 7.0, 15.0)
    """
    ranked = np.sort(np.asarray(values, dtype=np.float64))
    n = len(ranked)
    if n < 20:
        value = float(np.median(ranked)) if n else float("nan")
        return Estimate(value, level=level, n=n, note=f"insufficient: {n} deals, 20 are needed")
    from scipy.stats import binom

    below = max(int(binom.ppf(0.5 - level / 2, n, 0.5)) - 1, 0)
    return Estimate(
        float(np.median(ranked)), float(ranked[below]), float(ranked[n - 1 - below]), level, n
    )


def deal_panel(
    opportunities: pa.Table | None,
    accounts: Accounts,
    segments: Sequence[Segment],
    *,
    reported_on: pd.Index | None = None,
    seed: int = 0,
) -> DealPanel:
    """Set how easily each segment is won against what its customers leave.

    Parameters
    ----------
    opportunities : pyarrow Table or None
        The typed table of deals; the facts of each as ``attr:<name>``.
    accounts : Accounts
        The customers, for the margin.
    segments : sequence of Segment
        The segments to show.
    reported_on : Index, optional
        Accounts for every margin, the whole's too, apart from those on which segments were found;
        by default all that a model may learn from.
    seed : int
        Of the bootstrap.

    Returns
    -------
    DealPanel
        Empty, with the reason, where there are no deals, or the deals lost bring no facts: the
        accounts tell only of customers won.

    Notes
    -----
    Facts of a deal are those that the export of deals has, for deals won and lost alike. A segment
    with a condition on another fact has no win rate. Deals closed after ``as_of`` don't count; a
    company may have several deals.
    """
    if opportunities is None or opportunities.num_rows == 0:
        return _empty("the settings name no source with table: opportunities")
    deals = _deals(opportunities, accounts)
    if deals.empty:
        return _empty(f"no deal was closed by {accounts.as_of}")
    won = deals.pop("won").to_numpy(dtype=bool)
    days = deals.pop("days").to_numpy("float64")
    if won.all() or not won.any():
        return _empty(f"all {len(won):,} deals were {'won' if won.all() else 'lost'}")
    known = [str(name) for name in deals.columns if deals.loc[~won, name].notna().any()]
    if not known:
        return _empty(
            "the deals bring no facts of the companies, so those lost can't be laid to a segment;"
            " map attributes in the columns of the source of opportunities"
        )
    whole = _figures("all deals", won, days, _margin(accounts, None, seed, reported_on))
    rows = [whole]
    for segment in segments:
        missing = [name for name in segment.where if name not in known]
        margin = _margin(accounts, segment, seed, reported_on)
        if missing:
            words = ", ".join(_words(accounts.attributes, name) for name in missing)
            none = Estimate(math.nan)
            note = f"the deals don't tell {words}"
            rows.append(SegmentDeals(segment.name, 0, none, none, margin, "cannot tell", note))
            continue
        inside = members_of(segment, deals, accounts.as_of).to_numpy(dtype=bool)
        found = _figures(segment.name, won[inside], days[inside], margin)
        rows.append(_placed(found, whole))
    differences, tested = won_differences(deals[known], won, accounts.attributes)
    return DealPanel(tuple(rows), differences, tested)


def _empty(note: str) -> DealPanel:
    return DealPanel((), (), 0, note)


def _deals(table: pa.Table, accounts: Accounts) -> pd.DataFrame:
    """Lay out closed deals with their facts, in an order that the rows' doesn't change."""
    frame = pd.DataFrame(
        {
            "account_id": fact_values(table["account_id"], "id"),
            "opened_on": fact_values(table["opened_on"], "date"),
            "closed_on": fact_values(table["closed_on"], "date"),
            "won": fact_values(table["won"], "flag"),
        }
    )
    for name, attribute in accounts.attributes.items():
        if f"{ATTRIBUTE}{name}" in table.column_names and attribute.known == "before_sale":
            frame[name] = fact_values(table[f"{ATTRIBUTE}{name}"], attribute.kind)
    frame = frame[frame["won"].notna() & (frame["closed_on"] <= pd.Timestamp(accounts.as_of))]
    frame = frame.sort_values(["account_id", "opened_on", "closed_on", "won"], ignore_index=True)
    frame["won"] = frame["won"] == 1.0
    cycle = (frame["closed_on"] - frame["opened_on"]).dt.days.astype("float64")
    frame["days"] = cycle.where(cycle >= 0)
    return frame.drop(columns=["account_id", "opened_on", "closed_on"])


def _figures(
    name: str, won: npt.NDArray[np.bool_], days: npt.NDArray[np.float64], margin: Estimate
) -> SegmentDeals:
    cycle = days[won]
    return SegmentDeals(
        name,
        len(won),
        wilson(int(won.sum()), len(won)),
        median_interval(cycle[~np.isnan(cycle)]),
        margin,
        "cannot tell",
        "" if len(won) >= FEWEST_DEALS else f"{len(won)} deals are few",
    )


def _margin(
    accounts: Accounts, segment: Segment | None, seed: int, reported_on: pd.Index | None = None
) -> Estimate:
    used = accounts.used if reported_on is None else accounts.used.intersection(reported_on)
    used = used.sort_values()
    if segment is not None:
        used = used[members_of(segment, accounts.facts.loc[used], accounts.as_of).to_numpy(bool)]
    margin = accounts.outcomes.loc[used, ["margin"]].astype("float64")
    [mean] = group_means(margin, used.to_numpy(), seed=seed)
    return mean


def _placed(found: SegmentDeals, whole: SegmentDeals) -> SegmentDeals:
    from dataclasses import replace

    easy = _apart(found.win_rate, whole.win_rate.value)
    rich = _apart(found.margin, whole.margin.value)
    if easy is None or rich is None:
        return found
    corners: dict[tuple[bool, bool], Corner] = {
        (True, True): "wins easily, leaves money",
        (False, True): "hard to win, leaves money",
        (True, False): "wins easily, leaves little",
        (False, False): "hard to win, leaves little",
    }
    return replace(found, corner=corners[easy, rich])


def _apart(estimate: Estimate, whole: float) -> bool | None:
    """Whether a figure surely lies above (True) or below (False) the whole's; None: can't tell."""
    if estimate.low is None or estimate.high is None:
        return None
    if estimate.low > whole:
        return True
    return False if estimate.high < whole else None


def _words(attributes: Mapping[str, Attribute], name: str) -> str:
    return attributes[name].words if name in attributes else name.replace("_", " ")
