"""Rows of PostgreSQL as sources: exact, in no order of their own, of one moment, and never written."""

import datetime as dt
import socket
import threading

import pyarrow as pa
import pytest

from icpfit.data.database.rows import DatabaseRows, database_rows
from icpfit.data.database.session import Databases
from icpfit.data.prospect_list import read_prospects
from icpfit.data.table_spec import data_spec
from icpfit.data.tables import read_tables
from icpfit.errors import IcpfitError, SettingsError, SourceError

CRM = {"table": "accounts", "database_table": "crm.accounts"}
SALES = {"table": "revenue", "database_table": "crm.invoices"}


def spec(attributes=None, prospects=None, **sources):
    return data_spec(
        {
            "folder": "nowhere",
            "as_of": "2026-06-30",
            "horizon": "12mo",
            "lag": "60d",
            "currency": "EUR",
            "attributes": {
                n: {"kind": k, "known": "before_sale"} for n, k in (attributes or {}).items()
            },
            "sources": sources,
            "prospects": prospects,
        }
    )


def small(run):
    """Three customers and four invoices, one of them without its day."""
    run(
        "CREATE SCHEMA crm",
        "CREATE TABLE crm.accounts (account_id text, started_on date)",
        "INSERT INTO crm.accounts VALUES ('1', '2024-01-01'), ('2', '2024-02-01'), ('3', '2024-03-01')",
        "CREATE TABLE crm.invoices (account_id text, date date, amount numeric, line_id text)",
        """INSERT INTO crm.invoices VALUES ('1', '2024-01-05', 10.25, 'a'), ('2', NULL, 20, 'b'),
           ('3', '2024-05-01', -5, 'c'), ('3', '2024-06-01', 7, 'c')""",
    )


def test_every_type_is_read_exactly_or_refused(database, tmp_path):
    """By hand; the second row has what PostgreSQL can hold and no model can use."""
    database(
        "CREATE SCHEMA crm",
        "CREATE TYPE size AS ENUM ('small', 'big')",
        "CREATE DOMAIN price AS numeric(12, 2)",
        """CREATE TABLE crm.accounts (id text, started date, opened timestamptz, employees float8,
           score real, paid bool, key uuid, size size, price price, n numeric, big int8, host inet,
           code char(5), tags text[], doc jsonb, raw bytea, cash money, wait interval)""",
        """INSERT INTO crm.accounts VALUES
           ('007', '2024-01-01', '2024-01-01 01:30+03', 12.5, 0.1, true,
            '7c9e6679-7425-40de-944b-e07fc1f90ae7', 'small', 12.50, 1e20, 9007199254740993, '10.0.0.1',
            'ab', '{a,b}', '{"x": 1}', '\\x00', '1.50', '1 day')""",
        """INSERT INTO crm.accounts VALUES
           (' NA ', '2024-01-02', NULL, 'NaN', 'Infinity', false, NULL, 'big', NULL, 'NaN')""",
        "INSERT INTO crm.accounts VALUES ('009', 'infinity'), ('010', '0044-03-15 BC')",
    )  # fmt: skip
    attributes = {
        "employees": "number", "score": "number", "paid": "flag", "key": "category",
        "size": "category", "price": "number", "n": "number", "big": "category", "host": "category",
        "code": "category",
    }  # fmt: skip
    columns = {"account_id": "id", "started_on": "started", "opened_on": "opened"}
    found = read_tables(
        spec(attributes, crm={**CRM, "url": database.url, "columns": columns}), tmp_path
    )
    by_id = {row["account_id"]: row for row in found.typed["accounts"].to_pylist()}
    values = {k.removeprefix("attr:"): v for k, v in by_id["007"].items() if k[0] != "_"}
    assert values == {
        "account_id": "007", "started_on": dt.date(2024, 1, 1), "opened_on": dt.date(2023, 12, 31),
        "name": None, "domain": None, "parent_id": None, "churned_on": None, "contract_end": None,
        "acquisition_cost": None, "employees": 12.5, "score": 0.1, "paid": True,
        "key": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "size": "small", "price": 12.5, "n": 1e20,
        "big": "9007199254740993", "host": "10.0.0.1", "code": "ab",
    }  # fmt: skip
    strange = by_id["NA"]
    assert [strange[f"attr:{n}"] for n in ("employees", "score", "n")] == [None] * 3
    assert set(by_id) == {"007", "NA"}
    problems = {(r["column"], r["value"]): r["problem"] for r in found.rejected.to_pylist()}
    assert problems == {
        ("score", "inf"): "is not a finite number",
        ("started", "infinity"): "is not a date such as 2026-01-31",
        ("started", "0044-03-15 BC"): "is no day of the calendar",
    }
    assert "1 NaN in column 'employees' taken as missing" in " ".join(found.reads[0].notes)
    for refused in ("tags", "doc", "raw", "cash", "wait"):
        asked = {**CRM, "url": database.url, "columns": {**columns, "name": refused}}
        with pytest.raises(SourceError, match=rf"column '{refused}' holds .*, not single values"):
            read_tables(spec(crm=asked), tmp_path)


