"""Pieces of a Parquet file hold so many bytes; where it is cut changes nothing."""

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.data.sources import parquet_text
from icpfit.data.sources.parquet_text import parquet_pieces, typed_text


def listed(rows, length, *, kind):
    """Return a list with texts of a length: each its own, few that repeat, or a dictionary."""
    texts = [f"{k if kind == 'own' else k % 5:0{length}}" for k in range(rows)]
    column = pa.array(texts).dictionary_encode() if kind == "dictionary" else pa.array(texts)
    return pa.table({"id": [str(k) for k in range(rows)], "text": column, "n": range(rows)})


def same(pieces, table):
    return pa.concat_tables(pieces, promote_options="none").unify_dictionaries().cast(
        table.schema
    ).to_pylist() == (table.to_pylist())


@pytest.mark.parametrize("kind", ["own", "repeated", "dictionary"])
def test_texts_of_20_kb_make_pieces_of_64_mb(tmp_path, kind):
    path = tmp_path / "list.parquet"
    # 4,000 texts are 80 MB; where they repeat, the file says each of five once.
    pq.write_table(listed(4_000, 20_000, kind=kind), path)
    pieces = parquet_pieces(path, "list", 1 << 16)
    sizes = [(piece.num_rows, typed_text(piece).columns.nbytes) for piece in pieces]
    assert sum(rows for rows, _ in sizes) == 4_000
    assert max(size for _, size in sizes) <= 1 << 26


@pytest.mark.parametrize("kind", ["own", "repeated", "dictionary"])
def test_a_group_of_rows_in_the_middle_may_be_wide(tmp_path, monkeypatch, kind):
    short = listed(300, 5, kind=kind)
    table = pa.concat_tables([short, listed(50, 500, kind=kind), short]).unify_dictionaries()
    path = tmp_path / "list.parquet"
    pq.write_table(table, path, row_group_size=50)
    monkeypatch.setattr(parquet_text, "_STEP_BYTES", 2_000)
    monkeypatch.setattr(parquet_text, "_PIECE_BYTES", 5_000)
    pieces = list(parquet_pieces(path, "list", 100))
    assert same(pieces, table)
    assert max(piece.num_rows for piece in pieces) > 60
    assert max(typed_text(piece).columns.nbytes for piece in pieces) < 10_000
    assert all(len(column.chunks) == 1 for piece in pieces for column in piece.columns)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 20), st.integers(1, 40), st.data())
@settings(max_examples=40, deadline=None)
def test_any_rows_in_any_pieces(low, more, group, most, data):
    size = data.draw(st.integers(1, 3_000))
    high = low + more
    rows = high + data.draw(st.integers(1, 20))
    file = io.BytesIO()
    table = listed(rows, 40, kind="repeated")
    pq.write_table(table, file, row_group_size=group)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parquet_text, "_PIECE_BYTES", size)
        patch.setattr(parquet_text, "_STEP_BYTES", size)
        pieces = list(parquet_pieces(file, "list", most, {"id", "n"}, (low, high)))
    assert pa.concat_tables(pieces).to_pylist() == (
        table.select(["id", "n"]).slice(low, high - low).to_pylist()
    )
    assert max(piece.num_rows for piece in pieces) <= most


def test_a_wide_file_has_fewer_rows_a_piece(tmp_path, monkeypatch):
    path = tmp_path / "list.parquet"
    pq.write_table(listed(100, 5, kind="own"), path)
    monkeypatch.setattr(parquet_text, "_PIECE_CELLS", 30)
    assert [p.num_rows for p in parquet_pieces(path, "list", 64)] == [10] * 10


def test_rows_that_are_no_longer_there_are_one_empty_piece(tmp_path):
    path = tmp_path / "list.parquet"
    pq.write_table(listed(10, 5, kind="own"), path)
    (piece,) = parquet_pieces(path, "list", 64, ["id"], (20, 30))
    assert (piece.num_rows, piece.column_names) == (0, ["id"])
