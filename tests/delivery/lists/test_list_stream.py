"""A list scored piece by piece is, byte for byte, the list scored as a whole."""

from __future__ import annotations

import csv
import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icpfit.data.prospect_list import read_prospects
from icpfit.data.prospect_source import prospect_source
from icpfit.data.sources import plain_csv
from icpfit.data.sources.plain_csv import list_pieces, plain_header
from icpfit.data.sources.reader import text_table
from icpfit.data.table_spec import data_spec
from icpfit.delivery.lists import scored_files
from icpfit.delivery.lists.about import about_list
from icpfit.delivery.lists.call_plan import CallPlan
from icpfit.delivery.lists.formulas import neutral_text
from icpfit.delivery.lists.list_columns import DECIMALS, written_names
from icpfit.delivery.lists.list_keys import list_keys
from icpfit.delivery.lists.list_stream import ListScoring, added_columns
from icpfit.delivery.lists.scored_batch import scorer
from icpfit.delivery.lists.scored_files import write_scored
from icpfit.delivery.lists.scored_list import scored_frame
from icpfit.errors import SettingsError, SourceError
from icpfit.fit.engines import with_engines

BARE = {
    "folder": "data",
    "as_of": "2026-06-30",
    "horizon": "12mo",
    "lag": "60d",
    "currency": "EUR",
    "sources": {"crm": {"table": "accounts", "files": "crm.csv"}},
}
KINDS = {"employees": "number", "country": "category", "has_shop": "flag", "founded": "date"}


def spec(**prospects):
    attributes = {name: {"kind": kind, "known": "before_sale"} for name, kind in KINDS.items()}
    asked = {"id": "id", "opened_on": "opened", **prospects}
    return data_spec({**BARE, "attributes": attributes, "prospects": asked})


@pytest.fixture(scope="module")
def asked(small_model):
    return scorer(with_engines(small_model), label="v1")


def lines(n, seed=0, delimiter=",", name="Müller GmbH"):
    draw = np.random.default_rng(seed)
    yield delimiter.join(["id", "name", "employees", "country", "has_shop", "founded", "opened"])
    for row in range(n):
        cells = [
            f"{row:05}",
            name,
            draw.choice(["", "12", "240.5", "1e3", " 77 ", "90000", "abc", "+5", "nan"]),
            draw.choice(["AT", "DE", "NA", " DE ", "XX", "", "#REF!"]),
            draw.choice(["true", "false", "", "perhaps"]),
            draw.choice(["2013-09-14", "", "1950-01-01", "2031-01-01", "soon"]),
            draw.choice(["", "2026-01-15"]),
        ]
        yield delimiter.join(cells)


def streamed_list(path, out, asked, settings, *, plan=None, progress=None):
    """Do what `icpfit score` does, without a company around it."""
    plan = plan or CallPlan()
    source = prospect_source(settings, str(path), path.parent)
    names = written_names(source, added_columns(plan, has_before=False))
    with list_keys(source, settings, out) as keys:
        return write_scored(
            ListScoring(
                source, keys, asked, settings, plan=plan, needs_text=out.suffix != ".parquet"
            ),
            out,
            names,
            about=lambda counts, said: about_list(
                counts, asked.model, source="list", label="v1", scored_on=dt.date(2026, 6, 30),
                names=names, warnings=said,
            ),
            progress=progress,
        ).counts  # fmt: skip


