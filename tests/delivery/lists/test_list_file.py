"""The list comes back as it was: every row, column and cell, in its order, with ours behind."""

import csv
import dataclasses
import io
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.data.prospect_source import ProspectSource, prospect_source
from icpfit.data.sources.parquet_text import typed_text
from icpfit.data.sources.reader import TextTable
from icpfit.delivery.lists.formulas import neutral_text
from icpfit.delivery.lists.list_columns import added_names, clash_warning, written_names
from icpfit.delivery.lists.list_file import list_writer, require_text, scored_path
from icpfit.delivery.lists.scored_list import ADDED_COLUMNS
from icpfit.delivery.lists.scored_piece import ScoredPiece
from icpfit.errors import OutputError

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


def _list(table, delimiter=",", encoding="utf-8", kind="csv", header=None):
    """A list at hand: what is read of it, and how it is written back."""
    is_typed = kind == "parquet"
    told = typed_text(table)
    text = TextTable(
        file="list",
        columns=told.columns if is_typed else table,
        lines=pa.array([], pa.int64()),
        kind=kind,
        header=(),
        digest="",
        original=table if is_typed else None,
    )
    return ProspectSource(
        shown="list",
        header=tuple(header or table.column_names),
        names=tuple(table.column_names),
        kind=kind,
        delimiter=delimiter,
        encoding=encoding,
        decimal=".",
        id_column="id",
        name_column=None,
        columns={},
        types={},
        absent=(),
        unreadable=told.unreadable if is_typed else {},
        notes=(),
        _read=lambda _only, _text_of: iter([(text, False)]),
    )


def write_list(path, source, scored, decimal="."):
    source = dataclasses.replace(source, decimal=decimal)
    require_text(source, path)
    names = written_names(source, scored.columns)
    columns = {
        name: pa.array(
            scored[name].tolist(),
            pa.string() if ADDED_COLUMNS[name] is None else pa.float64(),
            from_pandas=True,
        )
        for name in scored.columns
    }
    with list_writer(path, source, names) as writer:
        for piece in source.pieces():
            added = pa.record_batch(columns).slice(piece.start, piece.rows)
            writer.write(ScoredPiece(piece, added, added, pa.nulls(piece.rows, pa.float64())))
        writer.finish(None)
        return writer.neutral


def _scored(n, **cells):
    defaults = {
        name: ("text" if decimals is None else 1234.5) for name, decimals in ADDED_COLUMNS.items()
    }
    return pd.DataFrame({name: [cells.get(name, value)] * n for name, value in defaults.items()})


def _read(path, delimiter=",", encoding="utf-8"):
    return list(
        csv.reader(
            io.StringIO(path.read_bytes().decode(encoding), newline=""),
            delimiter=delimiter,
            strict=True,
        )
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_cells_come_back_in_the_list_s_own_way(tmp_path, delimiter, encoding):
    rows = [
        ["007", ' Müller; "Söhne" ', "1.200,50", "=1+1"],
        ["NA", "a,b\tc|d", "", "line\nbreak"],
        ["", "\r", "x\r\ny", "+49"],
    ]
    names = ["id", "na me", "umsatz", "note"]
    table = pa.table(
        {
            name: pa.array(column, pa.string())
            for name, column in zip(names, zip(*rows, strict=True), strict=True)
        }
    )
    out = tmp_path / "scored list (ü).csv"
    write_list(
        out,
        _list(table, delimiter, encoding, header=["id", " na me ", "umsatz", "note"]),
        _scored(3),
    )
    read = _read(out, delimiter, encoding)
    assert read[0] == ["id", " na me ", "umsatz", "note", *ADDED_COLUMNS]
    # A spreadsheet would run the first, and take the second for the start of a formula.
    neutral = {"=1+1": "'=1+1", "\r": "'\r"}
    assert [row[:4] for row in read[1:]] == [[neutral.get(c, c) for c in row] for row in rows]
    assert {len(row) for row in read} == {18}
    mark = {"utf-8-sig": b"\xef\xbb\xbf", "utf-16": b"\xff\xfe"}.get(encoding, b"id")
    assert out.read_bytes().startswith(mark)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT), max_size=6), st.sampled_from(",;\t|"))
