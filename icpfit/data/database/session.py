"""Connections of one reading: one for each url, read-only, with one snapshot for all its tables."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from icpfit.data.database.faults import connection_fault, driver_fault
from icpfit.data.database.url import database_url, is_postgres
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from sqlalchemy.engine import URL, Connection

__all__ = ["CONNECT_SECONDS", "Databases", "OpenDatabase", "connected"]

CONNECT_SECONDS = 10
"""How long a server is waited for, where its url doesn't say ``connect_timeout``."""

# Values are written the same way whatever the server or the role prefers.
_PLAIN_TEXT = (
    "SET LOCAL TIME ZONE 'UTC'",
    "SET LOCAL datestyle = 'ISO, YMD'",
    "SET LOCAL extra_float_digits = 1",
    # Else a scan may begin in the middle of a table that another session is scanning.
    "SET LOCAL synchronize_seqscans = off",
)


@dataclass(frozen=True, eq=False)
class OpenDatabase:
    """A database as it stood when it was first read from.

    Parameters
    ----------
    connection : sqlalchemy.engine.Connection
        In a transaction that can only read.
    url : sqlalchemy.engine.URL
        Where it is.
    has_snapshot : bool
        Whether everything read through it is of one moment.
    """

    connection: Connection
    url: URL
    has_snapshot: bool

    @property
    def speaks_text(self) -> bool:
        """Whether every value comes as the exact text that the server writes."""
        return is_postgres(self.url)


class Databases:
    """Connections, opened as sources ask for them and all closed at the end.

    Use it in a ``with`` for as long as a company's tables are read: what comes from one url is of
    one moment, however long the reading takes.
    """

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._open: dict[str, OpenDatabase] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open.clear()
        self._stack.close()

    def at(self, text: str, where: str) -> OpenDatabase:
        """Return the database of a url, connecting at the first time.

        Parameters
        ----------
        text : str
            The url.
        where : str
            Path of its key in the settings, for messages.

        Returns
        -------
        OpenDatabase
            The same one for the same url.

        Raises
        ------
        SettingsError
            When it is no url.
        SourceError
            When a driver is missing, or the server can't be reached or lets nobody in.

        Notes
        -----
        PostgreSQL reads in one transaction, ``REPEATABLE READ, READ ONLY``. Others are asked for
        repeatable reads where their dialect knows them.
        """
        if text not in self._open:
            connection = self._stack.enter_context(connected(database_url(text, where), where))
            self._open[text] = _reading(connection, where)
        return self._open[text]


@contextlib.contextmanager
def connected(url: URL, where: str) -> Iterator[Connection]:
    """Connect to a database; what isn't committed is rolled back at the end.

    Parameters
    ----------
    url : sqlalchemy.engine.URL
        Its url.
    where : str
        Path of the url in the settings, for messages.

    Yields
    ------
    sqlalchemy.engine.Connection
        No statement has been sent yet.

    Raises
    ------
    SourceError
        When a driver is missing, or the server can't be reached or lets nobody in.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError
    from sqlalchemy.pool import NullPool

    options: dict[str, Any] = {"poolclass": NullPool, "hide_parameters": True}
    if is_postgres(url):
        options |= {"connect_args": _postgres_arguments(url), "use_native_hstore": False}
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).is_file():
        raise SourceError(f"{where}: there is no file '{url.database}'; check the path")
    try:
        engine = create_engine(url, **options)
    except (ModuleNotFoundError, NoSuchModuleError):
        raise driver_fault(url, where) from None
    try:
        connection = engine.connect()
    except (DBAPIError, OSError, UnicodeError) as error:
        raise connection_fault(error, url, where, _seconds(url)) from None
    try:
        yield connection
    finally:
        # What was lost can't be rolled back; the error that says so must not be replaced.
        with contextlib.suppress(SQLAlchemyError):
            connection.close()


def _seconds(url: URL) -> int:
    given = url.query.get("connect_timeout")
    return int(given) if isinstance(given, str) and given.isdecimal() else CONNECT_SECONDS


def _postgres_arguments(url: URL) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "connect_timeout": CONNECT_SECONDS,
        "application_name": "icpfit",
        "client_encoding": "utf8",
        # A server that vanishes while it is read is noticed within a minute.
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 60_000,
        # A pooler between the two hands the next transaction to another session.
        "prepare_threshold": None,
    }
    return {key: value for key, value in wanted.items() if key not in url.query}


def _reading(connection: Connection, where: str) -> OpenDatabase:
    from sqlalchemy.exc import DBAPIError

    url = connection.engine.url
    if url.get_backend_name() == "postgresql":
        connection = connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        try:
            for statement in _PLAIN_TEXT:
                connection.exec_driver_sql(statement)
        except DBAPIError as error:
            raise connection_fault(error, url, where, _seconds(url)) from None
        if is_postgres(url):
            _take_text(connection)
        return OpenDatabase(connection, url, has_snapshot=True)
    try:
        raw: Any = connection.connection.dbapi_connection
        levels = list(connection.dialect.get_isolation_level_values(raw))
    except NotImplementedError:
        levels = []
    if url.get_backend_name() == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")  # WITH … DELETE would be kept at once
    # On SQL Server it is no snapshot, and locks every row that was read until the end.
    if "REPEATABLE READ" in levels and url.get_backend_name() != "mssql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
        return OpenDatabase(connection, url, has_snapshot=True)
    return OpenDatabase(connection, url, has_snapshot=False)


def _take_text(connection: Connection) -> None:
    """Have psycopg hand values over as the server writes them: exact, and none is too large."""
    from psycopg.types.string import TextLoader

    driver: Any = connection.connection.driver_connection
    for kind in driver.adapters.types:
        for oid in filter(None, (kind.oid, kind.array_oid)):
            driver.adapters.register_loader(oid, TextLoader)