def as_a_whole(path, asked, settings, out):
    """Read, score and write a list in one go, by Python's own csv: the other way to do it."""
    listed = read_prospects(settings, str(path), path.parent)
    scored = scored_frame(asked.model, listed, model_label="v1")
    twice = pd.Series(listed.ids).duplicated(keep=False)
    assert not twice.any()
    steps = np.where(scored["fit_grade"].isin(["A", "B"]), "call", "nurture").astype(object)
    steps[(steps == "call") & scored["caution"].notna()] = "explore"
    steps[(scored["fit_grade"] == "D") | ~(scored["margin_if_won"] > 0)] = "leave"
    steps[scored["fit_grade"] == "unrated"] = "check"
    added = scored.assign(next_step=steps, relation=None)
    names = written_names(prospect_source(settings, str(path), path.parent), added.columns)

    def cell(name, value):
        if pd.isna(value):
            return ""
        text = neutral_text(value) if DECIMALS[name] is None else f"{value:.{DECIMALS[name]}f}"
        return text.replace(".", listed.decimal) if DECIMALS[name] is not None else text

    with out.open("w", encoding=listed.encoding, newline="") as file:
        writer = csv.writer(file, delimiter=listed.delimiter, lineterminator="\n")
        writer.writerow([*listed.header, *names.values()])
        own = zip(*(column.to_pylist() for column in listed.original.columns), strict=True)
        ours = zip(*([cell(n, v) for v in added[n].tolist()] for n in added), strict=True)
        for kept, more in zip(own, ours, strict=True):
            writer.writerow([*(neutral_text(each or "") for each in kept), *more])
    return out.read_bytes(), added


LISTS = {
    "plain": ("\n".join(lines(900)) + "\n", "utf-8"),
    "no last end of line": ("\n".join(lines(30)), "utf-8"),
    "Windows": ("\r\n".join(lines(50)) + "\r\n\r\n", "utf-8"),
    "a mark and blank lines": ("\n\n".join(lines(50)) + "\n\n", "utf-8-sig"),
    "semicolons": ("\n".join(lines(60, delimiter=";")) + "\n", "utf-8"),
    "tabs": ("\n".join(lines(60, delimiter="\t")) + "\n", "utf-8"),
    "quotes": ("\n".join(lines(300, name='"Müller, ""M"" GmbH"')) + "\n", "utf-8"),
    "all quoted": (
        "\n".join(f'"{line.replace(",", chr(34) + "," + chr(34))}"' for line in lines(40)) + "\n",
        "utf-8",
    ),
    "a quote within a cell": ("\n".join(lines(20, name='14" pipes')) + "\n", "utf-8"),
    "an end of line in a cell": ("\n".join(lines(20, name='"Müller\nGmbH"')) + "\n", "utf-8"),
    "formulas": ("\n".join(lines(40, name="=1+1")) + "\n", "utf-8"),
    "cp1252": ("\n".join(lines(60)) + "\n", "cp1252"),
    "header only": ("\n".join(lines(0)) + "\n", "utf-8"),
}


@pytest.mark.parametrize("name", LISTS)
def test_byte_for_byte(name, asked, tmp_path):
    text, encoding = LISTS[name]
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    expected, scored = as_a_whole(path, asked, spec(), tmp_path / "whole.csv")

    found = streamed_list(path, tmp_path / "out.csv", asked, spec())

    assert (tmp_path / "out.csv").read_bytes() == expected
    assert found.rows == len(scored)
    assert found.grades == scored["fit_grade"].value_counts().to_dict()
    assert found.cautions == scored["caution"].notna().sum()
    assert found.steps == scored["next_step"].value_counts().to_dict()


@pytest.mark.parametrize("name", ["plain", "Windows", "semicolons"])
def test_small_blocks_change_nothing(name, asked, tmp_path, monkeypatch):
    text, encoding = LISTS[name]
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    streamed_list(path, tmp_path / "whole.csv", asked, spec())
    monkeypatch.setattr("icpfit.data.sources.plain_csv._BLOCK", 700)
    told = []
    streamed_list(path, tmp_path / "out.csv", asked, spec(), progress=told.append)
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()
    assert len(told) > 3
    assert "rows, " in told[-1]


