"""The decile table: by hand, order-free, and adding up."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.measure.deciles import band_table, decile_table
from icpfit.measure.intervals import wilson


def test_by_hand_with_a_tie_on_a_border():
    # Scores 3 | 2 2 | 1, margins 9 | 5 1 | -3. Upper half: 9 and half of the tie's 6, so 12 / 2 = 6.
    # Fits: 1 | 1 0 | 0. Upper half: 1 and half of 1, so 1.5 of 2.
    table = band_table([3, 2, 2, 1], [1, 1, 0, 0], [9, 5, 1, -3], borders=[0, 0.5, 1])
    assert table["n"].tolist() == [2, 2]
    assert table["fit_rate"].tolist() == [0.75, 0.25]
    assert table["margin_total"].tolist() == [12, 0]
    assert table["cumulative_margin"].tolist() == [12, 12]
    assert table["cumulative_share"].tolist() == [1, 1]
    # One and a half hits of two.
    assert table.loc[0, "fit_low"] == wilson(1.5, 2).low
    # Four accounts carry no interval of money.
    assert table[["margin_low", "margin_high"]].isna().all().all()


def test_the_mean_over_all_tie_breaks():
    score = [2, 2, 2, 1, 1, 0]
    margin, is_fit = np.array([5.0, -1, 7, 2, 8, -4]), np.array([1, 0, 1, 0, 1, 0])
    borders = [0, 1 / 6, 0.5, 5 / 6, 1]
    cuts = [0, 1, 3, 5, 6]
    totals, hits = [], []
    for order in itertools.permutations(range(6)):
        if all(score[a] >= score[b] for a, b in itertools.pairwise(order)):
            taken = list(order)
            totals.append([margin[taken[a:b]].sum() for a, b in itertools.pairwise(cuts)])
            hits.append([is_fit[taken[a:b]].sum() for a, b in itertools.pairwise(cuts)])
    table = band_table(score, is_fit, margin, borders=borders)
    np.testing.assert_allclose(table["margin_total"], np.mean(totals, axis=0), atol=1e-9)
    np.testing.assert_allclose(table["fit_rate"] * table["n"], np.mean(hits, axis=0), atol=1e-9)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 120), st.booleans())
def test_row_order_changes_nothing_at_all(seed, n, grouped):
    rng = np.random.default_rng(seed)
    score, margin = rng.integers(0, 5, n), rng.normal(0, 1000, n).round(2)
    is_fit, group = rng.random(n) < 0.5, rng.integers(0, n, n) if grouped else None
    shuffle = rng.permutation(n)
    first = decile_table(score, is_fit, margin, group, n_boot=50)
    moved = None if group is None else group[shuffle]
    second = decile_table(score[shuffle], is_fit[shuffle], margin[shuffle], moved, n_boot=50)
    assert first.equals(second)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60))
def test_the_parts_make_up_the_whole(seed, n):
    rng = np.random.default_rng(seed)
    score, margin, is_fit = rng.integers(0, 9, n), rng.normal(size=n), rng.random(n) < 0.4
    table = decile_table(score, is_fit, margin, n_boot=20)
    assert table["decile"].tolist() == list(range(1, min(n, 10) + 1))
    assert table["n"].sum() == n
    assert table["n"].max() - table["n"].min() <= 1
    assert table["margin_total"].sum() == pytest.approx(margin.sum(), abs=1e-9)
    assert (table["n"] * table["fit_rate"]).sum() == pytest.approx(is_fit.sum())


def test_intervals_hold_their_figures_and_shares_need_a_profit():
    rng = np.random.default_rng(3)
    margin = rng.normal(100, 500, 400)
    table = decile_table(margin + rng.normal(0, 500, 400), margin > 0, margin, n_boot=500)
    assert (table["margin_low"] < table["margin_mean"]).all()
    assert (table["margin_mean"] < table["margin_high"]).all()
    assert table["cumulative_share"].iloc[-1] == pytest.approx(1)
    loss = decile_table(margin, margin > 0, margin - 1e6, n_boot=20)
    assert loss["cumulative_share"].isna().all()
    assert loss["cumulative_margin"].notna().all()


def test_borders_must_rise():
    with pytest.raises(ValueError, match="rise from 0 to 1"):
        band_table([1, 2], [0, 1], [1, 2], borders=[0, 0.5, 0.5, 1])
