"""Two choices of equally many accounts: by hand, and against a brute-force tie-break."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from icpfit.measure.equal_volume import (
    EQUAL_VOLUME_FIGURES,
    Choices,
    equal_volume_figures,
    rests_on_one_account,
)
from icpfit.measure.weighted import tied_order, top_membership


def choices_of(margin, rule, score, is_fit=None):
    margin, rule, score = (np.array(column, float) for column in (margin, rule, score))
    fit = rule if is_fit is None else np.array(is_fit, float)
    return Choices(margin, np.clip(margin, -5, 8), fit, rule, score, tied_order(score, margin))


def figures_of(weights, choices):
    values = equal_volume_figures(np.array([weights], float), choices)[0]
    return dict(zip(EQUAL_VOLUME_FIGURES, values, strict=True))


def test_by_hand():
    # The rule takes accounts 1 and 2 (margins 5, -3): 1 each. The model's first two are 0 and 1
    # (9, 5): 7 each. Winsorised at 8: (8 + 5 - 5 + 3) / 2 = 5.5. Fits: 1/2 against 2/2.
    choices = choices_of([9, 5, -3, 0], [0, 1, 1, 0], [4, 3, 2, 1], [1, 1, 0, 0])
    found = figures_of([1, 1, 1, 1], choices)
    assert found["icp_margin"] == 1
    assert found["model_margin"] == 7
    assert found["difference"] == 6
    assert found["difference_winsorised"] == 5.5
    assert (found["fit_rate_icp"], found["fit_rate_model"]) == (0.5, 1.0)
    # Drawn twice, account 1 fills the rule's three places (5, 5, -3) and the model's (9, 5, 5).
    found = figures_of([1, 2, 1, 0], choices)
    assert found["icp_margin"] == pytest.approx(7 / 3)
    assert found["model_margin"] == pytest.approx(19 / 3)


def test_the_difference_is_the_mean_over_all_tie_breaks():
    margin, rule, score = [7, -3, 11, 2, -20], [1, 0, 0, 1, 1], [2, 1, 1, 1, 0]
    tops = [
        np.mean([margin[i] for i in order[:3]])
        for order in itertools.permutations(range(5))
        if all(score[a] >= score[b] for a, b in itertools.pairwise(order))
    ]
    found = figures_of(np.ones(5), choices_of(margin, rule, score))
    assert found["model_margin"] == pytest.approx(np.mean(tops))
    assert found["icp_margin"] == pytest.approx((7 + 2 - 20) / 3)


def test_a_replicate_without_the_rule_has_no_figures():
    choices = choices_of([9, 5], [0, 1], [2, 1])
    assert np.isnan(equal_volume_figures(np.array([[2.0, 0.0]]), choices)).all()


@pytest.mark.parametrize(
    ("margin", "rests"),
    [
        # Model {90, 5} against rule {8, 1}; without the 90: {5, 8} against {8, 1}, still more.
        ([90, 5, 8, 1], False),
        # Model {90, 5} against {12, 6}; without the 90: {5, 12} against {12, 6}, less.
        ([90, 5, 12, 6], True),
        # A loss of the rule's that carries it all: without the -90, k is 1: {2} against {3}.
        ([2, 1, 3, -90], True),
        # No difference, nothing to rest on.
        ([3, 1, 3, 1], False),
    ],
)
def test_one_account(margin, rests):
    choices = choices_of(margin, [0, 0, 1, 1], [4, 3, 2, 1])
    apart = top_membership(choices.ranked, 2) - choices.rule
    assert rests_on_one_account(apart, choices) is rests


def test_a_single_account_of_the_rule_is_one_account():
    choices = choices_of([2, 1, 5], [0, 0, 1], [3, 2, 1])
    apart = top_membership(choices.ranked, 1) - choices.rule
    assert rests_on_one_account(apart, choices)
