"""Figures in words."""

from __future__ import annotations

import math

import pytest

from icpfit.measure.estimate import Estimate, shown


@pytest.mark.parametrize(
    ("estimate", "unit", "text"),
    [
        (Estimate(0.7123, 0.63, 0.7849), "", "0.712 (0.630 to 0.785)"),
        (Estimate(0.714, 0.63, 0.78), "%", "71 % (63 to 78)"),
        (Estimate(-1234.6, -5000.2, 17.0), "EUR", "-1,235 EUR (-5,000 to 17)"),
        (Estimate(-0.2, -0.4, 0.4), "EUR", "0 EUR (0 to 0)"),
        (Estimate(1234.0), "EUR", "1,234 EUR"),
        (Estimate(0.5, note="insufficient: 3"), "", "0.500 (insufficient: 3)"),
        (Estimate(0.5, 0.4, 0.6, note="approximate"), "", "0.500 (0.400 to 0.600)"),
        (Estimate(math.nan), "EUR", "unknown"),
        (Estimate(math.nan, note="no accounts"), "%", "unknown (no accounts)"),
    ],
)
def test_shown(estimate, unit, text):
    assert shown(estimate, unit) == text
