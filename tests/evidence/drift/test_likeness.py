"""Customers against a list, and what judged accounts like the list have earned."""

from __future__ import annotations

import numpy as np
import pytest

from icpfit.evidence.drift.likeness import likeness
from icpfit.evidence.drift.shifted_estimate import shifted_estimate
from icpfit.fit.contract import Feature, FeatureContract

CONTRACT = FeatureContract(
    (
        Feature("employees", "number"),
        Feature("growth", "number", column=1),
        Feature("country", "category", levels=("AT", "DE"), column=2),
    ),
    {},
)


def accounts(n, seed, shift=0.0):
    rng = np.random.default_rng(seed)
    return np.column_stack(
        [rng.normal(shift, 1, n), rng.normal(size=n), rng.integers(0, 2, n).astype(float)]
    )


def test_a_list_like_the_customers_is_alike():
    found = likeness(accounts(300, 1), accounts(150, 2), CONTRACT)
    assert found.band == "alike"
    assert 0.5 < found.null_95 < 0.65


def test_a_shifted_list_is_told_apart_by_what_was_shifted():
    found = likeness(accounts(300, 1), accounts(150, 2, shift=1.0), CONTRACT)
    # Two normals one standard deviation apart: AUC = Phi(1 / sqrt 2) = .760 at best.
    assert 0.65 < found.auc < 0.79
    assert found.columns[0][0] == "employees"
    assert found.columns[0][1] > 0.5


def test_a_level_never_served_gives_a_list_away():
    listed = accounts(150, 2)
    listed[:120, 2] = 2.0
    found = likeness(accounts(300, 1), listed, CONTRACT)
    assert found.band == "unlike"
    assert found.columns[0][0] == "country"


def test_order_and_absent_columns():
    learned, listed = accounts(200, 1), accounts(100, 2, shift=2.0)
    first = likeness(learned, listed, CONTRACT)
    again = likeness(learned, listed[::-1], CONTRACT)
    assert (first.auc, first.columns) == (again.auc, again.columns)
    np.testing.assert_array_equal(first.ratio, again.ratio)
    without = likeness(learned, listed, CONTRACT, absent=["employees"])
    assert without.band == "alike"
    assert "employees" not in dict(without.columns)


def test_too_few_rows_to_tell():
    assert likeness(accounts(300, 1), accounts(49, 2), CONTRACT) is None
    names = ["employees", "growth", "country"]
    assert likeness(accounts(300, 1), accounts(60, 2), CONTRACT, absent=names) is None


def test_ratios_lean_towards_the_list():
    learned = accounts(400, 1)
    found = likeness(learned, accounts(400, 2, shift=1.0), CONTRACT)
    # The true ratio of the densities is exp(x - 1/2), ascending in x.
    assert np.corrcoef(np.argsort(np.argsort(found.ratio)), learned[:, 0])[0, 1] > 0.6
    asked = likeness(
        learned, accounts(400, 2, shift=1.0), CONTRACT, asked=np.array([[-2.0, 0, 0], [3.0, 0, 0]])
    )
    assert asked.ratio[0] < 1 < asked.ratio[1]


@pytest.mark.slow
def test_false_alarms_are_at_most_one_in_twenty(monkeypatch):
    """With fewer trees, for speed; 200 draws of the whole forest stand in docs/benchmarks.md."""
    monkeypatch.setattr("icpfit.evidence.drift.likeness._TREES", 30)
    bands = [
        likeness(accounts(300, 100 + i), accounts(100, 500 + i), CONTRACT).band for i in range(20)
    ]
    assert np.mean([band != "alike" for band in bands]) <= 0.05


def test_weighted_by_hand():
    # 150 fits with weight 1, 150 others with weight 3: fit rate 150 / 600, margin 25 of 100;
    # effective number (150 + 450)^2 / (150 + 150 9) = 240. 3 is also the 95th percentile.
    fit = np.repeat([True, False], 150)
    found = shifted_estimate(fit, fit * 100.0, fit * 1.0, np.where(fit, 1.0, 3.0))
    assert found.weighted["fit_rate"].value == pytest.approx(0.25)
    assert found.weighted["margin"].value == pytest.approx(25.0)
    assert found.weighted["auc"].value == 1.0
    assert found.n_effective == pytest.approx(240.0)
    assert found.weighted["margin"].low < 25.0 < found.weighted["margin"].high


def test_huge_weights_are_clipped():
    fit = np.tile([True, False], 150)
    ratio = np.ones(300)
    ratio[0] = 1e9
    assert shifted_estimate(fit, fit * 1.0, fit * 1.0, ratio).n_effective == pytest.approx(300.0)


def test_refused_below_a_hundred_accounts_worth_or_where_nobody_is_like_the_list():
    fit = np.tile([True, False], 75)
    skewed = np.where(np.arange(150) < 20, 50.0, 1.0)
    found = shifted_estimate(fit, fit * 1.0, fit * 1.0, skewed)
    assert "100 are needed" in found.refused
    assert found.weighted == {}
    assert found.plain["fit_rate"].value == 0.5
    found = shifted_estimate(fit, fit * 1.0, fit * 1.0, np.ones(150), without_like=0.81)
    assert found.refused == "cannot be told: 81 % of the rows are like no account ever served"
    assert shifted_estimate(fit[:0], fit[:0] * 1.0, fit[:0] * 1.0, np.empty(0)).refused
