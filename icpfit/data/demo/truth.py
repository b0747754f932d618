"""What a company of the market will buy, need and do, and what it will therefore earn.

`first_year` turns what was known before the sale into the rates of everything that happens later;
`expected_margin` and `fit_probability` are exact in them, up to the noise of a stated simulation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from icpfit.data.demo.companies import in_segment
from icpfit.data.demo.world import COSTLY_BY_REMEDIAL, GOOD_SEGMENTS, LEAD_SOURCES, RATES, World

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FirstYear", "expected_margin", "first_year", "fit_probability"]

EQUIPMENT_COST = 0.58
"""Direct cost of equipment and freight, as a share of its price."""
SUBSCRIPTION_COST = 0.17
"""Direct cost of the subscription (hosting, mobile data), as a share of its price."""
TICKET_MINUTES = 200.0
TICKET_SPREAD = 0.8
"""Log-normal spread of the minutes of a ticket."""
VISIT_HOURS = 7.0
RETURN_COST = 330.0
"""EUR to collect, test and replace one damaged unit."""
UNITS_PER_RETURN = 1.6
REVENUE_SPREAD = 0.47
"""Log-normal spread of what a company buys, around what companies like it buy."""
CREDIT_SHARE = 0.012
"""Credit notes, as a share of the subscription."""
EARLY_MONTHS = np.arange(3, 11)
"""Months after which a customer who leaves within the first year does so."""
DISCOUNT = 1.10 ** (-np.arange(12) / 12)
"""Weight of a month since the start, at 10 % a year."""
NPS_SPREAD = 1.7
NPS_PER_YEAR = 1.1
USUAL_ANSWER = 7.2
PROMOTER_REFERS = 0.14
REFERS = 0.03
CREDITS_PER_YEAR = 0.25
EASE_SHAPE = 2.2
"""Gamma shape of how much more or less planned service a customer needs than others like it."""
LUCK_SHAPE = 2.0
"""Gamma shape of how much more or less goes wrong."""
GROWTH_SPREAD = 0.12
MOOD_SPREAD = 0.8
REPAIR_ANNOYS = 0.08
"""Points of satisfaction that one repair or complaint in a year costs."""


@dataclass(frozen=True)
class FirstYear:
    """Rates of the first year, one value per company; EUR, hours, events, or probabilities.

    Attributes
    ----------
    equipment, subscription : numpy.ndarray
        EUR at list price: once, and per year.
    growth : numpy.ndarray
        Mean growth of the subscription in the second half, as a share.
    onboarding_hours, visit_hours : numpy.ndarray
        Planned hours: once, and per year.
    tickets : numpy.ndarray
        Planned tickets per year.
    returns, complaints, rework_hours : numpy.ndarray
        Remedial: shipments returned, tickets and hours per year.
    acquisition : numpy.ndarray
        EUR to win the company.
    leaves_early, declines, downgrades : numpy.ndarray
        Probability of leaving within the year, of declining the renewal, of a smaller renewal.
    satisfaction : numpy.ndarray
        Mean answer to the 0-10 question, before rounding.
    """

    equipment: np.ndarray
    subscription: np.ndarray
    growth: np.ndarray
    onboarding_hours: np.ndarray
    visit_hours: np.ndarray
    tickets: np.ndarray
    returns: np.ndarray
    complaints: np.ndarray
    rework_hours: np.ndarray
    acquisition: np.ndarray
    leaves_early: np.ndarray
    declines: np.ndarray
    downgrades: np.ndarray
    satisfaction: np.ndarray


def first_year(facts: pd.DataFrame, world: World) -> FirstYear:
    """Rates of the first year of each company, from what was known before the sale.

    Parameters
    ----------
    facts : pandas.DataFrame
        Companies without gaps.
    world : World
        The strengths of what is planted.

    Returns
    -------
    FirstYear
        Arrays of shape (rows of `facts`,).
    """
    industry = [world.industries[name] for name in facts["industry"]]
    size = (facts["employees"].to_numpy(dtype=float) / 150) ** 0.5
    sites = facts["sites"].to_numpy(dtype=float)
    systems = facts["systems"].to_numpy(dtype=float)
    has_it = facts["has_it_team"].to_numpy(dtype=bool)
    custom = facts["custom_integration"].to_numpy(dtype=bool)
    good = np.zeros(len(facts), dtype=bool)
    for where in GOOD_SEGMENTS.values():
        good |= in_segment(where, facts)
    damage = world.damage * in_segment(COSTLY_BY_REMEDIAL, facts)
    costly_odds = np.where(has_it, 0.0, 0.35) + np.where(custom & ~has_it, 0.4, 0.0)
    price = np.where(good, world.premium, 1.0)

    def of_industry(name: str) -> np.ndarray:
        return np.array([getattr(i, name) for i in industry], dtype=float)

    is_agency = (facts["industry"] == "Agency").to_numpy()
    referral = (facts["lead_source"] == "Referral").to_numpy()
    equipment = of_industry("equipment") * price * 5_200 * size**0.6 * sites**0.45
    subscription = of_industry("subscription") * price * 15_000 * size * sites**0.1
    need = np.where(has_it, 1.0, world.no_it_support) * np.where(
        custom, np.where(has_it, 1.25, world.custom_support), 1.0
    )
    tickets = of_industry("tickets") * 8.0 * size**0.9 * need * (0.7 + 0.1 * systems)
    cost_by_source = facts["lead_source"].map({k: v[1] for k, v in LEAD_SOURCES.items()}).to_numpy()
    return FirstYear(
        equipment=equipment,
        subscription=subscription * np.where(damage > 0, 1.25, 1.0),
        growth=np.where(good, 0.14, 0.03) - np.where(custom & ~has_it, 0.05, 0.0),
        onboarding_hours=16 + 7 * sites + custom * np.where(has_it, 16.0, 70.0),
        visit_hours=of_industry("visit_hours") * sites * np.where(has_it, 0.85, 1.15),
        tickets=tickets * np.where(good, 0.75, 1.0),
        returns=0.25 * sites**0.5 + damage * 10.0 * sites**0.5 * size**0.5,
        complaints=0.06 * tickets + damage * 5.2 * size**0.8,
        rework_hours=0.9 * sites**0.5 + damage * 28 * sites**0.5 * size**0.5,
        acquisition=cost_by_source * size**0.5,
        leaves_early=_share(-3.3 + costly_odds + 0.3 * is_agency - 0.5 * referral - 0.9 * good),
        declines=_share(-1.6 + 1.2 * costly_odds + 0.3 * is_agency - 0.8 * referral - 1.1 * good),
        downgrades=_share(-2.6 + costly_odds - 0.4 * good),
        satisfaction=7.6
        - 1.2 * costly_odds
        - 0.4 * is_agency
        - 0.9 * np.minimum(damage, 1)
        + 0.8 * good
        + 0.4 * referral,
    )


def expected_margin(year: FirstYear, *, remedial: bool = True) -> np.ndarray:
    """Expect the contribution margin of the first year, discounted, after the cost of winning.

    Revenue less direct cost, cost to serve and acquisition cost; every part is linear in effects of
    chance with mean one, so the expectation is the sum of products of means.

    Parameters
    ----------
    year : FirstYear
        Rates.
    remedial : bool
        Whether remedial cost counts; False answers "what if nothing had gone wrong".

    Returns
    -------
    numpy.ndarray
        EUR per company.
    """
    served = 1 - year.leaves_early * (1 - _served_if_left())
    quarters = _quarter_weights(year)
    margin = (
        year.equipment * (1 - EQUIPMENT_COST)
        + year.subscription * quarters * (1 - SUBSCRIPTION_COST)
        - year.subscription * CREDIT_SHARE * served * DISCOUNT.mean()
        - year.onboarding_hours * RATES["onboarding"] * DISCOUNT[:2].mean()
        - year.acquisition
    )
    running = (
        year.visit_hours * RATES["service_visit"] + year.tickets * TICKET_MINUTES * RATES["support"]
    )
    if remedial:
        running = running + (
            year.returns * UNITS_PER_RETURN * RETURN_COST
            + year.complaints * TICKET_MINUTES * RATES["complaint_handling"]
            + year.rework_hours * RATES["rework_visit"]
        )
    return np.asarray(margin - running * served * DISCOUNT.mean())


def fit_probability(
    year: FirstYear, rng: np.random.Generator, cohort: FirstYear | None = None, draws: int = 250
) -> np.ndarray:
    """Probability that a company is a profitable fit in the sense of the demo's YAML.

    The share of simulated first years with a margin above zero in which the customer stays
    and the loyalty composite reaches 0.6, with weights .5, .25 and .25 over what was observed.

    Parameters
    ----------
    year : FirstYear
        Rates.
    rng : numpy.random.Generator
        The source of chance.
    cohort : FirstYear, optional
        The customers among whom enrichment is ranked; `year` itself when not given.
    draws : int
        Simulated years per company; the standard error is at most ``.5 / sqrt(draws)``.

    Returns
    -------
    numpy.ndarray
        0 to 1.
    """
    n = len(year.equipment)
    fits = np.zeros(n)
    peers = year if cohort is None else cohort
    sample = np.sort(_simulated(peers, (1, len(peers.equipment)), rng)[0][0])
    at_once = max(1, min(draws, 500_000 // max(n, 1)))  # bounds memory, whatever the size
    for first in range(0, draws, at_once):
        shape = (min(at_once, draws - first), n)
        ratio, margin, repairs = _simulated(year, shape, rng)
        enrichment = np.searchsorted(sample, ratio) / max(len(sample), 1)
        leaves = rng.random(shape) < year.leaves_early
        declines = rng.random(shape) < year.declines
        downgraded = rng.random(shape) < year.downgrades
        retention = np.where(leaves | declines, 0.0, np.where(downgraded, 0.5, 1.0))
        answers = rng.poisson(NPS_PER_YEAR, shape)
        mean = year.satisfaction - REPAIR_ANNOYS * repairs + MOOD_SPREAD * rng.normal(size=shape)
        mean = mean + NPS_SPREAD * rng.normal(size=shape) / np.sqrt(np.maximum(answers, 1))
        shrunk = (np.clip(mean, 0, 10) * answers + 2 * USUAL_ANSWER) / (answers + 2)
        refers = rng.random(shape) < REFERS + PROMOTER_REFERS * (mean >= 9)
        advocacy = np.maximum(refers, np.clip((shrunk - 4) / 6, 0, 1))
        heard = (answers > 0) | refers
        weight = 0.75 + 0.25 * heard
        loyalty = (0.5 * retention + 0.25 * enrichment + 0.25 * advocacy * heard) / weight
        fits += ((margin > 0) & (retention >= 0.5) & (loyalty >= 0.6)).sum(axis=0)
    return fits / draws


def _simulated(
    year: FirstYear, shape: tuple[int, int], rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Second half of the year over the first, margin, and repairs, of simulated years."""
    size = np.exp(REVENUE_SPREAD * rng.normal(size=shape) - REVENUE_SPREAD**2 / 2)
    growth = year.growth + GROWTH_SPREAD * rng.normal(size=shape)
    ease = rng.gamma(EASE_SHAPE, 1 / EASE_SHAPE, shape)
    luck = rng.gamma(LUCK_SHAPE, 1 / LUCK_SHAPE, shape)
    tickets = rng.poisson(year.tickets * ease)
    complaints = rng.poisson(year.complaints * luck)
    minutes = _total(tickets + complaints, TICKET_MINUTES, np.exp(TICKET_SPREAD**2) - 1, rng)
    visits = rng.poisson(year.visit_hours * ease / VISIT_HOURS)
    rework = rng.poisson(year.rework_hours * luck / VISIT_HOURS)
    hours = _total(visits + rework, VISIT_HOURS, 0.25, rng)
    returned = _total(rng.poisson(year.returns * luck), UNITS_PER_RETURN * RETURN_COST, 0.3, rng)
    onboarding = year.onboarding_hours * rng.gamma(8.0, 1 / 8.0, shape)
    first = size * (year.equipment + year.subscription / 2)
    second = size * year.subscription / 2 * (1 + growth)
    quarters = (DISCOUNT[0] + DISCOUNT[3] + (1 + growth) * (DISCOUNT[6] + DISCOUNT[9])) / 4
    served = minutes * RATES["support"] + hours * RATES["service_visit"] + returned
    margin = (
        size * year.equipment * (1 - EQUIPMENT_COST)
        + size * year.subscription * quarters * (1 - SUBSCRIPTION_COST)
        - served * DISCOUNT.mean()
        - onboarding * RATES["onboarding"]
        - year.acquisition
    )
    return second / first, margin, complaints + rework


def _total(
    events: np.ndarray, mean: float, variation: float, rng: np.random.Generator
) -> np.ndarray:
    """Sum of that many positive amounts of this mean and squared coefficient of variation."""
    return np.asarray(rng.gamma(events / variation + 1e-9) * mean * variation)


def _served_if_left() -> float:
    """Discounted share of the year that a customer who leaves early is served."""
    shares = [DISCOUNT[:month].sum() / DISCOUNT.sum() for month in EARLY_MONTHS]
    return float(np.mean(shares))


def _quarter_weights(year: FirstYear) -> np.ndarray:
    """Discounted quarters invoiced of the yearly subscription, growth included."""
    grown = np.stack([np.ones_like(year.growth)] * 2 + [1 + year.growth] * 2)
    reached = np.array([(3 * q < EARLY_MONTHS).mean() for q in range(4)])
    kept = 1 - year.leaves_early * (1 - reached[:, None])
    return np.asarray((grown * kept * DISCOUNT[::3][:, None]).sum(axis=0) / 4)


def _share(odds: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-odds)))
