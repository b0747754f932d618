"""Next steps follow their rules; the order of calls is the objective's, with its share of tries."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.delivery.lists.call_order import call_order
from icpfit.delivery.lists.call_plan import CallPlan, CallPool, call_plan
from icpfit.delivery.lists.next_step import NEXT_STEPS, next_steps
from icpfit.errors import SettingsError


def _scored(margins, fits=None):
    fits = [0.5] * len(margins) if fits is None else fits
    return pd.DataFrame({"margin_if_won": margins, "fit_if_won": fits}, dtype=float)


ROWS = [
    # grade, margin, caution, relation, step
    ("A", 10.0, None, None, "call"),
    ("B", 0.01, None, None, "call"),
    ("A", 10.0, "never served country 'NA'", None, "explore"),
    ("C", 5.0, None, None, "nurture"),
    ("C", 5.0, "employees 3 is outside 5 to 900", None, "nurture"),
    ("C", 0.0, None, None, "leave"),
    ("C", -3.0, None, None, "leave"),
    ("D", 5.0, None, None, "leave"),
    ("D", -5.0, "5 of 12 facts missing", None, "leave"),
    ("unrated", np.nan, "not rated, unlike all", None, "check"),
    ("A", 10.0, None, "customer 100 (same id)", "check"),
    ("D", -5.0, None, "twice in the list, also as 7", "check"),
]


def test_steps_by_the_rules():
    grade, margin, caution, related, expected = zip(*ROWS, strict=True)
    rows = pa.record_batch(
        {
            "fit_grade": pa.array(grade),
            "margin_if_won": pa.array(margin, from_pandas=True),
            "caution": pa.array(caution),
        }
    )
    found = next_steps(rows, np.array([each is not None for each in related])).to_pylist()
    assert found == list(expected)
    assert set(found) == set(NEXT_STEPS)


def test_rows_and_relations_must_match():
    rows = pa.record_batch({"fit_grade": ["A"], "margin_if_won": [1.0], "caution": ["x"]})
    with pytest.raises(ValueError, match="1 rows, 2 relations"):
        next_steps(rows, np.zeros(2, dtype=bool))


def test_by_hand():
    """Capacity 10, a tenth to explore: 9 best of 12 to call, and one try at the end."""
    steps = ["call"] * 12 + ["explore", "nurture", "check", "leave"]
    margins = [*range(12), 99, 98, 97, 96]
    ids = [f"{i:02d}" for i in range(16)]
    found = call_order(_scored(margins), steps, ids, capacity=10)
    assert found.order[:12].tolist()[::-1] == [
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        9,
        *[pytest.approx(np.nan, nan_ok=True)] * 3,
    ]
    assert (found.order[12], found.call_for[12]) == (10, "exploration")
    assert np.isnan(found.order[13:]).all()
    assert found.spare == 0


def test_each_owner_has_a_capacity_of_their_own():
    owners = ["eve", "bob", "eve", "bob", None]
    found = call_order(
        _scored([1, 2, 3, 4, 5]), ["call"] * 5, list("abcde"), capacity=1, owners=owners, explore=0
    )
    np.testing.assert_array_equal(found.order, [np.nan, np.nan, 1, 1, 1])


def test_ties_are_broken_by_id_and_the_fit_ranks_where_it_is_the_objective():
    margins, fits = [5, 5, 5], [0.1, 0.2, 0.3]
    steps, ids = ["call"] * 3, ["c", "a", "b"]
    by_margin = call_order(_scored(margins, fits), steps, ids, capacity=3, explore=0)
    assert by_margin.order.tolist() == [3, 1, 2]
    by_fit = call_order(_scored(margins, fits), steps, ids, capacity=3, explore=0, objective="fit")
    assert by_fit.order.tolist() == [3, 2, 1]


def test_calls_that_one_part_can_t_use_go_to_the_other():
    few = call_order(
        _scored([1, 2, 9, 8]), ["call", "call", "explore", "explore"], list("abcd"), capacity=10
    )
    assert np.isfinite(few.order).all()
    assert few.spare == 6
    none_to_try = call_order(
        _scored(range(20)), ["call"] * 20, [f"{i}" for i in range(20)], capacity=10
    )
    assert np.isfinite(none_to_try.order).sum() == 10
    assert set(none_to_try.call_for) == {"best", None}


_STEP = st.sampled_from(list(NEXT_STEPS))


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(_STEP, st.integers(-3, 3), st.sampled_from([None, "x", "y"])), max_size=30),
    st.integers(1, 12),
    st.floats(0, 1),
    st.randoms(),
)
def test_promises_of_any_order(rows, capacity, explore, chance):
    """Whole numbers from 1 on for each owner; nobody to check or leave; best before worse; no order of rows."""
    n = len(rows)
    steps, margins, owners = ([row[i] for row in rows] for i in range(3))
    ids = [f"{i:03d}" for i in range(n)]
    found = call_order(
        _scored(margins), steps, ids, capacity=capacity, owners=owners, explore=explore
    )
    for owner in set(owners):
        mine = [i for i in range(n) if owners[i] == owner]
        called = sorted(found.order[i] for i in mine if np.isfinite(found.order[i]))
        assert called == list(range(1, len(called) + 1))
        assert len(called) <= capacity
        best = sorted((found.order[i], i) for i in mine if found.call_for[i] == "best")
        assert [(-margins[i], ids[i]) for _, i in best] == sorted(
            (-margins[i], ids[i]) for _, i in best
        )
        worst_called = min((margins[i] for _, i in best), default=None)
        left = [margins[i] for i in mine if steps[i] == "call" and np.isnan(found.order[i])]
        assert worst_called is None or not left or max(left) <= worst_called
        tries = [i for i in mine if found.call_for[i] == "exploration"]
        beyond = len(tries) - int(np.floor(explore * capacity + 0.5))
        assert beyond <= 0 or not left, "only calls to spare go beyond the quota"
    for i in range(n):
        assert np.isnan(found.order[i]) == (found.call_for[i] is None)
        if steps[i] in ("check", "leave"):
            assert np.isnan(found.order[i])
    order = list(range(n))
    chance.shuffle(order)
    again = call_order(
        _scored([margins[i] for i in order]),
        [steps[i] for i in order],
        [ids[i] for i in order],
        capacity=capacity,
        owners=[owners[i] for i in order],
        explore=explore,
    )
    np.testing.assert_array_equal(again.order, found.order[order])


def test_the_share_of_tries_is_spread_over_the_order():
    steps = ["call"] * 200 + ["nurture"] * 50
    found = call_order(_scored(range(250)), steps, [f"{i}" for i in range(250)], capacity=100)
    tries = sorted(found.order[found.call_for == "exploration"])
    assert tries == [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((0, None, 0.1, None), "capacity: expected 1 or more calls, found 0"),
        ((5, None, 1.5, None), "explore: expected a share of 0 to 1, found 1.5"),
        ((None, "Owner", 0.1, None), "capacity_by: needs capacity="),
        ((None, None, 0.1, "call_order"), "sort: needs capacity="),
    ],
)
def test_plans_that_can_t_be(given, said):
    with pytest.raises(SettingsError, match=said):
        call_plan(*given)


@pytest.mark.parametrize("trial", range(40))
def test_a_list_seen_piece_by_piece_is_called_as_a_whole_one(trial, monkeypatch):
    """What the pool drops on the way can't have been called, whoever owns it."""
    draw = np.random.default_rng(trial)
    monkeypatch.setattr("icpfit.delivery.lists.call_plan._WAITING", int(draw.integers(1, 40)))
    n, capacity = int(draw.integers(0, 120)), int(draw.integers(1, 15))
    explore, objective = float(draw.choice([0, 0.1, 0.3, 1])), str(draw.choice(["margin", "fit"]))
    steps = draw.choice(list(NEXT_STEPS), n).tolist()
    scored = _scored(draw.integers(0, 6, n), draw.integers(0, 4, n) / 4)
    ids = [None if draw.random() < 0.1 else f"{draw.integers(0, 80)}" for _ in range(n)]
    owners = [None if draw.random() < 0.2 else f"o{draw.integers(0, 4)}" for _ in range(n)]
    by = "Owner" if draw.random() < 0.5 else None
    expected = call_order(
        scored, steps, ids, capacity=capacity, owners=owners if by else None, explore=explore,
        objective=objective,
    )  # fmt: skip
    pool = CallPool(CallPlan(capacity, by, explore), objective)
    start = 0
    while start < n:
        end = min(n, start + int(draw.integers(1, 30)))
        piece = pa.record_batch(
            {
                "next_step": pa.array(steps[start:end], pa.string()),
                "margin_if_won": scored["margin_if_won"].to_numpy()[start:end],
                "fit_if_won": scored["fit_if_won"].to_numpy()[start:end],
            }
        )
        who = pa.array(owners[start:end], pa.string()) if by else None
        pool.add(start, pa.array(ids[start:end], pa.string()), piece, who)
        start = end
    found = pool.calls()
    order, purpose = found.columns(0, n)
    np.testing.assert_array_equal(np.array(order.to_pylist(), dtype=float), expected.order)
    assert purpose.to_pylist() == expected.call_for.tolist()
    assert found.calls.spare == expected.spare
