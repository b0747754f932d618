"""The url of a database: read once, shown without its password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.errors import SettingsError, SourceError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

__all__ = ["database_url", "is_postgres", "shown_server"]

_EXAMPLE = "postgresql://user:password@host:5432/database"
_POSTGRES = ("postgres", "postgresql")


def database_url(text: str, where: str) -> URL:
    """Read the url of a database.

    Parameters
    ----------
    text : str
        As the settings give it, mostly from an environment variable.
    where : str
        Path of the key in the settings, for messages.

    Returns
    -------
    sqlalchemy.engine.URL
        For PostgreSQL always with psycopg 3 as the driver, where none is named.

    Raises
    ------
    SettingsError
        When it is empty or no such url; never says what was found, since that may be a secret.
    SourceError
        When SQLAlchemy isn't installed.

    Examples
    --------
    >>> database_url("postgres://eve@db/crm", "data.sources.crm.url").drivername
    'postgresql+psycopg'
    """
    try:
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError
    except ModuleNotFoundError:
        raise SourceError(
            f"{where}: databases need SQLAlchemy; pip install 'icpfit[postgres]'"
        ) from None
    if not text.strip():
        raise SettingsError(f"{where}: is empty; expected such as {_EXAMPLE}")
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        raise SettingsError(
            f"{where}: can't be read as the url of a database; expected such as {_EXAMPLE}, with"
            " %40 %3A %2F %25 for @ : / % in a password"
        ) from None
    return url.set(drivername="postgresql+psycopg") if url.drivername in _POSTGRES else url


def is_postgres(url: URL) -> bool:
    """Say whether a url is PostgreSQL's, by psycopg 3.

    Parameters
    ----------
    url : sqlalchemy.engine.URL
        The url.

    Returns
    -------
    bool
        Servers that only speak like it, by a dialect of their own, are not.
    """
    return bool(url.drivername == "postgresql+psycopg")


def shown_server(url: URL) -> str:
    """Name a database in a message.

    Parameters
    ----------
    url : sqlalchemy.engine.URL
        Its url.

    Returns
    -------
    str
        Host and port; the kind of database where the url has no host.

    Examples
    --------
    >>> shown_server(database_url("postgresql://eve:secret@db:5432/crm", "url"))
    'db:5432'
    """
    if not url.host:
        return url.get_backend_name()
    return url.host if url.port is None else f"{url.host}:{url.port}"
