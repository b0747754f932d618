"""The margin's own gate: noise of any width is refused, a relation passes."""

from types import SimpleNamespace

import numpy as np
import pytest

from icpfit.evidence.leakage.model_gates import margin_gates
from icpfit.fit.money import margin_anchor
from icpfit.measure.estimate import Estimate
from icpfit.measure.intervals import paired_bootstrap
from icpfit.measure.weighted import weighted_mean

JUDGED = SimpleNamespace(profit_gini=Estimate(0.1, 0.05, 0.2))
N = 300


def passes(raw, margin, folds, seed=0):
    unit = 2 * float(np.median(np.abs(margin)))
    return margin_gates(raw, margin, folds, JUDGED, unit=unit, seed=seed)[0].passed


def world(seed, is_skewed):
    rng = np.random.default_rng(seed)
    known, luck = rng.normal(size=(2, N))
    z = 0.35 * known + np.sqrt(1 - 0.35**2) * luck
    margin = 60 * (np.exp(z) - 1.2) if is_skewed else 20 + 100 * z
    return rng, known, margin, rng.permutation(np.arange(N) % 5)


@pytest.mark.slow
@pytest.mark.parametrize("is_skewed", [False, True])
@pytest.mark.parametrize(
    ("width", "most"),
    [
        # a score without spread tells nothing at all
        (0.0, 0),
        # of the narrowest 3 to 6 of 100 pass (docs/decisions/0008); 6 of 60 would be twice that
        (0.01, 6),
        (0.1, 1),
        (0.5, 1),
    ],
)
def test_noise_is_refused_however_wide_it_is(width, most, is_skewed):
    found = 0
    for seed in range(60):
        rng, _, margin, folds = world(seed, is_skewed)
        found += passes(width * rng.normal(size=N), margin, folds, seed)
    assert found <= most


def test_the_mean_of_the_other_folds_is_no_knowledge():
    """Students of the folds that know nothing but their own mean tell the folds apart, no more."""
    for seed in range(20):
        _, _, margin, folds = world(seed, is_skewed=False)
        others = np.array([margin[folds != fold].mean() for fold in range(5)])
        assert not passes(others[folds] / 100, margin, folds, seed)


@pytest.mark.parametrize("width", [0.1, 0.4])
def test_a_relation_passes(width):
    found = 0
    for seed in range(20):
        _, known, margin, folds = world(seed, is_skewed=False)
        found += passes(width * known, margin, folds, seed)
    assert found >= 18


def test_the_share_of_resamples_is_that_of_a_plain_computation():
    _, known, margin, folds = world(3, is_skewed=False)
    raw, unit = 0.03 * known, 150.0
    tame = np.clip(margin, *np.quantile(margin, [0.01, 0.99]))
    gain = []
    for i in range(N):
        others = folds != folds[i]
        usual = tame[others].mean()
        scale, _ = margin_anchor(margin[others], raw[others], unit)
        said = usual + scale * (raw[i] - raw[others].mean())
        gain.append((tame[i] - usual) ** 2 - (tame[i] - said) ** 2)
    drawn = paired_bootstrap(lambda w: weighted_mean(w, np.array(gain)), np.arange(N), seed=5)
    gate, _ = margin_gates(raw, margin, folds, JUDGED, unit=unit, seed=5)
    assert f"is in {int(100 * (drawn > 0).mean())} of 100 resamples; 95 are asked" in gate.text


def test_where_one_fold_alone_was_held_out_it_is_judged_in_five_parts():
    rng, known, margin, _ = world(1, is_skewed=False)
    many = np.concatenate([margin, rng.normal(20, 100, 2_700)])
    folds = np.where(np.arange(3_000) < N, 0, -1)
    told, noise = (
        np.concatenate([score, np.full(2_700, np.nan)])
        for score in (0.2 * known, 0.2 * rng.normal(size=N))
    )
    assert passes(told, many, folds)
    assert not passes(noise, many, folds)
