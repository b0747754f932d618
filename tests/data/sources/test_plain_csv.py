"""What Arrow reads of a plain CSV is what the strict reader reads, wherever it stands."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icpfit.data.sources import plain_csv, row_lines
from icpfit.data.sources.plain_csv import list_pieces, plain_header, plain_pieces
from icpfit.data.sources.reader import text_table
from icpfit.data.sources.source_spec import Format
from icpfit.errors import SourceError

ANY = Format()


def rows_of(pieces):
    return [
        tuple(cell or "" for cell in row.values())
        for piece in pieces
        for row in piece.columns.to_pylist()
    ]


def written(tmp_path, content):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    return path


def both(path):
    """Return the rows by Arrow and by the strict reader."""
    assert plain_header(path, ANY, "list", ["id"]) is not None
    by_arrow = rows_of(piece for piece, _ in list_pieces(path, ANY, "list", ["id"]))
    return by_arrow, rows_of([text_table(path, ANY, "list", ["id"])])


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_rows_behind_a_block_of_blank_lines_are_read(tmp_path, end):
    blank = end * (plain_csv._BLOCK // len(end))
    path = written(tmp_path, b"id,b" + end + blank + b"x,1" + end)
    found = plain_header(path, ANY, "list", ["id"])
    assert rows_of(plain_pieces(path, found)) == [("x", "1")]


@pytest.mark.parametrize("block", [7, 16, 64])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_blank_lines_anywhere_change_nothing(tmp_path, monkeypatch, block, end):
    monkeypatch.setattr(plain_csv, "_BLOCK", block)
    text = "id,b\n" + "\n" * 99 + "x,1\n" + "\n" * 99 + "y,2\nz,3\n" + "\n" * 99
    path = written(tmp_path, text.replace("\n", end).encode())
    by_arrow, strictly = both(path)
    assert by_arrow == strictly == [("x", "1"), ("y", "2"), ("z", "3")]


def test_a_part_of_blank_lines_and_a_part_that_begins_with_them(tmp_path, monkeypatch):
    monkeypatch.setattr(plain_csv, "_BLOCK", 16)
    head, blank = b"id,b\n", b"\n" * 50
    path = written(tmp_path, head + blank + b"x,1\n" + blank + b"y,2\n")
    found = plain_header(path, ANY, "list", ["id"])
    second = len(head) + len(blank)
    first = list(plain_pieces(path, found, len(head), second))
    assert rows_of(first) == []
    assert [piece.columns.column_names for piece in first] == [["id", "b"]]
    assert rows_of(plain_pieces(path, found, second, path.stat().st_size)) == [
        ("x", "1"),
        ("y", "2"),
    ]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("row", ["\ufeffx,1", "\ufeff\ufeffx,1", "\ufeff,1"])
def test_a_mark_in_front_of_a_row_is_part_of_it_in_every_place(tmp_path, mark, row):
    header, others = f"{mark}id,b\n", "y,2\n"
    for text in (f"{header}{row}\n{others}", f"{header}{others}{row}\n"):
        path = written(tmp_path, text.encode())
        by_arrow, strictly = both(path)
        assert by_arrow == strictly
        assert (row.split(",")[0], "1") in by_arrow
    found = plain_header(path, ANY, "list", ["id"])
    place = len(f"{header}{others}".encode())
    (piece,) = plain_pieces(path, found, place, path.stat().st_size)
    assert rows_of([piece]) == [(row.split(",")[0], "1")]
    assert piece.whole_lines.to_pylist() == [row]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("place", [0, 5_000])
def test_what_is_no_utf_8_is_left_to_the_strict_reader(tmp_path, mark, place):
    rows = [b"x,1\n"] * 5_001
    rows[place] = b"M\xfcller,1\n"
    path = written(tmp_path, mark + b"id,b\n" + b"".join(rows))
    assert plain_header(path, ANY, "list", ["id"]) is None
    if mark:
        with pytest.raises(SourceError, match="is not utf-8-sig"):
            list(list_pieces(path, ANY, "list", ["id"]))
    else:
        (piece,) = (piece for piece, _ in list_pieces(path, ANY, "list", ["id"]))
        assert piece.columns["id"][place].as_py() == "Müller"


def test_a_letter_cut_in_two_where_the_look_at_the_header_ends(tmp_path, monkeypatch):
    text = "id,b\nMüller,1\n"
    path = written(tmp_path, text.encode())
    monkeypatch.setattr(plain_csv, "_HEAD", len(b"id,b\nM") + 1)
    assert both(path)[0] == [("Müller", "1")]


CELLS = st.text("xü\ufeff", max_size=30)


@given(
    st.lists(st.one_of(st.just(""), st.builds("{},{}".format, CELLS, CELLS)), max_size=12),
    st.integers(8, 60),
    st.booleans(),
    st.booleans(),
)
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_lines_in_any_blocks(tmp_path, rows, block, is_marked, is_windows):
    text = "\n".join([("\ufeff" if is_marked else "") + "id,b", *rows, ""])
    path = written(tmp_path, text.replace("\n", "\r\n" if is_windows else "\n").encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_csv, "_BLOCK", block)
        patch.setattr(row_lines, "_BLOCK", block)
        pieces = [piece for piece, _ in list_pieces(path, ANY, "list", ["id"])]
    assert rows_of(pieces) == [tuple(row.split(",")) for row in rows if row]
    for piece in pieces:
        if piece.whole_lines is not None:
            assert piece.whole_lines.to_pylist() == [",".join(row) for row in rows_of([piece])]


def test_a_line_longer_than_a_block_is_left_to_the_strict_reader(tmp_path, monkeypatch):
    monkeypatch.setattr(plain_csv, "_BLOCK", 16)
    path = written(tmp_path, b"id,b\na,1\n" + b"x" * 28 + b",1\n" + b"b,2\n")
    assert plain_header(path, ANY, "list", ["id"]) is None


@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("declared", [None, "utf-8", "UTF8", "utf_8", "utf-8-sig"])
def test_a_mark_is_no_part_of_the_first_column_whatever_is_declared(tmp_path, declared, quoted):
    cell = '"1\n2"' if quoted else "1"
    path = written(tmp_path, f"\ufeffid,b\nx,{cell}\n".encode())
    fmt = Format(encoding=declared)
    # A cell on two lines is for the strict reader.
    assert (plain_header(path, fmt, "list", ["id"]) is None) == quoted
    [(piece, _)] = list_pieces(path, fmt, "list", ["id"])
    assert piece.header == ("id", "b")
    assert piece.encoding == "utf-8-sig"
    assert rows_of([piece]) == [("x", cell.strip('"'))]


def test_a_mark_of_utf_16_is_none_either(tmp_path):
    path = written(tmp_path, "\ufeffid;b\nx;1\n".encode("utf-16-le"))
    [(piece, _)] = list_pieces(path, Format(encoding="utf-16-le"), "list", ["id"])
    assert piece.header == ("id", "b")
