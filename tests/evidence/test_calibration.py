"""Calibration and the recalibration that has to earn its place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.evidence.calibration import calibration
from icpfit.evidence.earned_line import earned_line
from icpfit.measure.calibration_line import AS_IT_IS


def drawn(n, slope=1.0, shift=0.0, seed=1):
    """Outcomes whose true log-odds are slope * z + shift, and z."""
    rng = np.random.default_rng(seed)
    z = rng.normal(-0.6, 1.2, n)
    return rng.random(n) < 1 / (1 + np.exp(-(slope * z + shift))), z


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def test_planted_faults_are_recovered():
    fit, z = drawn(4000, slope=0.5, shift=0.3)
    found = calibration(fit, sigmoid(z), train_prevalence=0.4, n_boot=400)
    assert found.slope.low < 0.5 < found.slope.high < 0.7
    assert found.is_off
    fit, z = drawn(4000, shift=-0.4)
    found = calibration(fit, sigmoid(z), train_prevalence=0.4, n_boot=400)
    assert found.intercept.low < -0.4 < found.intercept.high < -0.2
    assert found.slope.low < 1 < found.slope.high


def test_skill_by_hand():
    # Brier .25 * (.1^2 + .9^2 ...): p = .9 for the fits and .1 for the others, one miss of four:
    # (3 * .01 + .81) / 4 = .21; the fit rate .5 alone gives .25, so the skill is .16.
    found = calibration([1, 1, 0, 0], [0.9, 0.1, 0.1, 0.1], train_prevalence=0.5)
    assert found.brier_skill.value == pytest.approx(0.16)
    assert "insufficient" in found.brier_skill.note
    assert found.slope.low is None


def test_intervals_hold_the_truth():
    held = np.zeros(2)
    for seed in range(100):
        fit, z = drawn(300, seed=seed)
        found = calibration(fit, sigmoid(z), train_prevalence=0.4, n_boot=200, draws=10, seed=seed)
        held += [e.low <= t <= e.high for e, t in ((found.slope, 1.0), (found.intercept, 0.0))]
    # 90 % nominal; 100 runs have a standard error of 3 points.
    assert held.min() >= 82


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_row_order_changes_nothing(seed, grouped):
    fit, z = drawn(150, seed=seed)
    rng = np.random.default_rng(seed)
    p, group = sigmoid(z).round(1), rng.integers(0, 130, 150) if grouped else None
    shuffle = rng.permutation(150)
    one = calibration(fit, p, train_prevalence=0.4, group=group, n_boot=30, draws=20)
    moved = None if group is None else group[shuffle]
    two = calibration(
        fit[shuffle], p[shuffle], train_prevalence=0.4, group=moved, n_boot=30, draws=20
    )
    assert (one.slope, one.intercept, one.brier_skill) == (
        two.slope,
        two.intercept,
        two.brier_skill,
    )
    assert one.reliability.bins.equals(two.reliability.bins)


def test_what_has_no_slope_says_why():
    flat = calibration([True, False] * 50, np.full(100, 0.5), train_prevalence=0.5)
    assert np.isnan(flat.slope.value)
    assert flat.slope.note.endswith("all probabilities are equal")
    apart = calibration([True, False] * 50, [0.8, 0.2] * 50, train_prevalence=0.5)
    assert "separate" in apart.slope.note
    with pytest.raises(ValueError, match="expected 0 to 1"):
        calibration([True, False], [0.5, 1.2], train_prevalence=0.5)


@pytest.mark.parametrize(
    ("blown_up", "shift", "adopted"), [(1.0, 0.0, False), (2.5, 0.0, True), (1.0, 1.0, True)]
)
def test_a_line_is_adopted_where_it_helps(blown_up, shift, adopted):
    fit, z = drawn(1200, seed=3)
    folds = np.arange(1200) % 5
    found = earned_line(fit, blown_up * z + shift, folds)
    assert found.is_adopted is adopted
    if adopted:
        assert found.saving.low > 0
        fresh, z_fresh = drawn(20_000, seed=4)
        wrong = blown_up * z_fresh + shift
        mended = found.adopted.applied(wrong)

        def loss(eta):
            return np.mean(np.logaddexp(0, eta) - fresh * eta)

        assert loss(mended) < loss(wrong)
        assert loss(mended) - loss(z_fresh) < 0.005
    else:
        assert found.adopted == AS_IT_IS


def test_what_is_calibrated_is_seldom_touched():
    adopted = 0
    for seed in range(60):
        fit, z = drawn(500, seed=seed)
        adopted += earned_line(fit, z, np.arange(500) % 5, n_boot=200, seed=seed).is_adopted
    # A line fitted elsewhere hurts on average, so fewer than one in ten.
    assert adopted <= 6


def test_too_few_one_fold_and_accounts_in_no_fold():
    fit, z = drawn(100)
    assert np.isnan(earned_line(fit[:60], z[:60], np.arange(60) % 5).p_better)
    assert not earned_line(fit, 3 * z, np.zeros(100, int)).is_adopted
    fit, z = drawn(600)
    folds = np.arange(600) % 5
    gone = np.r_[folds, -np.ones(50, int)]
    more = earned_line(np.r_[fit, np.zeros(50, bool)], np.r_[3 * z, np.full(50, np.nan)], gone)
    assert more == earned_line(fit, 3 * z, folds)
    shuffle = np.random.default_rng(1).permutation(600)
    assert earned_line(fit[shuffle], 3 * z[shuffle], folds[shuffle]) == earned_line(
        fit, 3 * z, folds
    )
