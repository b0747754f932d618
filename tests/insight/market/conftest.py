"""Accounts made up by formulas, with what is planted in them."""

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from icpfit.data.contract import Attribute
from icpfit.economics.rate_card import Activity, RateCard

ATTRIBUTES = {
    "country": Attribute("country", "category", "before_sale"),
    "industry": Attribute("industry", "category", "before_sale"),
    "employees": Attribute("employees", "number", "before_sale", unit="persons"),
    "shop": Attribute("shop", "flag", "before_sale"),
    "tickets": Attribute("tickets", "number", "after_sale"),
}
CARD = RateCard({"visit": Activity(unit="hour"), "rework": Activity(unit="hour", remedial=True)})


def _accounts(n=400, seed=1):
    rng = np.random.default_rng(seed)
    ids = pd.Index([f"a{i:04}" for i in range(n)], name="account_id")
    country = np.array(["AT", "DE", "DK", "SE"])[np.arange(n) % 4].astype(object)
    industry = np.array(["Agency", "Logistics", "Pharma"])[np.arange(n) % 3].astype(object)
    employees = np.where(np.arange(n) % 10 == 0, np.nan, rng.integers(5, 900, n).astype(float))
    facts = pd.DataFrame(
        {
            "country": pd.Series(country, index=ids, dtype=object),
            "industry": pd.Series(industry, index=ids, dtype=object),
            "employees": employees,
            "shop": (np.arange(n) % 2).astype(float),
            "tickets": 1.0,
        },
        index=ids,
    )
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(n) % 300, unit="D")
    mature = np.arange(n) < 0.8 * n
    dates = pd.DataFrame(
        {
            "started_on": start,
            "decided_on": start,
            "horizon_end": start + pd.Timedelta(days=365),
            "is_mature": mature,
            "name": [f"Company {i}" for i in range(n)],
            "members": 1,
        },
        index=ids,
    )
    margin = np.where(country == "DK", 9_000.0, 1_000.0) + rng.normal(0, 3_000, n)
    outcomes = pd.DataFrame(
        {
            "revenue": margin + 2_000,
            "cost_to_serve": 2_000.0,
            "remedial_cost": 500.0,
            "acquisition_cost": 100.0,
            "margin": margin,
            "fit": pd.Series(margin > 0, index=ids, dtype=object),
            "retained": pd.Series(True, index=ids, dtype=object),
            "retention": 1.0,
            "advocacy": np.nan,
            "lost_on": pd.NaT,
            "excluded_because": pd.Series(
                np.where(mature, None, "not mature"), index=ids, dtype=object
            ),
        },
        index=ids,
    )
    outcomes.loc[~mature, ["margin", "cost_to_serve", "revenue", "remedial_cost"]] = np.nan
    outcomes.loc[~mature, ["fit", "retained"]] = None
    events = pd.DataFrame(
        {
            "account_id": list(ids[mature]) + list(ids[mature & (country == "DK")]),
            "activity": ["visit"] * int(mature.sum())
            + ["rework"] * int((mature & (country == "DK")).sum()),
            "remedial": False,
            "caused_by": "unknown",
            "served_by": "field",
            "amount": 150.0,
            "quantity": 2.0,
            "events": 1,
        }
    )
    events["remedial"] = events["activity"] == "rework"
    return SimpleNamespace(
        facts=facts,
        dates=dates,
        outcomes=outcomes,
        activity_costs=events,
        attributes=ATTRIBUTES,
        currency="EUR",
        horizon="12mo",
        as_of=dt.date(2026, 6, 30),
        used=ids[mature],
    )


@pytest.fixture(scope="session")
def accounts():
    """A maker of accounts: DK left 9,000 each, the others 1,000; the last fifth are too young."""
    return _accounts


@pytest.fixture(scope="session")
def card():
    """The rate card."""
    return CARD


@pytest.fixture(scope="session")
def idea():
    """A maker of an idea from conditions."""
    from icpfit.icp.profile import Profile, Segment

    def make(*wheres, **parts):
        segments = tuple(Segment(f"group {i}", where) for i, where in enumerate(wheres, start=1))
        return Profile("idea", 1, dt.date(2027, 1, 1), segments, **parts)

    return make
