"""Benjamini and Hochberg's rule: by hand, against brute force, and by what it promises."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.measure.discoveries import discoveries


def test_by_hand():
    # Borders at .05: .0125, .025, .0375, .05. The largest i with p <= border is 3, so the second
    # stands as well, though .03 is above its own border of .025.
    assert discoveries([0.03, 0.01, 0.9, 0.035]).tolist() == [True, True, False, True]
    assert discoveries([0.06, 0.2]).tolist() == [False, False]
    assert discoveries([]).tolist() == []


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_order_does_not_matter_and_brute_force_agrees(p, random):
    n = len(p)
    best = max((k for k in range(n + 1) if sum(x <= 0.05 * k / n for x in p) >= k), default=0)
    expected = [best > 0 and x <= 0.05 * best / n for x in p]
    assert discoveries(p).tolist() == expected
    order = list(range(n))
    random.shuffle(order)
    assert discoveries([p[i] for i in order]).tolist() == [expected[i] for i in order]


def test_luck_alone_yields_a_finding_one_time_in_twenty():
    rng = np.random.default_rng(3)
    assert np.mean([discoveries(rng.random(20)).any() for _ in range(2000)]) < 0.065


@pytest.mark.parametrize("p", [[-0.1], [1.1], [np.nan]])
def test_what_is_no_p_value_is_refused(p):
    with pytest.raises(ValueError, match="between 0 and 1"):
        discoveries(p)
