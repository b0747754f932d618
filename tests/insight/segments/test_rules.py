"""The search: brute force finds nothing better, the rows' order changes nothing, boxes come back."""

import itertools

import numpy as np
import pandas as pd
import pytest

from icpfit.fit.contract import Feature
from icpfit.insight.segments.beam import GRAIN, Limits, beam, holds, whole_target
from icpfit.insight.segments.rules import covering_rules, jaccard, stabilities
from icpfit.insight.segments.selectors import selectors

FEATURES = [
    Feature("size", "number"),
    Feature("line", "category", column=1),
    Feature("shop", "flag", column=2),
]


def company(n=400, seed=0):
    rng = np.random.default_rng(seed)
    facts = pd.DataFrame(
        {
            "size": np.round(np.exp(rng.normal(4, 1, n))),
            "line": rng.choice(list("abcdef"), n).astype(object),
            "shop": (rng.random(n) < 0.5).astype(float),
        }
    )
    box = facts["line"].isin(["b", "e"]) & (facts["size"] >= 50)
    fit = rng.random(n) < np.where(box, 0.85, 0.2)
    return facts, fit.astype(float), box.to_numpy()


def searched(facts, target, depth=2, most=3, fewest=30):
    found = selectors(facts, FEATURES, wanted=True, fewest=fewest)
    return found, whole_target(target), Limits(depth, fewest, most)


def quality(found, target, weights, parts):
    """The definition, by loops."""
    met = np.ones(len(target), dtype=bool)
    for places in parts:
        met &= np.any([found.holds[:, i] == 1 for i in places], axis=0)
    if met.sum() < 30:
        return -np.inf
    rate = np.average(target[met], weights=weights[met]) - target.mean()
    return (
        rate / GRAIN * np.sqrt(weights[met].sum() / weights.sum()) * (1 - 0.03 * (len(parts) - 1))
    )


def test_brute_force_over_pairs_of_single_conditions_finds_nothing_better():
    facts, fit, _ = company(seed=3)
    found, target, bounds = searched(facts, fit)
    weights = np.ones(len(target))
    best = beam(found, target, weights, bounds)[0]
    singles = [((i,),) for i in range(len(found.names))]
    pairs = [
        ((i,), (j,))
        for i, j in itertools.combinations(range(len(found.names)), 2)
        if found.attribute[i] != found.attribute[j]
    ]
    brute = max(quality(found, target, weights, parts) for parts in singles + pairs)
    assert best.quality >= brute - 1e-12


def test_qualities_are_what_the_definition_says():
    facts, fit, _ = company(seed=5)
    found, target, bounds = searched(facts, fit)
    weights = np.where(np.arange(len(target)) % 3 == 0, 25.0, 125.0)
    for node in beam(found, target, weights, bounds):
        if all(len(places) == 1 for places in node.parts):
            assert node.quality == pytest.approx(quality(found, target, weights, node.parts))
        assert np.array_equal(node.holds, holds(found, node.parts))
        assert node.holds.sum() >= 30


def test_a_planted_box_is_found_and_its_levels_are_merged():
    facts, fit, box = company(1_200, seed=1)
    rules = covering_rules(*searched(facts, fit))
    assert jaccard(rules[0].holds, box) > 0.8
    assert rules[0].where["line"] == ["b", "e"]


def test_rules_differ_from_each_other():
    facts, fit, _ = company(800, seed=2)
    rules = covering_rules(*searched(facts, fit, most=6))
    for one, other in itertools.combinations(rules, 2):
        assert jaccard(one.holds, other.holds) <= 0.5
    seen = np.zeros(len(fit), dtype=bool)
    for rule in rules:
        assert (rule.holds & ~seen).sum() >= rule.holds.sum() / 3
        seen |= rule.holds


def test_the_order_of_the_rows_changes_nothing():
    facts, fit, _ = company(seed=4)
    plain = covering_rules(*searched(facts, fit))
    order = np.random.default_rng(1).permutation(len(fit))
    mixed = covering_rules(*searched(facts.iloc[order], fit[order]))
    assert [r.where for r in plain] == [r.where for r in mixed]
    assert [r.quality for r in plain] == [r.quality for r in mixed]


def test_too_few_accounts_or_nothing_to_tell_apart_give_no_rule():
    facts, fit, _ = company(20)
    assert covering_rules(*searched(facts, fit)) == []
    facts, fit, _ = company(200)
    assert covering_rules(*searched(facts, np.ones_like(fit))) == []


def test_a_planted_box_is_stable_and_noise_is_not():
    facts, fit, _ = company(1_200, seed=1)
    found, target, bounds = searched(facts, fit)
    rules = covering_rules(found, target, bounds)
    stable = stabilities(found, target, bounds, rules, half_samples=10, seed=1)
    assert stable[0] >= 0.9
    noise = whole_target(np.random.default_rng(9).permutation(fit))
    rules = covering_rules(found, noise, bounds)
    assert np.mean(stabilities(found, noise, bounds, rules, half_samples=10, seed=1)) < 0.5
    assert np.isnan(stabilities(found, target, bounds, rules, half_samples=0, seed=1)).all()
