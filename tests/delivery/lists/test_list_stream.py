"""A list scored piece by piece is, byte for byte, the list scored as a whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from icpfit.data.prospect_list import read_prospects
from icpfit.data.sources.plain_csv import list_pieces, plain_header
from icpfit.data.sources.reader import text_table
from icpfit.data.table_spec import data_spec
from icpfit.delivery.lists import list_stream
from icpfit.delivery.lists.list_file import write_list
from icpfit.delivery.lists.list_stream import streamed_list
from icpfit.delivery.lists.scored_batch import scorer
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


def as_a_whole(path, asked, settings, out):
    listed = read_prospects(settings, str(path), path.parent)
    scored = scored_frame(asked.model, listed, model_label="v1")
    write_list(out, listed, scored, listed.decimal)
    return out.read_bytes(), scored


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
    assert {(p.header, p.delimiter, p.encoding, p.digest) for p in pieces} == {
        (whole.header, whole.delimiter, whole.encoding, whole.digest)
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
        streamed_list(path, out, asked, spec(), shown="list.csv")
    assert out.read_text() == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["list.csv", "out.csv"]


def test_ctrl_c_leaves_what_was_there(asked, tmp_path, monkeypatch):
    path, out = tmp_path / "list.csv", tmp_path / "out.csv"
    path.write_text("\n".join(lines(10)))
    out.write_text("before")

    def interrupted(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(list_stream, "csv_rows", interrupted)
    with pytest.raises(KeyboardInterrupt):
        streamed_list(path, out, asked, spec())
    assert out.read_text() == "before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["list.csv", "out.csv"]


def test_without_settings_for_prospects(asked, tmp_path):
    with pytest.raises(SettingsError, match=r"data\.prospects: is missing"):
        streamed_list(tmp_path / "a.csv", tmp_path / "out.csv", asked, data_spec(BARE))
