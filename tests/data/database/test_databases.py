"""Databases without a server: SQLite, by the path of all dialects but PostgreSQL's; see tests/postgres."""

import datetime as dt
import random
import sqlite3
import uuid
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from icpfit.data.database.cells import mixed_text
from icpfit.data.fact_columns import fact_columns
from icpfit.data.prospect_source import ListPiece, prospect_source
from icpfit.data.prospect_spec import ProspectSpec
from icpfit.data.sources.content_order import content_digest, placed
from icpfit.data.sources.repeats import row_marks
from icpfit.data.sources.source_spec import ProspectFiles, Source
from icpfit.data.table_spec import data_spec
from icpfit.data.tables import read_tables
from icpfit.errors import IcpfitError, SettingsError, SourceError
from icpfit.redaction import without_passwords, without_secret

URL = "postgresql://eve:secret@127.0.0.1:1/x"


def spec(**crm):
    return data_spec(
        {
            "folder": "nowhere", "as_of": "2026-06-30", "horizon": "12mo", "lag": "60d",
            "currency": "EUR",
            "attributes": {"staff": {"kind": "number", "known": "before_sale"}},
            "sources": {"crm": {"table": "accounts", **crm}},
        }
    )  # fmt: skip


@pytest.fixture
def sqlite(tmp_path):
    """An SQLite file whose cells have each their own type, as that database allows."""
    path = tmp_path / "crm.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE accounts (account_id, started_on, staff)")
        rows = [("007", "2024-01-01", 12.5), (8, "2024-01-02", None), ("x", "2024-01-03", "1e3"), ("y", "someday", 1)]  # fmt: skip
        connection.executemany("INSERT INTO accounts VALUES (?, ?, ?)", rows)
    connection.close()
    return f"sqlite:///{path}"


def test_any_dialect_gives_the_same_cells_in_any_order(sqlite, tmp_path):
    found = [
        read_tables(spec(url=sqlite, query=f"SELECT * FROM accounts ORDER BY {order}"), tmp_path)
        for order in ("account_id", "started_on DESC")
    ]
    rows = {row["account_id"]: row["attr:staff"] for row in found[0].typed["accounts"].to_pylist()}
    assert rows == {"007": 12.5, "8": None, "x": 1000.0}
    [rejected] = found[0].rejected.to_pylist()
    assert (rejected["column"], rejected["value"]) == ("started_on", "someday")
    assert found[0].typed["accounts"].equals(found[1].typed["accounts"])
    assert found[0].rejected.equals(found[1].rejected)
    assert found[0].digests == found[1].digests
    assert "sqlite gives no snapshot of several tables" in found[0].reads[0].notes[0]


def test_a_list_of_several_pieces_has_the_same_facts(sqlite, tmp_path, monkeypatch):
    """Each cell's own type goes with its row, in whichever piece."""
    read = spec(url=sqlite, database_table="accounts")
    listed = {"all": ProspectFiles(url=sqlite, query="SELECT * FROM accounts")}
    read = replace(read, prospects=ProspectSpec(id="account_id", lists=listed))
    for most in (100, 3, 1):
        monkeypatch.setattr("icpfit.data.prospect_source._ROWS", most)
        pieces = [*prospect_source(read, "all", tmp_path).pieces()]
        assert len(pieces) == -(-4 // most)
        facts = [
            dict(
                zip(
                    piece.text.columns["account_id"].to_pylist(),
                    fact_columns(piece.text, read).batch["staff"].to_pylist(),
                    strict=True,
                )
            )
            for piece in (*pieces, ListPiece.joined(pieces).take(pa.array([2, 0])))
        ]
        assert {k: v for each in facts for k, v in each.items()} == {
            "007": 12.5, "8": None, "x": 1000.0, "y": 1.0,
        }  # fmt: skip
        assert len(facts[-1]) == 2


def test_a_table_without_rows_is_no_mistake_of_its_own(sqlite, tmp_path):
    found = read_tables(spec(url=sqlite, query="SELECT * FROM accounts WHERE 1 = 0"), tmp_path)
    assert (found.reads[0].read, found.typed["accounts"].num_rows) == (0, 0)


def test_tables_of_one_name_in_two_databases_have_each_a_digest(sqlite, tmp_path):
    path = tmp_path / "other.db"
    path.write_bytes((tmp_path / "crm.db").read_bytes())
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM accounts WHERE account_id = 'x'")
    connection.close()
    both = {
        name: Source("accounts", url=url, database_table="accounts")
        for name, url in {"one": sqlite, "two": f"sqlite:///{path}"}.items()
    }
    asked = replace(spec(url=sqlite, database_table="accounts"), sources=both)
    digests = read_tables(asked, tmp_path).digests
    assert sorted(digests) == ["accounts (database)", "accounts (database), two"]
    assert len(set(digests.values())) == 2


def test_values_of_a_driver_are_written_exactly():
    """By hand: what a driver hands over, and the cell that it becomes."""
    known = {
        "007": "007", "": "", None: None, True: "true", False: "false", 2**70: str(2**70),
        Decimal("1E+3"): "1000", Decimal("0.10"): "0.10", Decimal("NaN"): None, 1e15: "1000000000000000",
        1e300: "1e+300", 0.1: "0.1", float("nan"): None, float("-inf"): "-inf",
        dt.date(2024, 1, 31): "2024-01-31", dt.datetime(2024, 1, 31, 5): "2024-01-31 05:00:00",  # noqa: DTZ001
        dt.datetime(2024, 1, 31, 1, tzinfo=dt.timezone(dt.timedelta(hours=2))): "2024-01-30 23:00:00+00:00",
        uuid.UUID(int=7): "00000000-0000-0000-0000-000000000007",
    }  # fmt: skip
    text = mixed_text(["a"], [list(known)])
    assert text.columns["a"].to_pylist() == list(known.values())
    assert text.holes == {"a": 2}
    own = [
        cell for cell, is_own in zip(known, text.typed["a"].to_pylist(), strict=True) if not is_own
    ]
    assert own == ["007", "", None, uuid.UUID(int=7)]
    refused = mixed_text(["a", "b", "c"], [[None, b"x"], [["x"], None], ["x", "y"]])
    assert refused.unreadable == {"a": "bytes", "b": "list"}
    assert refused.columns.column_names == ["c"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "found none"),
        ({"url": URL, "files": "a.csv", "query": "SELECT 1"}, "found files and url"),
        ({"url": URL}, r"give query \(a SELECT\) or database_table with url; found neither"),
        (
            {"url": URL, "query": "SELECT 1", "database_table": "a"},
            "found query and database_table",
        ),
        ({"files": "a.csv", "query": "SELECT 1"}, "query: has no use without url"),
        (
            {"url": URL, "query": "/* all */ UPDATE x SET a = 1"},
            "expected a single SELECT, found UPDATE",
        ),
        ({"url": URL, "query": " "}, "found nothing"),
        ({"url": URL, "database_table": "a, b"}, "expected a name such as crm.accounts"),
        ({"url": URL, "database_table": "a", "timeout": 0}, "expected 1 second or more"),
    ],
)
def test_a_slip_in_the_settings_is_named(given, said):
    for kind in (lambda: Source("accounts", **given), lambda: ProspectFiles(**given)):
        with pytest.raises(ValueError, match=said) as caught:
            kind()
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["accounts", "crm.accounts", '"Sales 2026"."a.b"', "`my-project`.crm.x"]
)
def test_names_of_tables_stand_as_sql_has_them(name):
    assert Source("accounts", url=URL, database_table=name).database_table == name


