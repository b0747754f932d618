"""Pieces of a file hold so many characters; where it is cut changes nothing."""

import pyarrow as pa
import pytest

from icpfit.data.sources import row_pieces as module
from icpfit.data.sources.row_pieces import row_pieces
from icpfit.data.sources.sheet_rows import TypedCell


def pieces_of(records):
    return list(row_pieces(iter(records), ["id", "text"], "list", fill=False))


def test_long_texts_make_short_pieces(monkeypatch):
    monkeypatch.setattr(module, "_COUNTED_AT_ONCE", 4)
    records = [(k + 2, [str(k), TypedCell("x" * 97)]) for k in range(100)]
    (whole,) = pieces_of(records)
    # 97 characters and an id of one or two: ten rows hold less than 1,000, so twelve are a piece.
    monkeypatch.setattr(module, "_PIECE_TEXT", 1_000)
    cut = pieces_of(records)
    assert [piece.columns.num_rows for piece in cut] == [12] * 8 + [4]
    assert pa.concat_tables([p.columns for p in cut]).equals(
        pa.table({"id": whole.columns["id"], "text": whole.columns["text"]})
    )
    assert pa.concat_arrays([p.lines for p in cut]).equals(whole.lines)
    assert pa.concat_arrays([p.typed["text"] for p in cut]).equals(whole.typed["text"])


@pytest.mark.parametrize("most", [1, 3, 64, 100])
def test_short_texts_fill_pieces_to_the_row(monkeypatch, most):
    monkeypatch.setattr(module, "_PIECE_ROWS", most)
    cut = pieces_of((k + 2, [str(k), "x"]) for k in range(200))
    assert [p.columns.num_rows for p in cut] == [most] * (200 // most) + [200 % most] * (
        200 % most > 0
    )


def test_long_rows_that_do_not_fit_make_pieces_too(monkeypatch):
    monkeypatch.setattr(module, "_PIECE_TEXT", 1_000)
    records = [(k + 2, ["a", "x" * 400, "c"]) for k in range(7)]
    cut = pieces_of(records)
    assert [len(piece.ragged) for piece in cut] == [3, 3, 1]
    assert [row.line for piece in cut for row in piece.ragged] == list(range(2, 9))
