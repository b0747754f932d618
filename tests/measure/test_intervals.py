"""Intervals: known values, groups, reproducibility, and how often they hold the truth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.measure.intervals import (
    bootstrap,
    interval,
    paired_bootstrap,
    replicate_weights,
    shortage,
    wilson,
)
from icpfit.measure.weighted import tied_order, weighted_auc, weighted_mean


def test_wilson_by_hand():
    # 8 of 10 at 95 %, z = 1.959964, z^2 = 3.841459. Middle: (0.8 + 0.1920729) / 1.3841459 =
    # 0.716740; half: z sqrt(0.016 + 0.00960365) / 1.3841459 = 0.226578.
    found = wilson(8, 10, 0.95)
    assert found.value == 0.8
    assert found.low == pytest.approx(0.490162, abs=1e-5)
    assert found.high == pytest.approx(0.943318, abs=1e-5)


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95])
@pytest.mark.parametrize(("k", "n"), [(0, 9), (3, 9), (9, 9), (160, 400)])
def test_wilson_is_scipys(k, n, level):
    from scipy.stats import binomtest

    theirs = binomtest(k, n).proportion_ci(level, method="wilson")
    found = wilson(k, n, level)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 500), st.floats(0, 1), st.sampled_from([0.5, 0.9, 0.99]))
def test_wilson_holds_the_rate_and_stays_a_share(n, share, level):
    found = wilson(share * n, n, level)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert wilson(share * n, n, level / 2).high <= found.high + 1e-12


def test_wilson_of_nobody_and_of_too_many():
    assert math.isnan(wilson(0, 0).value)
    with pytest.raises(ValueError, match="11 hits of 10"):
        wilson(11, 10)


def test_weights_draw_whole_groups_and_as_many_as_there_are():
    groups = np.array(["b", "a", "b", "c", "a", "b"])
    weights = np.vstack(list(replicate_weights(groups, n_boot=300, seed=3)))
    assert weights.shape == (300, 6)
    for name in "abc":
        same = weights[:, groups == name]
        assert (same == same[:, :1]).all()
    # One column per group: each replicate draws three groups.
    assert (weights[:, [0, 1, 3]].sum(axis=1) == 3).all()
    assert weights[:, [0, 1, 3]].mean(axis=0) == pytest.approx([1, 1, 1], abs=0.2)


def test_weights_hang_on_the_group_not_on_the_row(monkeypatch):
    groups = np.array([f"parent {i % 7}" for i in range(20)])
    shuffle = np.random.default_rng(1).permutation(20)
    [first] = replicate_weights(groups, n_boot=50, seed=5)
    [second] = replicate_weights(groups[shuffle], n_boot=50, seed=5)
    assert (first[:, shuffle] == second).all()
    # Nor on how many replicates are drawn at once.
    monkeypatch.setattr("icpfit.measure.intervals._PORTION", 60)
    portions = list(replicate_weights(groups, n_boot=50, seed=5))
    assert [len(portion) for portion in portions] == [3] * 16 + [2]
    assert (np.vstack(portions) == first).all()


def test_grouped_intervals_are_wider():
    rng = np.random.default_rng(2)
    parents = np.repeat(np.arange(60), 10)
    margin = rng.normal(0, 1, 60)[parents] + rng.normal(0, 0.1, 600)

    def mean(weights):
        return weighted_mean(weights, margin)

    alone = bootstrap(mean, np.arange(600), n_boot=500, seed=1)
    together = bootstrap(mean, parents, n_boot=500, seed=1)
    # Ten accounts of one parent say little more than one: about sqrt(10) times as wide.
    assert 2.3 < (together.high - together.low) / (alone.high - alone.low) < 4.5


def test_the_same_seed_gives_the_same_interval_and_another_another():
    margin = np.random.default_rng(4).normal(size=80)

    def mean(weights):
        return weighted_mean(weights, margin)

    assert bootstrap(mean, range(80), seed=1) == bootstrap(mean, range(80), seed=1)
    assert bootstrap(mean, range(80), seed=1) != bootstrap(mean, range(80), seed=2)


def test_paired_differences_are_narrower_than_their_parts():
    rng = np.random.default_rng(5)
    first = rng.normal(size=200)
    second = first + rng.normal(0.1, 0.05, 200)
    samples = paired_bootstrap(
        lambda w: np.stack([weighted_mean(w, first), weighted_mean(w, second)], axis=1),
        range(200),
        n_boot=400,
    )
    assert (samples[:, 1] - samples[:, 0]).std() < samples[:, 0].std() / 5


def test_shortage_counts_parents_not_accounts():
    assert shortage([True] * 50 + [False] * 50, range(100)) == ""
    assert shortage([True] * 39 + [False] * 61, range(100)).startswith("insufficient: 39 accounts")
    few_parents = np.concatenate([np.zeros(50), np.arange(50)])
    assert shortage([True] * 50 + [False] * 50, few_parents).startswith("insufficient: 1 accounts")


def test_too_few_of_a_class_withhold_the_interval():
    is_fit = np.arange(60) < 30
    ranked = tied_order(np.arange(60), is_fit)
    found = bootstrap(
        lambda w: weighted_auc(w, is_fit.astype(float), ranked), range(60), is_fit=is_fit
    )
    assert found.value == 0.0
    assert (found.low, found.high, found.has_interval) == (None, None, False)
    assert "insufficient" in found.note


def test_a_figure_that_is_often_undefined_has_no_interval():
    samples = np.array([1.0] * 90 + [np.nan] * 10)
    assert interval(1.0, samples).low is None
    assert interval(1.0, samples[4:]).low is None
    assert interval(1.0, np.array([1.0] * 99 + [np.nan])).low == 1.0


def test_auc_intervals_hold_the_truth_about_as_often_as_they_say():
    # Two normal scores one standard deviation apart: AUC = Phi(1 / sqrt 2) = .7602.
    truth, held = 0.76025, 0
    rng = np.random.default_rng(11)
    for run in range(200):
        is_fit = np.arange(200) < 80
        score = rng.normal(size=200) + is_fit
        ranked, fit = tied_order(score), is_fit.astype(float)
        found = bootstrap(
            lambda w, ranked=ranked, fit=fit: weighted_auc(w, fit, ranked),
            range(200),
            n_boot=400,
            seed=run,
        )
        held += found.low <= truth <= found.high
    # 90 % nominal; 200 runs have a standard error of 2 points.
    assert 0.84 <= held / 200 <= 0.97
