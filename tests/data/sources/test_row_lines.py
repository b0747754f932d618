"""Lines beside rows: the same number of them, the same text, whatever the blocks."""

import io

from hypothesis import given
from hypothesis import strategies as st

from icpfit.data.sources import row_lines
from icpfit.data.sources.row_lines import RowLines

cells = st.text(st.characters(exclude_characters="\n\r\0", exclude_categories=["Cs"]), max_size=6)


@given(
    st.lists(cells.filter(bool), max_size=30), st.integers(1, 40), st.integers(1, 9), st.booleans()
)
def test_each_line_once_in_any_steps(lines, block, step, has_end):
    text = "\n".join(lines) + ("\n" if has_end and lines else "")
    before, row_lines._BLOCK = row_lines._BLOCK, block
    try:
        reader = RowLines(io.BytesIO(text.encode()))
        found = []
        while len(found) < len(lines):
            piece = reader.take(min(step, len(lines) - len(found)))
            piece.validate(full=True)
            found += piece.to_pylist()
    finally:
        row_lines._BLOCK = before
    assert found == lines
    assert reader.take(0).to_pylist() == []
    assert reader.take(1) is None


def test_empty_lines_and_carriage_returns_are_no_rows():
    for text in (b"a\n\nb\n", b"\na\n", b"a\r\nb\r\n", b"a\n"):
        reader = RowLines(io.BytesIO(text))
        assert reader.take(2) is None
        assert reader.take(2) is None