def test_decimal_comma(asked, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("\n".join(lines(40, delimiter=";")).replace("240.5", "1.240,5"))
    asked_for = spec(format={"decimal": ",", "thousands": "."})
    expected, _ = as_a_whole(path, asked, asked_for, tmp_path / "whole.csv")
    streamed_list(path, tmp_path / "out.csv", asked, asked_for)
    assert (tmp_path / "out.csv").read_bytes() == expected


@pytest.mark.parametrize("name", LISTS)
def test_what_arrow_reads_is_what_the_strict_reader_reads(name, tmp_path):
    text, encoding = LISTS[name]
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    fmt = spec().prospects.format
    whole = text_table(path, fmt, "list", ["id"])
    pieces = [piece for piece, _ in list_pieces(path, fmt, "list", ["id"])]
    rows = [
        tuple(cell or "" for cell in row.values()) for p in pieces for row in p.columns.to_pylist()
    ]
    assert rows == [tuple(cell or "" for cell in row.values()) for row in whole.columns.to_pylist()]
    assert {(p.header, p.delimiter, p.encoding) for p in pieces} == {
        (whole.header, whole.delimiter, whole.encoding)
    }
    plain = name not in ("a quote within a cell", "an end of line in a cell", "cp1252")
    assert (plain_header(path, fmt, "list", ["id"]) is not None) == plain


CELLS = st.sampled_from(["a", "", '"a"', '""', '"a,b"', '"a""b"', '""""', 'a"', '"a', '"a"b', "\r"])


@given(st.lists(st.lists(CELLS, min_size=1, max_size=3).map(",".join), max_size=6))
@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_arrow_is_asked_only_where_it_reads_as_the_strict_reader_does(tmp_path, rows):
    path = tmp_path / "list.csv"
    path.write_bytes("\n".join(["id,b", *rows, ""]).encode())
    fmt = spec().prospects.format
    if plain_header(path, fmt, "list", ["id"]) is None:
        return
    whole = text_table(path, fmt, "list", ["id"])
    assert whole.ragged == ()
    found = [
        row for p, _ in list_pieces(path, fmt, "list", ["id"]) for row in p.columns.to_pylist()
    ]
    expected = whole.columns.to_pylist()
    assert [{k: v or "" for k, v in row.items()} for row in found] == expected


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id,employees\n1,2\n1,2,3\n", r"line 3: other than 2 cells"),
        (b"name,employees\na,2\n", "has no column 'id'"),
        (b'id,employees\n1,"2\n', "never closed"),
        (b"id,employees\n1,a\0\n", "NUL"),
        (b"", "is empty"),
    ],
)
def test_what_is_refused_leaves_what_was_there(asked, tmp_path, content, said):
    path, out = tmp_path / "list.csv", tmp_path / "out.csv"
    path.write_bytes(content)
    out.write_text("before")
    with pytest.raises(SourceError, match=said):
        streamed_list(path, out, asked, spec())
    assert out.read_text() == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["list.csv", "out.csv"]


@pytest.mark.parametrize("sort", [None, "call_order"])
def test_parquet_in_any_pieces_says_what_a_csv_says(asked, tmp_path, monkeypatch, sort):
    path = tmp_path / "list.csv"
    path.write_text("\n".join(lines(300, name="Firm")))
    listed = text_table(path, spec().prospects.format, "list").columns
    employees = [v if v.replace(".", "").isdigit() else "" for v in listed["employees"].to_pylist()]
    numbers = [float(v) if v else None for v in employees]
    place = listed.column_names.index("employees")
    as_text = listed.set_column(place, "employees", pa.array(employees))
    csv_file, typed = tmp_path / "plain.csv", tmp_path / "typed.parquet"
    with csv_file.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(as_text.column_names)
        writer.writerows(zip(*(c.to_pylist() for c in as_text.columns), strict=True))
    pq.write_table(listed.set_column(place, "employees", pa.array(numbers)), typed)
    plan = CallPlan(capacity=7, explore=0.3, sort=sort)
    streamed_list(csv_file, tmp_path / "a.csv", asked, spec(), plan=plan)
    monkeypatch.setattr("icpfit.data.prospect_source._ROWS", 7)
    streamed_list(typed, tmp_path / "b.parquet", asked, spec(), plan=plan)
    streamed_list(typed, tmp_path / "c.csv", asked, spec(), plan=plan)
    told = added_columns(plan, has_before=False)
    expected = pd.read_csv(tmp_path / "a.csv", dtype=str, keep_default_na=False)[["id", *told]]
    as_csv = pd.read_csv(tmp_path / "c.csv", dtype=str, keep_default_na=False)[["id", *told]]
    pd.testing.assert_frame_equal(as_csv, expected)
    as_parquet = pq.read_table(tmp_path / "b.parquet")
    assert as_parquet["id"].to_pylist() == expected["id"].tolist()
    assert as_parquet["employees"].type == pa.float64()
    for name in told:
        cells = as_parquet[name].to_pylist()
        if DECIMALS[name] is not None:
            cells = [None if cell is None else f"{cell:.{DECIMALS[name]}f}" for cell in cells]
        assert [cell or "" for cell in cells] == expected[name].tolist(), name
    if sort:
        assert expected["call_order"].tolist()[:7] == [str(k) for k in range(1, 8)]


