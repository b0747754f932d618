"""Figures of groups: by hand, and against SciPy's own tests."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact

from icpfit.insight.segments.figures import (
    explained_share,
    group_figures,
    one_sided_p,
    whole,
)
from icpfit.measure.discoveries import discoveries, q_values


def table(n=200, seed=1):
    rng = np.random.default_rng(seed)
    margin = rng.normal(0, 100, n)
    remedial = np.where(rng.random(n) < 0.4, 80.0, 0.0)
    return pd.DataFrame(
        {
            "fit": (margin > 0).astype(float),
            "margin": margin,
            "cost_to_serve": 200.0 + remedial,
            "remedial_cost": remedial,
            "fit_if_fixed": (margin + remedial > 0).astype(float),
            "margin_if_fixed": margin + remedial,
        },
        index=[f"a{i:03}" for i in range(n)],
    )


def test_figures_are_plain_means():
    rows = table()
    group = np.arange(200) % 4 == 0
    [found] = group_figures(rows, [group], seed=1)
    inside = rows[group]
    assert (found.n, found.coverage) == (50, 0.25)
    for name in ("margin", "margin_if_fixed", "cost_to_serve", "remedial_cost"):
        estimate = getattr(found, name)
        assert estimate.value == pytest.approx(inside[name].mean())
        assert estimate.low <= estimate.value <= estimate.high
    assert found.fit_rate.value == pytest.approx(inside["fit"].mean())
    assert found.fit_if_fixed.value == pytest.approx(inside["fit_if_fixed"].mean())
    assert found.lift.value == pytest.approx(inside["fit"].mean() / rows["fit"].mean())
    # The standard error of the mean is 100 / sqrt(50) = 14; 1.645 of them on either side.
    assert found.margin.high - found.margin.low == pytest.approx(2 * 1.645 * 14, rel=0.35)
    assert whole(rows, seed=1).lift.value == 1


def test_few_accounts_have_no_interval_and_nobody_has_no_figure():
    rows = table()
    few, none = group_figures(
        rows, [np.arange(200) < 19, np.zeros(200, dtype=bool)], seed=1, n_boot=50
    )
    assert not few.margin.has_interval
    assert few.margin.note == "insufficient: 19 accounts, 20 are needed"
    assert few.fit_rate.has_interval
    assert np.isnan([none.margin.value, none.lift.value, none.fit_rate.value]).all()


def test_unknown_remedial_cost_is_left_out_and_said():
    rows = table()
    names = ["remedial_cost", "fit_if_fixed", "margin_if_fixed"]
    rows.iloc[:10, [rows.columns.get_loc(n) for n in names]] = np.nan
    [found] = group_figures(rows, [np.arange(200) < 50], seed=1, n_boot=50)
    assert found.margin_if_fixed.value == pytest.approx(rows["margin_if_fixed"].iloc[10:50].mean())
    assert found.margin_if_fixed.note == "the remedial cost of 10 of 50 accounts is unknown"
    assert (found.fit_if_fixed.n, found.margin.n) == (40, 50)
    rows[names] = np.nan
    [found] = group_figures(rows, [np.arange(200) < 50], seed=1, n_boot=50)
    assert found.fit_if_fixed.note == "no cost is marked as remedial"
    assert np.isnan(found.margin_if_fixed.value)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_p_is_fishers(seed, low):
    rng = np.random.default_rng(seed)
    fit, member = rng.random(40) < 0.4, rng.random(40) < 0.3
    counts = [
        [(fit & member).sum(), (~fit & member).sum()],
        [(fit & ~member).sum(), (~fit & ~member).sum()],
    ]
    oracle = fisher_exact(counts, alternative="less" if low else "greater").pvalue
    assert one_sided_p(fit, member, low=low) == pytest.approx(oracle)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=12), st.sampled_from([0.05, 0.1, 0.2]))
def test_q_stands_where_discoveries_says_so(p, level):
    q = np.array(q_values(p))
    near = np.abs(q - level) < 1e-12
    assert ((q <= level) == discoveries(p, level))[~near].all()
    assert (q >= np.array(p) - 1e-12).all()


def test_explained_by_hand():
    # 8 accounts, 4 fits. The model's first 4 hold 4 fits, lift 2; the rule's 4 hold 3, lift 1.5.
    fit = np.array([1, 1, 1, 1, 0, 0, 0, 0], dtype=bool)
    score = np.arange(8, 0, -1.0)
    union = np.array([1, 1, 1, 0, 1, 0, 0, 0], dtype=bool)
    assert explained_share(fit, score, union, seed=1, n_boot=20).value == pytest.approx(0.5)
    idle = explained_share(fit, np.zeros(8), union, seed=1, n_boot=20)
    assert np.isnan(idle.value)
    assert not idle.has_interval
