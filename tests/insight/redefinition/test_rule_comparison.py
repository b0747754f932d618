"""Two rules at equal volume and at their own: by hand, by brute force, and whatever the row order."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.insight.redefinition.rule_comparison import (
    membership,
    rule_comparison,
    turns_on_one_account,
)
from icpfit.measure.equal_volume import Choices, equal_volume_figures
from icpfit.measure.weighted import tied_order

NAN = float("nan")


def compare(current, proposed, n_boot=50, **values):
    return rule_comparison(current, proposed, values, n_boot=n_boot, seed=3)


def test_by_hand():
    #          a    b    c    d    e    f
    current = [3, 3, 2, 0, 0, 0]
    proposed = [0, 3, 0, 3, 1, 1]
    margin = [10.0, 20.0, 60.0, 40.0, -8.0, -4.0]
    loyal = [1.0, NAN, 0.0, 0.5, 0.0, 1.0]
    found = compare(current, proposed, margin=margin, loyalty=loyal)
    assert (found.n, found.n_current, found.n_proposed, found.volume) == (6, 3, 4, 3)
    # Proposed: b and d whole, of e and f half each: (20 + 40 - 4 - 2) / 3 = 18; current 90 / 3.
    equal = found.equal["margin"]
    assert (equal.current.value, equal.proposed.value) == (30.0, 18.0)
    assert equal.difference.value == -12.0
    # Of those that answered: current (1 + 0) / 2; proposed (.5 + 0 + .5) / (1 + .5 + .5).
    assert found.equal["loyalty"].current.value == 0.5
    assert found.equal["loyalty"].proposed.value == 0.5
    own = found.own["margin"]
    assert (own.current.value, own.proposed.value) == (30.0, 12.0)
    assert found.own["loyalty"].proposed.value == pytest.approx(0.5)
    assert [equal.current.n, own.proposed.n, own.difference.n] == [3, 4, 3]


def by_lot(tier, margin, k):
    """The mean over every way to break the ties, each equally likely."""
    rows = range(len(tier))
    means = []
    for order in itertools.permutations(rows):
        ranked = sorted(rows, key=lambda i: (-tier[i], order[i]))
        means.append(np.mean([margin[i] for i in ranked[:k]]))
    return np.mean(means)


TIERS = st.lists(st.integers(0, 3), min_size=6, max_size=6).filter(any)


@settings(max_examples=25, deadline=None)
@given(TIERS, TIERS, st.lists(st.integers(-50, 50), min_size=6, max_size=6))
def test_the_thinning_is_the_mean_of_all_draws(current, proposed, margin):
    found = compare(current, proposed, n_boot=2, margin=np.array(margin, dtype=float))
    k = min(np.count_nonzero(current), np.count_nonzero(proposed))
    assert found.volume == k
    equal = found.equal["margin"]
    assert equal.current.value == pytest.approx(by_lot(current, margin, k))
    assert equal.proposed.value == pytest.approx(by_lot(proposed, margin, k))
    taken = membership(np.array(proposed, dtype=float), k)
    assert taken.sum() == pytest.approx(k)
    assert (taken[np.array(proposed) == 0] == 0).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_a_smaller_rule_without_order_is_compared_as_with_a_ranking(seed):
    """Where the smaller rule sets the volume, it is the comparison of a rule with a ranking."""
    rng = np.random.default_rng(seed)
    current = (rng.random(60) < 0.2).astype(float)
    proposed = rng.integers(1, 4, 60).astype(float)
    current[0] = 1.0
    margin = rng.normal(0, 100, 60)
    found = compare(current, proposed, n_boot=2, margin=margin).equal["margin"]
    choices = Choices(margin, margin, margin > 0, current, proposed, tied_order(proposed))
    expected = equal_volume_figures(np.ones((1, 60)), choices)[0]
    assert found.current.value == pytest.approx(expected[0])
    assert found.proposed.value == pytest.approx(expected[1])
    assert found.difference.value == pytest.approx(expected[2])


def test_the_paired_interval_is_that_of_the_difference():
    """Same accounts but one tier: what both take cancels out, and the interval is narrow."""
    rng = np.random.default_rng(4)
    shared = rng.normal(0, 1e6, 200)
    margin = np.concatenate([shared, rng.normal(5, 1, 40), rng.normal(0, 1, 40)])
    current = np.concatenate([np.full(200, 3), np.zeros(40), np.full(40, 2)])
    proposed = np.concatenate([np.full(200, 3), np.full(40, 2), np.zeros(40)])
    found = compare(current, proposed, n_boot=400, margin=margin).own["margin"]
    apart = found.difference.high - found.difference.low
    alone = found.current.high - found.current.low
    assert apart < alone / 2


def test_the_interval_of_a_plain_mean_is_as_wide_as_theory_says():
    rng = np.random.default_rng(5)
    margin = rng.normal(100, 30, 900)
    current = np.ones(900)
    proposed = np.concatenate([np.ones(300), np.zeros(600)])
    found = compare(current, proposed, n_boot=2000, margin=margin).own["margin"].proposed
    # 1.645 standard errors on either side.
    theory = 2 * 1.645 * margin[:300].std() / np.sqrt(300)
    assert found.high - found.low == pytest.approx(theory, rel=0.1)


def test_groups_are_drawn_together():
    rng = np.random.default_rng(6)
    parent = np.repeat(np.arange(40), 5)
    margin = np.repeat(rng.normal(0, 100, 40), 5)
    tier = np.ones(200)
    alone = rule_comparison(tier, tier, {"margin": margin}, n_boot=400)
    together = rule_comparison(tier, tier, {"margin": margin}, group=parent, n_boot=400)

    def width(found):
        return found.own["margin"].current.high - found.own["margin"].current.low

    # Five copies of each account: the root of five wider, once they are drawn as one.
    assert width(together) / width(alone) == pytest.approx(np.sqrt(5), rel=0.2)


def test_the_same_rule_differs_by_exactly_nothing():
    rng = np.random.default_rng(7)
    tier = rng.integers(0, 4, 200)
    found = compare(tier, tier, margin=rng.normal(0, 1e5, 200)).equal["margin"].difference
    assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


def test_a_rule_that_selects_nobody_has_no_figures():
    found = compare([0, 0, 0], [1, 0, 1], margin=[1.0, 2.0, 3.0])
    assert found.volume == 0
    assert np.isnan(found.equal["margin"].difference.value)
    assert not found.equal["margin"].difference.has_interval


def test_too_few_withholds_every_interval():
    found = rule_comparison([1, 0], [0, 1], {"margin": [1.0, 2.0]}, note="insufficient: 2 accounts")
    assert found.equal["margin"].difference.value == 1.0
    assert not found.own["margin"].current.has_interval
    assert np.isnan(found.p_better)


@pytest.mark.parametrize(
    ("current", "proposed", "margin", "expected"),
    [
        # Without 90, proposed has 1 and current is thinned to 1: 1 - 5 < 0, the sign turns.
        ([1, 1, 0, 0], [0, 0, 1, 1], [5.0, 5.0, 1.0, 90.0], True),
        ([1, 1, 0, 0], [0, 0, 1, 1], [5.0, 5.0, 30.0, 90.0], False),
        # The largest account of all is taken by both, so nothing hangs on it; without the 7, in its
        # own order the current rule is thinned to both of its first, and nothing is left apart.
        ([2, 2, 1, 0], [2, 2, 0, 1], [900.0, 5.0, 1.0, 7.0], True),
        ([1, 0, 0, 0], [1, 0, 0, 0], [900.0, 5.0, 1.0, 2.0], False),
    ],
)
def test_one_account(current, proposed, margin, expected):
    assert turns_on_one_account(current, proposed, margin) is expected
