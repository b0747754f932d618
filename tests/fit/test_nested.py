"""Log-odds out of fold: no row has a say in anything that it is scored by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from icpfit.fit.blend import SHARE, Blend, blend, gain_probability, is_adopted
from icpfit.fit.boosting import BoosterSettings, parameters
from icpfit.fit.contract import Feature, FeatureContract
from icpfit.fit.curves import curve_sums
from icpfit.fit.forests import forest, raw_scores
from icpfit.fit.nested import nested_curves, nested_log_odds
from icpfit.fit.nested_forests import nested_forests
from icpfit.fit.probability import OBJECTIVE
from icpfit.fit.ridge import mean_losses, ridge
from icpfit.fit.stopping import LearningRows, cross_validation, refit_iterations

SMALL = BoosterSettings("strict", 4, 3, 0.1, 10, 5, False, 10, 5, 1.0, 1.0)
LARGE = BoosterSettings("relaxed", 8, -1, 0.3, 0.1, 1, False, 5, 5, 1.0, 1.0)
CONTRACT = FeatureContract(
    (
        Feature("number", "number", column=0),
        Feature("level", "category", levels=("a", "b", "c"), column=1),
        Feature("noise", "number", column=2),
    ),
    {},
)


def rows(n, seed=0, strength=1.0):
    draw = np.random.default_rng(seed)
    matrix = np.column_stack([draw.normal(size=n), draw.integers(0, 3, n), draw.normal(size=n)])
    log_odds = strength * (np.sin(2 * matrix[:, 0]) + matrix[:, 1] - 1)
    target = (draw.random(n) < 1 / (1 + np.exp(-log_odds))).astype(float)
    return LearningRows(matrix, target, np.arange(n) % 5, CONTRACT)


def parents(n):
    return np.array([f"p{i}" for i in range(n)], dtype=object)


def unseen(learned, candidates=(SMALL, LARGE)):
    n = len(learned.target)
    chosen = blend(learned, np.zeros(n), parents(n), "log-loss")
    return nested_log_odds(
        learned, chosen, parents(n), candidates, objective=OBJECTIVE, seeds=[1, 2]
    )


def without(learned, fold):
    """The rows of the other folds as a company of their own, with four folds."""
    kept = ~learned.held(fold)
    left = learned.folds[kept]
    return replace(
        learned,
        matrix=learned.matrix[kept],
        target=learned.target[kept],
        folds=np.where(left > fold, left - 1, left),
    ), kept


@pytest.mark.slow
@pytest.mark.parametrize(("n", "strength"), [(300, 0.0), (800, 0.5), (2_600, 0.2)])
def test_outcomes_of_a_fold_change_nothing_that_its_rows_are_scored_by(n, strength):
    learned = rows(n, strength=strength)
    first = learned.held(1)
    other = learned.target.copy()
    other[first] = 1 - other[first]
    before, after = unseen(learned), unseen(replace(learned, target=other))
    np.testing.assert_array_equal(before[first], after[first])
    assert (before[~first] != after[~first]).any()


def test_a_folds_trees_are_those_that_cross_validation_of_the_others_chooses():
    learned = rows(400)
    found = nested_forests(learned, [SMALL], OBJECTIVE, [1, 2])
    for fold in range(5):
        others, kept = without(learned, fold)
        chosen = cross_validation(others, [SMALL], OBJECTIVE, [1])
        assert found.iterations[fold] == chosen.iterations
        np.testing.assert_allclose(found.inner[fold, kept], chosen.raw, rtol=0, atol=1e-12)
        assert np.isnan(found.inner[fold, ~kept]).all()
        count, by_hand = refit_iterations(chosen.iterations), 0.0
        for seed in (1, 2):
            told = parameters(SMALL, CONTRACT, seed, OBJECTIVE)
            grown = forest(others.matrix, others.target, CONTRACT, told, count)
            by_hand = by_hand + raw_scores(grown, learned.matrix[~kept]) / 2
        np.testing.assert_allclose(found.raw[~kept], by_hand, rtol=0, atol=1e-12)


def test_each_fold_has_the_candidate_that_the_others_choose():
    learned = rows(400)
    found = nested_forests(learned, [SMALL, LARGE], OBJECTIVE, [1], with_inner=False)
    for fold in range(5):
        chosen = cross_validation(without(learned, fold)[0], [SMALL, LARGE], OBJECTIVE, [1])
        assert found.settings[fold] == chosen.settings
    assert np.isnan(found.inner).all()


@pytest.mark.parametrize("basis", ["linear", "bent"])
def test_a_folds_penalty_is_the_one_that_the_others_choose(basis):
    learned = rows(300, strength=0.3)
    whole = ridge(learned, basis, "log-loss")
    found = nested_curves(learned, whole, "log-loss")
    for fold in range(5):
        others, kept = without(learned, fold)
        chosen = ridge(others, basis, "log-loss")
        assert found.penalties[fold] == chosen.penalty
        np.testing.assert_allclose(found.inner[fold, kept], chosen.raw, rtol=0, atol=1e-9)
        place = list(chosen.losses).index(f"{chosen.penalty:g}")
        by_hand = curve_sums(whole.paths[fold][place], learned.matrix[~kept])
        np.testing.assert_array_equal(found.raw[~kept], by_hand)


@pytest.mark.slow
def test_whether_the_curves_join_a_fold_is_asked_of_the_others():
    learned = rows(800, seed=3, strength=0.4)
    n = len(learned.target)
    chosen = blend(learned, np.zeros(n), parents(n), "log-loss")
    raw = unseen(learned, [SMALL])
    forests = nested_forests(learned, [SMALL], OBJECTIVE, [1, 2])
    parts = [nested_curves(learned, part, "log-loss") for part in chosen.parts]
    joined = []
    for fold in range(5):
        others, kept = without(learned, fold)
        curves = np.mean([part.inner[fold, kept] for part in parts], axis=0)
        alone = forests.inner[fold, kept]
        both = (1 - SHARE) * alone + SHARE * curves
        gains = mean_losses(alone, others.target, "log-loss")
        gains = gains - mean_losses(both, others.target, "log-loss")
        joined.append(is_adopted(n, gain_probability(gains, parents(n)[kept])))
        expected = forests.raw[~kept]
        if joined[-1]:
            outside = np.mean([part.raw[~kept] for part in parts], axis=0)
            expected = (1 - SHARE) * expected + SHARE * outside
        np.testing.assert_allclose(raw[~kept], expected, rtol=0, atol=1e-12)
    assert any(joined)


def test_one_fold_alone_keeps_the_scores_of_the_choice():
    learned = replace(rows(300), folds=np.where(np.arange(300) < 30, 0, -1))
    chosen = Blend((), 0.0, 0.0, 0.0, np.where(learned.held(0), 0.5, np.nan))
    said = nested_log_odds(learned, chosen, parents(300), [SMALL], objective=OBJECTIVE, seeds=[1])
    np.testing.assert_array_equal(said, chosen.raw)
