"""The horizon under test, and the lists that it compares."""

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.data.joining.periods import Period, period
from icpfit.economics.horizon import (
    accounts_over_shorter_horizon,
    choose_horizon,
    shorter_horizon,
)
from icpfit.economics.outcome import joined_accounts
from icpfit.economics.top_lists import list_overlap, top_shares


def company(monthly, horizon="12mo"):
    """Accounts whose margins by month are given, shape (n, months)."""
    n, months = monthly.shape
    ids = pd.Index([f"a{i:03d}" for i in range(n)], name="account_id")
    outcomes = pd.DataFrame(
        {
            "margin": monthly.sum(axis=1) - 5.0,
            "excluded_because": None,
            "acquisition_cost": 5.0,
        },
        index=ids,
    )
    long = pd.DataFrame(
        {
            "account_id": np.repeat(ids, months),
            "month": np.tile(np.arange(months), n),
            "margin": monthly.ravel(),
        }
    )
    starts = pd.Series(pd.Timestamp("2024-01-01"), index=ids).astype("datetime64[s]")
    dates = pd.DataFrame({"started_on": starts, "is_mature": True})
    return SimpleNamespace(
        outcomes=outcomes,
        monthly=long,
        dates=dates,
        horizon=period(horizon),
        lag=Period(60, "d"),
        as_of=dt.date(2024, 9, 30),
    )


def test_monthly_margins_by_hand(eight):
    joined = joined_accounts(eight.tables, eight.data, eight.economics)
    rows = {
        (row.account_id, row.month): round(row.margin, 6) for row in joined.monthly.itertuples()
    }
    # anvil: 1,000 - 400 - 30 in month 0 and its ticket; month 6 (900 - 200 - 50, discounted).
    assert rows[("anvil", 0)] == 570
    assert rows[("anvil", 6)] == 650
    assert rows[("grove", 0)] == 420  # 700 - 200 - 80
    assert not any(account == "hazel" for account, _ in rows)  # not mature
    total = joined.monthly.groupby("account_id")["margin"].sum()
    known = joined.outcomes.loc[joined.used]
    spent = known["acquisition_cost"].fillna(0)
    assert (total - spent).to_numpy() == pytest.approx(known["margin"].to_numpy())


def test_what_is_fixed_from_the_start_needs_one_month():
    rng = np.random.default_rng(1)
    size = rng.normal(size=(120, 1))
    found = choose_horizon(company(np.repeat(size, 12, axis=1)))
    assert found.shortest == 1
    assert found.steps[0].correlation == pytest.approx(1)
    # Started 2024-01-01, as of 2024-09-30 with 60 days of lag: mature over 7 months, not over 8.
    assert [step.mature for step in found.steps[:-1]] == [120] * 7 + [0] * 4


def test_what_is_decided_at_the_end_needs_the_whole():
    rng = np.random.default_rng(2)
    months = rng.normal(size=(120, 12))
    months[:, 11] *= 100
    found = choose_horizon(company(months))
    assert found.shortest == 12
    assert "no horizon below 12 months" in found.text


def test_a_gap_in_the_curve_counts_against_what_lies_before_it():
    rng = np.random.default_rng(3)
    months = np.repeat(rng.normal(size=(200, 1)), 4, axis=1)
    months[:, 1] += (jump := 50 * rng.normal(size=200))
    months[:, 2] -= jump  # after one month right, after two wrong, then right again
    found = choose_horizon(company(months, "4mo"))
    assert found.steps[0].stands_for_the_whole
    assert not found.steps[1].stands_for_the_whole
    assert found.shortest == 3


def test_too_few_accounts_choose_nothing(eight):
    found = choose_horizon(joined_accounts(eight.tables, eight.data, eight.economics))
    assert found.shortest is None
    assert found.text.startswith("7 accounts are too few")


def test_equal_margins_say_nothing():
    found = choose_horizon(company(np.ones((40, 3)), "90d"))
    assert np.isnan(found.steps[-1].correlation)
    assert found.shortest == 3


def test_three_quarters_of_a_horizon(eight):
    assert str(shorter_horizon(Period(24, "mo"))) == "18mo"
    assert str(shorter_horizon(Period(6, "mo"))) == "137d"
    assert str(shorter_horizon(Period(1, "d"))) == "1d"
    shorter = accounts_over_shorter_horizon(eight.tables, eight.data, eight.economics)
    assert shorter.horizon == Period(9, "mo")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-3, 3), min_size=1, max_size=30), st.floats(0.05, 1), st.randoms())
def test_a_list_depends_on_no_order_and_has_its_size(values, share, random):
    scores = np.array(values, dtype=float)
    shares = top_shares(scores, share)
    assert shares.sum() == pytest.approx(share * len(scores))
    order = list(range(len(scores)))
    random.shuffle(order)
    assert top_shares(scores[order], share) == pytest.approx(shares[order])
    assert list_overlap(shares, shares) == 1


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(0, 9)), st.sets(st.integers(0, 9)))
def test_the_overlap_is_jaccards(one, other):
    lists = [np.array([float(i in members) for i in range(10)]) for members in (one, other)]
    either = one | other
    assert list_overlap(*lists) == pytest.approx(len(one & other) / len(either) if either else 1)
