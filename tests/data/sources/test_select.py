"""A SELECT sees its views and nothing else."""

from __future__ import annotations

import pyarrow as pa
import pytest

from icpfit.data.sources.select import selected
from icpfit.errors import SettingsError

VIEWS = {"v": pa.table({"x": ["1", "2"], "day": ["2026-01-31", "2026-02-01"]})}


def test_a_select_and_a_with_are_text_again():
    text = selected(
        "WITH w AS (SELECT x, day FROM v) SELECT x, day::DATE AS day, x::DOUBLE / 4 AS share FROM w",
        VIEWS,
        "s",
    )
    assert text.columns.to_pylist() == [
        {"x": "1", "day": "2026-01-31", "share": "0.25"},
        {"x": "2", "day": "2026-02-01", "share": "0.5"},
    ]
    assert text.native == {"day", "share"}


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM read_blob('{file}')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM query('SELECT * FROM read_text(''{file}'')')",
        "COPY (SELECT 1) TO '{out}'",
        "COPY v TO '{out}'",
        "EXPORT DATABASE '{out}'",
        "ATTACH '{out}' AS other",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 8",
        "RESET lock_configuration",
        "PRAGMA threads = 8",
        "SELECT * FROM v; SELECT * FROM v",
        "SELECT * FROM v; COPY v TO '{out}'",
        "CREATE TABLE t AS SELECT 1",
        "INSERT INTO v VALUES ('3', '2026-01-01')",
        "DELETE FROM v",
        "SELECT getenv('HOME')",
        "",
        "SELEC x FROM v",
        "SELECT y FROM v",
        "SELECT x, x FROM v",
        "SELECT [x] AS l FROM v",
    ],
)
def test_it_reaches_nothing_else(tmp_path, statement):
    secret = tmp_path / "secret.csv"
    secret.write_text("id\nsecret\n", encoding="utf-8")
    out = tmp_path / "out"
    with pytest.raises(SettingsError) as caught:
        selected(statement.format(file=secret, out=out), VIEWS, "data.sources.s.select")
    assert str(caught.value).startswith("data.sources.s.select: ")
    assert "\n" not in str(caught.value)
    assert not out.exists()


@pytest.mark.parametrize("name", ["hidden", "table", "views", "_LOCKED"])
def test_a_python_variable_is_no_table(name):
    """``table`` is a variable of the function itself, which DuckDB would take for a table."""
    hidden = pa.table({"x": ["1"]})
    assert hidden.num_rows == 1
    with pytest.raises(SettingsError, match=f"{name} does not exist"):
        selected(f'SELECT * FROM "{name}"', VIEWS, "s")


def test_its_settings_are_locked():
    statement = "SELECT value FROM duckdb_settings() WHERE name = 'lock_configuration'"
    assert selected(statement, VIEWS, "s").columns.to_pylist() == [{"value": "true"}]


def test_whole_sums_are_exact():
    """2^60 + 1 has no float64; DuckDB's sum of integers is wider, and must not pass through one."""
    views = {"v": pa.table({"n": [str(2**60), "1"]})}
    assert selected("SELECT sum(n::BIGINT) AS s FROM v", views, "s").columns.to_pylist() == [
        {"s": str(2**60 + 1)}
    ]
