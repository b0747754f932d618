"""Hostile files: read right, or refused with the line; never wrong in silence."""

from __future__ import annotations

import csv
import datetime as dt
import decimal
import hashlib

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.data.sources.reader import text_table
from icpfit.data.sources.source_spec import Format
from icpfit.errors import SourceError


def read(folder, content, fmt=None, expected=(), name="a.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return text_table(path, fmt or Format(), name, expected)


def refused(folder, content, fmt=None, expected=(), name="a.csv"):
    with pytest.raises(SourceError) as caught:
        read(folder, content, fmt, expected, name)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(name)
    return str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        "id,price\n007,NA\n",
        "id;price\n007;NA\n",
        "id\tprice\n007\tNA\n",
        "id|price\n007|NA\n",
        "sep=;\nid;price\n007;NA\n",
        "id,price\r\n007,NA\r\n",
        "id,price\r007,NA\r",
        "id,price\n007,NA",
        b"\xef\xbb\xbfid,price\n007,NA\n",
        "id,price\n007,NA\n".encode("utf-16"),
        b"\xfe\xff" + "id,price\n007,NA\n".encode("utf-16-be"),
        ' id , "price"\n007,NA\n',
    ],
)
def test_the_same_table_in_many_dresses(tmp_path, content):
    if content == ' id , "price"\n007,NA\n':
        content = 'id ,"price"\n"007",NA\n'
    table = read(tmp_path, content)
    assert table.columns.to_pylist() == [{"id": "007", "price": "NA"}]
    assert table.notes == ()


def test_digest_is_that_of_the_file(tmp_path):
    content = b"id,price\n1,2\n"
    assert read(tmp_path, content).digest == hashlib.sha256(content).hexdigest()


def test_cp1252_is_read_with_a_note(tmp_path):
    table = read(tmp_path, "id,name\n1,Müller €\n".encode("cp1252"))
    assert table.columns["name"].to_pylist() == ["Müller €"]
    assert "read as cp1252" in table.notes[0]
    assert table.encoding == "cp1252"
    declared = read(tmp_path, "id,name\n1,Łódź\n".encode("cp1250"), Format(encoding="cp1250"))
    assert declared.columns["name"].to_pylist() == ["Łódź"]
    assert declared.notes == ()


def test_bytes_that_cp1252_does_not_know_are_refused(tmp_path):
    assert "is not cp1252" in refused(tmp_path, b"id,name\n1,\x81\n")
    assert "no encoding is named 'utf8000'" in refused(
        tmp_path, b"id\n1\n", Format(encoding="utf8000")
    )


def test_line_is_where_a_record_starts(tmp_path):
    content = 'id,comment\n1,"two\nlines"\n\n2,"a\r\nb\r\nc"\n3,end\n'
    #          1           2   3          4  5     6    7     8
    table = read(tmp_path, content)
    assert table.lines.to_pylist() == [2, 5, 8]
    assert table.columns["comment"].to_pylist() == ["two\nlines", "a\r\nb\r\nc", "end"]
    assert table.blank == 1


def test_ragged_rows_keep_their_lines(tmp_path):
    table = read(tmp_path, "id,a,b\n1,2,3\n4,5\n6,7,8,9\n,\n \n0,0,0\n")
    assert table.columns["id"].to_pylist() == ["1", "0"]
    assert [(row.line, row.cells) for row in table.ragged] == [
        (3, ("4", "5")),
        (4, ("6", "7", "8", "9")),
    ]
    assert table.blank == 2


