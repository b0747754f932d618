"""The current ICP against the model at equal volume."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.evidence.current_icp import icp_comparison


def world(n=600, seed=1, skill=1.0, rule_skill=0.0):
    """Margins with heavy tails, a model and a rule that know a part of them."""
    rng = np.random.default_rng(seed)
    known = rng.normal(size=n)
    margin = 1000 * (known + rng.standard_t(3, size=n))
    score = skill * known + rng.normal(size=n)
    rule = rule_skill * known + rng.normal(size=n) > 0.8
    return {
        "ranking": score,
        "margin": margin,
        "is_fit": margin > 0,
        "icp_selected": rule,
        "n_boot": 400,
    }


def test_by_hand():
    # As in the equal-volume figures: rule {5, -3}, model {9, 5}; apart are 9 and -3.
    found = icp_comparison(
        ranking=[4, 3, 2, 1],
        margin=[9, 5, -3, 0],
        is_fit=[1, 1, 0, 0],
        icp_selected=[0, 1, 1, 0],
        profile_name="ICP 2025",
    )
    assert (found.n, found.n_selected, found.share) == (4, 2, 0.5)
    assert (found.icp_margin.value, found.model_margin.value, found.difference.value) == (1, 7, 6)
    assert found.per_100_won.value == 600
    assert (found.fit_rate_icp.value, found.fit_rate_model.value) == (0.5, 1.0)
    # One account in both of three in either.
    assert found.overlap == pytest.approx(1 / 3)
    assert (found.n_apart, found.only_model_margin, found.only_icp_margin) == (1, 9, -3)
    # Far too few for an interval, so no verdict.
    assert found.difference.low is None
    assert math.isnan(found.p_better)
    assert found.verdict == "cannot tell yet"
    assert "insufficient: the rule selects 2 of 4 accounts" in found.note


def test_a_better_model_is_seen_and_a_worse_one_too():
    better = icp_comparison(**world(skill=2.0))
    assert better.verdict == "model better"
    assert better.p_better > 0.99
    assert better.difference.low < better.difference.value < better.difference.high
    assert better.per_100_won.low == pytest.approx(100 * better.difference.low)
    worse = icp_comparison(**world(skill=-1.0, rule_skill=2.0))
    assert worse.verdict == "ICP better"
    assert worse.p_better < 0.01


def test_a_model_that_knows_nothing_more_mostly_cannot_be_told():
    verdicts = [icp_comparison(**world(n=300, seed=s, skill=0.0)).verdict for s in range(40)]
    # A 90 % interval leaves one in ten out.
    assert verdicts.count("cannot tell yet") >= 31


def test_the_truth_is_held_about_as_often_as_said():
    # The model's choice is worth mean(known | top) more than a rule that knows nothing.
    held = 0
    big = world(n=200_000, seed=99, skill=1.0)
    order = np.argsort(-big["ranking"])[: big["icp_selected"].sum()]
    truth = big["margin"][order].mean() - big["margin"][big["icp_selected"]].mean()
    for seed in range(100):
        found = icp_comparison(**world(n=400, seed=seed) | {"n_boot": 200})
        held += found.difference.low <= truth <= found.difference.high
    assert 0.80 <= held / 100 <= 0.98


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_row_order_changes_nothing_at_all(seed, grouped):
    rng = np.random.default_rng(seed)
    n = 120
    columns = {
        "ranking": rng.integers(0, 4, n).astype(float),
        "margin": rng.normal(0, 1000, n).round(1),
        "is_fit": rng.random(n) < 0.5,
        "icp_selected": rng.random(n) < 0.3,
    }
    if grouped:
        columns["group"] = np.array([f"p{i}" for i in rng.integers(0, 110, n)])
    shuffle = rng.permutation(n)
    first = icp_comparison(**columns, n_boot=30)
    second = icp_comparison(**{k: v[shuffle] for k, v in columns.items()}, n_boot=30)
    assert repr(first) == repr(second)


def test_a_constant_score_is_a_random_choice():
    columns = world() | {"ranking": np.zeros(600)}
    found = icp_comparison(**columns)
    assert found.model_margin.value == pytest.approx(columns["margin"].mean())
    # Of the rule's k accounts a random choice of k holds the share k / n.
    share = found.n_selected / 600
    assert found.overlap == pytest.approx(share / (2 - share))


def test_a_rule_that_selects_nobody():
    found = icp_comparison(**world() | {"icp_selected": np.zeros(600, bool)})
    assert not found.comparable
    assert math.isnan(found.difference.value)
    assert math.isnan(found.overlap)
    assert found.verdict == "cannot tell yet"
    assert "selects none of the 600 accounts" in found.note


def test_a_rule_that_selects_everybody():
    found = icp_comparison(**world() | {"icp_selected": np.ones(600, bool)})
    assert not found.comparable
    assert found.difference.value == pytest.approx(0)
    assert found.overlap == 1.0
    assert math.isnan(found.only_icp_margin)
    assert not found.one_account
    assert "selects all 600 accounts" in found.note


def test_the_same_choice_is_no_difference():
    columns = world()
    rule = columns["icp_selected"]
    found = icp_comparison(**columns | {"ranking": rule.astype(float)})
    assert found.difference.value == 0
    assert (found.difference.low, found.difference.high) == (0, 0)
    assert (found.p_better, found.verdict, found.overlap) == (0, "cannot tell yet", 1)


def test_one_whale_is_named():
    columns = world(skill=0.0, seed=5)
    margin = columns["margin"].clip(-3000, 3000)
    score = columns["ranking"].copy()
    whale = np.flatnonzero(~columns["icp_selected"])[0]
    score[whale] = 99
    base = icp_comparison(**columns | {"margin": margin, "ranking": score, "n_boot": 10})
    # Enough to turn a lead of the rule's, or a small one of the model's, into the whale's doing.
    margin[whale] += abs(base.difference.value) * base.n_selected + 5000
    lower = columns["ranking"] - 50 * (margin > 0)
    lower[whale] = 99
    found = icp_comparison(**columns | {"margin": margin * 1.0, "ranking": lower})
    margin[whale] += max(0.0, -found.difference.value) * found.n_selected + 5000
    found = icp_comparison(**columns | {"margin": margin, "ranking": lower})
    assert found.difference.value > 0
    assert found.one_account
    # Winsorised, the whale carries it no longer.
    assert found.difference_winsorised.value < 0


def test_approximate_below_a_thousand_and_open_rules_are_said():
    assert icp_comparison(**world(n=999)).approximate
    assert not icp_comparison(**world(n=1000)).approximate
    found = icp_comparison(**world(), undefined_share=0.14)
    assert "For 14% of the accounts missing facts leave the rule open" in found.note
    assert icp_comparison(**world(), undefined_share=0.10).note == ""
