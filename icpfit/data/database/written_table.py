"""Rows written as a table of PostgreSQL: the old one or the whole new one, never a half."""

from __future__ import annotations

import contextlib
import io
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from icpfit.data.database.faults import first_words
from icpfit.data.database.session import connected
from icpfit.data.database.statement import check_table_name
from icpfit.data.database.url import database_url, is_postgres
from icpfit.errors import OutputError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.engine import URL, Connection

__all__ = ["MADE_BY", "require_table", "write_table"]

MADE_BY = "made by icpfit"
"""Begins the comment on every table that icpfit made; no other is ever written over."""

_WHERE = "out_table"
_LONGEST_NAME = 63  # bytes; PostgreSQL would cut a longer one without a word
_LOCK_SECONDS = 30


def require_table(url: str, table: str) -> None:
    """Refuse a table that can't be written, before any work is done for it.

    Parameters
    ----------
    url : str
        Of the database.
    table : str
        Its name as SQL has it, such as ``crm.scores``.

    Raises
    ------
    SettingsError
        When the url or the name is none.
    SourceError
        When the server can't be reached or lets nobody in.
    OutputError
        When it isn't PostgreSQL, there is a table that icpfit didn't make, or none may be made.
    """
    where = _checked(url, table)
    with connected(where, _WHERE) as connection, _refused(where, table):
        # Either is rolled back: a trial of the rights.
        if _found(connection, table) is None:
            _create(connection, table, [("icpfit", "text")])
        else:
            _run(connection, f"COMMENT ON TABLE {table} IS {_literal(MADE_BY)}")


def write_table(url: str, table: str, pieces: Iterable[pa.Table], note: str = "") -> int:
    """Write rows as a table of a PostgreSQL database, in one transaction.

    Parameters
    ----------
    url : str
        Of the database.
    table : str
        Its name as SQL has it. One that icpfit made before is written over; its rights, and what
        hangs on it, stay where its columns stay the same.
    pieces : iterable of pyarrow.Table
        The rows, piece by piece, all of one schema; one piece at least.
    note : str
        What the comment on the table says beside `MADE_BY`.

    Returns
    -------
    int
        How many rows.

    Raises
    ------
    SettingsError
        When the url or the name is none.
    SourceError
        When the server can't be reached or lets nobody in.
    OutputError
        When it isn't PostgreSQL, there is a table that icpfit didn't make, a column can't be
        written, or the database refuses it. The table is as it was before then.

    Notes
    -----
    Who reads the table meanwhile sees the old rows, and the new ones all at once. Two runs that
    write the same table do so one after the other.
    """
    where = _checked(url, table)
    rows = 0
    with connected(where, _WHERE) as connection, _refused(where, table):
        had = _found(connection, table)
        schema: pa.Schema | None = None
        for piece in map(_plain, pieces):
            if schema is None:
                schema = piece.schema
                _make_room(connection, table, had, _columns(schema))
            _copy(connection, table, piece.cast(schema))
            rows += piece.num_rows
        said = f"{MADE_BY}; {note}" if note else MADE_BY
        _run(connection, f"COMMENT ON TABLE {table} IS {_literal(said)}")
        connection.commit()
    return rows


def _checked(url: str, table: str) -> URL:
    try:
        check_table_name(table)
    except ValueError as error:
        raise SettingsError(str(error).replace("database_table", _WHERE)) from None
    where = database_url(url, _WHERE)
    if not is_postgres(where):
        raise OutputError(
            f"{_WHERE}: tables are written to PostgreSQL only, not to {where.get_backend_name()};"
            " write out=scores.parquet and load that"
        )
    return where


@contextlib.contextmanager
def _refused(url: URL, table: str) -> Iterator[None]:
    """Turn what the database says into one line."""
    import psycopg
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (SQLAlchemyError, psycopg.Error) as error:
        state = getattr(getattr(error, "orig", None) or error, "sqlstate", "") or ""
        todo = "nothing was changed"
        if state == "42501":
            granted = f"have CREATE on its schema granted to '{url.username}'"
            todo = f"{granted}, or be the owner of the table; {todo}"
        elif state in ("55P03", "57014"):
            todo = f"another session holds it, try again; {todo}"
        said = first_words(error, url)
        raise OutputError(f"{_WHERE}: '{table}' can't be written ({said}); {todo}") from None


