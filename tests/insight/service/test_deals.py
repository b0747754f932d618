"""Deals: win rate, cycle, quadrant and selection, from small tables."""

import datetime as dt
from statistics import NormalDist
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.data.contract import Attribute
from icpfit.icp.profile import Segment
from icpfit.insight.service.deals import deal_panel, median_interval

ATTRIBUTES = {
    "industry": Attribute("industry", "category", "before_sale"),
    "employees": Attribute("employees", "number", "before_sale"),
    "discount": Attribute("discount", "number", "at_signing"),
}


def accounts(margins, industries):
    ids = pd.Index([f"c{at:03d}" for at in range(len(margins))])
    return SimpleNamespace(
        used=ids,
        outcomes=pd.DataFrame({"margin": margins}, index=ids),
        facts=pd.DataFrame({"industry": np.array(industries, dtype=object)}, index=ids),
        attributes=ATTRIBUTES,
        as_of=dt.date(2026, 1, 1),
    )


def deals(rows, facts=("industry",)):
    """Rows of (won, days, industry)."""
    start = dt.date(2025, 1, 1)
    columns = {
        "account_id": [f"d{at:03d}" for at in range(len(rows))],
        "opened_on": pa.array([start] * len(rows), pa.date32()),
        "closed_on": pa.array([start + dt.timedelta(days=row[1]) for row in rows], pa.date32()),
        "won": pa.array([row[0] for row in rows], pa.bool_()),
    }
    if "industry" in facts:
        columns["attr:industry"] = pa.array([row[2] for row in rows], pa.string())
    return pa.table(columns)


COMPANY = accounts(
    [100.0 + at for at in range(30)] + [-100.0 - at for at in range(30)], ["A"] * 30 + ["B"] * 30
)
# A: 10 of 50 won, B: 40 of 50. All: half.
ROWS = [(at < 10, 30 + at, "A") for at in range(50)] + [(at < 40, 10 + at, "B") for at in range(50)]
A, B = Segment("a", {"industry": ["A"]}), Segment("b", {"industry": ["B"]})


def test_win_rate_cycle_and_quadrant_by_hand():
    found = deal_panel(deals(ROWS), COMPANY, [A, B])
    whole, a, b = found.segments
    assert (whole.n, whole.win_rate.value) == (100, 0.5)
    assert (a.n, a.win_rate.value, b.win_rate.value) == (50, 0.2, 0.8)
    z = NormalDist().inv_cdf(0.95)
    middle = (0.2 + z * z / 100) / (1 + z * z / 50)
    assert (a.win_rate.low + a.win_rate.high) / 2 == pytest.approx(middle)
    assert a.cycle.value == 34.5  # days 30 to 39
    assert a.cycle.low is None  # ten deals won
    assert b.cycle.value == 29.5
    assert a.margin.value == pytest.approx(114.5)
    assert (a.corner, b.corner) == ("hard to win, leaves money", "wins easily, leaves little")


def test_every_margin_is_over_the_same_accounts():
    # Reported on the last ten of each: a leaves 100 + 20..29, b -(100 + 20..29), together 0.
    ids = [*COMPANY.used[20:30], *COMPANY.used[50:60]]
    whole, a, b = deal_panel(deals(ROWS), COMPANY, [A, B], reported_on=pd.Index(ids)).segments
    assert (whole.margin.n, a.margin.n) == (20, 10)
    assert whole.margin.value == pytest.approx(0)
    assert (a.margin.value, b.margin.value) == (pytest.approx(124.5), pytest.approx(-124.5))


def test_who_is_won_differs():
    found = deal_panel(deals(ROWS), COMPANY, [A])
    [only] = found.differences
    assert (found.tested, only.attribute, only.level) == (1, "industry", "A")
    assert (only.won, only.lost) == (pytest.approx(10 / 50), pytest.approx(40 / 50))


def test_alike_deals_show_no_difference():
    rows = [(at % 2 == 0, 20, "AB"[at % 4 // 2]) for at in range(200)]
    found = deal_panel(deals(rows), COMPANY, [A])
    assert (found.tested, found.differences) == (1, ())


@pytest.mark.parametrize(
    ("table", "why"),
    [
        (None, "no source with table: opportunities"),
        (deals([]), "no source with table: opportunities"),
        (deals(ROWS, facts=()), "bring no facts"),
        (deals([(True, 3, "A")] * 3), "all 3 deals were won"),
        (deals([(True, 999, "A"), (False, 999, "A")]), "no deal was closed by 2026-01-01"),
        (deals([(True, 3, "A"), (False, 3, None)]), "bring no facts"),
    ],
)
def test_an_empty_panel_says_why(table, why):
    found = deal_panel(table, COMPANY, [A])
    assert why in found.note
    assert found.segments == ()


def test_a_condition_that_deals_dont_tell():
    found = deal_panel(deals(ROWS), accounts([1.0] * 30, ["A"] * 30), [A])
    assert found.segments[1].n == 50
    big = Segment("big", {"industry": ["A"], "employees": {"from": 10}})
    company = accounts([1.0] * 30, ["A"] * 30)
    company.facts["employees"] = 20.0
    found = deal_panel(deals(ROWS), company, [big])
    assert found.segments[1].note == "the deals don't tell employees"
    assert found.segments[1].n == 0


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 500), min_size=20, max_size=80), st.integers(0, 99))
def test_the_median_lies_within_and_order_doesnt_matter(days, seed):
    found = median_interval(days)
    assert found.low <= found.value <= found.high
    assert median_interval(np.random.default_rng(seed).permutation(days)) == found


def test_the_medians_interval_covers():
    rng = np.random.default_rng(11)
    hits = [
        (e := median_interval(rng.exponential(1.0, 41))).low <= np.log(2) <= e.high
        for _ in range(800)
    ]
    assert 0.88 <= np.mean(hits) <= 0.96
