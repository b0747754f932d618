"""Associations against scipy, by hand, and against the sum over all orders for relative weights."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.measure.association import (
    correlation_ratio,
    cramers_v,
    partial_spearman,
    rank_residuals,
    relative_weights,
)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=15, max_size=60))
@settings(max_examples=50, deadline=None)
def test_without_others_it_is_spearmans_correlation(pairs):
    from scipy.stats import spearmanr

    x, y = np.array(pairs, dtype=float).T
    found = partial_spearman(x, y)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        assert math.isnan(found.rho.value)
        assert found.p == 1
        return
    assert found.rho.value == pytest.approx(spearmanr(x, y).statistic, abs=1e-9)
    assert found.rho.low <= found.rho.value <= found.rho.high
    assert 0 <= found.p <= 1


def test_the_interval_by_hand():
    # ranks of 20 with one pair swapped: rho = 1 - 6 * 2 / (20 * 399)
    x = np.arange(20.0)
    y = x.copy()
    y[[0, 1]] = y[[1, 0]]
    rho = 1 - 12 / (20 * 399)
    reach = 1.6448536 * math.sqrt(1.06 / 17)
    found = partial_spearman(x, y).rho
    assert found.value == pytest.approx(rho)
    assert found.low == pytest.approx(math.tanh(math.atanh(rho) - reach))


def test_what_a_third_column_makes_of_two_goes_when_it_is_held_fixed():
    rng = np.random.default_rng(1)
    cause = rng.normal(size=2000)
    x, y = cause + 0.3 * rng.normal(size=2000), cause + 0.3 * rng.normal(size=2000)
    assert partial_spearman(x, y).rho.value > 0.8
    held = partial_spearman(x, y, [cause])
    assert abs(held.rho.value) < 0.1
    with_own = partial_spearman(x, y + 0.5 * x, [cause])
    assert with_own.rho.low > 0.2


def test_intervals_cover_and_p_values_are_level():
    rng = np.random.default_rng(2)
    found = [partial_spearman(*rng.normal(size=(2, 80)), [rng.normal(size=80)]) for _ in range(400)]
    assert 0.86 <= np.mean([one.rho.low <= 0 <= one.rho.high for one in found]) <= 0.94
    assert 0.03 <= np.mean([one.p < 0.05 for one in found]) <= 0.08


@given(st.permutations(list(range(40))))
@settings(max_examples=20, deadline=None)
def test_the_order_of_rows_changes_nothing(order):
    rng = np.random.default_rng(3)
    x, y, z = rng.integers(0, 6, size=(3, 40)).astype(float)
    a, b = partial_spearman(x, y, [z]), partial_spearman(x[order], y[order], [z[order]])
    assert a.rho.value == pytest.approx(b.rho.value, abs=1e-9)
    assert cramers_v(x, y) == pytest.approx(cramers_v(x[order], y[order]))
    assert correlation_ratio(x, y) == pytest.approx(correlation_ratio(x[order], y[order]))


def test_categories_of_pure_luck_hardly_go_together():
    rng = np.random.default_rng(4)
    many, few = rng.integers(0, 25, 300), rng.integers(0, 5, 300)
    # uncorrected, 25 levels on 300 rows give V and eta of about .28
    assert np.mean([cramers_v(rng.permutation(many), few) for _ in range(30)]) < 0.1
    drawn = [correlation_ratio(many, rng.normal(size=300)) for _ in range(30)]
    assert np.mean(drawn) < 0.15


def test_the_correlation_ratio_by_hand():
    # ranks 1 2 | 3 4: means 1.5 and 3.5, between 4 of 5; eta^2 .8, epsilon^2 = 1 - .2 * 3 / 2
    assert correlation_ratio(["a", "a", "b", "b"], [1, 2, 3, 4]) == pytest.approx(math.sqrt(0.7))


def _orders(correlation, with_y):
    """Give the mean gain in R squared of each column over all orders of entry (LMG)."""

    def explained(columns):
        if not columns:
            return 0.0
        rows = list(columns)
        r = with_y[rows]
        return float(r @ np.linalg.solve(correlation[np.ix_(rows, rows)], r))

    p = len(with_y)
    gains = np.zeros(p)
    for order in itertools.permutations(range(p)):
        for place, column in enumerate(order):
            gains[column] += explained(order[: place + 1]) - explained(order[:place])
    return gains / math.factorial(p)


def test_relative_weights_sum_to_r_squared_and_are_near_the_mean_over_all_orders():
    rng = np.random.default_rng(5)
    for _ in range(5):
        factor = rng.normal(size=(300, 1))
        table = 0.8 * factor + rng.normal(size=(300, 4))
        y = table @ np.array([0.5, 0.3, 0.1, 0.0]) + rng.normal(size=300)
        whole = np.corrcoef(np.column_stack([table, y]), rowvar=False)
        correlation, with_y = whole[:-1, :-1], whole[:-1, -1]
        weights = relative_weights(correlation, with_y)
        assert weights.sum() == pytest.approx(with_y @ np.linalg.solve(correlation, with_y))
        assert (weights >= 0).all()
        np.testing.assert_allclose(weights, _orders(correlation, with_y), atol=0.03)


def test_twins_share_what_they_tell():
    correlation = np.array([[1.0, 1.0], [1.0, 1.0]])
    assert relative_weights(correlation, np.array([0.6, 0.6])).round(6).tolist() == [0.18, 0.18]


def test_residuals_are_free_of_what_is_held_fixed():
    rng = np.random.default_rng(6)
    x, z = rng.normal(size=(2, 50))
    left = rank_residuals(x, [z])
    assert left.sum() == pytest.approx(0, abs=1e-8)
    assert left @ rank_residuals(z) == pytest.approx(0, abs=1e-6)
