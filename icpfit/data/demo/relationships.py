"""What happens after the sale, event by event: invoices, service, opinions, renewals.

Every event is drawn from the rates of `truth`, so that the sums over the first year have the
expectation that `truth.expected_margin` states.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from icpfit.data.demo import truth

if TYPE_CHECKING:
    from icpfit.data.demo.truth import FirstYear

__all__ = ["Relationships", "months_later", "relationships"]

YEARS = 5
"""Longest relationship that is played through."""
DOWNGRADED = 0.7
"""What is left of a subscription after a smaller renewal."""


@dataclass(frozen=True)
class Relationships:
    """The ledgers of some customers; `who` in each is the customer's row number.

    Attributes
    ----------
    lost_on : numpy.ndarray
        Day on which each customer was lost (datetime64[D]), NaT while it stays.
    told : numpy.ndarray
        Whether a loss also stands in the log of customer success.
    discount : numpy.ndarray
        Discount granted at signing, per cent of the list price.
    health : numpy.ndarray
        Customer success' own score of 0 to 100, formed long after the sale.
    invoices, tickets, visits, returns, answers, events : pandas.DataFrame
        One row per entry, with `who` and `date` (datetime64[s]).
    """

    lost_on: np.ndarray
    told: np.ndarray
    discount: np.ndarray
    health: np.ndarray
    invoices: pd.DataFrame
    tickets: pd.DataFrame
    visits: pd.DataFrame
    returns: pd.DataFrame
    answers: pd.DataFrame
    events: pd.DataFrame


def months_later(start: np.ndarray, months: np.ndarray | int) -> np.ndarray:
    """Find the same day that many months later, or the month's last day where it is shorter.

    Parameters
    ----------
    start : numpy.ndarray
        datetime64[D].
    months : numpy.ndarray or int
        Whole months.

    Returns
    -------
    numpy.ndarray
        datetime64[D].

    Examples
    --------
    >>> months_later(np.array(["2024-01-31"], dtype="datetime64[D]"), 1)
    array(['2024-02-29'], dtype='datetime64[D]')
    """
    month = start.astype("datetime64[M]")
    day = start - month.astype("datetime64[D]")
    then = month + months
    last = (then + 1).astype("datetime64[D]") - then.astype("datetime64[D]")
    return np.asarray(then.astype("datetime64[D]") + np.minimum(day, last - 1))


def relationships(
    year: FirstYear, started_on: np.ndarray, rng: np.random.Generator
) -> Relationships:
    """Play the relationships through.

    Parameters
    ----------
    year : FirstYear
        Rates of each customer.
    started_on : numpy.ndarray
        Start of each contract, datetime64[D], same length.
    rng : numpy.random.Generator
        The source of chance.

    Returns
    -------
    Relationships
        Everything that happens in five years; the caller cuts it off at the day of the export.
    """
    n = len(started_on)
    size = np.exp(truth.REVENUE_SPREAD * rng.normal(size=n) - truth.REVENUE_SPREAD**2 / 2)
    growth = year.growth + truth.GROWTH_SPREAD * rng.normal(size=n)
    ease = rng.gamma(truth.EASE_SHAPE, 1 / truth.EASE_SHAPE, n)
    luck = rng.gamma(truth.LUCK_SHAPE, 1 / truth.LUCK_SHAPE, n)
    mood = truth.MOOD_SPREAD * rng.normal(size=n)

    leaves = rng.random(n) < year.leaves_early
    month_left = rng.choice(truth.EARLY_MONTHS, n)
    end = np.where(leaves, months_later(started_on, month_left), np.datetime64("NaT"))
    price = np.ones((n, YEARS * 4))
    price[:, 2:] *= 1 + growth[:, None]
    renewals = []
    for k in range(1, YEARS + 1):
        due = np.isnat(end)
        value = np.where(
            rng.random(n) < year.declines, 0.0, np.where(rng.random(n) < year.downgrades, 0.5, 1.0)
        )
        until = months_later(started_on, 12 * k)
        day = until - rng.integers(20, 46, n)
        renewals.append(_rows(np.flatnonzero(due), day, kind="renewal", value=value))
        price[:, 4 * k :] *= np.where(due & (value == 0.5), DOWNGRADED, 1.0)[:, None]
        end = np.where(due & (value == 0.0), until, end)
    horizon = months_later(started_on, 12 * YEARS)
    served_until = np.where(np.isnat(end), horizon, end)
    days = (served_until - started_on).astype(np.int64)

    span = _Span(started_on, days, rng)
    repairs = (year.complaints + year.rework_hours / truth.VISIT_HOURS) * luck
    satisfaction = year.satisfaction - truth.REPAIR_ANNOYS * repairs + mood
    answers = span.events(np.full(n, truth.NPS_PER_YEAR))
    heard = satisfaction[answers["who"]] + truth.NPS_SPREAD * rng.normal(size=len(answers))
    answers["score"] = np.clip(np.rint(heard), 0, 10).astype(np.int64)
    told = leaves & (rng.random(n) < 0.5)
    discount = np.clip(np.rint(10 - 9 * np.log(size) + 4 * rng.normal(size=n)), 0, 35)
    gone = np.where(np.isnat(end), 0.0, 1.0)
    health = 62 + 5 * (satisfaction - 7.5) - 22 * gone - 9 * (ease - 1) + 6 * rng.normal(size=n)
    return Relationships(
        lost_on=end,
        told=told,
        discount=discount,
        health=np.clip(np.rint(health), 0, 100),
        invoices=_invoices(
            year=year, size=size, price=price, started_on=started_on, days=days, span=span
        ),
        tickets=_tickets(year, ease, luck, span),
        visits=_visits(year, ease, luck, started_on, span),
        returns=_returns(year, luck, span),
        answers=answers,
        events=_events(
            renewals=renewals,
            growth=growth,
            satisfaction=satisfaction,
            told=told,
            end=end,
            started_on=started_on,
            days=days,
            rng=rng,
        ),
    )


@dataclass(frozen=True)
class _Span:
    """The days on which each customer is served, for events that fall anywhere in them."""

    start: np.ndarray
    days: np.ndarray
    rng: np.random.Generator

    def events(self, per_year: np.ndarray) -> pd.DataFrame:
        """Poisson events at that yearly rate, uniform over the days served."""
        count = self.rng.poisson(per_year * self.days / 365.25)
        who = np.repeat(np.arange(len(count)), count)
        day = np.floor(self.rng.random(len(who)) * self.days[who]).astype(np.int64)
        return pd.DataFrame({"who": who, "date": (self.start[who] + day).astype("datetime64[s]")})


def _rows(who: np.ndarray, date: np.ndarray, **columns: np.ndarray | float | str) -> pd.DataFrame:
    """Ledger rows for some customers, from arrays over all of them."""
    picked = {k: v[who] if isinstance(v, np.ndarray) else v for k, v in columns.items()}
    return pd.DataFrame({"who": who, "date": date[who].astype("datetime64[s]"), **picked})


def _invoices(
    *,
    year: FirstYear,
    size: np.ndarray,
    price: np.ndarray,
    started_on: np.ndarray,
    days: np.ndarray,
    span: _Span,
) -> pd.DataFrame:
    rng, n = span.rng, len(size)
    equipment = size * year.equipment
    delivered = started_on + rng.integers(2, 26, n)
    once = _rows(
        np.arange(n),
        delivered,
        item="equipment",
        amount=equipment,
        direct_cost=equipment * truth.EQUIPMENT_COST,
    )
    quarters = 3 * np.arange(price.shape[1])
    day = months_later(started_on[:, None], quarters[None, :])
    amount = (size * year.subscription / 4)[:, None] * price
    served = (day - started_on[:, None]).astype(np.int64) < days[:, None]
    regular = pd.DataFrame(
        {
            "who": np.nonzero(served)[0],
            "date": day[served].astype("datetime64[s]"),
            "item": "subscription",
            "amount": amount[served],
            "direct_cost": amount[served] * truth.SUBSCRIPTION_COST,
        }
    )
    credit = span.events(np.full(n, truth.CREDITS_PER_YEAR))
    usual = size * year.subscription * truth.CREDIT_SHARE / truth.CREDITS_PER_YEAR
    amount = -usual[credit["who"]] * rng.gamma(4.0, 0.25, len(credit))
    credit = credit.assign(item="credit", amount=amount, direct_cost=0.0)
    invoices = pd.concat([once, regular, credit], ignore_index=True)
    invoices["paid_after"] = np.rint(rng.gamma(4.0, 8.0, len(invoices))).astype(np.int64)
    return invoices


def _tickets(year: FirstYear, ease: np.ndarray, luck: np.ndarray, span: _Span) -> pd.DataFrame:
    asked = span.events(year.tickets * ease).assign(complaint=False)
    complained = span.events(year.complaints * luck).assign(complaint=True)
    tickets = pd.concat([asked, complained], ignore_index=True)
    spread = truth.TICKET_SPREAD
    noise = np.exp(spread * span.rng.normal(size=len(tickets)) - spread**2 / 2)
    tickets["minutes"] = np.maximum(np.round(truth.TICKET_MINUTES * noise, 1), 0.5)
    tickets["second_of_day"] = span.rng.integers(6 * 3600, 19 * 3600, len(tickets))
    tickets["topic_code"] = span.rng.integers(0, 60, len(tickets))
    tickets["reopens"] = span.rng.poisson(0.15 + 0.4 * tickets["complaint"].to_numpy())
    return tickets


def _visits(
    year: FirstYear, ease: np.ndarray, luck: np.ndarray, started_on: np.ndarray, span: _Span
) -> pd.DataFrame:
    rng = span.rng
    hours = truth.VISIT_HOURS
    planned = span.events(year.visit_hours * ease / hours).assign(work="service_visit")
    rework = span.events(year.rework_hours * luck / hours).assign(work="rework_visit")
    running = pd.concat([planned, rework], ignore_index=True)
    running["hours"] = rng.gamma(4.0, hours / 4, len(running))
    steps = 3
    total = year.onboarding_hours * rng.gamma(8.0, 1 / 8.0, len(started_on))
    share = rng.dirichlet(np.full(steps, 6.0), len(started_on))
    onboarding = [
        _rows(
            np.arange(len(started_on)),
            started_on + 2 + 14 * step + rng.integers(0, 12, len(started_on)),
            work="onboarding",
            hours=total * share[:, step],
        )
        for step in range(steps)
    ]
    visits = pd.concat([*onboarding, running], ignore_index=True)
    visits["hours"] = np.maximum(np.round(visits["hours"] * 4) / 4, 0.25)
    return visits


def _returns(year: FirstYear, luck: np.ndarray, span: _Span) -> pd.DataFrame:
    returns = span.events(year.returns * luck)
    rng = span.rng
    returns["units"] = 1 + rng.poisson(truth.UNITS_PER_RETURN - 1, len(returns))
    noise = rng.gamma(12.0, 1 / 12.0, len(returns))
    returns["cost"] = np.round(returns["units"] * truth.RETURN_COST * noise, 2)
    returns["reason_code"] = rng.integers(0, 20, len(returns))
    return returns


def _events(
    *,
    renewals: list[pd.DataFrame],
    growth: np.ndarray,
    satisfaction: np.ndarray,
    told: np.ndarray,
    end: np.ndarray,
    started_on: np.ndarray,
    days: np.ndarray,
    rng: np.random.Generator,
) -> pd.DataFrame:
    n = len(growth)
    grown = np.flatnonzero((growth > 0.15) & (days > 270))
    grown_on = started_on + rng.integers(185, 260, n)
    referred = np.zeros(n, dtype=bool)
    referred |= rng.random(n) < truth.REFERS
    referred |= (satisfaction >= 9) & (rng.random(n) < truth.PROMOTER_REFERS)
    referred_on = started_on + rng.integers(120, 350, n)
    referring = np.flatnonzero(referred & (days > 350))
    parts = [
        *renewals,
        _rows(grown, grown_on, kind="expansion", value=np.round(growth, 2)),
        _rows(referring, referred_on, kind="referral", value=1.0),
        _rows(np.flatnonzero(told), end, kind="churn", value=1.0),
    ]
    return pd.concat(parts, ignore_index=True)
