"""How often a random deal of the margins does as well: by hand, all deals, and where nothing differs."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.insight.redefinition.chance import chance_of_difference
from icpfit.insight.redefinition.decision import decided
from icpfit.insight.redefinition.redefinition import redefinition
from icpfit.insight.redefinition.rule_comparison import membership, rule_comparison


def every_deal(current, proposed, margin):
    """The shares over all orders of the margins, each equally likely."""
    k = min(np.count_nonzero(current), np.count_nonzero(proposed))
    apart = (membership(proposed, k) - membership(current, k)) / k
    found = apart @ margin
    dealt = np.array([apart @ np.array(one) for one in itertools.permutations(margin)])
    return (dealt >= found - 1e-9).mean(), (dealt <= found + 1e-9).mean()


@pytest.mark.parametrize(
    ("current", "proposed", "margin"),
    [
        ([1, 1, 1, 1, 1], [0, 0, 0, 0, 1], [1.0, 2.0, 3.0, 4.0, 50.0]),  # 1 in 5
        ([3, 3, 0, 0, 0, 2], [0, 0, 3, 3, 1, 0], [1.0, 5.0, 2.0, 2.0, -9.0, 4.0]),
        ([1, 0, 1, 0, 1], [1, 1, 0, 1, 0], [7.0, 7.0, 7.0, 7.0, 7.0]),  # all alike: certain
    ],
)
def test_it_is_the_share_of_all_deals(current, proposed, margin):
    better, worse = chance_of_difference(current, proposed, margin)
    expected = every_deal(current, proposed, np.array(margin))
    # 2,000 deals: three standard errors are at most 3.4 points.
    assert (better, worse) == pytest.approx(expected, abs=0.034)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.1, 1e6))
def test_units_dont_matter_and_the_mirror_is_the_other_share(seed, unit):
    rng = np.random.default_rng(seed)
    current, proposed = rng.integers(0, 3, (2, 40))
    current[0], proposed[1] = 1, 1
    margin = rng.normal(0, 1, 40)
    better, worse = chance_of_difference(current, proposed, margin, deals=50)
    assert chance_of_difference(current, proposed, margin * unit, deals=50) == (better, worse)
    assert chance_of_difference(proposed, current, margin, deals=50) == (worse, better)
    assert 0 < better <= 1
    # A deal is as high, as low, or both; one is added to each.
    assert better + worse >= 1


def test_a_rule_that_selects_nobody_has_no_share():
    assert np.isnan(chance_of_difference([0, 0], [1, 0], [1.0, 2.0])).all()


@pytest.mark.slow
def test_where_nothing_differs_a_small_choice_is_seldom_called_better():
    """Long left tail, 200 accounts, 8 % chosen: the interval alone says "change" in 1 of 6."""
    rng = np.random.default_rng(12)
    worlds, alone, both = 150, 0, 0
    for _ in range(worlds):
        margin = np.exp(0.5) - np.exp(rng.normal(0, 1, 200))  # mean 0, rare disasters
        everybody, few = np.ones(200), (rng.random(200) < 0.08) * 1.0
        found = rule_comparison(everybody, few, {"margin": margin}, n_boot=200)
        chance = chance_of_difference(everybody, few, margin, deals=300)
        calm = {"independent": True, "one_account": False, "same_accounts": False}
        difference = found.equal["margin"].difference
        alone += decided(difference, **calm, chance=(0.0, 0.0))[0] == "change"
        both += decided(difference, **calm, chance=chance)[0] == "change"
    # At 5 of 100, more than 14 of 150 have a chance of less than 1 in 100.
    assert both <= 14 < alone


def test_a_comparison_carries_it_whatever_the_order_of_the_rows(world):
    accounts = world.accounts(400, 1)
    found = redefinition(
        accounts, world.trial(accounts), world.by_size, world.makers, n_boot=100, seed=1
    )
    assert found.comparison.chance_better < 0.01
    assert found.comparison.chance_worse > 0.99
    assert found.approximate
    for name in ("facts", "outcomes", "dates"):
        setattr(accounts, name, getattr(accounts, name).iloc[::-1])
    again = redefinition(
        accounts, world.trial(accounts), world.by_size, world.makers, n_boot=100, seed=1
    )
    assert again.comparison.chance_better == found.comparison.chance_better
    assert again.comparison.chance_worse == found.comparison.chance_worse


def test_a_thousand_judged_are_approximate_where_few_are_chosen(world):
    accounts = world.accounts(1500, 1)
    trial = world.trial(accounts)
    found = redefinition(accounts, trial, world.by_size, world.makers, n_boot=50)
    assert found.comparison.volume >= 300
    assert not found.approximate
    accounts.facts["region"] = np.where(accounts.facts["employees"] < 500, "north", "west")
    few = redefinition(accounts, trial, world.by_size, world.makers, n_boot=50)
    assert few.comparison.volume < 300
    assert few.approximate
