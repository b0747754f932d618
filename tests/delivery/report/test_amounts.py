"""Wording of figures: by hand, and that no rounding turns an amount into another."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.delivery.amounts import horizon_in_words, interval, money, money_interval, percent
from icpfit.measure.estimate import Estimate


def eur(amount):
    return money(amount, "EUR")


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (0, "0 EUR"),
        (-0.001, "0 EUR"),
        (4.27, "4.3 EUR"),
        (0.25, "0.25 EUR"),
        (86.4, "86 EUR"),
        (999.4, "999 EUR"),
        (999.6, "1.0 k EUR"),  # rounded before it is scaled
        (99_960, "100 k EUR"),
        (350_000, "350 k EUR"),
        (-1_249_000, "−1.2 M EUR"),
        (2.5e9, "2.5 bn EUR"),
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "–"),
    ],
)
def test_money_by_hand(amount, shown):
    assert eur(amount) == shown


@settings(max_examples=50)
@given(st.floats(1, 1e11) | st.floats(-1e11, -1))
def test_money_can_be_read_back(amount):
    number, *unit = eur(amount).split()
    scale = {"k": 1e3, "M": 1e6, "bn": 1e9}.get(unit[0], 1.0)
    read = float(number.replace("−", "-").replace(",", "")) * scale
    assert read == pytest.approx(amount, rel=0.06)


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (1 - 1e-16, "100 %"),  # a sum of shares
        (0.9996, "99.9 %"),
        (0.0004, "less than 0.1 %"),
        (0.01, "1 %"),
        (0.0149, "1.5 %"),
        (-0.25, "−25 %"),
        (5.32, "532 %"),
        (None, "–"),
    ],
)
def test_percent_by_hand(share, shown):
    assert percent(share) == shown


def test_the_ends_of_an_interval():
    assert interval(600, 12500, eur) == "600 to 12.5 k EUR"
    assert interval(-5000, -134, eur) == "−5.0 k to −134 EUR"
    assert interval(-0.05, 0.05, percent) == "−5 to 5 %"
    assert interval(0.81, 0.88, lambda x: f"{x:.2f}") == "0.81–0.88"
    assert interval(7, 23, lambda x: f"{x:+d} points") == "+7 to +23 points"
    assert interval(None, 3, eur) == "too few to tell"
    assert interval(math.nan, 3, eur) == "too few to tell"


def test_an_estimate_without_an_interval_says_so():
    assert money_interval(Estimate(3100.0), "EUR") == "3.1 k EUR (too few to tell)"
    assert (
        money_interval(Estimate(3100.0, 1200.0, 5000.0, level=0.8), "EUR")
        == "3.1 k EUR (80 %: 1.2–5.0 k EUR)"
    )


def test_an_unknown_horizon_is_left_as_it_is():
    assert horizon_in_words("two years") == "two years"
