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


@pytest.mark.parametrize("seen", [10, 20, 29])
@pytest.mark.parametrize("tail", ["normal", "long"])
def test_sized_from_few_accounts_it_still_tells_in_8_of_10_cases(seen, tail):
    """The gap is what is worth knowing, here .5 spreads; only the spread comes from the accounts."""
    rng = np.random.default_rng([seen, len(tail)])

    def draw(n):
        noise = rng.normal(0, 1, n) if tail == "normal" else rng.gamma(1, 1, n) - 1
        return 0.5 + noise

    told = []
    for _ in range(1500):
        n = pilot("above zero", draw(seen), gap=0.5, outlay=1.0, least_spread=1.0).accounts
        won = draw(n)
        told.append(won.mean() > 1.645 * won.std(ddof=1) / math.sqrt(n))
    # A large spread by luck makes the pilot larger than it must be, which does no harm.
    assert 0.75 < np.mean(told) < 0.97


def test_the_money_by_hand():
    # mean 10, spread 20 (of 100 accounts: t for z, (1.660 + .845)^2 4 = 25.1): n = 26;
    # 260 - 1.645 * 20 * sqrt(26) = 92.3
    margin = 10 + 20 * np.sqrt(99 / 100) * np.tile([-1.0, 1.0], 50)
    found = pilot("above zero", margin, gap=10.0, outlay=3.0)
    assert found.accounts == 26
    assert found.outlay == 78.0
    assert found.poor_sum == pytest.approx(92.3, abs=0.1)
    never = pilot("unlike the average", margin, gap=0.0, outlay=3.0)
    assert never.accounts is None
    assert math.isnan(never.poor_sum)
