"""Settings by size, folds, stopping, and missing numbers in trees that have seen none."""

from __future__ import annotations

import os
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.errors import EvidenceRefused
from icpfit.fit.boosting import booster_settings, parameters
from icpfit.fit.contract import Feature, FeatureContract
from icpfit.fit.folds import account_folds
from icpfit.fit.forests import forest, lightgbm, raw_scores
from icpfit.fit.stopping import LearningRows, cross_validation, refit_iterations

TWO = FeatureContract((Feature("a", "number"), Feature("b", "number", column=1)), {})
BINARY = {"objective": "binary", "metric": "binary_logloss"}
SQUARED = {"objective": "regression", "metric": "l2"}


# ---- settings by size: the table of the method, row by row


@pytest.mark.parametrize(
    ("n", "minority", "expected"),
    [
        # leaves, depth, rate, l2, smoothing, extra, leaf rows, category rows, features, rows
        (200, 50, (4, 3, 0.03, 10, 5, True, 8, 5, 0.5, 0.8)),
        (749, 300, (4, 3, 0.03, 10, 5, True, 15, 7, 0.5, 0.8)),
        (750, 300, (6, 4, 0.03, 1, 20, False, 15, 8, 0.8, 0.8)),
        (2_499, 800, (6, 4, 0.03, 1, 20, False, 40, 25, 0.8, 0.8)),
        (2_500, 800, (8, 5, 0.04, 1, 20, False, 40, 25, 0.8, 0.8)),
        (7_000, 3_500, (8, 5, 0.04, 1, 20, False, 175, 70, 0.8, 0.8)),
        (30_000, 9_000, (31, 8, 0.06, 1, 10, False, 100, 100, 1, 1)),
        (200_000, 9_000, (63, -1, 0.08, 1, 10, False, 200, 100, 1, 1)),
    ],
)
def test_settings_follow_the_table(n, minority, expected):
    (chosen,) = booster_settings(n, minority)
    told = parameters(chosen, TWO, 1, BINARY)
    keys = (
        "num_leaves", "max_depth", "learning_rate", "lambda_l2", "cat_smooth", "extra_trees",
        "min_data_in_leaf", "min_data_per_group", "feature_fraction", "bagging_fraction",
    )  # fmt: skip
    assert tuple(told[key] for key in keys) == expected
    assert told["cat_l2"] == told["cat_smooth"]
    assert told["bagging_freq"] == (1 if expected[-1] < 1 else 0)


def test_two_candidates_compete_between_7500_and_30000():
    strict, relaxed = booster_settings(7_500, 3_000)
    assert (
        strict.l2,
        strict.category_smoothing,
        strict.leaf_rows,
        strict.feature_share,
        strict.row_share,
    ) == (5, 20, 200, 0.5, 0.8)
    assert (
        relaxed.l2,
        relaxed.category_smoothing,
        relaxed.leaf_rows,
        relaxed.feature_share,
        relaxed.row_share,
    ) == (1, 10, 100, 1, 1)
    assert {(s.leaves, s.depth, s.rate, s.category_rows) for s in (strict, relaxed)} == {
        (16, 6, 0.05, 100)
    }


@pytest.mark.parametrize(("n", "minority"), [(199, 90), (5_000, 49)])
def test_too_few_accounts_are_refused(n, minority):
    with pytest.raises(
        EvidenceRefused,
        match=f"{n} accounts, {minority} of the smaller class; a model needs at least 200 and 50",
    ):
        booster_settings(n, minority)


def test_everything_that_could_vary_is_fixed():
    told = parameters(booster_settings(300, 100)[0], TWO, 7, BINARY)
    fixed = {
        "num_threads": 1,
        "deterministic": True,
        "force_col_wise": True,
        "seed": 7,
        "verbosity": -1,
    }
    assert fixed.items() <= told.items()
    assert "monotone_constraints" not in told


def test_idle_threads_are_told_to_sleep_unless_the_user_says_otherwise(monkeypatch):
    monkeypatch.delenv("OMP_WAIT_POLICY", raising=False)
    lightgbm()
    assert os.environ["OMP_WAIT_POLICY"] == "passive"
    monkeypatch.setenv("OMP_WAIT_POLICY", "active")
    lightgbm()
    assert os.environ["OMP_WAIT_POLICY"] == "active"


