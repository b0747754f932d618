"""Rankings: against hand-worked figures, a brute-force tie-break, and scikit-learn."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.measure.accuracy import account_log_loss, brier, log_loss
from icpfit.measure.ranking import auc, gains, margin_curve, margin_of_top, profit_gini
from icpfit.measure.weighted import (
    tied_order,
    top_membership,
    weighted_auc,
    weighted_gains,
    weighted_profit_gini,
)

# Few distinct scores, so that nearly every example has ties.
ACCOUNTS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.booleans(),
        st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 2)),
    ),
    min_size=2,
    max_size=40,
)


def columns(accounts):
    score, is_fit, margin = zip(*accounts, strict=True)
    return np.array(score, float), np.array(is_fit, bool), np.array(margin, float)


def every_tie_break(score):
    """All orders that respect the score, each as often as random tie-breaking gives it."""
    for order in itertools.permutations(range(len(score))):
        if all(score[a] >= score[b] for a, b in itertools.pairwise(order)):
            yield list(order)


def test_gains_by_hand():
    # Score .9 first: 10. The tie at .5 holds 4 and -2, mean 1: each step of it brings 1.
    # Then score .1 brings 7.
    found = gains([10, 4, -2, 7], [0.9, 0.5, 0.5, 0.1])
    assert found.tolist() == [0, 10, 11, 12, 19]


def test_auc_by_hand():
    # Fit accounts at .9 and .5, others at .5 and .1. Pairs: (.9,.5) 1, (.9,.1) 1, (.5,.5) 1/2,
    # (.5,.1) 1; together 3.5 of 4.
    assert auc([1, 0, 1, 0], [0.9, 0.5, 0.5, 0.1]) == 3.5 / 4


def test_profit_gini_by_hand():
    # Margins 6, 0, 3 in this order. Chance line: 3, 6, 9. Curve: 6, 6, 9; best: 6, 9, 9.
    # Sums above chance: (6-3)+(6-6) = 3 and (6-3)+(9-6) = 6.
    assert profit_gini([6, 0, 3], [3, 2, 1]) == pytest.approx(0.5)


def test_margin_of_top_by_hand():
    # Top 2 of [10 | 4, -2]: 10 and half of the tie's total 2, so 11 / 2.
    assert margin_of_top([10, 4, -2], [3, 1, 1], k=2) == 5.5
    # Half of three accounts is 1.5 of them: 10 and a quarter of the tie's 2.
    assert margin_of_top([10, 4, -2], [3, 1, 1], share=0.5) == pytest.approx(10.5 / 1.5)


@pytest.mark.parametrize(
    "score", [[1, 1, 1, 1, 1], [2, 1, 1, 1, 0], [2, 2, 1, 1, 1], [5, 4, 3, 2, 1], [1, 2, 2, 1, 2]]
)
def test_gains_are_the_mean_over_all_tie_breaks(score):
    margin = np.array([7.0, -3.0, 11.0, 0.5, -20.0])
    orders = list(every_tie_break(score))
    expected = np.mean([np.concatenate([[0], np.cumsum(margin[o])]) for o in orders], axis=0)
    np.testing.assert_allclose(gains(margin, score), expected, atol=1e-12)
    for k in range(1, 6):
        assert margin_of_top(margin, score, k=k) == pytest.approx(expected[k] / k)
        chance = np.mean([[i in o[:k] for i in range(5)] for o in orders], axis=0)
        np.testing.assert_allclose(top_membership(tied_order(score), k), chance, atol=1e-12)


@pytest.mark.parametrize("score", [[1, 1, 1, 1, 1], [2, 1, 1, 1, 0], [1, 2, 2, 1, 2]])
def test_auc_is_the_mean_over_all_tie_breaks(score):
    is_fit = np.array([True, False, True, False, False])

    def auc_of(order):
        rank = {account: place for place, account in enumerate(order)}
        pairs = [(f, o) for f in np.flatnonzero(is_fit) for o in np.flatnonzero(~is_fit)]
        return np.mean([rank[f] < rank[o] for f, o in pairs])

    expected = np.mean([auc_of(order) for order in every_tie_break(score)])
    assert auc(is_fit, score) == pytest.approx(expected)


def test_profit_gini_is_the_mean_over_all_tie_breaks():
    margin, score = np.array([7.0, -3.0, 11.0, 0.5, -20.0]), [2, 2, 1, 1, 1]
    exact = [profit_gini(margin[o], [5, 4, 3, 2, 1]) for o in every_tie_break(score)]
    assert profit_gini(margin, score) == pytest.approx(np.mean(exact))


@settings(max_examples=50, deadline=None)
@given(ACCOUNTS, st.randoms(use_true_random=False))
def test_nothing_depends_on_row_order(accounts, random):
    shuffled = list(accounts)
    random.shuffle(shuffled)
    (score, is_fit, margin), (score_2, is_fit_2, margin_2) = columns(accounts), columns(shuffled)
    # Exactly equal, not just nearly.
    assert gains(margin, score).tolist() == gains(margin_2, score_2).tolist()
    assert margin_of_top(margin, score, share=0.3) == margin_of_top(margin_2, score_2, share=0.3)
    first, second = margin_curve(margin, score), margin_curve(margin_2, score_2)
    for name in ("share", "cumulative", "random", "perfect"):
        assert getattr(first, name).tolist() == getattr(second, name).tolist()
    assert str(auc(is_fit, score)) == str(auc(is_fit_2, score_2))
    assert str(profit_gini(margin, score)) == str(profit_gini(margin_2, score_2))
    p, p_2 = score / 4 + 0.1, score_2 / 4 + 0.1
    assert log_loss(is_fit, p) == log_loss(is_fit_2, p_2)
    assert brier(is_fit, p) == brier(is_fit_2, p_2)


@settings(max_examples=50, deadline=None)
@given(ACCOUNTS)
def test_gains_start_at_nothing_and_end_at_everything(accounts):
    score, _, margin = columns(accounts)
    found = gains(margin, score)
    assert found[0] == 0
    assert found[-1] == pytest.approx(margin.sum(), abs=1e-6)
    best = gains(margin, margin)
    assert (best >= found - 1e-6).all()
    membership = top_membership(tied_order(score), 2)
    assert membership.sum() == pytest.approx(2)
    # The membership is another road to the same sum.
    assert found[2] == pytest.approx((membership * margin).sum(), abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(ACCOUNTS, st.integers(0, 2**32 - 1))
def test_weights_are_repeated_rows(accounts, seed):
    score, is_fit, margin = columns(accounts)
    times = np.random.default_rng(seed).integers(0, 3, len(score))
    if times.sum() == 0:
        times[0] = 1
    repeated = np.repeat(np.arange(len(score)), times)
    weights = times[None, :].astype(float)
    ranked = tied_order(score, margin)
    k = np.arange(times.sum() + 1.0)
    np.testing.assert_allclose(
        weighted_gains(weights, margin, ranked, k[None, :])[0],
        gains(margin[repeated], score[repeated]),
        atol=1e-6,
    )
    np.testing.assert_equal(
        weighted_auc(weights, is_fit.astype(float), ranked)[0],
        auc(is_fit[repeated], score[repeated]),
    )
    np.testing.assert_allclose(
        weighted_profit_gini(weights, margin, ranked, tied_order(margin))[0],
        profit_gini(margin[repeated], score[repeated]),
        rtol=1e-6,
        atol=1e-6,
    )


@settings(max_examples=30, deadline=None)
@given(ACCOUNTS)
def test_turning_the_score_round_turns_the_auc_round(accounts):
    score, is_fit, _ = columns(accounts)
    if is_fit.all() or not is_fit.any():
        assert math.isnan(auc(is_fit, score))
    else:
        assert auc(is_fit, score) + auc(is_fit, -score) == pytest.approx(1.0)


def test_scikit_learn_agrees():
    from sklearn.metrics import brier_score_loss, roc_auc_score
    from sklearn.metrics import log_loss as their_log_loss

    rng = np.random.default_rng(7)
    for digits in (1, 2, 8):
        p = rng.random(500).round(digits)
        is_fit = rng.random(500) < p
        assert auc(is_fit, p) == pytest.approx(roc_auc_score(is_fit, p), abs=1e-12)
        assert log_loss(is_fit, p) == pytest.approx(their_log_loss(is_fit, p), abs=1e-12)
        assert brier(is_fit, p) == pytest.approx(brier_score_loss(is_fit, p), abs=1e-12)


def test_one_sure_mistake_is_dear_but_not_infinite():
    assert account_log_loss([True], [0.0])[0] == pytest.approx(-math.log(np.finfo(float).eps))
    assert account_log_loss([True], [1.0])[0] == pytest.approx(0.0, abs=1e-12)


def test_equal_margins_have_no_gini():
    assert math.isnan(profit_gini([0.1] * 7, range(7)))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: gains([1, np.nan], [1, 2]), "margin: 1 of 2 figures are missing"),
        (lambda: gains([1, 2], [1, np.inf]), "score: 1 of 2"),
        (lambda: gains([], []), "margin: expected one figure per account"),
        (lambda: auc([0, 2], [1, 2]), "is_fit: 1 of 2 values are neither yes nor no"),
        (lambda: log_loss([0, 1], [0.5, 1.5]), "probability: expected 0 to 1, found 0.5 to 1.5"),
        (lambda: margin_of_top([1], [1], k=2), "2 of 1 accounts can't be taken"),
        (lambda: margin_of_top([1], [1], share=0), "0 of 1 accounts can't be taken"),
        (lambda: margin_of_top([1], [1]), "give either k or share"),
    ],
)
def test_what_makes_no_sense_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