def test_any_text_survives(tmp_path_factory, rows, delimiter):
    table = pa.table(
        {
            "a": pa.array([r[0] for r in rows], pa.string()),
            "b": pa.array([r[1] for r in rows], pa.string()),
        }
    )
    out = tmp_path_factory.mktemp("any") / "out.csv"
    write_list(out, _list(table, delimiter), _scored(len(rows)))
    expected = [tuple(neutral_text(cell) for cell in row) for row in rows]
    assert [tuple(row[:2]) for row in _read(out, delimiter)[1:]] == expected


def test_numbers_have_a_fixed_form(tmp_path):
    table = pa.table({"id": ["1", "2"]})
    scored = _scored(2, fit_score=87.0, margin_if_won=-1234.5, fit_if_won=0.71236)
    numbers = [name for name, decimals in ADDED_COLUMNS.items() if decimals is not None]
    scored.loc[1, numbers] = float("nan")
    for decimal, expected in (
        (".", ["87", "-1234.50", "0.7124"]),
        (",", ["87", "-1234,50", "0,7124"]),
    ):
        out = tmp_path / "out.csv"
        write_list(out, _list(table, ";"), scored, decimal=decimal)
        header, first, second = _read(out, ";")
        chosen = [header.index(name) for name in ("fit_score", "margin_if_won", "fit_if_won")]
        assert [first[i] for i in chosen] == expected
        assert [second[i] for i in chosen] == ["", "", ""]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(tmp_path, start):
    evil = f"{start}HYPERLINK(1)"
    written = evil.replace("\r", " ")
    out = tmp_path / "out.csv"
    neutral = write_list(
        out,
        _list(pa.table({"id": [evil]})),
        _scored(1, reasons_for=evil, caution="employees +3: fine"),
    )
    header, row = _read(out)
    assert neutral == 1
    assert row[0] == f"'{evil}", "the list's own cells may come from a web form"
    assert row[header.index("reasons_for")] == f"'{written}"
    assert row[header.index("caution")] == "employees +3: fine"


def test_a_return_in_what_we_add_breaks_no_row(tmp_path):
    out = tmp_path / "out.csv"
    write_list(out, _list(pa.table({"id": ["1"]})), _scored(1, reasons_for="city A\rB: +3"))
    header, row = _read(out)
    assert row[header.index("reasons_for")] == "city A B: +3"


def test_characters_that_the_encoding_lacks(tmp_path):
    out = tmp_path / "out.csv"
    write_list(
        out,
        _list(pa.table({"id": ["Zürich"]}), encoding="cp1252"),
        _scored(1, reasons_for="city Łódź: +3"),
    )
    header, row = _read(out, encoding="cp1252")
    assert row[0] == "Zürich"
    assert row[header.index("reasons_for")] == "city ?ód?: +3"


def test_a_column_of_ours_that_is_there_already_is_kept():
    def warned(*columns):
        return clash_warning(_list(pa.table({name: ["x"] for name in columns})))

    assert warned("id") == []
    assert added_names(["fit_grade", "icpfit_fit_grade"])["fit_grade"] == "icpfit_icpfit_fit_grade"
    [said] = warned("id", *ADDED_COLUMNS)
    assert "14 columns" in said
    assert "icpfit_fit_grade" in said


def test_a_list_may_be_scored_twice(tmp_path):
    out = tmp_path / "out.csv"
    write_list(out, _list(pa.table({"id": ["1"]})), _scored(1, fit_grade="A"))
    header, row = _read(out)
    again = pa.table({name: [cell] for name, cell in zip(header, row, strict=True)})
    write_list(out, _list(again), _scored(1, fit_grade="B"))
    twice_header, twice = _read(out)
    assert twice_header == [*header, *(f"icpfit_{name}" for name in ADDED_COLUMNS)]
    assert twice[: len(row)] == row
    assert twice[twice_header.index("icpfit_fit_grade")] == "B"


def test_parquet_keeps_its_types(tmp_path):
    table = pa.table(
        {
            "id": pa.array([7, 8], pa.int64()),
            "price": pa.array([Decimal("1.50"), None], pa.decimal128(10, 2)),
            "tags": pa.array([["a"], []], pa.list_(pa.string())),
            "at": pa.array([0, 1], pa.timestamp("us", "UTC")),
        }
    )
    scored = _scored(2, caution=None)
    scored.loc[1, "fit_score"] = float("nan")
    out = tmp_path / "out.parquet"
    write_list(out, _list(table, kind="parquet"), scored)
    read = pq.read_table(out)
    assert read.select(table.column_names).equals(table)
    assert read.schema.field("fit_score").type == pa.float64()
    assert read["fit_score"].to_pylist() == [1234.5, None]
    assert read.schema.field("caution").type == pa.string()
    assert read["caution"].to_pylist() == [None, None]


