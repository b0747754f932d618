"""Columns against their null: by hand, quiet without drift, loud with it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from icpfit.evidence.drift.column_drift import column_drift
from icpfit.fit.contract import Feature, FeatureContract

INDUSTRY = Feature("industry", "category", levels=("Food", "Software"))
NUMBERS = FeatureContract(tuple(Feature(f"n{i}", "number", column=i) for i in range(20)), {})


def test_by_hand():
    # 60 Food, 40 Software before; 30 Food, 60 Software, 10 never served now. Three bins, half a
    # row more in each: p = (60.5, 40.5, .5) / 101.5, q = (30.5, 60.5, 10.5) / 101.5.
    before = np.repeat([0.0, 1.0], [60, 40])[:, None]
    now = np.repeat([0.0, 1.0, 2.0], [30, 60, 10])[:, None]
    [found] = column_drift(before, now, FeatureContract((INDUSTRY,), {}), {"industry": 0.4})
    p, q = (60.5, 40.5, 0.5), (30.5, 60.5, 10.5)
    expected = sum((b - a) / 101.5 * math.log(b / a) for a, b in zip(p, q, strict=True))
    assert found.psi.value == pytest.approx(expected)
    # Null at 99 %: (1/100 + 1/100) 9.2103 = .184; .68 is above it and above .25.
    assert found.psi.null_99 == pytest.approx(0.184207, abs=1e-5)
    assert (found.state, found.share) == ("alert", 0.4)
    assert found.moved == "Food 60 % before, 30 % now"


def test_missing_is_a_level_of_its_own():
    before = np.zeros((100, 1))
    now = np.where(np.arange(100) < 60, np.nan, 0.0)[:, None]
    [found] = column_drift(before, now, FeatureContract((INDUSTRY,), {}), {})
    assert found.state == "alert"
    assert found.moved == "not known for 0 % before, 60 % now"


def test_a_middling_shift_only_warns():
    # The same as twice the rows with a quarter of the shift: PSI between .10 and .25.
    before = np.repeat([0.0, 1.0], [500, 500])[:, None]
    now = np.repeat([0.0, 1.0], [320, 680])[:, None]
    [found] = column_drift(before, now, FeatureContract((INDUSTRY,), {}), {})
    assert 0.10 < found.psi.value < 0.25
    assert found.state == "warn"


def test_absent_columns_are_left_out():
    found = column_drift(np.zeros((60, 20)), np.ones((60, 20)), NUMBERS, {}, absent=["n3", "n7"])
    assert len(found) == 18
    assert {"n3", "n7"}.isdisjoint(column.feature for column in found)


def test_without_drift_at_most_one_column_in_twenty_alarms():
    rng = np.random.default_rng(8)
    states = [
        column.state
        for _ in range(60)
        for column in column_drift(
            rng.normal(size=(300, 20)), rng.normal(size=(100, 20)), NUMBERS, {}
        )
    ]
    assert np.mean([state != "steady" for state in states]) <= 0.05
    assert np.mean([state == "alert" for state in states]) <= 0.005


def test_the_order_of_the_rows_does_not_matter():
    rng = np.random.default_rng(9)
    before, now = rng.normal(size=(200, 20)), rng.normal(0.5, 1, size=(80, 20))
    assert column_drift(before, now, NUMBERS, {}) == column_drift(
        before[::-1], rng.permutation(now), NUMBERS, {}
    )