def test_the_order_of_the_rows_plays_no_part(database, tmp_path):
    small(database)
    database(
        "INSERT INTO crm.invoices SELECT (i % 3 + 1)::text, CASE WHEN i % 9 > 0 THEN date"
        " '2024-01-01' + i END, i / 4.0, 'line ' || i % 80 FROM generate_series(1, 90) i"
    )
    read = []
    for order in ("account_id, line_id, amount", "md5(line_id || amount)", "amount DESC"):
        database(
            f"CREATE TABLE other AS SELECT * FROM crm.invoices ORDER BY {order}",
            "DROP TABLE crm.invoices", "ALTER TABLE other SET SCHEMA crm",
            "ALTER TABLE crm.other RENAME TO invoices",
        )  # fmt: skip
        sources = {"crm": {**CRM, "url": database.url}, "sales": {**SALES, "url": database.url}}
        read.append(read_tables(spec(**sources), tmp_path))
    first = read[0]
    assert first.reads[1].set_aside == {"repeated line_id": 8}  # c, and 7 of the 10 pairs
    assert first.reads[1].rejected == 11
    for other in read[1:]:
        for table, rows in first.typed.items():
            assert rows.combine_chunks().equals(other.typed[table].combine_chunks())
        assert other.rejected.equals(first.rejected)
        assert other.digests == first.digests
        assert other.reads == first.reads
        for one, two in zip(first.rejected_rows, other.rejected_rows, strict=True):
            assert one.rows.combine_chunks().equals(two.rows.combine_chunks())
    database("UPDATE crm.invoices SET amount = amount + 0.01 WHERE line_id = 'line 7'")
    changed = read_tables(spec(**sources), tmp_path).digests
    assert {name for name in changed if changed[name] != first.digests[name]} == {
        "crm.invoices (database)"
    }


def test_all_tables_are_of_one_moment_and_of_one_connection(database, tmp_path):
    small(database)
    seen = []

    def told(text):
        if text == "reading crm.invoices (database)":
            # Between the two tables somebody loads, and commits.
            database(
                "INSERT INTO crm.accounts VALUES ('4', '2024-04-01')",
                "INSERT INTO crm.invoices VALUES ('4', '2024-04-02', 1, 'd')",
            )
            count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'icpfit'"
            seen.append(database(count)[0][0])

    sources = {"crm": {**CRM, "url": database.url}, "sales": {**SALES, "url": database.url}}
    before = read_tables(spec(**sources), tmp_path, told)
    assert seen == [1]
    assert [read.read for read in before.reads] == [3, 4]
    assert [read.read for read in read_tables(spec(**sources), tmp_path).reads] == [4, 5]
    assert database("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'icpfit'") == [
        (0,)
    ]


def test_rows_are_streamed(database):
    """A hundred million rows: the first of them are there at once, and no more is held."""
    asked = DatabaseRows(
        "SELECT i AS id, repeat('x', 200) AS note FROM"
        " (SELECT generate_series(1, 100000000) AS i) numbers",
        "query", "data.sources.crm", "crm", 60,
    )  # fmt: skip
    with Databases() as databases:
        pieces = database_rows(databases.at(database.url, "url"), asked)
        before = pa.total_allocated_bytes()
        one, two = next(pieces).columns, next(pieces).columns
        assert 20_000 < one.num_rows <= 65_536
        assert two["id"][0].as_py() == str(one.num_rows + 1)
        assert pa.total_allocated_bytes() - before < 100 << 20
        pieces.close()


def test_nothing_is_written(database, tmp_path):
    small(database)
    database(
        "CREATE FUNCTION crm.sneaky() RETURNS text LANGUAGE sql AS"
        " $$ INSERT INTO crm.accounts VALUES ('9', '2024-01-01') RETURNING account_id $$"
    )
    for query, said in {
        "SELECT crm.sneaky() AS account_id, now() AS started_on": "icpfit only reads",
        "WITH gone AS (DELETE FROM crm.accounts RETURNING *) SELECT * FROM gone": "refused it",
        "SELECT 1 AS account_id; DROP TABLE crm.accounts": "refused it",
    }.items():
        with pytest.raises(SettingsError, match=said):
            read_tables(
                spec(crm={"table": "accounts", "url": database.url, "query": query}), tmp_path
            )
    assert database("SELECT count(*) FROM crm.accounts") == [(3,)]


def test_a_table_without_rows_is_read(database, tmp_path):
    database("CREATE TABLE nobody (account_id text, started_on date)")
    asked = {"table": "accounts", "url": database.url, "database_table": "nobody"}
    found = read_tables(spec(crm=asked), tmp_path)
    assert (found.reads[0].read, found.typed["accounts"].num_rows) == (0, 0)