def _found(connection: Connection, table: str) -> list[tuple[str, str]] | None:
    """Return the columns of the table as it is, None where there is none; refuse a stranger's."""
    _run(connection, f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
    _run(connection, f"SELECT pg_advisory_xact_lock(hashtext({_literal('icpfit ' + table)}))")
    [(oid, kind, comment)] = _run(
        connection,
        "SELECT c.oid, c.relkind::text, obj_description(c.oid, 'pg_class') FROM (SELECT"  # noqa: S608 - a literal
        f" to_regclass({_literal(table)})::oid AS oid) t LEFT JOIN pg_class c ON c.oid = t.oid",
    )
    if oid is None:
        return None
    if kind != "r" or not str(comment or "").startswith(MADE_BY):
        raise OutputError(
            f"{_WHERE}: there is a '{table}' that icpfit didn't make; name another table, or let"
            f" it be written over: COMMENT ON TABLE {table} IS '{MADE_BY}'"
        )
    return [
        (name, type_)
        for name, type_ in _run(
            connection,
            "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute"  # noqa: S608 - a number
            f" WHERE attrelid = {int(oid)} AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        )
    ]


def _make_room(
    connection: Connection,
    table: str,
    had: list[tuple[str, str]] | None,
    columns: list[tuple[str, str]],
) -> None:
    if had == columns:
        # Else what another run adds meanwhile, under another spelling of the name, would stay.
        _run(connection, f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        _run(connection, f"DELETE FROM {table}")  # noqa: S608 - a checked name
        return
    if had is not None:
        _run(connection, f"DROP TABLE {table}")
    _create(connection, table, columns)


def _create(connection: Connection, table: str, columns: list[tuple[str, str]]) -> None:
    listed = ", ".join(f"{_quoted(name)} {kind}" for name, kind in columns)
    _run(connection, f"CREATE TABLE {table} ({listed})")


def _columns(schema: pa.Schema) -> list[tuple[str, str]]:
    columns = []
    for one in schema:
        if len(one.name.encode()) > _LONGEST_NAME or not one.name:
            raise OutputError(
                f"{_WHERE}: column '{one.name}' has a name that no table can have (1 to"
                f" {_LONGEST_NAME} bytes); rename it in the list"
            )
        columns.append((one.name, _kind(one)))
    return columns


def _kind(field: pa.Field) -> str:
    kind, types = field.type, pa.types
    if types.is_decimal(kind):
        return f"numeric({kind.precision},{kind.scale})"
    if types.is_timestamp(kind):
        return "timestamp with time zone" if kind.tz else "timestamp without time zone"
    known = {
        "text": types.is_string(kind) or types.is_large_string(kind) or types.is_null(kind),
        "boolean": types.is_boolean(kind),
        "numeric(20,0)": types.is_uint64(kind),
        "bigint": types.is_integer(kind),
        "date": types.is_date(kind),
        "double precision": types.is_floating(kind),
    }
    found = [name for name, is_it in known.items() if is_it]
    if found:
        return found[0]
    raise OutputError(f"{_WHERE}: column '{field.name}' holds {kind}; leave it out of the list")


def _plain(piece: pa.Table) -> pa.Table:
    """Columns that share their values (dictionaries) in full."""
    for place, field in enumerate(piece.schema):
        if pa.types.is_dictionary(field.type):
            column = piece.column(place).cast(field.type.value_type)
            piece = piece.set_column(place, field.name, column)
    return piece


def _copy(connection: Connection, table: str, piece: pa.Table) -> None:
    from pyarrow import csv

    driver: Any = connection.connection.driver_connection
    # Texts stand in quotes and what is missing doesn't, so that "" is no missing value.
    options = csv.WriteOptions(include_header=False, quoting_style="needed")
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy:
        for batch in piece.to_batches(20_000):
            text = io.BytesIO()
            csv.write_csv(pa.Table.from_batches([batch]), text, options)
            copy.write(text.getvalue())


def _run(connection: Connection, statement: str) -> list[Any]:
    result = connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
    return list(result) if result.returns_rows else []


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