# ---- folds


def test_folds_have_like_shares_and_keep_parents_together():
    draw = np.random.default_rng(0)
    is_fit = draw.random(500) < 0.3
    parents = np.array([f"p{i // 3}" for i in range(500)], dtype=object)
    folds = account_folds(is_fit, parents, seed=3)
    assert sorted(set(folds)) == [0, 1, 2, 3, 4]
    assert all(len(set(folds[parents == p])) == 1 for p in set(parents))
    rates = [is_fit[folds == f].mean() for f in range(5)]
    assert max(rates) - min(rates) < 0.06
    assert not np.array_equal(folds, account_folds(is_fit, parents, seed=4))


@settings(max_examples=20, deadline=None)
@given(st.integers(60, 300), st.integers(0, 1000))
def test_single_accounts_are_spread_evenly(n, seed):
    is_fit = np.arange(n) % 3 == 0
    folds = account_folds(is_fit, np.arange(n), seed)
    sizes, fits = np.bincount(folds, minlength=5), np.bincount(folds[is_fit], minlength=5)
    assert sizes.max() - sizes.min() <= 2
    assert fits.max() - fits.min() <= 1


def test_one_fold_holds_out_a_tenth():
    is_fit = np.arange(1000) % 4 == 0
    folds = account_folds(is_fit, np.arange(1000), 0, n_folds=1)
    assert np.unique(folds, return_counts=True)[1].tolist() == [900, 100]
    assert is_fit[folds == 0].sum() == 25


def test_fewer_parents_than_folds_are_refused():
    with pytest.raises(EvidenceRefused, match="belong to 4 parents"):
        account_folds(np.arange(100) % 2 == 0, np.arange(100) % 4, 0)


# ---- stopping


@pytest.fixture(scope="module")
def rows():
    draw = np.random.default_rng(5)
    matrix = draw.normal(size=(300, 2))
    target = (matrix[:, 0] + draw.normal(size=300) > 0).astype(float)
    return LearningRows(matrix, target, account_folds(target > 0, np.arange(300), 0), TWO)


def log_loss(target, raw):
    return float(np.mean(np.logaddexp(0, -(2 * target - 1) * raw)))


def test_the_choice_is_the_first_minimum_of_the_mean_loss(rows):
    chosen = cross_validation(rows, booster_settings(300, 100), BINARY, [1])
    assert chosen.iterations == int(np.argmin(chosen.curve)) + 1
    assert len(chosen.curve) == chosen.iterations + 50
    # Recomputed from the raw scores out of fold: the mean over folds of their mean losses.
    by_fold = [log_loss(rows.target[rows.held(f)], chosen.raw[rows.held(f)]) for f in range(5)]
    assert np.mean(by_fold) == pytest.approx(chosen.loss, abs=1e-6)


def test_raw_scores_are_those_of_forests_that_have_not_seen_the_row(rows):
    seeds = [1, 2]
    chosen = cross_validation(rows, booster_settings(300, 100), BINARY, seeds)
    held = rows.held(2)
    by_hand = np.zeros(held.sum())
    for seed in seeds:
        told = parameters(chosen.settings, TWO, seed, BINARY)
        grown = forest(rows.matrix[~held], rows.target[~held], TWO, told, chosen.iterations)
        by_hand += raw_scores(grown, rows.matrix[held]) / 2
    np.testing.assert_allclose(chosen.raw[held], by_hand, atol=1e-12)


def test_the_better_candidate_wins(rows):
    strict, relaxed = booster_settings(8_000, 3_000)
    small = [
        type(strict)(**{**vars(c), "leaf_rows": size}) for c, size in ((strict, 120), (relaxed, 10))
    ]
    # A leaf of 120 of 240 rows can split only at the middle; one of 10 follows the slope.
    chosen = cross_validation(rows, small, BINARY, [1])
    assert chosen.settings.name == "relaxed"
    assert chosen.losses["relaxed"] < chosen.losses["strict"]
    assert chosen.loss == chosen.losses["relaxed"]


