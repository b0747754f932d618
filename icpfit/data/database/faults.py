"""What a database says when it refuses → one line: where, what was found, what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from icpfit.data.database.url import is_postgres, shown_server
from icpfit.errors import SettingsError, SourceError
from icpfit.redaction import without_secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import URL

__all__ = ["connection_fault", "driver_fault", "first_words", "statement_fault"]

_DRIVERS = {
    "bigquery": "sqlalchemy-bigquery",
    "databricks": "databricks-sqlalchemy",
    "mssql": "pyodbc",
    "mysql": "pymysql",
    "oracle": "oracledb",
    "postgresql": "'icpfit[postgres]'",
    "redshift": "sqlalchemy-redshift",
    "snowflake": "snowflake-sqlalchemy",
}
_CONNECTION_LOST = ("08", "57P")  # the first characters of such an SQLSTATE


def driver_fault(url: URL, where: str) -> SourceError:
    """Say which package is missing.

    Parameters
    ----------
    url : sqlalchemy.engine.URL
        The url that needs it.
    where : str
        Path of its key in the settings.

    Returns
    -------
    SourceError
        To be raised.
    """
    kind = url.get_backend_name()
    package = _DRIVERS.get(kind)
    todo = f"pip install {package}" if package else "install its SQLAlchemy dialect and driver"
    return SourceError(f"{where}: nothing that speaks to {kind} is installed; {todo}")


def connection_fault(error: BaseException, url: URL, where: str, seconds: int) -> SourceError:
    """Say why a server can't be reached, or lets nobody in.

    Parameters
    ----------
    error : exception
        What SQLAlchemy raised.
    url : sqlalchemy.engine.URL
        Of the server.
    where : str
        Path of the url in the settings.
    seconds : int
        How long it was waited for.

    Returns
    -------
    SourceError
        Without the password.
    """
    said = first_words(error, url)
    server, user = shown_server(url), url.username or "(none)"
    folded = said.casefold()
    if "timeout" in folded or "timed out" in folded:
        return SourceError(
            f"{where}: {server} didn't answer within {seconds} s; check the host and the network,"
            " or add ?connect_timeout=60 to the url"
        )
    if "password" in folded or "authentication" in folded or "pg_hba" in folded:
        return SourceError(
            f"{where}: {server} refused user '{user}' ({said}); check user and password, with"
            " %40 %3A %2F %25 for @ : / % in a password"
        )
    if "fatal:" in folded:
        return SourceError(f"{where}: {server} refused the connection ({said}); check the url")
    return SourceError(
        f"{where}: {server} can't be reached ({said}); check host and port, and that it runs"
    )


def statement_fault(
    error: BaseException, url: URL, where: str, *, asked: str, seconds: int
) -> SettingsError | SourceError:
    """Say why a table or a query can't be read.

    Parameters
    ----------
    error : exception
        What SQLAlchemy or the driver raised.
    url : sqlalchemy.engine.URL
        Of the database.
    where : str
        Path of the source in the settings.
    asked : str
        The key that asks for rows, with its value where it is a table.
    seconds : int
        How long a statement may take.

    Returns
    -------
    SettingsError or SourceError
        Without the password.
    """
    cause = getattr(error, "orig", None) or error
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None) or ""
    said = re.sub(r"^\(?[\w.]*(?:Error|Exception)\)?:? ", "", first_words(error, url))
    user = url.username or "(none)"
    known: dict[str, Callable[[], SettingsError | SourceError]] = {
        "42P01": lambda: SettingsError(
            f"{where}.{asked}: {said}; check its schema and spelling, as in crm.accounts"
        ),
        "3F000": lambda: SettingsError(f"{where}.{asked}: {said}; check its spelling"),
        "42703": lambda: SettingsError(
            f'{where}.{asked}: {said}; write it as the table does, "Quoted" where it has capitals'
        ),
        "42501": lambda: SourceError(
            f"{where}.{asked}: {said}; have USAGE on the schema and SELECT on the table granted to"
            f" '{user}'"
        ),
        "25006": lambda: SettingsError(
            f"{where}.{asked}: {said}; icpfit only reads, give a SELECT that changes nothing"
        ),
        "57014": lambda: SourceError(
            f"{where}.{asked}: took longer than {seconds} s, or was cancelled ({said}); raise"
            f" {where}.timeout, or have the database do less"
        ),
        "40001": lambda: SourceError(
            f"{where}.{asked}: the replica gave up ({said}); run it again, or read from the primary"
        ),
        "25P03": lambda: SourceError(
            f"{where}.{asked}: the server ended the session as idle ({said}); raise {where}.timeout"
        ),
    }
    if state in known:
        return known[state]()
    # A server that is suddenly gone has no state to send.
    is_gone = is_postgres(url) and not state and type(cause).__name__ == "OperationalError"
    if state.startswith(_CONNECTION_LOST) or getattr(error, "connection_invalidated", is_gone):
        return SourceError(
            f"{where}.{asked}: lost {shown_server(url)} while it was read ({said}); run it again"
        )
    return SettingsError(f"{where}.{asked}: the database refused it: {said}")


def first_words(error: BaseException, url: URL) -> str:
    """Return the first line of what a database or its driver says.

    Parameters
    ----------
    error : exception
        What SQLAlchemy or the driver raised.
    url : sqlalchemy.engine.URL
        Of the database.

    Returns
    -------
    str
        Without the password, and without the addresses that were tried.
    """
    text = str(getattr(error, "orig", None) or error)
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    first = lines[0] if lines else type(error).__name__
    # libpq names the server and every address that it tried before it comes to the reason.
    first = re.sub(r"^(?:connection failed: )?connection to server .*? failed: ", "", first)
    return without_secret(first, url.password).rstrip(".")