def test_a_query_is_taken_to_the_letter(database, tmp_path):
    """Signs that a driver or SQLAlchemy would take for places of parameters, comments, semicolons."""
    query = """-- who they are
        SELECT '100%s :id' || '%%' AS account_id, date '2024-01-01'::timestamp AS started_on ; """
    found = read_tables(
        spec(crm={"table": "accounts", "url": database.url, "query": query}), tmp_path
    )
    assert found.typed["accounts"]["account_id"].to_pylist() == ["100%s :id%%"]
    assert list(found.digests) == ["crm (database query)"]


def refused(url, tmp_path, **more):
    with pytest.raises(IcpfitError) as caught:
        read_tables(spec(crm={**CRM, "url": url, **more}), tmp_path)
    said = str(caught.value)
    assert "\n" not in said
    return said


def test_what_is_wrong_is_said_in_one_line(database, server, tmp_path):
    small(database)
    database("CREATE ROLE reader LOGIN PASSWORD 'pw-of-reader'", "CREATE TABLE twice (a int)")
    key, url = "data.sources.crm", database.url
    wrong = server.url(password="wrong-password")  # noqa: S106
    for bad, said in {
        wrong: f"{key}.url: 127.0.0.1:{server.port} refused user 'postgres'",
        server.url("nowhere"): 'database "nowhere" does not exist',
        "postgresql://eve:secret@127.0.0.1:1/x": f"{key}.url: 127.0.0.1:1 can't be reached (Connection refused)",
        "postgresql://eve:secret@nowhere.invalid/x": f"{key}.url: nowhere.invalid can't be reached",
        "snowflake://eve:secret@a/b": "pip install snowflake-sqlalchemy",
        "": f"{key}.url: is empty",
        "my secret": f"{key}.url: can't be read as the url of a database",
    }.items():  # fmt: skip
        found = refused(bad, tmp_path)
        assert said in found
        assert "secret" not in found
        assert "wrong-password" not in found
    for asked, said in {
        "crm.acounts": 'database_table: relation "crm.acounts" does not exist',
        "CRM2.accounts": 'relation "crm2.accounts" does not exist',
    }.items():
        assert said in refused(url, tmp_path, database_table=asked)
    for query, said in {
        "SELECT nam FROM crm.accounts": 'query: column "nam" does not exist',
        "SELECT 1 AS a, 2 AS a": "the result has 'a' twice; name one with AS",
        "SELECT FROM crm.accounts": "the result has no columns",
        "SELECT 1 FROM": "query: the database refused it: syntax error",
    }.items():
        assert said in refused(url, tmp_path, database_table=None, query=query)
    reader = url.replace(f"postgres:{server.password}", "reader:pw-of-reader")
    assert "USAGE on the schema and SELECT on the table granted to 'reader'" in refused(
        reader, tmp_path
    )


def test_nobody_waits_for_ever(database, tmp_path):
    small(database)
    query = "SELECT pg_sleep(30)::text AS account_id, now() AS started_on"
    said = refused(database.url, tmp_path, database_table=None, query=query, timeout=1)
    assert "took longer than 1 s" in said
    assert "raise data.sources.crm.timeout" in said
    with socket.socket() as silent:  # takes the call, and never says a word
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"postgresql://eve:secret@127.0.0.1:{silent.getsockname()[1]}/x?connect_timeout=2"
        assert "didn't answer within 2 s" in refused(url, tmp_path)


def test_a_server_that_goes_away_is_said(database, tmp_path):
    small(database)
    done = threading.Event()

    def told(text):
        if text == "reading crm.invoices (database)":
            database(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'icpfit'"
            )
            done.set()

    sources = {"crm": {**CRM, "url": database.url}, "sales": {**SALES, "url": database.url}}
    with pytest.raises(SourceError, match=r"lost 127\.0\.0\.1:\d+ while it was read"):
        read_tables(spec(**sources), tmp_path, told)
    assert done.is_set()


def test_a_list_of_prospects_keeps_its_order(database, tmp_path):
    database(
        "CREATE TABLE leads (id text, staff int, note text)",
        "INSERT INTO leads VALUES ('c', 3, NULL), ('a', 1, ''), ('b', NULL, 'x')",
    )
    lists = {"leads": {"url": database.url, "query": "SELECT * FROM leads ORDER BY id"}}
    asked = spec(
        {"staff": "number"}, {"id": "id", "lists": lists},
        crm={"table": "accounts", "files": "crm.csv"},
    )  # fmt: skip
    found = read_prospects(asked, "leads", tmp_path)
    assert found.ids == ["a", "b", "c"]
    assert found.facts["staff"].tolist()[::2] == [1.0, 3.0]
    assert list(found.digests) == ["leads (database query)"]