def test_rows_in_no_fold_have_no_score(rows):
    folds = account_folds(rows.target > 0, np.arange(300), 0, n_folds=1)
    single = LearningRows(rows.matrix, rows.target, folds, TWO)
    chosen = cross_validation(single, booster_settings(300, 100), BINARY, [1])
    np.testing.assert_array_equal(np.isnan(chosen.raw), folds == -1)


def test_refit_takes_a_tenth_more():
    assert [refit_iterations(n) for n in (1, 10, 104, 3000)] == [1, 11, 114, 3300]


# ---- declared directions


def test_a_declared_direction_is_never_broken():
    draw = np.random.default_rng(2)
    matrix = draw.normal(size=(400, 2))
    target = np.sin(3 * matrix[:, 0]) + 0.3 * draw.normal(size=400)  # goes up and down
    up = FeatureContract((Feature("a", "number", direction="+"), TWO.features[1]), {})
    grid = np.column_stack([np.linspace(-3, 3, 200), np.zeros(200)])
    chosen = booster_settings(800, 300)[0]
    free = raw_scores(forest(matrix, target, TWO, parameters(chosen, TWO, 1, SQUARED), 80), grid)
    bound = raw_scores(forest(matrix, target, up, parameters(chosen, up, 1, SQUARED), 80), grid)
    assert np.diff(free).min() < 0
    assert np.diff(bound).min() >= 0


# ---- missing numbers where none were missing


def grown(matrix, target, contract=TWO, iterations=60):
    told = parameters(booster_settings(2_000, 700)[0], contract, 1, SQUARED)
    return forest(matrix, target, contract, told, iterations)


def test_a_number_never_missing_before_follows_the_larger_part():
    draw = np.random.default_rng(0)
    matrix = draw.uniform(100, 1000, (2000, 2))
    target = (matrix[:, 0] > 300) * 10.0  # 78 % of the rows
    missing, few, many, zero = raw_scores(
        grown(matrix, target), np.array([[np.nan, 500], [200, 500], [500, 500], [0, 500]])
    )
    assert few == zero < 2
    assert missing == many > 9


def test_scores_of_complete_rows_do_not_change():
    draw = np.random.default_rng(1)
    matrix = draw.normal(size=(800, 2))
    target = matrix[:, 0] * matrix[:, 1]
    told = parameters(booster_settings(2_000, 700)[0], TWO, 1, SQUARED)
    lgb = lightgbm()
    plain = lgb.Booster(params=told, train_set=lgb.Dataset(matrix, target, params=told))
    for _ in range(60):
        plain.update()
    np.testing.assert_array_equal(
        raw_scores(plain, matrix), raw_scores(grown(matrix, target), matrix)
    )


def test_splits_that_have_seen_missing_numbers_stay():
    draw = np.random.default_rng(2)
    matrix = draw.normal(size=(2000, 2))
    matrix[:600] = np.nan
    target = np.where(np.isnan(matrix[:, 0]), 5.0, 0.0)
    assert raw_scores(grown(matrix, target), np.array([[np.nan, np.nan]]))[0] > 4


def test_shap_values_follow_the_same_paths():
    draw = np.random.default_rng(3)
    matrix = draw.uniform(100, 1000, (1000, 2))
    booster = grown(matrix, matrix[:, 0] + matrix[:, 1])
    row = np.array([[np.nan, 300.0]])
    values = booster.predict(row, pred_contrib=True, num_threads=1)
    assert values.sum() == pytest.approx(raw_scores(booster, row)[0], abs=1e-8)


def test_the_text_has_right_lengths_after_the_change():
    draw = np.random.default_rng(4)
    matrix = draw.normal(size=(500, 2))
    text = grown(matrix, matrix[:, 0], iterations=20).model_to_string()
    sizes = [int(size) for size in re.search(r"(?m)^tree_sizes=(.*)$", text)[1].split()]
    start = text.index("Tree=0")
    for k, size in enumerate(sizes):
        assert text[start:].startswith(f"Tree={k}\n")
        start += size
    assert text[start:].startswith("end of trees")
