"""What is grown again is the same model: on the same rows byte for byte, on others another one."""

import dataclasses

import numpy as np
import pytest

from icpfit.fit.regrowth import grown_again
from icpfit.fit.scores import scores
from icpfit.fit.stopping import LearningRows

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", params=["margin", "fit"])
def learned(request, accounts, small, matrix):
    target = accounts.margin if request.param == "margin" else accounts.is_fit.astype(float)
    rows = LearningRows(matrix, np.asarray(target), small.folds, small.model.contract)
    return dataclasses.replace(small.model, objective=request.param), rows


def test_the_same_rows_and_seed_give_the_model_itself(accounts, small, matrix, learned):
    model, rows = learned
    again = grown_again(
        model,
        small.growth,
        rows,
        is_fit=np.asarray(accounts.is_fit, float),
        seed=small.settings["seed"],
    )
    assert again.fit_curves == model.fit_curves
    np.testing.assert_array_equal(scores(again, matrix).ranking, scores(model, matrix).ranking)


def test_other_rows_give_another_model_of_the_number_that_ranks_alone(
    accounts, small, matrix, learned
):
    model, rows = learned
    drawn = np.sort(np.random.default_rng(1).integers(0, len(matrix), len(matrix)))
    others = LearningRows(rows.matrix[drawn], rows.target[drawn], rows.folds[drawn], rows.contract)
    again = grown_again(
        model, small.growth, others, np.asarray(accounts.is_fit, float)[drawn], seed=1
    )
    ranks = model.objective == "margin"
    assert (again.margin_boosters is model.margin_boosters) is not ranks
    assert (again.fit_boosters is model.fit_boosters) is ranks
    # 400 accounts: curves had joined the forests, so they are learned again too
    assert (again.fit_curves == model.fit_curves) is ranks
    assert again.fit_curves.share == model.fit_curves.share == 0.5
    said, was = scores(again, matrix).ranking, scores(model, matrix).ranking
    assert 0.6 < np.corrcoef(said, was)[0, 1] < 1


def test_the_models_of_the_folds_are_not_kept(small):
    told = small.growth.money.teacher
    assert (
        small.growth.fit.boosters
        == told.bounded.boosters
        == told.per_size.boosters
        == told.fit.folds
        == ()
    )
    parts = (told.size, told.curves, *small.growth.fit_blend.parts)
    assert [part.paths for part in parts] == [()] * 4
