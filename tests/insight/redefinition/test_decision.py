"""The rules of the decision, one by one, and what would be enough."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.insight.redefinition.decision import decided, enough
from icpfit.measure.estimate import Estimate

UP, DOWN = Estimate(9.0, 1.0, 17.0), Estimate(-9.0, -17.0, -1.0)
SPANS, NONE = Estimate(9.0, -1.0, 19.0), Estimate(9.0, note="insufficient: few")


@pytest.mark.parametrize(
    ("difference", "flags", "expected"),
    [
        (UP, {}, ("change", "better")),
        (DOWN, {}, ("keep", "worse")),
        (SPANS, {}, ("cannot tell", "spans zero")),
        (NONE, {}, ("cannot tell", "too few")),
        (UP, {"one_account": True}, ("cannot tell", "one account")),
        (UP, {"independent": False}, ("cannot tell", "not independent")),
        # Worse on the accounts that favour it is worse all the more.
        (DOWN, {"independent": False, "one_account": True}, ("keep", "worse")),
        (Estimate(0.0, 0.0, 0.0), {"same_accounts": True}, ("keep", "same accounts")),
        # As large a difference comes up in more than 5 of 100 deals, on either side.
        (UP, {"chance": (0.051, 0.95)}, ("cannot tell", "chance")),
        (UP, {"chance": (0.05, 1.0)}, ("change", "better")),
        (UP, {"chance": (math.nan, math.nan)}, ("cannot tell", "chance")),
        (DOWN, {"chance": (0.95, 0.051)}, ("cannot tell", "chance")),
        (DOWN, {"chance": (1.0, 0.05)}, ("keep", "worse")),
        (SPANS, {"chance": (0.2, 0.8)}, ("cannot tell", "spans zero")),
        (UP, {"chance": (0.2, 0.8), "independent": False}, ("cannot tell", "chance")),
        # An end at exactly zero doesn't leave zero out.
        (Estimate(9.0, 0.0, 17.0), {}, ("cannot tell", "spans zero")),
        (Estimate(-9.0, -17.0, 0.0), {}, ("cannot tell", "spans zero")),
    ],
)
def test_each_rule(difference, flags, expected):
    calm = {
        "independent": True,
        "one_account": False,
        "same_accounts": False,
        "chance": (0.01, 0.01),
    }
    assert decided(difference, **(calm | flags)) == expected


def test_enough_by_hand():
    # 9 above zero, the lower half reaches 10 down: (10/9)^2 = 1.2346 times 200 is 246.9.
    assert enough(SPANS, 200).accounts == 247
    assert enough(SPANS, 200).detectable == 10.0
    # Below zero it is the upper half that reaches towards it: (12/3)^2 = 16.
    assert enough(Estimate(-3.0, -5.0, 9.0), 100).accounts == 1600
    # 11 times the difference: 121 times the accounts is no plan.
    far = enough(Estimate(1.0, -10.0, 12.0), 100)
    assert far.accounts is None
    assert far.times == pytest.approx(121.0)
    assert enough(NONE, 100).accounts is None
    assert math.isnan(enough(NONE, 100).detectable)


@settings(max_examples=50, deadline=None)
@given(st.floats(0.5, 50.0), st.floats(0.5, 200.0), st.integers(50, 5000))
def test_with_that_many_accounts_the_interval_would_leave_zero_out(value, half, n):
    found = enough(Estimate(value, value - half, value + half), n)
    if found.accounts is not None:
        shrunk = half * np.sqrt(n / found.accounts)
        assert value - shrunk >= -1e-6 * value
