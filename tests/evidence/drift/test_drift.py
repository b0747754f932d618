"""Drift of a list and of drivers; and that a strange list never comes back with bare scores."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from icpfit.evidence.drift import driver_drift as drivers
from icpfit.evidence.drift.drift import drift
from icpfit.evidence.drift.latest_accounts import latest_accounts, quarter_start
from icpfit.fit.features import Feature, FeatureContract
from icpfit.fit.reference import reference
from icpfit.fit.support import support

CONTRACT = FeatureContract(
    (
        Feature("country", "category", levels=("AT", "DE")),
        Feature("industry", "category", levels=("Food", "Software"), column=1),
        Feature("employees", "number", low=5.0, high=900.0, column=2),
    ),
    {},
)
SHARES = {"country": 0.2, "industry": 0.3, "employees": 0.5}
MODEL = SimpleNamespace(
    contract=CONTRACT, driver_shares=SHARES, version="icpfit-acme v3", company="acme",
    currency="EUR", horizon="12mo", as_of="2026-06-30", trained_on=200,
)  # fmt: skip
DAY = dt.date(2026, 6, 30)


def kept(n=250):
    rng = np.random.default_rng(1)
    columns = np.column_stack(
        [rng.integers(0, 2, n), rng.integers(0, 2, n), np.exp(rng.normal(4, 0.5, n))]
    )
    is_fit = np.arange(n) % 2 == 0
    return reference(
        columns.astype(float),
        is_learned=np.arange(n) < n - 50,
        is_judged=np.arange(n) >= n - 50,
        started_on=pd.Series(pd.date_range("2024-01-01", periods=n)),
        is_fit=is_fit,
        margin=is_fit * 100.0,
        ranking=is_fit * 1.0,
    )


def listed(n=100, *, strange=False):
    rng = np.random.default_rng(2)
    country = rng.choice(["AT", "DE"], n).astype(object)
    if strange:  # four in five were never sold to
        country[np.arange(n) % 5 > 0] = "JP"
    return pd.DataFrame(
        {
            "country": country,
            "industry": rng.choice(["Food", "Software"], n).astype(object),
            "employees": np.exp(rng.normal(4, 0.5, n)),
        }
    )


def test_a_list_like_the_customers():
    found = drift(MODEL, kept(), listed(), DAY, what="the list x.csv")
    assert (found.n_learned, found.n_rows, found.unseen, found.absent) == (200, 100, (), ())
    assert found.likeness.band == "alike"
    assert found.estimate is None


def test_a_list_of_which_four_in_five_were_never_sold_to():
    facts = listed(strange=True)
    found = drift(MODEL, kept(), facts, DAY, what="the list x.csv")
    assert found.likeness.band == "unlike"
    assert found.columns[0].feature == "country"
    assert found.columns[0].state == "alert"
    [unseen] = found.unseen
    assert (unseen.rows, unseen.levels) == (80, (("JP", 80),))
    assert found.cautioned + found.unrated >= 80
    assert found.estimate.refused == (
        "cannot be told: 80 % of the rows are like no account ever served"
    )


def test_each_of_its_rows_is_cautioned_or_not_rated():
    facts = listed(strange=True)
    matrix = np.column_stack(
        [
            np.where(facts["country"] == "JP", np.nan, 0.0),
            np.zeros(100),
            facts["employees"].to_numpy(),
        ]
    )
    found = support(matrix, facts, CONTRACT, SHARES)
    strange = np.flatnonzero(facts["country"] == "JP")
    assert all("never served country 'JP'" in found.cautions[row] for row in strange)


def test_absent_columns_and_an_empty_list():
    found = drift(
        MODEL, kept(), listed().drop(columns="employees"), DAY, what="x", absent=["industry"]
    )
    assert found.absent == (("employees", 0.5), ("industry", 0.3))
    assert [column.feature for column in found.columns] == ["country"]
    assert found.unrated == 100  # .8 of the drivers are not known
    empty = drift(MODEL, kept(), listed().iloc[:0], DAY, what="x")
    assert (empty.n_rows, empty.columns, empty.likeness) == (0, (), None)


@pytest.mark.parametrize(
    ("as_of", "first"),
    [
        ("2026-06-30", "2026-04-01"),
        ("2026-06-29", "2026-01-01"),
        ("2026-07-01", "2026-04-01"),
        ("2026-01-15", "2025-10-01"),
    ],
)
def test_the_last_quarter_that_is_over(as_of, first):
    assert quarter_start(dt.date.fromisoformat(as_of)).isoformat() == first


def test_accounts_of_a_quarter_mature_or_not():
    started = pd.to_datetime(["2026-03-31", "2026-04-01", "2026-06-30", "2026-07-01"])
    accounts = SimpleNamespace(dates=pd.DataFrame({"started_on": started}, index=list("abcd")))
    chosen = latest_accounts(accounts, dt.date(2026, 4, 1), dt.date(2026, 7, 1))
    assert list(chosen) == ["b", "c"]


def test_the_band_of_drivers_holds_under_luck_alone():
    # Shares of halves that differ by luck alone: any driver is outside in at most 1 of 20 tries.
    rng = np.random.default_rng(5)
    spread = np.array([0.04, 0.03, 0.02, 0.02, 0.01])
    outside = []
    for _ in range(400):
        gaps = rng.normal(0, spread, (5, 5))
        reach = drivers.null_spread(gaps, np.array([0.4, 0.25, 0.15, 0.15, 0.05]))
        outside.append((np.abs(rng.normal(0, spread)) > reach).any())
    assert np.mean(outside) <= 0.06


def test_too_few_accounts_for_a_band_is_said_and_nothing_alerts():
    now = SimpleNamespace(
        contract=CONTRACT, driver_shares={"country": 0.9, "industry": 0.1}, trained_on=250
    )
    found = drivers.driver_drift(MODEL, now, kept())
    assert found.note.startswith("no band: 200 accounts, 100 of the smaller class")
    assert not any(shift.is_outside for shift in found.shifts)
    assert [shift.feature for shift in found.shifts] == ["employees", "industry", "country"]


def test_a_driver_that_moved_is_outside_and_new_columns_are_named(monkeypatch):
    rng = np.random.default_rng(6)

    def refitted(_before, _half, _seed):
        noise = rng.normal(0, 0.01, 3)
        return SimpleNamespace(
            driver_shares=dict(zip(SHARES, 0.1 * np.array([2, 3, 5]) + noise, strict=True))
        )

    monkeypatch.setattr(drivers, "_refit", refitted)
    more = FeatureContract((*CONTRACT.features, Feature("sites", "number", column=3)), {})
    now = SimpleNamespace(
        contract=more, trained_on=600,
        driver_shares={"country": 0.45, "industry": 0.27, "employees": 0.18, "sites": 0.1},
    )  # fmt: skip
    before = SimpleNamespace(**{**vars(MODEL), "trained_on": 600})
    found = drivers.driver_drift(before, now, kept(650))
    # Shares of what both have: .5, .3 and .2 of the later model.
    assert [(s.feature, round(s.now, 3)) for s in found.shifts] == [
        ("employees", 0.2), ("industry", 0.3), ("country", 0.5),
    ]  # fmt: skip
    assert [s.is_outside for s in found.shifts] == [True, False, True]
    assert (found.only_now, found.only_before, found.refits) == (("sites",), (), 10)
