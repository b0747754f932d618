"""Intercept and slope on the log-odds against scikit-learn and by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.measure.calibration_line import (
    CalibrationLine,
    fitted_intercept,
    fitted_line,
    log_odds,
    weighted_intercepts,
    weighted_slopes,
)


def drawn(n, slope=1.0, shift=0.0, seed=1):
    rng = np.random.default_rng(seed)
    z = rng.normal(0, 1.2, n)
    return rng.random(n) < 1 / (1 + np.exp(-(slope * z + shift))), z


@pytest.mark.parametrize(("slope", "shift"), [(1.0, 0.0), (0.4, 0.5), (2.0, -1.0)])
def test_the_line_is_what_logistic_regression_fits(slope, shift):
    from sklearn.linear_model import LogisticRegression

    fit, z = drawn(700, slope, shift)
    known = LogisticRegression(C=np.inf, tol=1e-10).fit(z[:, None], fit)
    line = fitted_line(fit, z)
    assert line.slope == pytest.approx(known.coef_[0, 0], rel=1e-4)
    assert line.intercept == pytest.approx(known.intercept_[0], rel=1e-3, abs=1e-4)


def test_a_prior_pulls_the_slope_to_one_and_leaves_the_intercept_free():
    fit, z = drawn(400, 0.4, 1.0)
    free = fitted_line(fit, z)
    shrunk = fitted_line(fit, z, slope_spread=0.15)
    stiff = fitted_line(fit, z, slope_spread=1e-4)
    assert free.slope < shrunk.slope < stiff.slope == pytest.approx(1.0, abs=1e-3)
    assert stiff.intercept == pytest.approx(fitted_intercept(fit, z), abs=1e-3)
    # More accounts outweigh the prior.
    many, z_many = drawn(40_000, 0.4, 1.0)
    assert fitted_line(many, z_many, slope_spread=0.15).slope == pytest.approx(0.4, abs=0.05)


def test_the_shrunk_line_is_the_least_of_its_loss():
    from scipy.optimize import minimize

    fit, z = drawn(300, 0.5, 0.4)

    def loss(line):
        eta = line[0] + line[1] * z
        return np.sum(np.logaddexp(0, eta) - fit * eta) + (line[1] - 1) ** 2 / (2 * 0.15**2)

    known = minimize(loss, [0, 1], tol=1e-12).x
    line = fitted_line(fit, z, slope_spread=0.15)
    assert [line.intercept, line.slope] == pytest.approx(known, abs=1e-4)


def test_the_intercept_makes_rates_equal():
    # Predicted .5 everywhere, 3 of 4 happened: log(3) has to be added.
    assert fitted_intercept([1, 1, 1, 0], np.zeros(4)) == pytest.approx(math.log(3))
    fit, z = drawn(500, shift=-1.0)
    moved = z + fitted_intercept(fit, z)
    assert (1 / (1 + np.exp(-moved))).mean() == pytest.approx(fit.mean())


def test_what_has_no_line_says_so():
    for fit, z in (
        ([1, 1, 1], [0.1, 0.2, 0.3]),  # one class
        ([0, 1, 0], [0.5, 0.5, 0.5]),  # no spread
        ([0, 0, 1, 1], [-2.0, -1.0, 1.0, 2.0]),  # the classes don't overlap
    ):
        assert math.isnan(fitted_line(fit, z).slope)
    assert math.isnan(fitted_intercept([1, 1], [0.0, 1.0]))
    # A prior gives the slope of equal log-odds, and of separated ones a finite value.
    assert fitted_line([0, 1, 0], [0.5, 0.5, 0.5], slope_spread=0.15).slope == pytest.approx(1)
    assert 1 < fitted_line([0, 0, 1, 1], [-2, -1, 1, 2], slope_spread=0.15).slope < 2


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_order_changes_nothing_and_a_shift_of_the_scores_only_the_intercept(seed):
    fit, z = drawn(120, 0.8, 0.3, seed)
    line, shuffle = fitted_line(fit, z), np.random.default_rng(seed).permutation(120)
    assert fitted_line(fit[shuffle], z[shuffle]) == line
    other = fitted_line(fit, z + 2.0)
    assert other.slope == pytest.approx(line.slope, abs=1e-4)
    assert other.intercept == pytest.approx(line.intercept - 2.0 * line.slope, abs=1e-3)
    np.testing.assert_allclose(other.applied(z + 2.0), line.applied(z), atol=1e-3)


def test_a_replicate_is_close_to_its_own_fit():
    fit, z = drawn(500, 0.7, 0.2)
    counts = np.random.default_rng(2).multinomial(500, np.full(500, 1 / 500), 40).astype(float)
    line, middle = fitted_line(fit, z), fitted_intercept(fit, z)
    slopes = weighted_slopes(counts, fit.astype(float), z, line)
    middles = weighted_intercepts(counts, fit.astype(float), z, middle)
    for count, slope, intercept in zip(counts.astype(int), slopes, middles, strict=True):
        rows = np.repeat(np.arange(500), count)
        assert slope == pytest.approx(fitted_line(fit[rows], z[rows]).slope, abs=0.04)
        assert intercept == pytest.approx(fitted_intercept(fit[rows], z[rows]), abs=0.02)


def test_log_odds_stay_finite():
    assert np.isfinite(log_odds([0.0, 1.0])).all()
    assert CalibrationLine(1.0, 2.0).applied(log_odds([0.5])).tolist() == [1.0]