def test_parquet_in_and_csv_out_writes_exact_text(tmp_path):
    table = pa.table(
        {"id": ["007"], "n": [9007199254740993], "d": pa.array([19000], pa.date32()), "f": [0.1]}
    )
    out = tmp_path / "out.csv"
    write_list(out, _list(table, kind="parquet"), _scored(1))
    assert _read(out)[1][:4] == ["007", "9007199254740993", "2022-01-08", "0.1"]


def test_what_a_csv_can_t_hold_is_one_line(tmp_path):
    table = pa.table({"id": ["1"], "tags": pa.array([["a"]], pa.list_(pa.string()))})
    with pytest.raises(OutputError, match="column 'tags' of the list holds list") as caught:
        write_list(tmp_path / "out.csv", _list(table, kind="parquet"), _scored(1))
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_the_list_itself_is_never_overwritten(tmp_path):
    mine = tmp_path / "list.csv"
    mine.write_text("id")
    other = tmp_path / "sub" / ".." / "list.csv"
    (tmp_path / "sub").mkdir()
    with pytest.raises(OutputError, match="is the list itself; name another file"):
        scored_path(str(other), str(mine), "acme")
    assert scored_path(str(tmp_path / "new.csv"), str(mine), "acme") == tmp_path / "new.csv"


@pytest.mark.parametrize(
    ("prospects", "expected"),
    [
        ("data/x.parquet", "x_scored.parquet"),
        ("young", "acme_young_scored.csv"),
        ("a.b.csv", "a.b_scored.csv"),
    ],
)
def test_without_out_it_lies_in_the_current_folder(prospects, expected):
    assert scored_path(None, prospects, "acme").as_posix() == expected


def test_from_the_list_as_a_company_has_it_and_back(tmp_path, small_model):
    """Read, scored and written: the first columns are the file that came in, character by character."""
    from icpfit.data.prospect_list import read_prospects
    from icpfit.data.table_spec import data_spec
    from icpfit.delivery.lists.scored_list import scored_frame

    spec = data_spec(
        {
            "folder": ".",
            "as_of": "2026-06-30",
            "horizon": "12mo",
            "lag": "0d",
            "currency": "EUR",
            "sources": {"crm": {"table": "accounts", "files": "accounts.csv"}},
            "attributes": {
                "employees": {"kind": "number", "known": "before_sale"},
                "country": {"kind": "category", "known": "before_sale", "column": "Land"},
                "has_shop": {"kind": "flag", "known": "before_sale"},
                "founded": {"kind": "date", "known": "before_sale"},
            },
            "prospects": {"id": "Nr", "format": {"decimal": ","}},
        }
    )
    rows = [
        "Nr;Firma;Land;employees;founded;has_shop;caution",
        '007;"Müller; Söhne";NA;240,0;2001-05-06;yes;eigene',
        "008;=1+1;DE;viele;2001-05-06;no;",
        "; Łódź ;XX;;;;",
    ]
    given = tmp_path / "Liste.csv"
    given.write_text("\n".join(rows) + "\n", encoding="utf-8-sig", newline="")
    listed = read_prospects(spec, str(given), tmp_path)
    scored = scored_frame(small_model, listed, model_label="icpfit-acme v1")
    out = tmp_path / "Liste_scored.csv"
    source = prospect_source(spec, str(given), tmp_path)
    write_list(out, source, scored, decimal=spec.prospects.format.decimal)
    written = out.read_bytes().decode("utf-8-sig").splitlines()
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    rows[2] = rows[2].replace(";=1+1;", ";'=1+1;")
    assert [line.startswith(row + ";") for row, line in zip(rows, written, strict=True)] == [
        True
    ] * 4
    read = _read(out, ";", "utf-8-sig")
    first, second, third = (dict(zip(read[0], row, strict=True)) for row in read[1:])
    assert first["fit_grade"] in set("ABCD")
    assert first["fit_if_won"].startswith(("0,", "1,"))
    assert (first["caution"], first["icpfit_caution"]) == ("eigene", "")
    assert second["icpfit_caution"].endswith("employees 'viele' is not a number")
    assert third["fit_grade"] == "unrated"