def test_a_list_that_changes_while_it_is_read_is_not_handed_back(asked, tmp_path, monkeypatch):
    path, out = tmp_path / "list.csv", tmp_path / "out.csv"
    path.write_text("\n".join(lines(20)))
    made = scored_files.scored_pieces

    def changed(*given):
        path.write_text(path.read_text().replace("00007", "00107"))
        return made(*given)

    monkeypatch.setattr(scored_files, "scored_pieces", changed)
    with pytest.raises(SourceError, match="was changed while it was read"):
        streamed_list(path, out, asked, spec())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["list.csv"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"id,employees\n1,2,3\n", "was changed while it was read; score it again"),
        (b"id,employees\n1,\xff\n", "was changed while it was read; score it again"),
        (b"", "was changed while it was read; score it again"),
        (None, "can't be read, no such file or directory"),
    ],
)
def test_a_list_of_another_shape_than_it_had_is_one_line(asked, tmp_path, content, said):
    path = tmp_path / "list.csv"
    path.write_text("id,employees\n1,2\n")
    source = prospect_source(spec(), str(path), tmp_path)
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(SourceError, match=said) as caught:
        list(source.pieces())
    assert str(caught.value).startswith(f"{path}: ")


def test_a_list_is_read_once_before_it_is_scored(tmp_path, monkeypatch):
    path = tmp_path / "list.csv"
    path.write_text("\n".join(lines(50)))
    looked, made = [], plain_csv._quoted

    def counted(*given):
        looked.append(given[0])
        return made(*given)

    monkeypatch.setattr(plain_csv, "_quoted", counted)
    monkeypatch.setattr("icpfit.data.sources.encoding._probe", None)  # it reads all of a file, too
    source = prospect_source(spec(), str(path), tmp_path)
    assert looked == [path]
    assert sum(piece.rows for piece in source.pieces()) == 50


def test_a_long_text_from_a_select_makes_short_pieces(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "crm.csv").write_text(
        "id,note\n" + "".join(f"{k},{'x' * 100}\n" for k in range(40))
    )
    select = {"select": "SELECT * FROM crm", "tables": {"crm": "crm.csv"}}
    asked = spec(lists={"all": select})
    whole = list(prospect_source(asked, "all", tmp_path).pieces())
    monkeypatch.setattr("icpfit.data.prospect_source._BYTES", 1_000)
    cut = list(prospect_source(asked, "all", tmp_path).pieces())
    assert len(whole) == 1
    assert {piece.rows for piece in cut} <= set(range(1, 10))
    assert pa.concat_tables([p.own for p in cut]).equals(whole[0].own)


def test_ctrl_c_leaves_what_was_there(asked, tmp_path, monkeypatch):
    path, out = tmp_path / "list.csv", tmp_path / "out.csv"
    path.write_text("\n".join(lines(10)))
    out.write_text("before")

    def interrupted(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("icpfit.delivery.lists.list_file.csv_rows", interrupted)
    with pytest.raises(KeyboardInterrupt):
        streamed_list(path, out, asked, spec())
    assert out.read_text() == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["list.csv", "out.csv"]


def test_without_settings_for_prospects(asked, tmp_path):
    with pytest.raises(SettingsError, match=r"data\.prospects: is missing"):
        streamed_list(tmp_path / "a.csv", tmp_path / "out.csv", asked, data_spec(BARE))
