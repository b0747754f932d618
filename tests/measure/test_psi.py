"""The stability index: by hand, symmetric, and against its own null."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.measure.psi import population_counts, psi, psi_null


def test_by_hand():
    # Reference 3 a, 1 b; other 1 a, 3 b. With half a row more in each of two bins:
    # p = (3.5, 1.5) / 5 = (.7, .3), q = (.3, .7). PSI = 2 (.7 - .3) log(.7 / .3) = .8 log(7 / 3).
    found = psi(["a", "a", "a", "b"], ["a", "b", "b", "b"])
    assert found.value == pytest.approx(0.8 * math.log(7 / 3))
    assert (found.n_bins, found.n_reference, found.n_other) == (2, 4, 4)


def test_the_null_is_the_published_formula():
    # (1/300 + 1/100) 16.919 = .2256 and (1/1000 + 1/3000) 16.919 = .02256, chi-square .95 with 9.
    assert psi_null(300, 100, 10) == pytest.approx(0.22559, abs=1e-5)
    assert psi_null(1000, 3000, 10) == pytest.approx(0.02256, abs=1e-5)
    assert psi_null(300, 100, 1) == 0.0


def test_without_drift_the_null_is_exceeded_about_one_time_in_twenty():
    rng = np.random.default_rng(1)
    found = [psi(rng.normal(size=300), rng.normal(size=100)) for _ in range(400)]
    assert 0.01 <= np.mean([f.value > f.null_95 for f in found]) <= 0.08
    # The cut-off of .10 alone would alarm about every other time.
    assert np.mean([f.value > 0.1 for f in found]) > 0.3


def test_a_shift_is_seen():
    rng = np.random.default_rng(2)
    found = psi(rng.normal(size=500), rng.normal(0.8, 1, size=300))
    assert found.value > found.null_99
    assert found.warns
    assert not psi(rng.normal(size=500), rng.normal(size=500)).warns


def test_missing_and_unseen_have_bins_of_their_own():
    first, second = population_counts(["a", None, "b"], ["c", "d", None])
    assert first.tolist() == [1, 1, 1, 0]
    assert second.tolist() == [0, 0, 1, 2]
    first, second = population_counts([1.0, 2.0, np.nan], [9.0, np.nan, np.nan], bins=2)
    assert first.tolist() == [1, 1, 1]
    assert second.tolist() == [0, 1, 2]


def test_equal_values_share_a_bin():
    first, second = population_counts([0.0] * 90 + list(range(1, 11)), [0.0] * 5 + [10.0])
    assert first.tolist() == [90, 10]
    assert second.tolist() == [5, 1]
    assert psi([7.0] * 50, [7.0] * 50).value == 0.0


def test_dates_are_binned_like_numbers():
    days = pd.Series(pd.date_range("2020-01-01", periods=100)).astype("datetime64[s]")
    first, second = population_counts(days, pd.concat([days, pd.Series([pd.NaT])]))
    assert first.tolist() == [10.0] * 10 + [0.0]
    assert second.tolist() == [10.0] * 10 + [1.0]


def test_nobody_is_refused():
    with pytest.raises(ValueError, match="the other side has no rows"):
        psi([1.0], [])


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from(["a", "b", "c", None]), min_size=1, max_size=40),
    st.lists(st.sampled_from(["a", "b", "d", None]), min_size=1, max_size=40),
    st.randoms(use_true_random=False),
)
def test_never_negative_zero_on_itself_and_order_free(reference, other, random):
    found = psi(reference, other)
    assert found.value >= 0
    assert psi(reference, reference).value == 0
    shuffled = sorted(other, key=lambda _: random.random())
    assert psi(reference, shuffled) == found


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(-5, 5).map(float), min_size=1, max_size=80), st.integers(1, 12))
def test_every_row_is_counted_once(values, bins):
    first, second = population_counts(values, values[::-1], bins=bins)
    assert first.sum() == len(values)
    assert (first == second).all()
    assert len(first) <= bins


def test_the_p_value_goes_with_the_null():
    # At an index equal to its null, luck alone gives as much in 5 of 100 cases.
    rng = np.random.default_rng(4)
    found = psi(rng.normal(size=300), rng.normal(0.2, 1, size=100))
    scaled = found.value / (1 / 300 + 1 / 100)
    from scipy.stats import chi2

    assert found.p_value == pytest.approx(1 - chi2.cdf(scaled, found.n_bins - 1))
    assert (found.p_value < 0.05) == (found.value > found.null_95)
    assert psi([7.0] * 50, [7.0] * 50).p_value == 1.0


def test_levels_are_matched_by_their_text():
    # "10" of the list is a level never served, whatever its place among the sorted levels.
    first, second = population_counts(["1", "2", "3"], ["10", "2", None])
    assert first.tolist() == [1, 1, 1, 0, 0]
    assert second.tolist() == [0, 1, 0, 1, 1]
