"""Accounts whose truth is known: the good ones are those of one industry."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from icpfit.icp.profile import Profile, Segment

DAY = dt.date(2027, 1, 1)


def made_up(n, seed, *, good=60.0, costly=80.0):
    """Makers leave `good` more than the others; the south would, without its remedial cost."""
    rng = np.random.default_rng(seed)
    industry = rng.choice(["Makers", "Trade", "Agency"], n).astype(object)
    south = rng.random(n) < 0.25
    remedial = np.where(south, costly, 0.0)
    before = rng.normal(0, 100, n) + np.where(industry == "Makers", good, 0.0)
    before -= np.where(industry == "Agency", good, 0.0)
    margin = before + np.where(south, 60.0, 0.0) - remedial
    ids = [f"a{i:05}" for i in range(n)]
    facts = pd.DataFrame(
        {
            "industry": pd.Series(industry, dtype=object),
            "region": pd.Series(np.where(south, "south", "north"), dtype=object),
            "employees": rng.integers(1, 1000, n).astype(float),
        }
    ).set_axis(ids)
    outcomes = pd.DataFrame(
        {
            "margin": margin,
            "cost_to_serve": remedial + 50.0,
            "remedial_cost": remedial,
            "retained": pd.Series(rng.random(n) < 0.9).astype(object),
            "loyalty": np.where(rng.random(n) < 0.5, np.nan, rng.random(n)),
            "fit": pd.Series(margin > 0).astype(object),
        }
    ).set_axis(ids)
    dates = pd.DataFrame({"name": [f"Firm {i}" for i in range(n)]}, index=ids)
    return SimpleNamespace(
        facts=facts, outcomes=outcomes, dates=dates, currency="EUR", horizon="12mo", attributes={}
    )


def tried(accounts, basis="later"):
    """A trial of which only the split counts."""
    split = SimpleNamespace(basis=basis, reason=f"hold-out of {len(accounts.facts)} accounts")
    return SimpleNamespace(split=split, judged=accounts.facts.index)


BY_SIZE = Profile("by size", 3, DAY, (Segment("large", {"employees": {"from": 500}}),))
MAKERS = Profile(
    "makers",
    4,
    DAY,
    (Segment("makers", {"industry": ["Makers"], "region": ["north"]}),),
    (Segment("southern makers", {"industry": ["Makers"], "region": ["south"]}),),
    (Segment("agencies", {"industry": ["Agency"]}),),
)


@pytest.fixture
def world():
    """Makers of accounts and trials, and two profiles: by size, and the one that is right."""
    return SimpleNamespace(accounts=made_up, trial=tried, by_size=BY_SIZE, makers=MAKERS)
