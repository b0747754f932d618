"""Miscalibration against maximum likelihood, and its size under a perfect scorer."""

import numpy as np
import pytest
from scipy.optimize import minimize

from icpfit.measure.recalibration import miscalibration_p_value, weighted_miscalibration


def drawn(n, slope=1.0, shift=0.0, seed=1):
    """Outcomes whose true log-odds are slope * z + shift, and the probabilities that say z."""
    rng = np.random.default_rng(seed)
    z = rng.normal(0, 1.2, n)
    truth = 1 / (1 + np.exp(-(slope * z + shift)))
    return rng.random(n) < truth, 1 / (1 + np.exp(-z))


def test_by_hand():
    # p = 1/2 everywhere, 3 of 4 fit: sum r = 1, sum p(1-p) = 1, so 1 / (2 * 4) = 0.125.
    found = weighted_miscalibration(
        np.ones((1, 4)), np.array([True, True, True, False]), np.full(4, 0.5)
    )
    assert found[0] == pytest.approx(0.125)


@pytest.mark.parametrize(("slope", "shift"), [(1.0, 0.15), (0.8, 0.0), (1.2, -0.1)])
def test_it_is_about_what_maximum_likelihood_saves(slope, shift):
    fit, p = drawn(4000, slope, shift)
    z = np.log(p / (1 - p))

    def loss(ab):
        eta = ab[0] + ab[1] * z
        return np.mean(np.logaddexp(0, eta) - fit * eta)

    saved = loss([0, 1]) - minimize(loss, [0, 1]).fun
    found = weighted_miscalibration(np.ones((1, 4000)), fit, p)[0]
    assert found == pytest.approx(saved, rel=0.3)
    assert saved > 0.0003


def test_a_perfect_scorer_fails_as_often_as_it_says():
    p_values = []
    for seed in range(400):
        fit, p = drawn(300, seed=seed)
        found = weighted_miscalibration(np.ones((1, 300)), fit, p)[0]
        p_values.append(miscalibration_p_value(found, 300))
    # Uniform: 5 % lie below .05 (standard error 1.1 %), half below .5 (2.5 %).
    assert 0.02 <= np.mean(np.array(p_values) < 0.05) <= 0.085
    assert 0.42 <= np.mean(np.array(p_values) < 0.5) <= 0.58


def test_repeating_an_account_is_a_weight_of_two():
    fit, p = drawn(60)
    twice = np.r_[0, 0, 1 : len(p)]
    weights = np.ones((1, 60))
    weights[0, 0] = 2
    assert weighted_miscalibration(weights, fit, p)[0] == pytest.approx(
        weighted_miscalibration(np.ones((1, 61)), fit[twice], p[twice])[0]
    )


def test_sure_and_equal_probabilities_are_finite():
    fit = np.array([True, False, True, False])
    assert np.isfinite(weighted_miscalibration(np.ones((1, 4)), fit, np.array([1, 1, 0, 0])))[0]
    same = weighted_miscalibration(np.ones((1, 4)), fit, np.full(4, 0.3))
    # Only the intercept: (2 - 1.2)^2 / (4 * .21) / 8.
    assert same[0] == pytest.approx(0.64 / 0.84 / 8)
    assert np.isnan(weighted_miscalibration(np.zeros((1, 4)), fit, np.full(4, 0.3)))[0]
    assert np.isnan(miscalibration_p_value(float("nan"), 4))
