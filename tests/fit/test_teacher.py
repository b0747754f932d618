"""The margin's teacher and its student: by hand, blind to the accounts that they are judged on."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from icpfit.fit.boosting import booster_settings, parameters
from icpfit.fit.contract import Feature, FeatureContract
from icpfit.fit.curves import Curve, Curves
from icpfit.fit.fit_line import FitLine, FitModel, FoldedFit, fit_line
from icpfit.fit.forests import forest, raw_scores
from icpfit.fit.probability import OBJECTIVE, fit_probability
from icpfit.fit.stopping import LearningRows, cross_validation
from icpfit.fit.teacher import SQUARED, Teacher, expectation, fold_teacher, teacher_choice

TWO = FeatureContract((Feature("size", "number"), Feature("quality", "number", column=1)), {})


def margins(n, seed=0):
    """Accounts whose margin is size times quality, in five folds."""
    draw = np.random.default_rng(seed)
    matrix = draw.normal(size=(n, 2))
    margin = (
        1_000
        * np.exp(matrix[:, 0] + 0.3 * draw.normal(size=n))
        * (matrix[:, 1] + 0.5 * draw.normal(size=n))
    )
    return LearningRows(matrix, margin, np.arange(n) % 5, TWO)


def told_fit(rows):
    """A forest for each fold that tells whether the margin is above 0, grown on the others."""
    is_fit, models = (rows.target > 0).astype(float), []
    told = parameters(booster_settings(300, 120)[0], TWO, 1, OBJECTIVE)
    raw = np.full(len(is_fit), np.nan)
    for fold in range(5):
        held = rows.held(fold)
        models.append(FitModel(forest(rows.matrix[~held], is_fit[~held], TWO, told, 30), None))
        raw[held] = raw_scores(models[-1].forest, rows.matrix[held])
    return FoldedFit(fit_probability(raw), tuple(models))


@pytest.fixture(scope="module")
def rows():
    return margins(300)


@pytest.fixture(scope="module")
def choice(rows):
    return teacher_choice(rows, booster_settings(300, 120), 1, told_fit(rows))


def test_what_the_members_say_together_by_hand():
    def booster(column):
        return SimpleNamespace(predict=lambda matrix, **_: matrix[:, column])

    flat = Curves(0.0, 1.0, (Curve((0.0,), (0.0,), 0.0),) * 2)
    doubled = replace(flat, base=np.log(2.0))
    even = SimpleNamespace(predict=lambda matrix, **_: np.zeros(len(matrix)))
    line = FitLine(1.0, 2.0, FitModel(even, None))
    members = Teacher(booster(0), booster(1), replace(flat, base=3.0), doubled, line, weight=0.5)
    # bounded 4, times the weight .5: 2; forest and curves (5 + 3) / 2 = 4, the line at even odds
    # 1 + 2 / 2 = 2; per size (4 + 2) / 2 = 3, times the size 2: 6. Below: (0 + 2) / 2 * 2 = 2.
    found = expectation(members, np.array([[4.0, 5.0], [1.0, -3.0]]))
    np.testing.assert_allclose(found, [(2 + 2 * 6) / 3, (0.5 + 2 * 2) / 3])
    alone = expectation(replace(members, curves=None), np.array([[4.0, 5.0]]))
    np.testing.assert_allclose(alone, [(2 + 2 * 2 * 3.5) / 3])


def test_the_line_is_that_of_least_squares_and_never_falls():
    draw = np.random.default_rng(1)
    p = draw.random(80)
    told = 3 * p - 1 + draw.normal(size=80)
    line, (slope, intercept) = fit_line(p, told), np.polyfit(p, told, 1)
    assert (line.intercept, line.slope) == pytest.approx((intercept, slope))
    falling, alike = fit_line(p, -told), fit_line(np.full(80, 0.3), told)
    assert (falling.intercept, falling.slope) == (pytest.approx(-told.mean()), 0.0)
    assert (alike.intercept, alike.slope) == (pytest.approx(told.mean()), 0.0)


def test_the_constants_of_a_folds_line_come_from_the_other_accounts(rows, choice):
    fit = told_fit(rows)
    dealt = rows.target.copy()
    first = rows.held(0)
    dealt[first] = dealt[first][::-1]
    other = teacher_choice(replace(rows, target=dealt), booster_settings(300, 120), 1, fit)
    spread = [line.slope for line in choice.fold_lines]
    assert len(set(spread)) == 5  # each on accounts of its own
    # The sizes are told by curves that have seen the first fold, so a little of it shines through.
    assert other.fold_lines[0].slope == pytest.approx(choice.fold_lines[0].slope, rel=0.1)


def test_the_bounded_member_is_stretched_to_the_spread_of_the_other(rows, choice):
    members = fold_teacher(rows, choice, 1)
    learned = rows.matrix[~rows.held(1)]
    none = replace(members, weight=0.0)
    bounded = raw_scores(members.bounded, learned)
    by_size = 1.5 * expectation(none, learned)
    assert members.weight == pytest.approx(by_size.std() / bounded.std())


def test_a_folds_teacher_has_not_seen_the_margins_that_it_is_judged_on(rows, choice):
    first = rows.held(0)
    dealt = rows.target.copy()
    dealt[first] = np.random.default_rng(5).permutation(dealt[first])
    other = teacher_choice(replace(rows, target=dealt), booster_settings(300, 120), 1, choice.fit)
    # What is chosen on all folds together: the unit, the penalty of the sizes.
    assert (other.unit, other.size.penalty) == (choice.unit, choice.size.penalty)
    for name in ("bounded", "per_size"):
        one, two = getattr(choice, name).boosters[0], getattr(other, name).boosters[0]
        # How many trees there are is chosen on all folds; those that both have must be the same.
        told = {"raw_score": True, "num_iteration": min(one.num_trees(), two.num_trees())}
        np.testing.assert_array_equal(
            one.predict(rows.matrix, **told), two.predict(rows.matrix, **told)
        )
    for name in ("size", "curves"):
        one, two = getattr(choice, name), getattr(other, name)
        if one.penalty == two.penalty:
            assert one.folds[0] == two.folds[0]
        assert one.folds[1] != two.folds[1]  # this one did see them


def test_a_folds_teacher_ranks_accounts_that_it_has_not_seen(rows, choice):
    said = np.full(300, np.nan)
    for fold in range(5):
        held = rows.held(fold)
        said[held] = expectation(fold_teacher(rows, choice, fold), rows.matrix[held])
    best = 1_000 * np.exp(rows.matrix[:, 0]) * rows.matrix[:, 1]
    top = np.argsort(-said)[:60]
    assert best[top].sum() > 0.8 * np.sort(best)[-60:].sum()


def test_each_fold_learns_and_judges_its_own_targets(rows):
    targets = np.array([rows.target / 1_000 + k for k in range(5)])
    told = replace(rows, fold_targets=targets)
    found = cross_validation(told, booster_settings(300, 120), SQUARED, [1])
    settings = parameters(found.settings, TWO, 1, SQUARED)
    for fold in (0, 3):
        held = rows.held(fold)
        grown = forest(rows.matrix[~held], targets[fold][~held], TWO, settings, found.iterations)
        by_hand = raw_scores(grown, rows.matrix[held])
        np.testing.assert_allclose(found.raw[held], by_hand, rtol=1e-12)
        kept = raw_scores(found.boosters[fold], rows.matrix[held])
        np.testing.assert_array_equal(found.raw[held], kept)
