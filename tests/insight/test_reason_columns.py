"""Reasons by the column say, to the byte, what reasons by the row say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.fit.contract import Feature, FeatureContract
from icpfit.fit.phrase_codes import age_texts, number_texts, rounded_texts
from icpfit.fit.phrases import amount_phrase, number_phrase
from icpfit.insight.contributions import Contributions
from icpfit.insight.reason_columns import reason_columns
from icpfit.insight.reasons import reasons

CONTRACT = FeatureContract(
    (
        Feature("size", "number", unit="people", column=0),
        Feature("land", "category", levels=("DE", "FR", "other"), rare_levels=("Malta",), column=1),
        Feature("shop", "flag", column=2),
        Feature("age", "date", column=3),
        Feature("area", "number", unit="m2", column=4),
        Feature("branch", "category", levels=("Food",), column=5),
    ),
    {},
)
LEVELS = ["DE", "FR", "Malta", "NA", "Österreich", None]


def market(n, seed=0):
    draw = np.random.default_rng(seed)
    matrix = np.column_stack(
        [
            np.round(np.exp(draw.normal(6, 3, n)), 2),
            np.full(n, np.nan),
            draw.integers(0, 2, n),
            draw.uniform(0, 40, n),
            draw.choice([0.0, 1e-7, 9999.7, 10000.0, 123456.5, 0.125, 2015.0, -12.345], n),
            np.full(n, np.nan),
        ]
    )
    matrix[draw.random(matrix.shape) < 0.1] = np.nan
    facts = pd.DataFrame(
        {
            name: pd.Series([LEVELS[i] for i in draw.integers(0, 6, n)], dtype=object)
            for name in ("land", "branch")
        }
    )
    # As the contract encodes them: Malta is of the pool, what was never served has no code.
    matrix[:, 1] = facts["land"].map({"DE": 0, "FR": 1, "Malta": 2}).to_numpy(dtype=float)
    values = np.round(draw.standard_t(2, (n, 6)) * 10 ** draw.uniform(-2, 5, (n, 6)), 3)
    values[draw.random(values.shape) < 0.2] = 0.0
    return values, facts, matrix


def batch(facts):
    return pa.record_batch({name: pa.array(facts[name], pa.string()) for name in facts})


def both(values, facts, matrix, unit, rows=slice(None)):
    found = Contributions(values[rows], 0.0, unit, "margin")
    part = facts.iloc[rows].reset_index(drop=True)
    columns = reason_columns(found, batch(part), matrix[rows], CONTRACT)
    return columns, reasons(found, part, matrix[rows], CONTRACT)


def test_a_rare_level_without_a_pool_is_no_reason_for():
    """The model can't tell it from what is missing, so its worth is not Malta's."""
    land = Feature("land", "category", levels=("DE", "FR"), rare_levels=("Malta",), column=0)
    contract = FeatureContract((land,), {})
    facts = pd.DataFrame({"land": ["Malta", "Malta", None, "DE"]}, dtype=object)
    matrix = np.array([[np.nan], [np.nan], [np.nan], [0.0]])
    values = np.array([[900.0], [-900.0], [900.0], [900.0]])
    found = Contributions(values, 0.0, "EUR", "margin")
    pro, con = reason_columns(found, batch(facts), matrix, contract)
    assert pro.to_pylist() == [None, None, None, "land DE: +900 EUR"]
    assert con.to_pylist() == [None, "land Malta (rare): -900 EUR", None, None]
    by_row = [[text or None for text in side] for side in reasons(found, facts, matrix, contract)]
    assert by_row == [pro.to_pylist(), con.to_pylist()]


@pytest.mark.parametrize("unit", ["EUR", "log-odds"])
def test_the_same_texts_whole_in_pieces_and_shuffled(unit):
    values, facts, matrix = market(3000)
    columns, rows = both(values, facts, matrix, unit)
    for column, said in zip(columns, rows, strict=True):
        assert column.to_pylist() == [text or None for text in said]
    order = np.random.default_rng(1).permutation(3000)
    mixed, _ = both(values, facts, matrix, unit, order)
    pieces = [both(values, facts, matrix, unit, slice(k, k + 700))[0] for k in range(0, 3000, 700)]
    for side in (0, 1):
        assert mixed[side].equals(columns[side].take(pa.array(order)))
        assert pa.concat_arrays([piece[side] for piece in pieces]).equals(columns[side])


def test_no_rows_and_no_reasons():
    values, facts, matrix = market(3)
    columns, _ = both(values, facts, matrix, "EUR", slice(0, 0))
    assert [column.to_pylist() for column in columns] == [[], []]
    columns, _ = both(np.zeros((3, 6)), facts, matrix, "EUR")
    assert [column.to_pylist() for column in columns] == [[None] * 3] * 2


def test_a_category_without_a_column_is_not_known():
    # What is not known may speak against a row, never for it.
    found = Contributions(np.array([[9.0, -5.0, 0, 0, 0, 7.0]]), 0.0, "EUR", "margin")
    pro, con = reason_columns(found, pa.record_batch({"x": [1]}), np.full((1, 6), np.nan), CONTRACT)
    assert (pro.to_pylist(), con.to_pylist()) == ([None], ["land not known: -5 EUR"])


def test_rows_must_agree():
    found = Contributions(np.zeros((2, 6)), 0.0, "EUR", "margin")
    with pytest.raises(ValueError, match="hold 1, 2 and 2 rows"):
        reason_columns(found, pa.record_batch({"x": [1]}), np.zeros((2, 6)), CONTRACT)


numbers = st.one_of(
    st.floats(allow_nan=False),
    st.floats(-1e6, 1e6).map(lambda x: round(x, 2)),
    st.integers(-99_999, 99_999).map(lambda x: x / 1000),
    st.sampled_from([0.5, 0.05, 2.5, 3.45, 99.5, 995.0, 999.5, 9999.5, 9.95, 1e22, 1e23, 5e-324]),
)


@given(st.lists(numbers, max_size=60))
@settings(max_examples=50, deadline=None)
def test_each_number_has_its_own_words(values):
    found = np.array(values, dtype=np.float64)
    texts, place = number_texts(found)
    assert [texts[i] for i in place] == [number_phrase(x) for x in values]
    texts, place = rounded_texts(found, 2, amount_phrase, name="a test")
    assert [texts[i] for i in place] == [amount_phrase(x) for x in values]
    texts, place = age_texts(found)
    assert [texts[i] for i in place] == [f"{x + 0.0:.1f}" for x in values]


def test_a_rounded_value_is_put_into_words_once():
    asked = []
    values = np.random.default_rng(0).uniform(1, 100, 10_000)
    for _ in range(2):
        texts, _ = rounded_texts(
            values, 2, lambda x: asked.append(x) or amount_phrase(x), name="once"
        )
        assert len(asked) == len(texts) <= 200
