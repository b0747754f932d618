"""The customers won in one quarter and the deals lost, drawn by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from icpfit.data.demo import truth
from icpfit.data.demo.companies import companies, in_segment, with_gaps, won
from icpfit.data.demo.names import company_names
from icpfit.data.demo.relationships import Relationships, months_later, relationships
from icpfit.data.demo.world import (
    COSTLY_BY_NATURE,
    COSTLY_BY_REMEDIAL,
    FIRST_DAY,
    GOOD_SEGMENTS,
    QUARTERS,
    SHIFTED,
    WORLD,
)

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["Cohort", "cohort", "quarter_start", "truth_rows"]

DEALS_PER_WIN = 2.4


@dataclass(frozen=True)
class Cohort:
    """The deals closed in one quarter, and what became of those won.

    Attributes
    ----------
    market : pandas.DataFrame
        All companies offered to, without gaps.
    shown : pandas.DataFrame
        The same as the CRM knows them.
    rows_won : numpy.ndarray
        Rows of `market` that were won; the customers, in this order.
    started_on : numpy.ndarray
        Start of each customer's contract, datetime64[D].
    opened_on, closed_on : numpy.ndarray
        When each deal was opened and closed, won or lost.
    names : numpy.ndarray
        Name of each company.
    year, life, fit
        Rates, ledgers and probability of a profitable fit of each customer.
    """

    market: pd.DataFrame
    shown: pd.DataFrame
    rows_won: np.ndarray
    started_on: np.ndarray
    opened_on: np.ndarray
    closed_on: np.ndarray
    year: truth.FirstYear
    life: Relationships
    names: np.ndarray
    fit: np.ndarray


def cohort(seed: int, quarter: int, customers: int, shifted_from: dt.date | None) -> Cohort:
    """Draw one quarter.

    Parameters
    ----------
    seed : int
        Together with `quarter` it decides everything.
    quarter : int
        Quarters since `world.FIRST_DAY`.
    customers : int
        Customers won in `world.QUARTERS` quarters.
    shifted_from : datetime.date or None
        From then on the world is `world.SHIFTED`.

    Returns
    -------
    Cohort
        The quarter.
    """
    rng = np.random.default_rng([seed, quarter])
    first, end = quarter_start(quarter), quarter_start(quarter + 1)
    n = _won_before(quarter + 1, customers) - _won_before(quarter, customers)
    shifted = shifted_from is not None and first >= np.datetime64(shifted_from)
    world = SHIFTED if shifted else WORLD
    market = companies(round(DEALS_PER_WIN * n), world, rng)
    rows_won = won(market, n, world, rng)
    closed_on = first + rng.integers(0, (end - first).astype(int), len(market))
    cycle = np.clip(np.rint(np.exp(4.2 + 0.45 * rng.normal(size=len(market)))), 10, 320)
    opened_on = closed_on - cycle.astype("timedelta64[D]")
    # A contract starts within the quarter that it was closed in, so cohorts don't overlap.
    wait = np.minimum(rng.integers(1, 15, n), (end - 1 - closed_on[rows_won]).astype(int))
    started_on = closed_on[rows_won] + wait
    facts = market.iloc[rows_won].reset_index(drop=True)
    year = truth.first_year(facts, world)
    return Cohort(
        market=market,
        shown=with_gaps(market, rng),
        rows_won=rows_won,
        started_on=started_on,
        opened_on=opened_on,
        closed_on=closed_on,
        year=year,
        life=relationships(year, started_on, rng),
        names=company_names(market, rng),
        fit=truth.fit_probability(year, rng),
    )


def truth_rows(
    ids: np.ndarray, which: str, facts: pd.DataFrame, year: truth.FirstYear, fit: np.ndarray
) -> pd.DataFrame:
    """Say what is true of some companies, as ``truth.csv`` has it.

    Parameters
    ----------
    ids : numpy.ndarray
        Their ids, text.
    which : str
        ``customer`` or ``prospect``.
    facts : pandas.DataFrame
        The companies, without gaps.
    year : FirstYear
        Their rates.
    fit : numpy.ndarray
        Their probability of a profitable fit.

    Returns
    -------
    pandas.DataFrame
        id, set, group, expected_margin, expected_margin_if_fixed, fit_probability.
    """
    group = np.full(len(facts), "rest", dtype=object)
    for name, where in GOOD_SEGMENTS.items():
        group[in_segment(where, facts)] = name
    group[in_segment(COSTLY_BY_REMEDIAL, facts)] = "costly by remedial"
    group[in_segment(COSTLY_BY_NATURE, facts)] = "costly by nature"
    return pd.DataFrame(
        {
            "id": ids,
            "set": which,
            "group": group,
            "expected_margin": truth.expected_margin(year).round(2),
            "expected_margin_if_fixed": truth.expected_margin(year, remedial=False).round(2),
            "fit_probability": fit.round(4),
        }
    )


def quarter_start(quarter: int) -> np.datetime64:
    """First day of a quarter.

    Parameters
    ----------
    quarter : int
        Quarters since `world.FIRST_DAY`.

    Returns
    -------
    numpy.datetime64
        A day.

    Examples
    --------
    >>> quarter_start(16)
    np.datetime64('2026-07-01')
    """
    return np.datetime64(months_later(np.array([FIRST_DAY], "datetime64[D]"), 3 * quarter)[0])


def _won_before(quarter: int, customers: int) -> int:
    return customers * quarter // QUARTERS
