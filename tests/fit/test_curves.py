"""Sums of curves: by hand, against numpy, row by row; learned by penalised regression."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.fit.blend import blend, blend_curves, blended
from icpfit.fit.contract import Feature, FeatureContract
from icpfit.fit.curves import Curve, Curves, curve_steps, curve_sums, curves_from
from icpfit.fit.ridge import mean_losses, ridge, ridge_curves
from icpfit.fit.sizes import log_sizes, scaled_margins
from icpfit.fit.stopping import LearningRows
from icpfit.fit.student import mixed_accounts, student

LEVELS = ("a", "b", "c")


def rows(n=400, seed=0, direction=None, missing=0.1):
    draw = np.random.default_rng(seed)
    number, level = draw.normal(size=n), draw.integers(0, 3, n).astype(float)
    log_odds = 1.2 * number + np.array([-1.0, 0.0, 1.0])[level.astype(int)]
    target = (draw.random(n) < 1 / (1 + np.exp(-log_odds))).astype(float)
    matrix = np.column_stack([number, level, draw.normal(size=n)])
    matrix[:, :2][draw.random((n, 2)) < missing] = np.nan
    contract = FeatureContract(
        (
            Feature("number", "number", direction=direction, column=0),
            Feature("level", "category", levels=LEVELS, column=1),
            Feature("noise", "number", column=2),
        ),
        {},
    )
    return LearningRows(matrix, target, np.arange(n) % 5, contract), log_odds


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 8))
def test_a_curve_of_a_number_is_numpys_interpolation(seed, knots):
    draw = np.random.default_rng(seed)
    at = np.sort(draw.normal(size=knots)).tolist()
    values = draw.normal(size=knots).tolist()
    x = np.concatenate([3 * draw.normal(size=30), at, [np.inf, -np.inf]])
    found = curve_sums(Curves(2.0, 1.0, (Curve(tuple(at), tuple(values), 9.0),)), x[:, None])
    np.testing.assert_allclose(found, 2 + np.interp(x, at, values), atol=1e-9)


def test_missing_and_unknown_codes_are_alike():
    curves = Curves(0.0, 1.0, (Curve((), (1.0, 2.0), -7.0),))
    found = curve_sums(curves, np.array([[0.0], [1.0], [np.nan], [2.0], [-1.0], [np.inf]]))
    assert found.tolist() == [1, 2, -7, -7, -7, -7]


def test_another_number_of_columns_is_refused():
    with pytest.raises(ValueError, match="matrix has 2 columns, 1 curves"):
        curve_steps(Curves(0.0, 1.0, (Curve((), (1.0,), 0.0),)), np.zeros((1, 2)))


@pytest.mark.parametrize("basis", ["linear", "bent"])
def test_what_was_planted_is_recovered(basis):
    learned, _ = rows(2_000, missing=0.0)
    chosen = ridge(learned, basis, "log-loss")
    fresh, log_odds = rows(4_000, seed=1, missing=0.0)
    curves = ridge_curves(learned, chosen, "log-loss")
    assert np.corrcoef(curve_sums(curves, fresh.matrix), log_odds)[0, 1] > 0.97
    losses = mean_losses(chosen.raw, learned.target, "log-loss").mean()
    assert losses == pytest.approx(min(chosen.losses.values()))
    # Each curve has the mean 0 over the accounts that it was learned from.
    np.testing.assert_allclose(curve_steps(curves, learned.matrix).mean(axis=0), 0, atol=1e-9)


def test_a_strong_penalty_is_no_opinion_and_squares_are_least_squares():
    learned, _ = rows(missing=0.0)
    chosen = dataclasses.replace(ridge(learned, "bent", "squared"), penalty=1e12)
    curves = ridge_curves(learned, chosen, "squared")
    np.testing.assert_allclose(curve_sums(curves, learned.matrix), learned.target.mean(), atol=1e-6)


@pytest.mark.parametrize("basis", ["linear", "bent"])
@pytest.mark.parametrize(("direction", "sign"), [("+", 1), ("-", -1)])
def test_a_declared_direction_binds_the_curve(basis, direction, sign):
    learned, _ = rows(direction=direction)
    curve = ridge_curves(learned, ridge(learned, basis, "log-loss"), "log-loss").curves[0]
    assert (sign * np.diff(curve.values) >= -1e-12).all()


def test_outcomes_dealt_at_random_into_many_levels_teach_little():
    draw = np.random.default_rng(3)
    contract = FeatureContract(
        (Feature("city", "category", levels=tuple(f"l{i:02}" for i in range(60)), column=0),), {}
    )
    matrix = draw.integers(0, 60, (300, 1)).astype(float)
    target = (draw.random(300) < 0.4).astype(float)
    learned = LearningRows(matrix, target, np.arange(300) % 5, contract)
    curves = ridge_curves(learned, ridge(learned, "linear", "log-loss"), "log-loss")
    # Were an account's own outcome in its encoding, the spread would be above 1.
    assert np.ptp(curve_sums(curves, matrix)) < 0.5


def test_the_blend_is_adopted_only_where_it_helps():
    learned, _ = rows(800)
    groups = np.array([f"p{i}" for i in range(800)], dtype=object)
    blind = blend(learned, np.zeros(800), groups, "log-loss")
    assert (blind.share, blind.probability) == (0.5, 1.0)
    curves = blend_curves(learned, blind, "log-loss")
    assert curves is not None
    assert curves.share == 0.5
    knowing = blend(learned, 3 * (2 * learned.target - 1), groups, "log-loss")
    assert (knowing.share, knowing.probability) == (0.0, 0.0)
    np.testing.assert_array_equal(knowing.raw, 3 * (2 * learned.target - 1))
    assert blend_curves(learned, knowing, "log-loss") is None
    assert blended(np.array([1.0]), np.array([3.0]), 0.25).tolist() == [1.5]


def test_below_750_accounts_the_blend_is_always_adopted():
    learned, _ = rows(400)
    groups = np.array([f"p{i}" for i in range(400)], dtype=object)
    chosen = blend(learned, 3 * (2 * learned.target - 1), groups, "log-loss")
    assert (chosen.share, chosen.probability) == (0.5, 0.0)


def test_curves_come_back_from_json():
    learned, _ = rows()
    curves = ridge_curves(learned, ridge(learned, "bent", "log-loss"), "log-loss")
    assert curves_from(json.loads(json.dumps(dataclasses.asdict(curves)))) == curves


def test_sizes_and_margins_per_size_by_hand():
    assert np.exp(log_sizes(np.array([-50.0, 100.0, 400.0, 100.0]))).round(9).tolist() == [
        0.5, 1, 4, 1,
    ]  # fmt: skip
    assert scaled_margins(np.array([-50.0, 400.0]), np.array([0.5, 4.0])) == pytest.approx(
        [-98, 98]  # the 1 and 99 % quantile of -100 and 100
    )
    with pytest.raises(ValueError, match="finite margin"):
        log_sizes(np.array([1.0, np.nan]))


def test_mixed_accounts_are_made_of_real_facts():
    matrix = np.arange(30.0).reshape(10, 3)
    mixed = mixed_accounts(matrix, 500, seed=4)
    assert all(np.isin(mixed[:, j], matrix[:, j]).all() for j in range(3))
    pure = (mixed[:, :, None] == matrix.T[None]).all(axis=1).any(axis=1).mean()
    # All three facts from one row: .7**3 + .3**3 = .37, and a tenth of the rest by chance.
    assert pure == pytest.approx(0.37 + 0.063, abs=0.08)


@pytest.mark.slow
def test_the_student_says_what_the_teacher_says():
    learned, _ = rows(600, missing=0.0)
    matrix = learned.matrix

    def expectation(rows):
        return np.exp(rows[:, 0] / 2) * (rows[:, 1] - 1)

    booster = student(matrix, expectation, learned.contract, seed=1)
    fresh = rows(500, seed=7, missing=0.0)[0].matrix
    assert np.corrcoef(booster.predict(fresh), expectation(fresh))[0, 1] > 0.97
    silent = student(matrix, lambda rows: 1e-9 * rows[:, 0], learned.contract, seed=1)
    assert np.ptp(silent.predict(fresh)) == 0
