"""SHAP values against their definition, and their sum against the number."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path
from types import SimpleNamespace

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.fit.calibration import Calibration
from icpfit.fit.curves import Curve, Curves, curve_sums
from icpfit.insight.contributions import contributions

# The suite runs with importmode=importlib, where a test file can't import its neighbour by name.
_spec = importlib.util.spec_from_file_location(
    "shapley_oracle", Path(__file__).with_name("shapley_oracle.py")
)
oracle = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(oracle)

QUIET = {
    "verbosity": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_col_wise": True,
    "objective": "regression",
    "num_leaves": 6,
    "min_data_in_leaf": 5,
    "seed": 7,
}


def forest(matrix, target, categories=(), rounds=6, **parameters):
    given_parameters = {**QUIET, **parameters}
    data = lgb.Dataset(
        matrix, target, categorical_feature=list(categories), params=given_parameters
    )
    return lgb.train(given_parameters, data, rounds)


def numbers(seed=0, n=240, p=5):
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(n, p))
    return rng, matrix, matrix[:, 0] * matrix[:, 1 % p] + 2 * matrix[:, 2 % p]


def holes(rng, matrix, share=0.2):
    return np.where(rng.random(matrix.shape) < share, np.nan, matrix)


def categories_forest():
    rng, matrix, target = numbers(3)
    matrix[:, 3] = rng.integers(0, 8, len(matrix))
    matrix[:, 4] = rng.integers(0, 3, len(matrix))
    target = target + 3 * np.isin(matrix[:, 3], [1, 4, 6]) * (matrix[:, 4] == 2)
    matrix = holes(rng, matrix, 0.15)
    options = {"min_data_per_group": 5, "cat_smooth": 1.0, "max_cat_to_onehot": 2}
    return forest(matrix, target, (3, 4), **options), matrix


def numbers_forest():
    _, matrix, target = numbers(1)
    return forest(matrix, target), matrix


def missing_forest():
    rng, matrix, target = numbers(2)
    matrix = holes(rng, matrix)
    return forest(matrix, target + 2 * np.isnan(matrix[:, 4])), matrix


def no_missing_handling_forest():
    rng, matrix, target = numbers(4)
    matrix = holes(rng, matrix)
    return forest(matrix, target, use_missing=False), matrix


def zero_missing_forest():
    rng, matrix, target = numbers(5)
    matrix = np.where(rng.random(matrix.shape) < 0.3, 0.0, matrix)
    return forest(matrix, target, zero_as_missing=True), matrix


def monotone_forest():
    _, matrix, target = numbers(6)
    return forest(matrix, target, monotone_constraints=[1, 0, -1, 0, 0]), matrix


def stump_forest():
    _, matrix, target = numbers(7)
    return forest(matrix, target, num_leaves=2, rounds=20), matrix


def constant_forest():
    _, matrix, _ = numbers(8)
    return forest(matrix, np.full(len(matrix), 12.5)), matrix


def bagged_fit_forest():
    rng, matrix, target = numbers(9)
    matrix = holes(rng, matrix)
    options = {"bagging_fraction": 0.7, "bagging_freq": 1, "feature_fraction": 0.6}
    is_fit = (target > 0).astype(float)
    return forest(matrix, is_fit, objective="binary", extra_trees=True, **options), matrix


def huber_forest():
    _, matrix, target = numbers(10)
    return forest(matrix, 1e4 * target, objective="huber", alpha=5e3), matrix


FORESTS = [
    numbers_forest,
    categories_forest,
    missing_forest,
    no_missing_handling_forest,
    zero_missing_forest,
    monotone_forest,
    stump_forest,
    constant_forest,
    bagged_fit_forest,
    huber_forest,
]


def model(*boosters, scale=1.0, shift=0.0, objective="margin", curves=None, calibration=None):
    return SimpleNamespace(
        margin_boosters=boosters,
        fit_boosters=boosters,
        margin_engine=None,
        fit_engine=None,
        fit_curves=curves,
        calibration=calibration,
        margin_scale=scale,
        margin_shift=shift,
        currency="EUR",
        objective=objective,
        threads=1,
    )


def strange(matrix):
    """Training rows, and rows as no training row is: unseen codes, infinite, all missing, zero."""
    p = matrix.shape[1]
    odd = [np.full(p, np.nan), np.zeros(p), np.full(p, 99.0), np.full(p, np.inf), np.full(p, -1.0)]
    return np.vstack([matrix[:25], odd])


@pytest.mark.parametrize("made", FORESTS)
def test_values_are_shapleys_by_definition(made):
    booster, matrix = made()
    rows = strange(matrix)
    expected, base = oracle.forest_shapley(booster, rows)
    size = max(1.0, np.abs(expected).max())

    found = contributions(model(booster), rows, "margin")

    np.testing.assert_allclose(found.values, expected, rtol=0, atol=1e-8 * size)
    assert found.base == pytest.approx(base, abs=1e-8 * size)


@pytest.mark.parametrize("made", FORESTS)
def test_the_oracle_walks_the_trees_as_lightgbm_does(made):
    booster, matrix = made()
    rows = strange(matrix)
    raw = booster.predict(rows, raw_score=True, num_threads=1)
    np.testing.assert_allclose(oracle.raw_score(booster, rows), raw, rtol=1e-12, atol=1e-12)


def test_the_oracle_by_hand():
    # One split of 30 rows to the left (value 0) and 10 to the right (value 8): the base is 8/4 = 2,
    # knowing x takes a row from 2 to 0 or to 8, and the feature that no tree uses gets nothing.
    leaf = {"leaf_value": 0.0, "leaf_count": 30}
    other = {"leaf_value": 8.0, "leaf_count": 10}
    root = {
        "split_feature": 0,
        "decision_type": "<=",
        "threshold": 0.5,
        "missing_type": "None",
        "default_left": True,
        "internal_count": 40,
        "left_child": leaf,
        "right_child": other,
    }
    booster = SimpleNamespace(dump_model=lambda: {"tree_info": [{"tree_structure": root}]})
    values, base = oracle.forest_shapley(booster, np.array([[0.0, 5.0], [1.0, 5.0]]))
    assert base == 2.0
    np.testing.assert_allclose(values, [[-2.0, 0.0], [6.0, 0.0]])


@settings(max_examples=12, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    p=st.integers(1, 6),
    leaves=st.integers(2, 9),
    share=st.sampled_from([0.0, 0.1, 0.5]),
    n_categories=st.integers(0, 2),
)
def test_values_are_shapleys_for_any_forest(seed, p, leaves, share, n_categories):
    rng, matrix, _ = numbers(seed, n=120, p=p)
    categories = range(min(n_categories, p))
    for column in categories:
        matrix[:, column] = rng.integers(0, 6, len(matrix))
    target = matrix.sum(axis=1) + rng.normal(size=len(matrix))
    matrix = holes(rng, matrix, share)
    booster = forest(
        matrix, target, categories, rounds=3, num_leaves=leaves, min_data_per_group=5, seed=seed
    )
    expected, base = oracle.forest_shapley(booster, matrix[:15])
    found = contributions(model(booster), matrix[:15], "margin")
    np.testing.assert_allclose(found.values, expected, rtol=0, atol=1e-8)
    assert found.base == pytest.approx(base, abs=1e-8)


def test_margin_adds_up_with_scale_and_shift():
    booster, matrix = huber_forest()
    raw = booster.predict(matrix, raw_score=True, num_threads=1)
    found = contributions(model(booster, scale=1.7, shift=-350.0), matrix, "margin")
    expected = 1.7 * raw - 350.0
    np.testing.assert_allclose(found.base + found.values.sum(axis=1), expected, rtol=1e-9)
    assert found.unit == "EUR"


def test_leaving_a_feature_out_breaks_the_sum():
    booster, matrix = huber_forest()
    raw = booster.predict(matrix, raw_score=True, num_threads=1)
    found = contributions(model(booster), matrix, "margin")
    used = np.flatnonzero(booster.feature_importance("split"))
    assert len(used) >= 3
    for column in used:
        partial = found.base + np.delete(found.values, column, axis=1).sum(axis=1)
        assert np.abs(partial - raw).max() > 1e-3 * np.abs(raw).max()


def test_boosters_are_averaged_on_the_raw_score():
    _, matrix, target = numbers(11)
    is_fit = (target > 0).astype(float)
    boosters = [
        forest(matrix, is_fit, objective="binary", seed=s, extra_trees=True) for s in (1, 2)
    ]
    raw = np.mean([b.predict(matrix, raw_score=True, num_threads=1) for b in boosters], axis=0)
    found = contributions(model(*boosters, objective="fit"), matrix)
    np.testing.assert_allclose(found.base + found.values.sum(axis=1), raw, rtol=0, atol=1e-10)
    assert (found.unit, found.which) == ("log-odds", "fit")


def test_curves_and_forests_add_up_to_the_blend():
    booster, matrix = bagged_fit_forest()
    line = Curve((-1.0, 0.0, 2.0), (-0.5, 0.25, 1.0), missing=0.125)
    curves = Curves(-0.75, 0.4, (line,) * matrix.shape[1])
    raw = booster.predict(matrix, raw_score=True, num_threads=1)
    found = contributions(model(booster, curves=curves), matrix, "fit")
    alone = contributions(model(booster), matrix, "fit")
    blend = 0.6 * raw + 0.4 * curve_sums(curves, matrix)
    np.testing.assert_allclose(found.base + found.values.sum(axis=1), blend, rtol=0, atol=1e-12)
    # By hand: a missing fact adds .4 * .125, one at or beyond 2 adds .4 * 1, whatever the forest.
    steps = found.values - 0.6 * alone.values
    np.testing.assert_allclose(steps[np.isnan(matrix)], 0.05, atol=1e-12)
    np.testing.assert_allclose(steps[matrix >= 2], 0.4, atol=1e-12)
    assert found.base == pytest.approx(0.6 * alone.base - 0.3, abs=1e-12)
    np.testing.assert_array_equal(
        contributions(model(booster, curves=curves), matrix[[5]], "fit").values[0], found.values[5]
    )


def test_a_calibration_stretches_the_values_and_moves_the_base():
    booster, matrix = bagged_fit_forest()
    raw = booster.predict(matrix, raw_score=True, num_threads=1)
    plain = contributions(model(booster), matrix, "fit")
    found = contributions(model(booster, calibration=Calibration(0.5, -0.25)), matrix, "fit")
    np.testing.assert_allclose(found.values, plain.values / 2, rtol=0, atol=1e-15)
    total = found.base + found.values.sum(axis=1)
    np.testing.assert_allclose(total, raw / 2 - 0.25, rtol=0, atol=1e-12)
    # Money is not what a calibration of the probability is laid over.
    money = contributions(model(booster, calibration=Calibration(0.5, -0.25)), matrix, "margin")
    np.testing.assert_array_equal(money.values, plain.values)


def test_a_row_does_not_depend_on_its_neighbours():
    booster, matrix = categories_forest()
    whole = contributions(model(booster, scale=3.0), matrix, "margin").values
    alone = [
        contributions(model(booster, scale=3.0), matrix[[i]], "margin").values[0] for i in (0, 7)
    ]
    turned = contributions(model(booster, scale=3.0), matrix[::-1], "margin").values[::-1]
    np.testing.assert_array_equal(whole[[0, 7]], alone)
    np.testing.assert_array_equal(whole, turned)


def test_an_empty_list_has_no_values_but_the_base():
    booster, matrix = numbers_forest()
    found = contributions(model(booster), matrix[:0], "margin")
    assert found.values.shape == (0, 5)
    assert found.base == contributions(model(booster), matrix, "margin").base


def test_another_number_of_columns_is_refused():
    booster, matrix = numbers_forest()
    with pytest.raises(ValueError, match="matrix has 4 columns"):
        contributions(model(booster), matrix[:, :4], "margin")


@pytest.mark.slow
def test_shap_explains_the_same():
    booster, matrix = categories_forest()
    found = contributions(model(booster), matrix, "margin")
    with warnings.catch_warnings():
        # shap's own import uses what newer matplotlib and numpy versions warn about.
        warnings.simplefilter("ignore")
        import shap

        explainer = shap.TreeExplainer(booster)
        expected, base = explainer.shap_values(matrix), explainer.expected_value
    np.testing.assert_allclose(found.values, expected, rtol=0, atol=1e-10)
    assert found.base == pytest.approx(float(np.ravel(base)[0]), abs=1e-10)
