"""What a spreadsheet would run is never written as it is; what it wouldn't is left alone."""

import re

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.delivery.lists.formulas import is_formula, neutral_text, with_neutral_text

TEXT = st.text(
    st.one_of(
        st.sampled_from("=+-@\t\r\n＝＋－＠'0123456789.,% e"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=6,
)


@pytest.mark.parametrize(
    "text",
    ["=1", "+A1", "-A1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1+1", "－A1", "＠x", "-1+cmd|' /C calc'!A0",
     "+49-30-12", "=", "--1", "-1\n"],
)  # fmt: skip
def test_what_runs(text):
    assert is_formula(text)
    assert neutral_text(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["", "a", "'=1", "-1", "+1", "-1.234,50", "-1e5", "+12 %", "-.5", "-", "--", "1+1", " =1", "a=1", "+49 30 1234"]
)  # fmt: skip
def test_what_doesn_t(text):
    assert neutral_text(text) == text


@settings(max_examples=50, deadline=None)
@given(st.lists(TEXT, max_size=20))
def test_columns_are_as_their_cells(cells):
    table, found = with_neutral_text(
        pa.table({"a": pa.array(cells, pa.string()), "b": pa.nulls(len(cells), pa.string())})
    )
    assert table["a"].to_pylist() == [neutral_text(cell) for cell in cells]
    assert found == sum(map(is_formula, cells))
    again, none = with_neutral_text(table)
    assert (again.equals(table), none) == (True, 0)
    for cell in table["a"].to_pylist():
        assert not re.match("[=@＝＋－＠\t\r\n]", cell)
