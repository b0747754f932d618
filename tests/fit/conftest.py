"""A generated company whose truth is known, and models trained on it once for all tests."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from icpfit.data.contract import Attribute

INDUSTRIES = ["Agency", "Fintech", "Food", "Retail", "Software", "Travel"]
ATTRIBUTES = {
    "employees": Attribute("employees", "number", "before_sale", "people", "people"),
    "growth": Attribute("growth", "number", "before_sale", "growth", "%", "+"),
    "noise": Attribute("noise", "number", "before_sale"),
    "industry": Attribute("industry", "category", "before_sale"),
    "has_shop": Attribute("has_shop", "flag", "before_sale"),
    "founded": Attribute("founded", "date", "before_sale"),
    "tickets": Attribute("tickets", "number", "after_sale"),
}
TOLD = {
    "objective": "margin",
    "currency": "EUR",
    "horizon": "12mo",
    "as_of": "2026-06-30",
    "company": "generated",
    "label_text": "margin of at least 0 EUR over 12 months",
}


def company(n, seed=0, strength=1.0):
    """Facts, outcome and the true expected margin and probability of n accounts."""
    draw = np.random.default_rng(seed)
    ids = [f"a{i:05}" for i in range(n)]
    employees = np.round(np.exp(draw.normal(4.5, 1.0, n)))
    growth = draw.normal(10, 8, n)
    industry = draw.choice(INDUSTRIES, n, p=[0.2, 0.1, 0.2, 0.2, 0.2, 0.1])
    has_shop = draw.random(n) < 0.4
    decided_on = pd.Series(
        pd.Timestamp("2024-01-01") + pd.to_timedelta(draw.integers(0, 700, n), "D"), ids
    )
    founded = decided_on - pd.to_timedelta(draw.integers(100, 9000, n), "D")
    effect = {
        "Agency": -1.5,
        "Fintech": 1.2,
        "Food": 0.0,
        "Retail": -0.3,
        "Software": 1.0,
        "Travel": 0.0,
    }
    quality = strength * (
        0.9 * (np.log(employees) - 4.5)
        + 0.08 * (growth - 10)
        + np.array([effect[i] for i in industry])
        + 0.8 * has_shop
        - 0.4
    )
    truth = 8_000.0 * quality
    margin = truth + 9_000.0 * draw.standard_t(5, n)
    facts = pd.DataFrame(
        {
            "employees": np.where(draw.random(n) < 0.1, np.nan, employees),
            "growth": growth,
            "noise": draw.normal(size=n),
            "industry": np.where(draw.random(n) < 0.05, None, industry.astype(object)),
            "has_shop": has_shop.astype(float),
            "founded": founded.to_numpy(),
            "tickets": -margin,
        },
        index=ids,
    )
    return SimpleNamespace(
        facts=facts,
        dates=pd.DataFrame({"started_on": decided_on, "decided_on": decided_on}),
        attributes=ATTRIBUTES,
        is_fit=margin >= 0,
        margin=margin,
        truth=truth,
        ids=ids,
    )


def trained(accounts, order=None, **changed):
    """The company as trained_model takes it, in the given order of rows."""
    from icpfit.fit.features import feature_contract, feature_matrix
    from icpfit.fit.model import trained_model

    order = np.arange(len(accounts.ids)) if order is None else order
    facts, dates = accounts.facts.iloc[order], accounts.dates.iloc[order]
    contract = feature_contract(facts, dates, accounts.attributes)
    matrix = feature_matrix(facts, dates["decided_on"], contract)
    return trained_model(
        matrix,
        accounts.is_fit[order],
        accounts.margin[order],
        None,
        contract,
        account_ids=list(facts.index),
        **{**TOLD, **changed},
    )


@pytest.fixture(scope="session")
def generated():
    return company


@pytest.fixture(scope="session")
def training():
    return trained


@pytest.fixture(scope="session")
def accounts():
    return company(400)


@pytest.fixture(scope="session")
def told_small(accounts):
    """A training, and what it told of its progress."""
    told = []
    return trained(accounts, progress=told.append), told


@pytest.fixture(scope="session")
def small(told_small):
    return told_small[0]


@pytest.fixture(scope="session")
def matrix(accounts, small):
    from icpfit.fit.features import feature_matrix

    return feature_matrix(accounts.facts, accounts.dates["decided_on"], small.model.contract)
