"""Reliability in bins: by hand, against a plain loop, and how often a perfect scorer looks off."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.measure.intervals import wilson
from icpfit.measure.reliability import bin_count, reliability


def drawn(n, seed=1, power=1.0):
    rng = np.random.default_rng(seed)
    p = 1 / (1 + np.exp(-rng.normal(-0.6, 1.3, n)))
    return rng.random(n) < p**power, p


def test_two_bins_by_hand():
    # 50 at .2 of which 5 fit, 50 at .6 of which 40: misses of .1 and .2, on average .15.
    fit = np.r_[np.ones(5), np.zeros(45), np.ones(40), np.zeros(10)]
    found = reliability(fit, np.repeat([0.2, 0.6], 50))
    assert found.bins["predicted"].tolist() == pytest.approx([0.2, 0.6])
    assert found.bins["fit_rate"].tolist() == pytest.approx([0.1, 0.8])
    assert found.error == pytest.approx(0.15)
    assert found.bins["fit_high"].iloc[0] == pytest.approx(wilson(5, 50).high)
    # sqrt(.2 .8 / 50) = .057: nine draws in ten lie within .2 +- 1.64 * .057.
    assert found.bins["usual_low"].iloc[0] == pytest.approx(0.107, abs=0.02)
    assert found.bins["usual_high"].iloc[0] == pytest.approx(0.293, abs=0.02)


@pytest.mark.parametrize("n", [149, 730])
def test_bins_are_those_of_a_plain_loop(n):
    fit, p = drawn(n)
    found = reliability(fit, p)
    order = np.argsort(p)
    parts = np.array_split(order, bin_count(n))
    if n % bin_count(n) == 0:
        assert found.bins["predicted"].tolist() == pytest.approx([p[i].mean() for i in parts])
        assert found.bins["fit_rate"].tolist() == pytest.approx([fit[i].mean() for i in parts])
    assert found.bins["n"].sum() == pytest.approx(n)
    assert (found.bins["n"].round(6) == round(n / bin_count(n), 6)).all()
    assert (found.bins["predicted"].diff().dropna() > 0).all()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_order_and_ties_change_nothing(seed):
    rng = np.random.default_rng(seed)
    p = rng.integers(1, 6, 170) / 6
    fit, shuffle = rng.random(170) < p, rng.permutation(170)
    one, two = reliability(fit, p, draws=60), reliability(fit[shuffle], p[shuffle], draws=60)
    assert one.bins.equals(two.bins)
    assert (one.error, one.perfect_99) == (two.error, two.perfect_99)


@pytest.mark.parametrize(("n", "mean", "high"), [(300, 0.047, 0.074), (600, 0.045, 0.065)])
def test_the_band_is_where_perfect_scorers_lie(n, mean, high):
    """Drawn anew and far more often, a perfect scorer's errors are those of the band."""
    band = reliability(*drawn(n))
    errors = [reliability(*drawn(n, seed=seed), draws=1).error for seed in range(300)]
    assert band.perfect_mean == pytest.approx(np.mean(errors), abs=0.004)
    assert band.perfect_95 == pytest.approx(np.quantile(errors, 0.95), abs=0.01)
    assert (band.perfect_mean, band.perfect_95) == pytest.approx((mean, high), abs=0.008)


def test_a_perfect_scorer_seldom_fails_and_one_that_is_off_does():
    failed = [reliability(*drawn(400, seed=s), draws=200).is_worse_than_perfect for s in range(120)]
    # One in a hundred: of 120, four or more would happen in 3 of 100 runs.
    assert sum(failed) <= 4
    assert all(reliability(*drawn(400, seed=s, power=3)).is_worse_than_perfect for s in range(5))


def test_few_accounts_are_one_bin():
    assert len(reliability([True, False], [0.5, 0.5]).bins) == 1
    with pytest.raises(ValueError, match="missing"):
        reliability([True, False], [0.5, np.nan])


def test_a_long_list_is_drawn_as_normal_numbers(monkeypatch):
    fit, p = drawn(2000)
    exact = reliability(fit, p)
    monkeypatch.setattr("icpfit.measure.reliability._NORMAL_FROM", 2000)
    normal = reliability(fit, p)
    assert normal.error == exact.error
    assert normal.perfect_mean == pytest.approx(exact.perfect_mean, rel=0.05)
    assert normal.perfect_99 == pytest.approx(exact.perfect_99, rel=0.12)
    for name in ("usual_low", "usual_high"):
        assert normal.bins[name].tolist() == pytest.approx(exact.bins[name].tolist(), abs=0.015)
