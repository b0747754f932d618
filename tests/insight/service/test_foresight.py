"""What can be foreseen of a quantity: planted effects are found, noise is not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.fit.contract import Feature, FeatureContract
from icpfit.insight.service.foresight import foresight, tweedie_deviance

CONTRACT = FeatureContract((Feature("size", "number"), Feature("sites", "number")), {})


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 1e4), st.floats(1e-3, 1e4))
def test_the_deviance_against_scikit_learn(y, mu):
    from sklearn.metrics import mean_tweedie_deviance

    expected = mean_tweedie_deviance([y], [mu], power=1.5)
    assert tweedie_deviance([y], [mu])[0] == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_too_few_accounts_have_their_mean():
    found = foresight(np.zeros((40, 2)), np.arange(40.0), CONTRACT, np.arange(40))
    assert not found.beats_the_mean
    assert (found.expected == 19.5).all()
    assert found.skill.note.startswith("insufficient")


@pytest.mark.slow
def test_planted_effects_are_found_out_of_fold_and_rows_may_be_shuffled():
    rng = np.random.default_rng(2)
    matrix = rng.random((600, 2))
    rate = 5 * np.exp(2 * matrix[:, 0] - matrix[:, 1])
    needed = rng.poisson(rate) * rng.gamma(4.0, 0.25, 600)
    ids = np.array([f"a{at:04d}" for at in range(600)])
    found = foresight(matrix, needed, CONTRACT, ids)
    assert found.beats_the_mean
    assert np.corrcoef(np.log(found.expected), np.log(rate))[0, 1] > 0.9
    assert found.expected.mean() == pytest.approx(needed.mean(), rel=0.05)
    mixed = rng.permutation(600)
    again = foresight(matrix[mixed], needed[mixed], CONTRACT, ids[mixed])
    assert (again.expected == found.expected[mixed]).all()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_noise_is_not_foreseen(seed):
    rng = np.random.default_rng(seed)
    found = foresight(rng.random((400, 2)), rng.gamma(1.0, 9.0, 400), CONTRACT, np.arange(400))
    assert not found.beats_the_mean
