"""A small model made by hand, with a graded hold-out, and lists to score with it."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest


def _facts(n, seed):
    rng = np.random.default_rng(seed)
    employees = np.where(rng.random(n) < 0.1, np.nan, rng.integers(5, 900, n).astype(float))
    country = rng.choice(["AT", "DE", "NA"], n).astype(object)
    country[rng.random(n) < 0.1] = None
    founded = pd.Timestamp("2000-01-01") + pd.to_timedelta(rng.integers(0, 8000, n), unit="D")
    return pd.DataFrame(
        {
            "employees": employees,
            "country": pd.Series(country, dtype="object"),
            "has_shop": rng.integers(0, 2, n).astype(float),
            "founded": pd.Series(founded.astype("datetime64[s]")),
        }
    )


@pytest.fixture(scope="session")
def facts():
    """A maker of n plausible rows of facts."""
    return _facts


@pytest.fixture(scope="session")
def small_model():
    """employees carries most; country NA is good; the rest is nearly noise."""
    import datetime as dt

    import lightgbm as lgb

    from icpfit.fit.contract import Feature, FeatureContract
    from icpfit.fit.features import feature_matrix
    from icpfit.fit.grades import grading
    from icpfit.fit.model import Model
    from icpfit.fit.ranges import MarginRanges

    contract = FeatureContract(
        (
            Feature("employees", "number", unit="people", low=5.0, high=900.0, column=0),
            Feature("country", "category", levels=("AT", "DE", "NA"), column=1),
            Feature("has_shop", "flag", column=2),
            Feature("founded", "date", low=0.0, high=26.0, column=3),
        ),
        {},
    )
    rows = _facts(400, 1)
    matrix = feature_matrix(rows, dt.date(2026, 6, 30), contract)
    rng = np.random.default_rng(2)
    margin = 40 * np.nan_to_num(matrix[:, 0], nan=300) + 6000 * (matrix[:, 1] == 2) - 12000
    margin = margin + rng.normal(0, 2000, len(margin))
    quiet = {
        "verbosity": -1,
        "num_threads": 1,
        "deterministic": True,
        "force_col_wise": True,
        "seed": 3,
    }
    fit = tuple(
        lgb.train(
            {**quiet, "objective": "binary", "seed": seed},
            lgb.Dataset(matrix, (margin > 0).astype(float), categorical_feature=[1]),
            20,
        )
        for seed in (1, 2)
    )
    money = lgb.train(
        {**quiet, "objective": "regression"},
        lgb.Dataset(matrix, margin / 1000, categorical_feature=[1]),
        40,
    )
    expected = 1000 * money.predict(matrix, num_threads=1)
    shares = np.abs(money.predict(matrix, pred_contrib=True, num_threads=1)[:, :-1]).mean(axis=0)
    return Model(
        contract=contract,
        fit_boosters=fit,
        margin_boosters=(money,),
        margin_scale=1000.0,
        margin_shift=0.0,
        ranges=MarginRanges((0.0,), (-2500.5, -3000.0), (2500.0, 3000.0)),
        objective="margin",
        currency="EUR",
        horizon="12mo",
        as_of="2026-06-30",
        company="acme",
        label_text="margin above 0 and stayed",
        trained_on=400,
        driver_shares=dict(zip(contract.names, (shares / shares.sum()).tolist(), strict=True)),
        grading=grading(expected, margin > 0, margin, "hold-out (later)", n_boot=50),
        kind="signal",
    )


@pytest.fixture(scope="session")
def listed():
    """A maker of a list from a frame of facts."""

    def make(facts, opened_on=None, unreadable=None, absent=()):
        return SimpleNamespace(
            facts=facts, opened_on=opened_on, absent=list(absent), unreadable=unreadable or {}
        )

    return make
