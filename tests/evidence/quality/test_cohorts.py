"""Accounts by the quarter of their start, against a count in SQL."""

import datetime as dt

import duckdb
import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.evidence.quality.cohorts import cohorts, maturing


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_the_counts_are_those_of_sql(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 80))
    ids = [f"a{i:03}" for i in range(n)]
    days = pd.Series(
        pd.Timestamp("2023-06-01") + pd.to_timedelta(rng.integers(0, 700, n), unit="D"), index=ids
    )
    mature = pd.Series(rng.random(n) < 0.6, index=ids)
    used = [one for one in ids if mature[one] and rng.random() < 0.8]
    fit = pd.Series(rng.random(len(used)) < 0.4, index=used, dtype=bool)
    frame = pd.DataFrame(  # noqa: F841 - DuckDB finds it by its name
        {
            "day": days,
            "mature": mature,
            "used": days.index.isin(used),
            "fit": fit.reindex(ids, fill_value=False),
        }
    )
    expected = duckdb.sql(
        "select year(day) || ' Q' || quarter(day) as q, count(*), count_if(mature), count_if(used), count_if(fit)"
        " from frame group by all order by q"
    ).fetchall()
    found = [(c.quarter, c.accounts, c.mature, c.used, c.fits) for c in cohorts(days, mature, fit)]
    assert found == expected
    assert all((c.share is None) == (c.used == 0) for c in cohorts(days, mature, fit))


def test_an_account_is_mature_on_the_very_day():
    ready = pd.Series(pd.to_datetime(["2026-07-01", "2026-07-02"]))
    found = maturing(ready, dt.date(2026, 6, 30))
    assert [(str(one.on), one.accounts) for one in found] == [("2026-07-01", 1), ("2026-08-01", 2)]


def test_where_all_are_mature_nothing_is_awaited():
    assert maturing(pd.Series(pd.to_datetime(["2026-06-30"])), dt.date(2026, 6, 30)) == ()
