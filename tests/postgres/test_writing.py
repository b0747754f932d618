"""A scored list as a table: the old one or the whole new one, and never over a stranger's."""

import datetime as dt
import threading
from decimal import Decimal

import pyarrow as pa
import pytest

from icpfit.data.database.written_table import require_table, write_table
from icpfit.data.prospect_spec import ProspectSpec
from icpfit.data.sources.source_spec import ProspectFiles
from icpfit.delivery.lists.database_table import results_url
from icpfit.errors import OutputError, SettingsError


def rows(*ids, **more):
    made = {
        "Lead ID": pa.array(ids, pa.string()),
        "fit_grade": pa.array(["A", None, "D"][: len(ids)], pa.string()),
        "margin_if_won": pa.array([1.5, None, -3e9][: len(ids)], pa.float64()),
    }
    return pa.table(made | more)


def kept(run, table="scores"):
    return run(f"SELECT * FROM {table} ORDER BY 1")


def test_every_value_comes_back(database):
    columns = {
        'said "x", \\.\n': pa.array(["", 'a,"b"\r\n\\N\'', None]),
        "day": pa.array([dt.date(2024, 1, 31), None, dt.date(1, 1, 1)]),
        "at": pa.array([dt.datetime(2024, 1, 31, 23, 59, 1, 5, tzinfo=dt.UTC), None, None]),
        "price": pa.array([Decimal("1.10"), None, Decimal("-9999999999.99")]),
        "flag": pa.array([True, False, None]),
        "n": pa.array([2**62, None, 0]),
        "kind": pa.array(["x", None, "y"]).dictionary_encode(),
    }
    list_ = rows("1", "2", "3", **columns)
    assert (
        write_table(database.url, "scores", [list_.slice(0, 2), list_.slice(2)], "icpfit-acme") == 3
    )
    found = kept(database)
    assert [list(row) for row in found] == [list(row.values()) for row in list_.to_pylist()]
    assert database("SELECT obj_description('scores'::regclass)") == [
        ("made by icpfit; icpfit-acme",)
    ]


def test_a_list_without_rows_is_a_table_without_rows(database):
    assert write_table(database.url, "scores", [rows()]) == 0
    assert kept(database) == []


def test_it_is_written_over_with_its_rights_kept(database):
    write_table(database.url, "scores", [rows("1", "2")])
    database(
        "CREATE ROLE sales", "GRANT SELECT ON scores TO sales", "CREATE VIEW mine AS TABLE scores"
    )
    write_table(database.url, "scores", [rows("3")])
    assert [row[0] for row in kept(database, "mine")] == ["3"]
    assert database("SELECT has_table_privilege('sales', 'scores', 'SELECT')") == [(True,)]
    with pytest.raises(OutputError, match=r"can't be written .*nothing was changed"):
        write_table(database.url, "scores", [rows("4", more=pa.array(["other columns"]))])
    database("DROP VIEW mine", "DROP OWNED BY sales", "DROP ROLE sales")
    write_table(database.url, "scores", [rows("4", more=pa.array(["other columns"]))])
    assert kept(database) == [("4", "A", 1.5, "other columns")]


def test_a_strangers_table_is_left_alone(database):
    database(
        "CREATE TABLE scores (a int)", "INSERT INTO scores VALUES (1)", "CREATE VIEW v AS SELECT 1"
    )
    for table in ("scores", "v"):
        for write in (lambda t: require_table(database.url, t), lambda t: write_table(database.url, t, [rows("1")])):  # fmt: skip
            with pytest.raises(OutputError, match=f"there is a '{table}' that icpfit didn't make"):
                write(table)
    assert kept(database) == [(1,)]
    database("COMMENT ON TABLE scores IS 'made by icpfit'")  # as the message says
    write_table(database.url, "scores", [rows("1")])
    assert kept(database) == [("1", "A", 1.5)]


def test_the_old_table_stays_until_the_whole_new_one_is_there(database):
    write_table(database.url, "scores", [rows("1")])
    write_table(database.url, '"Q3 Scores"', [rows("1")])

    def breaks_off():
        yield rows("2")
        assert [row[0] for row in kept(database)] == ["1"], "a reader sees the old rows meanwhile"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_table(database.url, "scores", breaks_off())
    assert [row[0] for row in kept(database)] == ["1"]
    bad = rows("3").set_column(0, "Lead ID", pa.array(["a\x00b"]))
    with pytest.raises(OutputError, match=r"'scores' can't be written \(invalid byte sequence"):
        write_table(database.url, "scores", [rows("2"), bad])
    assert [row[0] for row in kept(database)] == ["1"]
    long = pa.table({"x" * 64: ["1"]})
    with pytest.raises(OutputError, match="a name that no table can have"):
        write_table(database.url, "scores", [long])
    assert [row[0] for row in kept(database)] == ["1"]


def test_two_that_write_at_once_follow_each_other(database):
    first, second = threading.Event(), []

    def slow():
        yield rows("1")
        other.start()
        first.wait(1.0)  # the other one must wait here, not write
        assert second == []
        yield rows("2")

    other = threading.Thread(
        target=lambda: (
            write_table(database.url, "scores", [rows("9")]),
            second.append(1),
            first.set(),
        )
    )
    write_table(database.url, "scores", slow())
    other.join(20)
    assert second == [1]
    assert [row[0] for row in kept(database)] == ["9"]


def test_a_slip_shows_before_the_work(database, server):
    require_table(database.url, "scores")
    assert database("SELECT to_regclass('scores')") == [(None,)], "the trial leaves nothing"
    database("CREATE ROLE writer LOGIN PASSWORD 'pw-of-writer'", "CREATE SCHEMA closed")
    writer = database.url.replace(f"postgres:{server.password}", "writer:pw-of-writer")
    with pytest.raises(OutputError, match="have CREATE on its schema granted to 'writer'"):
        require_table(writer, "closed.scores")
    with pytest.raises(OutputError, match='schema "no" does not exist'):
        require_table(database.url, "no.scores")
    with pytest.raises(SettingsError, match="out_table: expected a name such as"):
        require_table(database.url, "scores; DROP TABLE x")
    with pytest.raises(OutputError, match="written to PostgreSQL only, not to sqlite"):
        require_table("sqlite:///x.db", "scores")


def test_it_is_written_where_the_list_came_from_or_where_it_is_said():
    lists = {"file": ProspectFiles(files="a.csv"), "leads": ProspectFiles(url="postgresql://x", query="SELECT 1")}  # fmt: skip
    assert results_url(ProspectSpec("id", lists=lists), "leads") == "postgresql://x"
    with pytest.raises(
        SettingsError, match=r"name the one to write to under data\.prospects\.results_url"
    ):
        results_url(ProspectSpec("id", lists=lists), "file")
    said = ProspectSpec("id", lists=lists, results_url="postgresql://y")
    assert results_url(said, "leads") == results_url(said, "any.csv") == "postgresql://y"
