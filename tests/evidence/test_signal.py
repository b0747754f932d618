"""The no-signal gate: on noise, on signal, and at its borders."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.evidence.signal import Signal, signal, signal_sentence


def logistic(features, is_fit):
    """A ridge logistic regression by Newton's method."""
    coefficients = np.zeros(features.shape[1])
    penalty = 10.0 * np.eye(features.shape[1])
    penalty[0, 0] = 0.0
    for _ in range(6):
        p = 1 / (1 + np.exp(-features @ coefficients))
        slope = features.T @ (is_fit - p) - penalty @ coefficients
        curvature = (features * (p * (1 - p))[:, None]).T @ features + penalty
        coefficients += np.linalg.solve(curvature, slope)
    return coefficients


def out_of_fold(features, is_fit, seed):
    """Its out-of-fold probabilities, and the fit rates that each fold was learned from."""
    features = np.column_stack([np.ones(len(is_fit)), features])
    folds = np.random.default_rng(seed).permutation(len(is_fit)) % 5
    probability, prevalence = np.empty(len(is_fit)), np.empty(len(is_fit))
    for fold in range(5):
        rest = folds != fold
        log_odds = features[~rest] @ logistic(features[rest], is_fit[rest])
        probability[~rest] = 1 / (1 + np.exp(-log_odds))
        prevalence[~rest] = is_fit[rest].mean()
    return probability, prevalence


def test_noise_rarely_passes_and_signal_does():
    rng = np.random.default_rng(1)
    tiers = {"noise": [], "signal": []}
    for run in range(60):
        features = rng.normal(size=(300, 8))
        slope = 1.2 * features[:, 0] - 0.8 * features[:, 1]
        for world, log_odds in (("noise", np.zeros(300)), ("signal", slope)):
            is_fit = rng.random(300) < 1 / (1 + np.exp(0.6 - log_odds))
            probability, prevalence = out_of_fold(features, is_fit, run)
            tiers[world].append(signal(probability, is_fit, prevalence, n_boot=300).tier)
    assert tiers["noise"].count("signal") <= 2
    assert tiers["noise"].count("none") >= 50
    assert tiers["signal"].count("signal") >= 57


def test_the_plain_comparison_would_pass_more_noise():
    # What the gate is for: the mean alone is better by luck more often than the gate lets through.
    rng = np.random.default_rng(2)
    naive = gated = 0
    for run in range(60):
        features, is_fit = rng.normal(size=(300, 3)), rng.random(300) < 0.4
        probability, prevalence = out_of_fold(features, is_fit, run)
        found = signal(probability, is_fit, prevalence, n_boot=200)
        naive += found.log_loss < found.prevalence_log_loss
        gated += found.tier == "signal"
    assert gated <= 2
    assert gated < naive


def test_the_log_losses_by_hand():
    # Model: -log .8 twice of four, -log .6 twice; prevalence one half: log 2.
    is_fit = [True, True, False, False]
    found = signal([0.8, 0.6, 0.2, 0.4], is_fit, 0.5, n_boot=50)
    assert found.log_loss == pytest.approx(-(np.log(0.8) + np.log(0.6)) / 2)
    assert found.prevalence_log_loss == pytest.approx(np.log(2))
    # Every account is better off, so every replicate is.
    assert (found.probability, found.tier, found.n) == (1.0, "signal", 4)


def test_the_prevalence_itself_is_no_improvement():
    is_fit = np.arange(100) < 37
    assert signal(np.full(100, 0.37), is_fit, 0.37).probability == 0.0
    folds = np.where(np.arange(100) % 2, 0.36, 0.38)
    assert signal(folds, is_fit, folds).probability == 0.0


@pytest.mark.parametrize(
    ("better", "tier"),
    [(0.2, "none"), (0.75, "none"), (0.78, "none"), (0.82, "weak"), (0.99, "signal")],
)
def test_tiers(better, tier, monkeypatch):
    def samples(*_, **__):
        return np.where(np.arange(1000) < better * 1000, 0.1, -0.1)

    monkeypatch.setattr("icpfit.evidence.signal.paired_bootstrap", samples)
    found = signal([0.6, 0.4], [True, False], 0.5)
    assert (found.tier, found.probability) == (tier, better)


@pytest.mark.parametrize(("better", "tier"), [(0.95, "signal"), (0.8, "weak"), (0.79, "none")])
def test_the_thresholds_themselves_are_reached(better, tier, monkeypatch):
    samples = np.where(np.arange(100) < better * 100, 0.1, -0.1)
    monkeypatch.setattr("icpfit.evidence.signal.paired_bootstrap", lambda *_, **__: samples)
    assert signal([0.6, 0.4], [True, False], 0.5).tier == tier


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_row_order_changes_nothing_at_all(seed, grouped):
    rng = np.random.default_rng(seed)
    p, is_fit = rng.integers(1, 9, 60) / 10, rng.random(60) < 0.5
    group = np.array([f"p{i}" for i in rng.integers(0, 40, 60)]) if grouped else None
    shuffle = rng.permutation(60)
    first = signal(p, is_fit, 0.45, group, n_boot=40)
    moved = None if group is None else group[shuffle]
    assert signal(p[shuffle], is_fit[shuffle], 0.45, moved, n_boot=40) == first


def test_parents_are_drawn_together():
    # One parent with 50 alike accounts is one piece of evidence, not 50.
    is_fit = np.concatenate([np.ones(50, bool), np.arange(50) % 2 == 0])
    p = np.concatenate([np.full(50, 0.7), np.where(is_fit[50:], 0.4, 0.6)])
    group = np.concatenate([np.zeros(50), np.arange(1, 51)])
    assert signal(p, is_fit, 0.5).probability > signal(p, is_fit, 0.5, group).probability + 0.1


def test_the_sentence_never_reaches_a_threshold_that_was_missed():
    text = signal_sentence(Signal("weak", 0.9495, 0.6, 0.61, 500))
    assert text.startswith("The signal is weak: on 500 accounts")
    assert "better in 94 of 100 resamples" in text
