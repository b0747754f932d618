"""margin_if_won: target, anchor, ranges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from icpfit.fit.features import feature_matrix
from icpfit.fit.money import margin_anchor, margin_target
from icpfit.fit.ranges import MarginRanges, margin_range, margin_ranges
from icpfit.fit.scores import scores

# ---- target


def test_huber_below_750_in_units_of_twice_the_median():
    margin = np.array([-10.0, 20.0, 30.0, 4_000.0] * 50)  # median of |margin| = 25
    target = margin_target(margin)
    assert target.objective == {"objective": "huber", "alpha": 1.0, "metric": "huber"}
    assert target.unit == 50
    np.testing.assert_array_equal(target.values[:4], [-0.2, 0.4, 0.6, 80])


def test_winsorised_squared_loss_from_750_on():
    margin = np.arange(1001.0)  # 1 and 99 %: 10 and 990
    target = margin_target(margin)
    assert target.objective["objective"] == "regression"
    assert target.unit == 490
    assert (target.values.min() * 490, target.values.max() * 490) == pytest.approx((10, 990))
    np.testing.assert_allclose(target.values[10:991] * 490, margin[10:991])


@pytest.mark.parametrize("n", [300, 1000])
def test_margins_that_are_mostly_zero_still_have_a_unit(n):
    assert margin_target(np.r_[np.zeros(n), 5.0]).unit == pytest.approx(5 / (n + 1))
    assert margin_target(np.zeros(n)).unit == 1


def test_a_margin_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="finite margin"):
        margin_target(np.array([1.0, np.nan]))


# ---- anchor


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.1, 1e5), st.floats(-3, 3))
def test_the_sum_of_predictions_is_the_sum_of_margins(seed, unit, slope):
    draw = np.random.default_rng(seed)
    raw = draw.normal(size=80)
    margin = unit * (slope * raw + draw.standard_t(3, 80) + 1)
    scale, shift = margin_anchor(margin, raw, unit)
    assert scale >= 0
    assert (scale * raw + shift).sum() == pytest.approx(margin.sum(), rel=1e-9, abs=1e-6 * unit)


def test_with_many_accounts_the_scale_is_the_least_squares_slope():
    draw = np.random.default_rng(1)
    raw = draw.normal(size=200_000)
    margin = 100 * (1.6 * raw + draw.normal(size=200_000))
    scale, _ = margin_anchor(margin, raw, unit=100.0)
    # 1 % of each tail is pulled in before the slope is taken.
    tame = np.clip(margin, *np.quantile(margin, [0.01, 0.99]))
    assert scale == pytest.approx(np.polyfit(raw, tame, 1)[0], rel=1e-4)


def test_one_huge_account_does_not_turn_the_ranking():
    draw = np.random.default_rng(2)
    raw = draw.normal(size=300)
    margin = 100 * (raw + draw.normal(size=300))
    margin[np.argmin(raw)] = 100_000
    assert np.polyfit(raw, margin, 1)[0] < 0
    assert margin_anchor(margin, raw, unit=100.0)[0] > 50


def test_a_clearly_opposite_score_gets_no_scale():
    draw = np.random.default_rng(3)
    raw = draw.normal(size=5_000)
    scale, shift = margin_anchor(-100 * raw + draw.normal(size=5_000), raw, unit=100.0)
    assert scale == 0
    assert shift == pytest.approx((-100 * raw).mean(), abs=1)


def test_a_score_without_spread_gives_the_mean():
    scale, shift = margin_anchor(np.array([1.0, 2.0, 6.0]), np.full(3, 0.5), unit=10.0)
    assert scale * 0.5 + shift == pytest.approx(3.0)


# ---- ranges


def test_ranges_by_hand():
    # One bin of 39: (39 + 1) * 0.1 = the 4th, (39 + 1) * 0.9 = the 36th of -19..19.
    assert margin_ranges(np.arange(39.0) - 19, np.zeros(39)) == MarginRanges((), (-16.0,), (16.0,))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(30, 700), st.integers(1, 50))
def test_bins_hold_at_least_thirty_and_edges_ascend(seed, n, different):
    draw = np.random.default_rng(seed)
    expected = draw.integers(0, different, n).astype(float)
    ranges = margin_ranges(expected + draw.normal(size=n), expected)
    bins = np.searchsorted(ranges.edges, expected, side="right")
    assert np.bincount(bins, minlength=len(ranges.edges) + 1).min() >= 30
    assert len(ranges.p10) == len(ranges.p90) == len(ranges.edges) + 1 <= 10
    assert np.all(np.diff(ranges.edges) > 0)
    assert np.all(np.array(ranges.p10) <= ranges.p90)


def test_ranges_cover_eight_in_ten_of_further_accounts():
    draw = np.random.default_rng(4)
    inside = []
    for _ in range(200):
        expected = draw.normal(size=300)
        actual = expected + np.exp(expected) * draw.normal(size=300)
        ranges = margin_ranges(actual[:150], expected[:150])
        low, high = margin_range(ranges, expected[150:])
        inside.append(np.mean((low <= actual[150:]) & (actual[150:] <= high)))
    # Standard error of 200 draws of 150 is about .003.
    assert np.mean(inside) == pytest.approx(0.8, abs=0.015)


def test_a_margin_beyond_all_bins_takes_the_last():
    ranges = MarginRanges((0.0,), (-1.0, -2.0), (1.0, 2.0))
    low, high = margin_range(ranges, np.array([-1e9, 1e9]))
    np.testing.assert_array_equal(low, [-1e9 - 1, 1e9 - 2])
    np.testing.assert_array_equal(high, [-1e9 + 1, 1e9 + 2])


# ---- recovery on a generated company


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "objective", "rank"), [(500, "huber", 0.75), (2_000, "regression", 0.88)]
)
def test_margin_is_recovered_on_fresh_accounts(generated, training, n, objective, rank):
    done = training(generated(n, seed=1))
    assert done.settings["margin_if_won"]["objective"] == objective
    fresh = generated(4_000, seed=2)
    found = scores(
        done.model, feature_matrix(fresh.facts, fresh.dates["decided_on"], done.model.contract)
    )
    assert spearmanr(found.margin_if_won, fresh.truth)[0] > rank
    # Total: within 4 standard errors of the training mean (sd about 14,000), in either direction.
    assert found.margin_if_won.mean() == pytest.approx(
        fresh.truth.mean(), abs=4 * 14_000 / np.sqrt(n)
    )
    inside = (found.margin_p10 <= fresh.margin) & (fresh.margin <= found.margin_p90)
    assert inside.mean() == pytest.approx(0.8, abs=0.04)
    top = np.argsort(-found.margin_if_won)[:400]
    assert fresh.truth[top].mean() > fresh.truth.mean() + 8_000
    assert found.margin_if_won[top].mean() == pytest.approx(fresh.truth[top].mean(), rel=0.25)
