"""A list to score: untouched, and read as far as it can be."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from icpfit.data.prospect_list import read_prospects
from icpfit.data.table_spec import data_spec
from icpfit.errors import SettingsError, SourceError

ATTRIBUTES = {
    "industry": {"kind": "category", "known": "before_sale", "column": "Industry"},
    "employees": {"kind": "number", "known": "before_sale", "column": "Employees"},
    "partner": {"kind": "flag", "known": "before_sale"},
    "founded": {"kind": "date", "known": "before_sale"},
    "plan": {"kind": "category", "known": "at_signing"},
}
PROSPECTS = {
    "id": "Company ID",
    "name": "Company",
    "columns": {"employees": "Headcount"},
    "opened_on": "Opened",
    "lists": {
        "young": {"files": "young.csv"},
        "chosen": {"select": 'SELECT id AS "Company ID", n::INT AS "Headcount" FROM v ORDER BY id DESC', "tables": {"v": "v.csv"}},
        "many": {"files": "*.csv"},
    },
}  # fmt: skip


def spec(prospects=None):
    values = {
        "folder": "data",
        "as_of": "2026-06-30",
        "horizon": "12mo",
        "lag": "60d",
        "currency": "EUR",
        "attributes": ATTRIBUTES,
        "sources": {"crm": {"table": "accounts", "files": "crm.csv"}},
        "prospects": PROSPECTS if prospects is None else prospects,
    }
    return data_spec(values)


LIST = (
    "Company;Industry;Headcount;partner;Company ID;Opened;Any other\n"
    ' "Acme; Inc" ;NA;12;yes; 007 ;2026-01-31;=1+1\n'
    "Émile;;many;perhaps;;soon; kept as it is \n"
).replace(' "Acme; Inc" ', '"Acme; Inc"')


def test_facts_are_read_and_the_list_is_untouched(tmp_path):
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    found = read_prospects(spec(), str(tmp_path / "list.csv"), tmp_path)
    assert found.ids == ["007", None]
    assert found.names == ["Acme; Inc", "Émile"]
    assert found.original["Company ID"].to_pylist() == [" 007 ", ""]
    assert found.original["Any other"].to_pylist() == ["=1+1", " kept as it is "]
    assert found.original.column_names == list(found.header)
    assert list(found.facts.columns) == list(ATTRIBUTES)
    assert found.facts["industry"].tolist() == ["NA", None]
    assert found.facts["employees"].tolist()[0] == 12.0
    assert math.isnan(found.facts["employees"][1])
    assert found.facts["partner"][0] == 1.0
    assert found.facts["industry"].dtype == object
    assert found.facts["founded"].dtype == "datetime64[s]"
    assert found.facts["founded"].isna().all()
    assert found.absent == ["founded", "plan"]
    assert found.unreadable == {
        1: ["employees 'many' is not a number", "partner 'perhaps' is not true or false", "opened_on 'soon' is not a date"]
    }  # fmt: skip
    assert found.opened_on.tolist() == [pd.Timestamp("2026-01-31"), pd.NaT]
    assert (found.kind, found.delimiter, found.encoding) == ("csv", ";", "utf-8")


def test_only_the_id_is_needed(tmp_path):
    (tmp_path / "list.csv").write_text("Company ID\n1\n", encoding="utf-8")
    found = read_prospects(spec(), "list.csv", tmp_path)
    assert found.absent == list(ATTRIBUTES)
    assert found.facts.shape == (1, 5)
    assert found.facts.isna().all().all()
    assert found.opened_on is None
    assert found.names == [None]


def test_a_header_alone_is_an_empty_list(tmp_path):
    (tmp_path / "list.csv").write_text("Company ID,Industry\n", encoding="utf-8")
    found = read_prospects(spec(), "list.csv", tmp_path)
    assert found.ids == []
    assert found.facts.shape == (0, 5)
    assert found.facts["employees"].dtype == "float64"


def test_parquet_stays_typed(tmp_path):
    table = pa.table(
        {
            "Company ID": pa.array([20_000_000_000_000_001, 7], pa.int64()),
            "Headcount": pa.array([1.5, None]),
            "founded": pa.array([dt.date(2001, 2, 3), None]),
            "tags": pa.array([["a"], []]),
        }
    )
    pq.write_table(table, tmp_path / "list.parquet")
    found = read_prospects(spec(), "list.parquet", tmp_path)
    assert found.original.equals(table)
    assert found.ids == ["20000000000000001", "7"]
    assert found.facts["employees"][0] == 1.5
    assert found.facts["founded"][0] == pd.Timestamp("2001-02-03")
    assert found.kind == "parquet"


def test_named_lists(tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    (data / "young.csv").write_text("Company ID\n1\n", encoding="utf-8")
    (data / "v.csv").write_text("id,n\na,1\nb,2\n", encoding="utf-8")
    assert read_prospects(spec(), "young", tmp_path).ids == ["1"]
    chosen = read_prospects(spec(), "chosen", tmp_path)
    assert chosen.ids == ["b", "a"]
    assert chosen.facts["employees"].tolist() == [2.0, 1.0]
    assert set(chosen.digests) == {"data/v.csv"}
    with pytest.raises(SourceError, match="stands for 2 files; a list is one file"):
        read_prospects(spec(), "many", tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("list.csv", None, "prospects 'list.csv': there is no such file or named list"),
        ("yuong", None, "did you mean 'young'?"),
        ("x" * 5000, None, "there is no such file or named list"),
        (".", None, "prospects '.' is a folder"),
        ("list.csv", "Company Id,Industry\n1,2\n", "list.csv: has no column 'Company ID' (data.prospects.id); did you mean 'Company Id'?"),
        ("list.csv", "Company ID,a\n1,2\n3\n4,5,6\n", "list.csv, line 3, 4: other than 2 cells"),
        ("list.csv", "", "list.csv: is empty"),
    ],
)  # fmt: skip
def test_refused_in_one_line(tmp_path, name, content, said):
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(SourceError) as caught:
        read_prospects(spec(), name, tmp_path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_settings_for_prospects(tmp_path):
    values = spec()
    from dataclasses import replace

    with pytest.raises(SettingsError, match=r"data\.prospects: is missing"):
        read_prospects(replace(values, prospects=None), "list.csv", tmp_path)


def test_a_column_that_is_written_otherwise_is_said_once_with_the_key(tmp_path):
    from icpfit.data.prospect_list import read_prospects
    from icpfit.data.table_spec import data_spec

    spec = data_spec(
        {
            "folder": ".",
            "as_of": "2026-06-30",
            "horizon": "12mo",
            "lag": "60d",
            "currency": "EUR",
            "attributes": {"size": {"kind": "number", "known": "before_sale"}},
            "sources": {"crm": {"table": "accounts", "files": "crm.csv"}},
            "prospects": {"id": "id"},
        }
    )
    (tmp_path / "list.csv").write_text("id;size\na;12,00\nb;7,50\nc;3\n", encoding="utf-8")
    notes = read_prospects(spec, str(tmp_path / "list.csv"), tmp_path).notes
    assert [note for note in notes if "data.prospects.format" in note] == [
        (
            "column 'size': 2 of 3 cells can't be read as a number; how they are written is set by "
            "data.prospects.format (decimal, thousands, dates)"
        )
    ]
