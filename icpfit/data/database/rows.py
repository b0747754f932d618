"""A table or query of a database → pieces of text, so that any size needs the same memory."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from icpfit.data.database.cells import DatabaseText, mixed_text, postgres_text
from icpfit.data.database.faults import statement_fault
from icpfit.data.database.postgres_types import treatments
from icpfit.errors import SettingsError, SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.engine import Connection

    from icpfit.data.database.session import OpenDatabase

__all__ = ["DatabaseRows", "database_rows"]

_FETCHED_ROWS = 2_000
_PIECE_ROWS = 1 << 16
_PIECE_BYTES = 64 << 20
_MIXED_ROWS = 1 << 14


@dataclass(frozen=True)
class DatabaseRows:
    """What is asked of a database.

    Parameters
    ----------
    statement : str
        One SELECT.
    asked : str
        The key of the settings that says so, for messages.
    where : str
        Path of the source in the settings.
    shown : str
        What the rows come from, in messages.
    seconds : int
        How long the database may take before it answers each time.
    """

    statement: str
    asked: str
    where: str
    shown: str
    seconds: int


def database_rows(database: OpenDatabase, rows: DatabaseRows) -> Iterator[DatabaseText]:
    """Read rows piece by piece, in the order in which the database sends them.

    Parameters
    ----------
    database : OpenDatabase
        Where from.
    rows : DatabaseRows
        What is asked.

    Yields
    ------
    DatabaseText
        At most 65,536 rows each, fewer where cells are long; at least one, which may have none.

    Raises
    ------
    SettingsError
        When there is no such table or column, or the query is none that only reads.
    SourceError
        When the database doesn't let it be read, takes too long, or is lost.
    """
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield from _rows(database, rows)
    except (SQLAlchemyError, UnicodeDecodeError) as error:
        raise _fault(error, database, rows) from None
    except Exception as error:
        # Rows are fetched from the driver itself, whose errors SQLAlchemy doesn't wrap.
        module: Any = database.connection.dialect.dbapi
        if module is not None and isinstance(error, module.Error):
            raise _fault(error, database, rows) from None
        raise


def _fault(
    error: Exception, database: OpenDatabase, rows: DatabaseRows
) -> SettingsError | SourceError:
    if isinstance(error, UnicodeDecodeError):
        return SourceError(
            f"{rows.shown}: holds text that is no UTF-8 ({error.reason}); convert it in the query"
        )
    return statement_fault(error, database.url, rows.where, asked=rows.asked, seconds=rows.seconds)


def _rows(database: OpenDatabase, rows: DatabaseRows) -> Iterator[DatabaseText]:
    connection = database.connection
    if database.url.get_backend_name() == "postgresql":
        milliseconds = rows.seconds * 1000
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {milliseconds}")
        connection.exec_driver_sql(
            f"SET LOCAL idle_in_transaction_session_timeout = {milliseconds}"
        )
    statement = rows.statement.strip().rstrip(";").rstrip()
    read = _postgres_pieces if database.speaks_text else _mixed_pieces
    yield from read(connection, statement, rows)


def _postgres_pieces(
    connection: Connection, statement: str, rows: DatabaseRows
) -> Iterator[DatabaseText]:
    # A cursor of the driver's own: SQLAlchemy would make an object of every row. That it is one on
    # the server lets one statement through alone, and none that writes.
    driver: Any = connection.connection.driver_connection
    with driver.cursor(name="icpfit") as cursor:
        cursor.execute(statement)
        names = _checked_names(cursor.description, rows)
        oids = [int(column[1]) for column in cursor.description]
        known = treatments(connection, oids)
        kinds = {name: known[oid] for name, oid in zip(names, oids, strict=True)}
        schema = pa.schema([(name, pa.string()) for name in names])
        pieces = _gathered(_batches(cursor, _FETCHED_ROWS), schema)
        for piece in chain([next(pieces, schema.empty_table())], pieces):
            yield postgres_text(piece, kinds)


def _mixed_pieces(
    connection: Connection, statement: str, rows: DatabaseRows
) -> Iterator[DatabaseText]:
    # No parameters: else a % in the query would be taken for the place of one.
    streaming = {"stream_results": True, "no_parameters": True}
    with connection.exec_driver_sql(statement, execution_options=streaming) as result:
        names = _checked_names(result.cursor.description if result.cursor else None, rows)
        batches = _batches(result, _MIXED_ROWS)
        for values in chain([next(batches, [])], batches):
            columns: list[Sequence[Any]] = list(zip(*values, strict=True))
            yield mixed_text(names, columns or [()] * len(names))


def _checked_names(description: Any, rows: DatabaseRows) -> list[str]:
    names = [str(column[0]) for column in description or ()]
    twice = sorted(name for name, n in Counter(names).items() if n > 1)
    if not names:
        raise SettingsError(f"{rows.where}.{rows.asked}: the result has no columns")
    if twice:
        raise SettingsError(
            f"{rows.where}.{rows.asked}: the result has '{twice[0]}' twice; name one with AS"
        )
    return names


def _batches(cursor: Any, rows: int) -> Iterator[list[Sequence[Any]]]:
    while batch := cursor.fetchmany(rows):
        yield batch


def _gathered(batches: Iterator[list[Sequence[Any]]], schema: pa.Schema) -> Iterator[pa.Table]:
    """Put small batches of text together, up to so many rows or bytes."""
    pending: list[pa.Table] = []
    rows = size = 0
    for batch in batches:
        columns = [pa.array(column, pa.string()) for column in zip(*batch, strict=True)]
        pending.append(pa.Table.from_arrays(columns, schema=schema))
        rows += len(batch)
        size += pending[-1].nbytes
        if rows + _FETCHED_ROWS > _PIECE_ROWS or size > _PIECE_BYTES:
            yield pa.concat_tables(pending).combine_chunks()
            pending, rows, size = [], 0, 0
    if pending:
        yield pa.concat_tables(pending).combine_chunks()
