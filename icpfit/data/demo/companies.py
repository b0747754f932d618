"""Companies as a market has them: what can be known of each before it is sold to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from icpfit.data.demo.world import COUNTRIES, LEAD_SOURCES, World

__all__ = ["companies", "in_segment", "with_gaps", "won"]

_OWNERSHIP = {
    "Family": 0.52,
    "Private Equity": 0.18,
    "Listed": 0.12,
    "Foundation": 0.08,
    "State": 0.1,
}
_ERP = {
    "SAP": 0.34,
    "Microsoft Dynamics": 0.2,
    "proALPHA": 0.12,
    "Sage": 0.1,
    "abas": 0.08,
    "Infor": 0.08,
    "own development": 0.05,
    "other": 0.03,
}
_BANDS = ("< 5 M", "5-20 M", "20-50 M", "50-200 M", "> 200 M")
_GAPS = {
    "employees": 0.03,
    "revenue_band": 0.09,
    "sites": 0.04,
    "systems": 0.1,
    "has_it_team": 0.06,
    "lead_source": 0.03,
    "ownership": 0.07,
    "erp_system": 0.2,
    "founded_on": 0.1,
    "web_shop": 0.05,
}


def companies(n: int, world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Draw companies of the market.

    Parameters
    ----------
    n : int
        How many, at least 0.
    world : World
        Gives the industries and their usual sizes.
    rng : numpy.random.Generator
        The source of chance.

    Returns
    -------
    pandas.DataFrame
        n rows without gaps: industry, country, revenue_band, ownership, lead_source, erp_system
        (text), employees, sites, systems (whole numbers, at least 1), has_it_team,
        custom_integration, web_shop (bool), founded_on (datetime64).

    Examples
    --------
    >>> from icpfit.data.demo.world import WORLD
    >>> companies(2, WORLD, np.random.default_rng(1)).shape
    (2, 13)
    """
    names = list(world.industries)
    code = rng.choice(len(names), n, p=[i.share for i in world.industries.values()])
    staff = np.array([i.staff for i in world.industries.values()])[code]
    site_factor = np.array([i.site_factor for i in world.industries.values()])[code]
    employees = np.clip(np.rint(staff * 170 * np.exp(0.85 * rng.normal(size=n))), 8, 15_000)
    spread = site_factor * 0.9 * np.sqrt(employees / 120)
    sites = 1 + rng.poisson(spread * rng.gamma(3.0, 1 / 3.0, n))
    systems = 1 + rng.poisson(1.6 + 0.35 * np.log1p(employees / 60))
    it_odds = -0.4 + 0.75 * np.log(employees / 110)
    turnover = employees * 0.19 * np.exp(0.55 * rng.normal(size=n))
    years = rng.gamma(2.2, 17.0, n).clip(1, 180)
    founded = np.datetime64("2022-01-01") - (years * 365.25).astype("timedelta64[D]")
    return pd.DataFrame(
        {
            "industry": np.array(names, dtype=object)[code],
            "country": _drawn(COUNTRIES, n, rng),
            "employees": employees.astype(np.int64),
            "revenue_band": np.array(_BANDS, dtype=object)[
                np.searchsorted([5.0, 20.0, 50.0, 200.0], turnover)
            ],
            "sites": sites.astype(np.int64),
            "systems": systems.astype(np.int64),
            "has_it_team": rng.random(n) < 1 / (1 + np.exp(-it_odds)),
            "custom_integration": rng.random(n) < np.clip(0.16 + 0.035 * systems, 0, 0.7),
            "lead_source": _drawn({k: v[0] for k, v in LEAD_SOURCES.items()}, n, rng),
            "ownership": _drawn(_OWNERSHIP, n, rng),
            "erp_system": _drawn(_ERP, n, rng),
            "founded_on": founded.astype("datetime64[s]"),
            "web_shop": rng.random(n) < 0.45,
        }
    )


def won(market: pd.DataFrame, n: int, world: World, rng: np.random.Generator) -> np.ndarray:
    """Which companies of a market were won: the bigger ones, and the industries that like to buy.

    Winning depends on what can be seen of a company, and on luck, not on what it will earn.

    Parameters
    ----------
    market : pandas.DataFrame
        Companies as `companies` gives them.
    n : int
        How many are won, at most the rows of `market`.
    world : World
        Gives each industry's inclination.
    rng : numpy.random.Generator
        The source of chance.

    Returns
    -------
    numpy.ndarray
        Row numbers, shape (n,), ascending.
    """
    inclination = market["industry"].map({k: v.win for k, v in world.industries.items()}).to_numpy()
    odds = (
        inclination
        + 0.15 * np.log(market["employees"].to_numpy() / 150)
        + 0.5 * (market["lead_source"].to_numpy() == "Referral")
        + rng.gumbel(size=len(market))
    )
    return np.sort(np.argsort(-odds, kind="stable")[:n])


def in_segment(where: Mapping[str, Any], facts: pd.DataFrame) -> np.ndarray:
    """Which companies a planted group holds.

    Parameters
    ----------
    where : Mapping
        Conditions in the form of ``conf/icp/``: a list of levels, a range ``{from:, below:}``
        with one or both ends, or one value.
    facts : pandas.DataFrame
        Companies; one without the value is not in the group.

    Returns
    -------
    numpy.ndarray
        bool, one per row.

    Examples
    --------
    >>> in_segment({"sites": {"from": 2, "below": 4}}, pd.DataFrame({"sites": [1, 2, 3, 4]}))
    array([False,  True,  True, False])
    """
    inside = np.ones(len(facts), dtype=bool)
    for attribute, condition in where.items():
        column = facts[attribute]
        if isinstance(condition, list):
            inside &= column.isin(condition).to_numpy()
        elif isinstance(condition, Mapping):
            inside &= (column >= condition.get("from", -np.inf)).to_numpy()
            inside &= (column < condition.get("below", np.inf)).to_numpy()
        else:
            inside &= (column == condition).to_numpy()
    return inside


def with_gaps(facts: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Show the same companies as a CRM knows them: some cells empty, by chance alone.

    Parameters
    ----------
    facts : pandas.DataFrame
        Companies without gaps.
    rng : numpy.random.Generator
        The source of chance.

    Returns
    -------
    pandas.DataFrame
        Text columns; None where the CRM has nothing.
    """
    shown = pd.DataFrame(index=facts.index)
    for name in facts.columns:
        column = facts[name]
        if column.dtype == bool:
            text = pd.Series(np.where(column, "Yes", "No"), index=facts.index, dtype=object)
        elif name == "founded_on":
            text = column.dt.strftime("%Y-%m-%d").astype(object)
        else:
            text = column.astype(str).astype(object)
        empty = rng.random(len(facts)) < _GAPS.get(name, 0.0)
        shown[name] = text.mask(empty, None)
    return shown


def _drawn(shares: Mapping[str, float], n: int, rng: np.random.Generator) -> np.ndarray:
    return np.array(list(shares), dtype=object)[rng.choice(len(shares), n, p=list(shares.values()))]
