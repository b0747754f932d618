"""Two models on the same accounts: by hand, symmetric, order-free."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.evidence.succession.paired_comparison import Contender, paired_comparison


def accounts(n, seed):
    rng = np.random.default_rng(seed)
    known = rng.normal(size=n)
    margin = 1000 * (known + rng.normal(size=n))
    return known, margin, np.array([f"a{i:05}" for i in range(n)])


def contender(known, noise, seed):
    score = known + noise * np.random.default_rng(seed).normal(size=len(known))
    shrunken = score / (1 + noise**2)
    # P(margin > 0) given the score: margin = known + N(0, 1), known | score has variance noise^2 / (1 + noise^2).
    spread = np.sqrt(1 + noise**2 / (1 + noise**2))
    return Contender(1 / (1 + np.exp(-1.702 * shrunken / spread)), 1000 * shrunken, 1000 * shrunken)


def compared(one, two, margin, names, **others):
    return paired_comparison(
        one, two, account_id=names, is_fit=margin > 0, margin=margin, **({"n_boot": 200} | others)
    )


def test_by_hand():
    margin = np.array([10.0, 4.0, -2.0, -6.0, 8.0])
    one = Contender(np.array([0.5] * 5), np.arange(5.0), np.arange(5.0))
    two = Contender(np.array([0.8, 0.8, 0.2, 0.2, 0.8]), margin, margin)
    found = compared(
        one, two, margin, list("abcde"), icp_selected=[True, True, False, False, False]
    )
    assert (found.n, found.n_fit, found.k) == (5, 3, 2.0)
    assert found.volume == "as many as the current ICP selects"
    assert found.log_loss_champion.value == pytest.approx(np.log(2))
    assert found.log_loss_challenger.value == pytest.approx(-np.log(0.8))
    # One takes the last two, 8 and -6; two the two best, 10 and 8.
    assert (found.margin_champion.value, found.margin_challenger.value) == (1.0, 9.0)
    assert found.margin_difference.value == 8.0
    assert found.overlap == pytest.approx(1 / 3)
    assert found.gini_challenger.value == pytest.approx(1.0)
    assert found.note.startswith("insufficient: 3 accounts that are a fit")
    assert np.isnan(found.p_log_loss_lower)
    assert found.log_loss_difference.low is None


def test_without_a_usable_rule_a_fifth_is_taken():
    known, margin, names = accounts(200, 1)
    one, two = contender(known, 1, 2), contender(known, 1, 3)
    for rule in (None, np.zeros(200, bool), np.ones(200, bool)):
        found = compared(one, two, margin, names, icp_selected=rule, n_boot=20)
        assert (found.k, found.volume) == (40.0, "20% of them")


def test_the_same_model_twice_gains_nothing_and_loses_nothing():
    known, margin, names = accounts(300, 1)
    one = contender(known, 1, 2)
    found = compared(one, one, margin, names)
    assert found.p_log_loss_lower == 0.0
    assert found.p_not_inferior == 1.0
    assert found.p_margin_higher == 0.5
    assert found.p_calibration_worse == 0.0
    assert found.overlap == 1.0
    assert found.margin_difference.value == 0.0


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), noise=st.floats(0.2, 3), other=st.floats(0.2, 3))
def test_swapping_the_two_mirrors_every_difference(seed, noise, other):
    known, margin, names = accounts(200, seed)
    one, two = contender(known, noise, seed + 1), contender(known, other, seed + 2)
    there = compared(one, two, margin, names, n_boot=60)
    back = compared(two, one, margin, names, n_boot=60)
    for name in ("log_loss_difference", "margin_difference", "gini_difference", "money_difference"):
        a, b = getattr(there, name), getattr(back, name)
        assert a.value == pytest.approx(-b.value, abs=1e-9)
        assert a.low == pytest.approx(-b.high, abs=1e-9)
    assert there.p_log_loss_lower + back.p_log_loss_lower <= 1.0
    assert there.p_margin_higher + back.p_margin_higher == pytest.approx(1.0)
    assert there.overlap == pytest.approx(back.overlap)


def test_the_order_of_the_rows_does_not_matter():
    known, margin, names = accounts(250, 5)
    one, two = contender(known, 1, 2), contender(known, 0.5, 3)
    mixed = np.random.default_rng(1).permutation(250)

    def shuffled(side):
        return Contender(side.fit_if_won[mixed], side.margin_if_won[mixed], side.ranking[mixed])

    assert compared(one, two, margin, names) == compared(
        shuffled(one), shuffled(two), margin[mixed], names[mixed]
    )


def test_one_whale_does_not_guard():
    """The winsorised margin decides: a single account doesn't turn the guard."""
    known, margin, names = accounts(400, 7)
    one, two = contender(known, 0.5, 2), contender(known, 2.5, 3)
    # Only the worse model chooses this one.
    poor = int(np.argmax(np.where(one.ranking < np.median(one.ranking), two.ranking, -np.inf)))
    assert two.ranking[poor] > np.quantile(two.ranking, 0.85)
    margin[poor] = 10.0
    before = compared(one, two, margin, names).p_margin_higher
    margin[poor] = 1e7
    after = compared(one, two, margin, names)
    assert after.margin_difference.value > 0
    assert after.p_margin_higher == pytest.approx(before, abs=0.15)
