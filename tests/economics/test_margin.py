import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from icpfit.economics.margin import (
    contribution_margin,
    discount_factor,
    discounted_sums,
    whale_curve,
    without_remedial,
)
from icpfit.economics.outcome import joined_accounts
from icpfit.economics.waterfall import margin_waterfall


def test_a_year_later_costs_the_annual_rate():
    assert discount_factor(np.array([0, 6, 12, 24]), 0.21) == pytest.approx(
        [1, 1 / 1.1, 1 / 1.21, 1 / 1.4641]
    )
    assert discount_factor(np.array([0, 7, 99]), 0.0).tolist() == [1.0, 1.0, 1.0]


def test_without_discount_cents_add_up_exactly():
    rows = pd.DataFrame({"position": [0] * 10, "month": range(10), "amount": [1_000] * 10})
    # Ten times 0.1 is 0.9999999999999999 when floats are added.
    assert discounted_sums(rows, "amount", 1, 0.0).tolist() == [1.0]


def test_margin_by_hand():
    margin = contribution_margin(
        np.array([10.0, 10, np.nan]),
        np.array([4.0, 4, 4]),
        np.array([3.0, 3, 3]),
        np.array([1.0, np.nan, 1]),
    )
    assert margin[:2].tolist() == [2.0, 3.0]
    assert np.isnan(margin[2])


def test_whale_curve_by_hand():
    curve = whale_curve([50, -30, 100, np.nan, 0, -20])
    assert curve.share_accounts == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert curve.share_profit == pytest.approx([0, 1, 1.5, 1.5, 1.3, 1.0])
    assert (curve.peak, curve.peak_at, curve.total) == (1.5, 0.4, 100)


def test_a_whale_curve_of_losses_is_in_money():
    curve = whale_curve([10, -30])
    assert curve.share_profit.tolist() == [0, 10, -20]
    assert (curve.peak, curve.peak_at, curve.total) == (10, 0.5, -20)
    nobody = whale_curve([])
    assert (nobody.peak, nobody.peak_at, nobody.total) == (0, 0, 0)


@hypothesis_settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-1000, 1000), max_size=30), st.randoms())
def test_a_whale_curve_peaks_where_losses_begin_whatever_the_order(margins, random):
    curve = whale_curve(margins)
    shuffled = margins[:]
    random.shuffle(shuffled)
    assert whale_curve(shuffled).share_profit.tolist() == curve.share_profit.tolist()
    assert curve.peak == max(curve.share_profit)
    gains = sum(one for one in margins if one > 0)
    assert curve.peak == pytest.approx(gains / sum(margins) if sum(margins) > 0 else gains)


def test_an_unusual_whale_is_warned_about():
    assert "check the cost drivers" in whale_curve([100] * 10 + [-90] * 10).warning
    assert "check the cost drivers" in whale_curve([10] * 30).warning
    assert whale_curve([10] * 20 + [-10] * 5).warning == ""
    assert whale_curve([10, 10]).warning == ""


def test_the_waterfall_of_the_eight_accounts_by_hand(eight):
    steps = margin_waterfall(joined_accounts(eight.tables, eight.data, eight.economics))
    # Totals of the seven mature accounts; tickets planned 80 + 40 + 200, visits 50 + 80,
    # returns 110 + 80 + 22, the remedial ticket 60.
    assert [(step.label, step.kind, round(step.total, 6)) for step in steps] == [
        ("revenue", "revenue", 7800), ("direct cost", "direct", -3400),
        ("ticket", "planned", -320), ("visit", "planned", -130),
        ("return", "remedial", -212), ("ticket", "remedial", -60),
        ("acquisition", "acquisition", -548), ("margin", "margin", 3130),
    ]  # fmt: skip
    assert sum(step.total for step in steps[:-1]) == pytest.approx(steps[-1].total)
    assert steps[0].amount == pytest.approx(7800 / 7)


def test_without_remedial_cost_its_money_comes_back(eight):
    outcomes = joined_accounts(eight.tables, eight.data, eight.economics).outcomes
    better = without_remedial(outcomes)
    assert (better["margin"] - outcomes["margin"])["birch"] == pytest.approx(250)
    assert (better["cost_to_serve"]["birch"], better["remedial_cost"]["birch"]) == (
        pytest.approx(40),
        0,
    )
    assert outcomes["remedial_cost"]["birch"] == pytest.approx(250)