def test_the_settings_show_no_url():
    assert "secret" not in repr(spec(url=URL, database_table="a"))


def test_what_is_missing_is_said(tmp_path, monkeypatch):
    with pytest.raises(SourceError, match="pip install snowflake-sqlalchemy"):
        read_tables(spec(url="snowflake://a:secret@b/c", database_table="t"), tmp_path)
    with pytest.raises(SourceError, match="there is no file"):
        read_tables(spec(url=f"sqlite:///{tmp_path / 'no.db'}", database_table="t"), tmp_path)
    assert not (tmp_path / "no.db").exists()
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(SourceError, match=r"pip install 'icpfit\[postgres\]'"):
        read_tables(spec(url=URL, database_table="t"), tmp_path)


def test_what_the_database_refuses_is_one_line(sqlite, tmp_path):
    with pytest.raises(
        SettingsError, match=r"^data\.sources\.crm\.database_table: .*no such table: t"
    ):
        read_tables(spec(url=sqlite, database_table="t"), tmp_path)
    with pytest.raises(SettingsError, match="the result has 'a' twice"):
        read_tables(spec(url=sqlite, query="SELECT 1 AS a, 2 AS a"), tmp_path)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["1", None, ""])), max_size=20), st.randoms())  # fmt: skip
@hypothesis_settings(max_examples=30, deadline=None)
def test_the_digest_is_of_the_rows_and_not_of_their_order(rows, drawn):
    def digest(listed):
        columns = [list(column) for column in zip(*listed, strict=True)] or [[], []]
        marks = row_marks(pa.table({"x": pa.array(columns[0], pa.string()), "y": pa.array(columns[1], pa.string())}))  # fmt: skip
        return content_digest(["x", "y"], marks)

    shuffled = random.Random(drawn.random()).sample(rows, len(rows))
    assert digest(shuffled) == digest(rows)
    assert digest([*rows, ("a", "1")]) != digest(rows)
    if rows:
        other = [(rows[0][0], {"1": None, None: "", "": "1"}[rows[0][1]]), *rows[1:]]
        assert (digest(other) == digest(rows)) == (
            sorted(map(str, other)) == sorted(map(str, rows))
        )


def test_a_place_is_kept_through_a_selection():
    rows = pa.table({"id": ["a", "c", "a"], "_line": [1, 3, 1]})
    ordered, order = placed(rows, "_line", np.array([3, 9, 1]))
    assert ordered.to_pydict() == {"id": ["c", "a", "a"], "_line": [1, 3, 3]}
    assert order.tolist() == [1, 0, 2]


PASSWORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=6, max_size=20
)


@given(PASSWORDS)
@hypothesis_settings(max_examples=50, deadline=None)
def test_no_password_is_left_in_a_text(password):
    from urllib.parse import quote

    secret = f"Zz{password}zZ"
    for form in (secret, quote(secret, safe="")):
        text = f"found 'postgresql://eve:{form}@db:5432/x' in the settings"
        assert form not in without_passwords(text)
        assert form not in str(IcpfitError(text))
    said = f"no such thing as {secret} or {quote(secret)}"
    assert without_secret(said, secret).count("***") == 2


def test_what_is_no_secret_stays():
    for text in (
        "url: ${oc.env:ACME}", "see https://example.com/a?b=c", "eve@example.com: 3 rows",
        "postgresql://eve@db/x", "http://127.0.0.1:4040 is up",
    ):  # fmt: skip
        assert without_passwords(text) == text
