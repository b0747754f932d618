"""The size of a pilot: by hand, and what it promises by simulation."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.insight.market.pilot import FEWEST, MOST, pilot, pilot_size


def test_by_hand():
    # (1.6449 + 0.8416)^2 = 6.1826; spread 4 gaps: 98.9; against .1 of the gap: / (1 - .061826)
    assert pilot_size(4.0, 1.0) == 99
    assert pilot_size(4.0, 1.0, against=0.1) == math.ceil(6.18256 * 16 / (1 - 0.0618256))


def test_what_is_too_vague_itself_can_never_be_told_from():
    assert pilot_size(4.0, 1.0, against=1.0) is None
    assert pilot_size(4.0, 0.0) is None


@given(st.floats(0.1, 1e5), st.floats(0.1, 1e5))
@settings(max_examples=50, deadline=None)
def test_a_larger_gap_never_needs_more(spread, gap):
    sizes = [pilot_size(spread, gap * k) for k in (1, 2, 4)]
    known = [MOST + 1 if n is None else n for n in sizes]
    assert known == sorted(known, reverse=True)
    assert all(n is None or FEWEST <= n <= MOST for n in sizes)


def test_it_tells_in_8_of_10_cases():
    rng = np.random.default_rng(1)
    n = pilot_size(3.0, 1.0)
    draws = rng.normal(1.0, 3.0, size=(2000, n))
    half = 1.645 * draws.std(axis=1, ddof=1) / math.sqrt(n)
    assert np.mean(draws.mean(axis=1) - half > 0) == pytest.approx(0.8, abs=0.03)


def test_the_money_by_hand():
    # mean 10, spread 20: n = 25; 250 - 1.645 * 20 * 5 = 85.5
    margin = 10 + 20 * np.sqrt(99 / 100) * np.tile([-1.0, 1.0], 50)
    found = pilot("above zero", margin, gap=10.0, outlay=3.0)
    assert found.accounts == 25
    assert found.outlay == 75.0
    assert found.poor_sum == pytest.approx(85.5, abs=0.1)
    never = pilot("unlike the average", margin, gap=0.0, outlay=3.0)
    assert never.accounts is None
    assert math.isnan(never.poor_sum)
