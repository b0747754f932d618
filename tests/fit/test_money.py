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


def test_with_many_accounts_the_scale_is_the_least_squares_slope_of_tamed_margins():
    draw = np.random.default_rng(1)
    raw = draw.normal(size=200_000)
    margin = 100 * (1.6 * raw + draw.normal(size=200_000))
    scale, _ = margin_anchor(margin, raw, unit=100.0)
    tamed = np.clip(margin, *np.quantile(margin, [0.01, 0.99]))
    assert scale == pytest.approx(np.polyfit(raw, tamed, 1)[0], rel=1e-4)
    # Of a normal margin, as much of the slope is lost as of the accounts is pulled in: 2 %.
    assert scale == pytest.approx(160 * 0.98, rel=0.01)


def test_rare_disasters_do_not_overstate_the_best_tenth():
    draw = np.random.default_rng(7)
    slopes, over = [], []
    for _ in range(50):
        raw = draw.normal(size=2_000)
        risk = np.where(raw < -1.5, 0.1, 0.0)
        truth = 100 * raw - 2_000 * risk
        margin = 100 * (raw + draw.normal(size=2_000)) - 2_000 * (draw.random(2_000) < risk)
        scale, shift = margin_anchor(margin, raw, unit=100.0)
        assert (scale * raw + shift).mean() == pytest.approx(margin.mean())
        best = raw > np.quantile(raw, 0.9)
        slopes.append(np.polyfit(raw, margin, 1)[0])
        over.append((scale * raw + shift)[best].mean() / truth[best].mean() - 1)
    assert np.mean(slopes) > 120  # with the tails as they are, overstated by 18 %
    assert -0.08 < np.mean(over) < 0.02


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
    ranges = margin_ranges(np.arange(39.0) - 19, np.zeros(39))
    assert ranges == MarginRanges((), (-16.0,), (16.0,))


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
    assert np.all(np.array(ranges.p10) <= 0)
    assert np.all(np.array(ranges.p90) >= 0)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1), st.integers(300, 900), st.sampled_from([0, 0, 1, 2]), st.floats(4, 9)
)
def test_ranges_hold_the_margin_rise_with_it_and_do_not_jump(seed, n, growing, tails):
    draw = np.random.default_rng(seed)
    expected = 100 * draw.normal(size=n)
    scatter = np.exp(growing * expected / 100) * draw.standard_t(tails, n)
    ranges = margin_ranges(expected + 100 * scatter, expected)
    margin = np.linspace(-500, 500, 20_001)
    low, high = margin_range(ranges, margin)
    assert np.all(low <= margin)
    assert np.all(margin <= high)
    near = 1e-6 * (1 + np.abs(high).max())
    assert np.diff(high).min() >= -near
    if growing == 0:
        assert np.diff(low).min() >= -near
    # No jump: a step of .05 moves an end no more than the steepest line between two bins.
    edges = np.array(ranges.edges)
    at = np.concatenate([edges[:1], (edges[:-1] + edges[1:]) / 2, edges[-1:]])
    for end, ends in ((low, ranges.p10), (high, ranges.p90)):
        steepest = np.abs(np.diff(ends) / np.diff(at)).max()
        assert np.abs(np.diff(end)).max() <= 0.05 * (1 + steepest) + near


def test_a_mean_beyond_the_ninetieth_in_a_hundred_widens_the_range():
    # 95 accounts earn 0 and 5 earn 10,000 each: 500 is to be expected, above nine in ten.
    margin = np.repeat([0.0, 10_000.0], [95, 5])
    ranges = margin_ranges(margin, np.full(100, 500.0))
    assert ranges == MarginRanges((), (-500.0,), (0.0,))
    assert margin_range(ranges, np.array([500.0])) == (0, 500)


def test_where_large_accounts_scatter_more_the_lower_end_may_fall():
    draw = np.random.default_rng(6)
    expected = draw.normal(size=3_000)
    ranges = margin_ranges(expected + np.exp(expected) * draw.normal(size=3_000), expected)
    low, _ = margin_range(ranges, np.array([-1.0, 1.5]))
    assert low[1] < low[0] - 1


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


def test_in_the_outer_bins_the_ends_stay_as_far_away():
    ranges = MarginRanges((0.0,), (-1.0, -2.0), (1.0, 2.0))
    low, high = margin_range(ranges, np.array([-1e9, 1e9]))
    np.testing.assert_array_equal(low, [-1e9 - 1, 1e9 - 2])
    np.testing.assert_array_equal(high, [-1e9 + 1, 1e9 + 2])


# ---- recovery on a generated company


@pytest.mark.slow
@pytest.mark.parametrize(("n", "rank"), [(500, 0.75), (2_000, 0.88)])
def test_margin_is_recovered_on_fresh_accounts(generated, training, n, rank):
    done = training(generated(n, seed=1))
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
