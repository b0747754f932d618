"""The matrix from Arrow columns is, byte for byte, the matrix from a data frame."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.errors import FeatureError
from icpfit.fit.arrow_matrix import level_states, matrix_of
from icpfit.fit.contract import Feature, FeatureContract
from icpfit.fit.features import feature_matrix

CONTRACT = FeatureContract(
    (
        Feature("land", "category", levels=("AT", "DE", "other"), rare_levels=("NA", "other")),
        Feature("branch", "category", levels=("Food",), rare_levels=("Tin",), column=1),
        Feature("size", "number", column=2),
        Feature("shop", "flag", column=3),
        Feature("founded", "date", column=4),
        Feature("not_there", "number", column=5),
    ),
    {},
)
DAY = dt.date(2024, 2, 29)
LEVELS = st.sampled_from(["AT", "DE", "other", "NA", "Tin", "Food", "new", None])
DAYS = st.one_of(st.none(), st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)))
ROWS = st.lists(
    st.tuples(
        LEVELS,
        LEVELS,
        st.one_of(st.none(), st.floats(allow_nan=False)),
        st.sampled_from([None, 0.0, 1.0]),
        DAYS,
        DAYS,
    ),
    max_size=12,
)


@given(ROWS, st.booleans(), st.booleans())
@settings(max_examples=50, deadline=None)
def test_the_same_bytes(rows, encoded, dated):
    lists = list(zip(*rows, strict=True)) if rows else [()] * 6
    kinds = [pa.string(), pa.string(), pa.float64(), pa.float64(), pa.date32(), pa.date32()]
    land, branch, size, shop, founded, opened = (
        pa.array(values, kind) for values, kind in zip(lists, kinds, strict=True)
    )
    facts = pd.DataFrame(
        {
            "land": pd.Series(lists[0], dtype=object),
            "branch": pd.Series(lists[1], dtype=object),
            "size": pd.Series(lists[2], dtype="float64"),
            "shop": pd.Series(lists[3], dtype="float64"),
            "founded": pd.Series(pd.to_datetime(pd.Series(lists[4], dtype=object))),
        }
    )
    if encoded:
        land, branch = land.dictionary_encode(), branch.dictionary_encode()
        shop = shop.cast(pa.bool_())
    batch = pa.record_batch(
        {"land": land, "branch": branch, "size": size, "shop": shop, "founded": founded}
    )
    decided = pd.to_datetime(pd.Series(lists[5], dtype=object)) if dated else DAY
    found = matrix_of(batch, opened if dated else DAY, CONTRACT)
    expected = feature_matrix(facts, decided, CONTRACT)
    assert np.ascontiguousarray(found).tobytes() == expected.tobytes()


def test_levels_by_hand():
    for column in (
        pa.array(["AT", None, "new", "NA"]),
        pa.array(["AT", None, "new", "NA"]).dictionary_encode(),
    ):
        found = level_states(CONTRACT.features[0], column)
        assert found.missing.tolist() == [False, True, False, False]
        assert found.new.tolist() == [False, False, True, False]
        assert found.named == {2: "new"}
    assert level_states(CONTRACT.features[0], pa.nulls(2)).missing.tolist() == [True, True]


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("land", [1.0], "land: texts were expected, found double values"),
        ("size", ["a"], "size: numbers were expected, found string values"),
        ("founded", [2.5], "founded: days were expected, found double values"),
        ("shop", [dt.date(2024, 1, 1)], "shop: numbers were expected"),
    ],
)
def test_values_of_another_kind(column, values, said):
    with pytest.raises(FeatureError, match=said):
        matrix_of(pa.record_batch({column: values}), DAY, CONTRACT)