def test_titles_above_the_header_are_passed_over(tmp_path):
    content = "Revenue by customer\nExported 2026-01-01, 12:00\n\nCustomer;Amount\n1;2,5\n"
    table = read(tmp_path, content, expected=["Customer", "Amount"])
    assert table.columns.to_pylist() == [{"Customer": "1", "Amount": "2,5"}]
    assert table.lines.to_pylist() == [5]
    assert table.notes == ("2 lines above the header passed over",)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "a.csv: is empty"),
        ("\n\n  \n", "a.csv: is empty"),
        ("id,a,a\n1,2,3\n", "a.csv, line 1: the header has 'a' 2 times (columns 2, 3)"),
        ('id,a\n1,2\n"Acme,3\n4,5\n', "a.csv, line 3: opens a quote that is never closed"),
        ('id,a\n1,"two\nlines"\n"Acme" Inc,3\n', "a.csv, line 4: has a quote inside a quoted cell"),
        ("id,a\n1,2\n3,\x004\n", "a.csv, line 3: holds a NUL byte"),
        ("id,a\n1,2\n".encode("utf-16-le"), "a.csv, line 1: holds a NUL byte"),
        (b"PK\x03\x04rest", "a.csv: can't be read as a workbook (File is not a zip file)"),
        (b"\x1f\x8brest", "a.csv: is compressed; unpack it first"),
        ("a,b;c\n1,2;3\n", "a.csv: , and ; fit its header as well as each other"),
        (b"PAR1 and then nothing of the kind PAR1", "a.csv: can't be read as Parquet"),
    ],
)
def test_refused_with_the_line(tmp_path, content, said):
    assert said in refused(tmp_path, content)


def test_a_parquet_name_does_not_make_parquet(tmp_path):
    assert "is no Parquet file" in refused(tmp_path, "id\n1\n", name="a.parquet")


def test_long_cells_are_read_and_the_limit_is_put_back(tmp_path):
    before = csv.field_size_limit()
    table = read(tmp_path, "id,comment\n1," + "x" * 500_000 + "\n")
    assert len(table.columns["comment"][0].as_py()) == 500_000
    assert csv.field_size_limit() == before


def test_a_nameless_column_is_named_by_its_place(tmp_path):
    table = read(tmp_path, "id;a;\n1;2;\n")
    assert table.columns.column_names == ["id", "a", "(column 3)"]
    assert table.header == ("id", "a", "")


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6),
            min_size=3,
            max_size=3,
        ),
        max_size=6,
    ),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_what_a_csv_writer_wrote_is_read_back(tmp_path_factory, rows, delimiter):
    folder = tmp_path_factory.mktemp("csv")
    with (folder / "a.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, delimiter=delimiter)
        writer.writerow(["id", "b", "c"])
        writer.writerows(rows)
    table = text_table(folder / "a.csv", Format(), "a.csv", ["id", "b", "c"])
    assert [list(row.values()) for row in table.columns.to_pylist()] == rows
    assert table.ragged == ()


def test_parquet_values_become_exact_text(tmp_path):
    table = pa.table(
        {
            "id": pa.array([1, 2**63 - 1]),
            "float_id": pa.array([123.0, 1e15]),
            "price": pa.array([0.1, -1e-7]),
            "small": pa.array([12.3, None], pa.float32()),
            "exact": pa.array([decimal.Decimal("1.10"), decimal.Decimal("99999999999999999.01")]),
            "day": pa.array([dt.date(2026, 1, 31), None]),
            "utc": pa.array([dt.datetime(2026, 1, 31, 23, 30, tzinfo=dt.UTC), None], pa.timestamp("ns", tz="Europe/Berlin")),
            "flag": pa.array([True, False]),
            "level": pa.array(["NA", "007"]).dictionary_encode(),
            "bytes": pa.array([b"abc", b"d"]),
            "nested": pa.array([[1], [2]]),
            "holed": pa.array([float("nan"), 1.0]),
        }
    )  # fmt: skip
    pq.write_table(table, tmp_path / "a.parquet")
    read_back = text_table(tmp_path / "a.parquet", Format(), "a.parquet")
    first, second = read_back.columns.to_pylist()
    assert first == {
        "id": "1",
        "float_id": "123",
        "price": "0.1",
        "small": "12.3",
        "exact": "1.10",
        "day": "2026-01-31",
        "utc": "2026-01-31 23:30:00.000000000Z",
        "flag": "true",
        "level": "NA",
        "bytes": "abc",
        "holed": None,
    }
    assert second["id"] == "9223372036854775807"
    assert second["float_id"] == "1000000000000000"
    assert second["exact"] == "99999999999999999.01"
    assert read_back.unreadable == {"nested": "list<element: int64>"}
    assert read_back.notes == ("1 NaN in column 'holed' taken as missing",)
    assert read_back.native >= {"id", "price", "day", "flag"}
    assert not read_back.native & {"level", "bytes"}
    assert read_back.lines.to_pylist() == [1, 2]
    assert read_back.original.schema.field("price").type == pa.float64()
