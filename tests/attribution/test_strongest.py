"""The strongest values of each row, against a sort of each row in plain Python."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.attribution.strongest import strongest


def by_sorting(row, order, sign, top, least_share):
    total = sum(abs(row[c]) for c in order)
    counting = [c for c in order if sign * row[c] > 0 and sign * row[c] >= least_share * total]
    ranked = sorted(counting, key=lambda c: -sign * row[c])[:top]  # stable: the order decides ties
    return ranked + [-1] * (top - len(ranked))


@given(
    st.integers(1, 8), st.integers(1, 5), st.sampled_from([0.0, 0.0625, 0.25]), st.integers(0, 10**6)
)  # fmt: skip
@settings(max_examples=50, deadline=None)
def test_as_a_sort_has_it(p, top, least_share, seed):
    draw = np.random.default_rng(seed)
    # Quarters add up exactly, and tie often.
    values = draw.integers(-8, 9, (30, p)) / 4
    order = draw.permutation(p)[: draw.integers(1, p + 1)].tolist()
    found = strongest(values, order, top=top, least_share=least_share)
    for row in range(30):
        assert found.raising[:, row].tolist() == by_sorting(values[row], order, 1, top, least_share)
        assert found.lowering[:, row].tolist() == by_sorting(
            values[row], order, -1, top, least_share
        )


@pytest.mark.parametrize("layout", ["C", "F"])
def test_blocks_and_layouts_change_nothing(layout):
    values = np.random.default_rng(0).normal(size=(40_000, 6))
    whole = strongest(np.asarray(values, order=layout), [5, 0, 3])
    order = np.random.default_rng(1).permutation(len(values))
    shuffled = strongest(np.asarray(values[order], order=layout), [5, 0, 3])
    assert np.array_equal(whole.raising[:, order], shuffled.raising)
    assert np.array_equal(whole.lowering[:, order], shuffled.lowering)
    assert set(np.unique(whole.raising)) == {-1, 0, 3, 5}


def test_no_rows():
    assert strongest(np.zeros((0, 3)), [0, 1, 2]).raising.shape == (3, 0)
