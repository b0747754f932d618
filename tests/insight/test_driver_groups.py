"""Columns that go together share a place; a chain of pairs doesn't join what doesn't go together."""

import numpy as np
import pytest

from icpfit.fit.contract import Feature, FeatureContract
from icpfit.insight.contributions import Contributions
from icpfit.insight.driver_groups import column_association, driver_groups, group_shares

N = 400


@pytest.fixture(scope="module")
def facts():
    rng = np.random.default_rng(1)
    size = rng.normal(size=N)
    band = np.digitize(size, [-1, 0, 1]).astype(float)
    twin = size + 0.2 * rng.normal(size=N)
    alone = rng.normal(size=N)
    land = rng.integers(0, 4, N).astype(float)
    tongue = land.copy()
    tongue[:20] = rng.integers(0, 4, 20)
    contract = FeatureContract(
        (
            Feature("size", "number", column=0),
            Feature("band", "category", levels=("a", "b", "c", "d"), column=1),
            Feature("alone", "number", column=2),
            Feature("land", "category", levels=("k", "l", "m", "n"), column=3),
            Feature("tongue", "category", levels=("k", "l", "m", "n"), column=4),
            Feature("twin", "number", column=5),
        ),
        {},
    )
    matrix = np.column_stack([size, band, alone, land, tongue, twin])
    matrix[:30, 0] = np.nan
    return matrix, contract


def test_each_kind_of_pair_is_found(facts):
    found = column_association(*facts)
    np.testing.assert_allclose(found, found.T)
    together = {(0, 1), (0, 5), (1, 5), (3, 4)}
    for a in range(6):
        for b in range(a + 1, 6):
            assert (found[a, b] > 0.7) == ((a, b) in together), (a, b)


def test_groups_are_named_by_their_members_and_their_values_added_up(facts):
    matrix, contract = facts
    values = np.zeros((N, 6))
    values[:, 0], values[:, 1], values[:, 5] = 3.0, -1.0, -1.5  # they cancel: 0.5 together
    values[:, 2], values[:, 3] = 2.0, 1.0
    groups = driver_groups(Contributions(values, 0.0, "EUR", "margin"), matrix, contract)
    assert [(g.words, g.mean_abs) for g in groups] == [
        ("alone", 2.0),
        ("land with tongue", 1.0),
        ("size with twin, band", 0.5),
    ]
    assert sum(g.share for g in groups) == pytest.approx(1)
    assert sorted(j for g in groups for j in g.columns) == list(range(6))


def test_a_chain_of_pairs_is_no_group():
    rng = np.random.default_rng(2)
    a, c = rng.normal(size=(2, 2000))
    matrix = np.column_stack([a, a + c, c])  # a with a + c, a + c with c: .7 each; a with c: 0
    matrix = np.column_stack([matrix[:, 0], matrix[:, 1] + 0.6 * a, matrix[:, 2]])
    contract = FeatureContract(
        tuple(Feature(n, "number", column=i) for i, n in enumerate("abc")), {}
    )
    groups = driver_groups(Contributions(np.ones((2000, 3)), 0, "EUR", "margin"), matrix, contract)
    assert max(len(g.columns) for g in groups) == 2
    assert {"c"} <= {g.words for g in groups}


def test_rows_in_another_order_give_the_same_groups(facts):
    matrix, contract = facts
    values = np.random.default_rng(3).normal(size=(N, 6))
    order = np.random.default_rng(4).permutation(N)
    one = driver_groups(Contributions(values, 0, "EUR", "margin"), matrix, contract)
    other = driver_groups(Contributions(values[order], 0, "EUR", "margin"), matrix[order], contract)
    assert [(g.columns, round(g.share, 12)) for g in one] == [
        (g.columns, round(g.share, 12)) for g in other
    ]


def test_few_known_pairs_tell_nothing(facts):
    matrix, contract = facts
    few = matrix.copy()
    few[25:, 0] = np.nan
    assert (column_association(few, contract)[0, 1:] == 0).all()


def test_no_contributions_make_no_shares():
    shares, _ = group_shares(np.zeros((3, 2)), [(0,), (1,)])
    assert shares.tolist() == [0, 0]
