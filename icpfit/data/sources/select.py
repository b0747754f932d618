"""A SELECT over tables that the strict reader has read, on a DuckDB that can reach nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from icpfit.data.sources.parquet_text import TypedText, typed_text
from icpfit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

__all__ = ["selected"]

_LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "allow_community_extensions": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",  # else a name in the SELECT may find a Python variable
    "temp_directory": "",
    # One thread: the order of rows, and with it the line numbers in messages, stay the same.
    "threads": "1",
}


def selected(select: str, views: Mapping[str, pa.Table], where: str) -> TypedText:
    """Run one SELECT over views of text.

    Parameters
    ----------
    select : str
        A single SELECT or WITH statement.
    views : Mapping of str to pyarrow.Table
        The tables that it sees, by name.
    where : str
        Path of the SELECT in the settings, for messages.

    Returns
    -------
    TypedText
        Its result as text; ``native`` names the columns that it computed as numbers or dates.

    Raises
    ------
    SettingsError
        When it is no single SELECT, fails, or names a column twice.

    Notes
    -----
    Files, network, extensions and settings are out of its reach: external access is off and the
    configuration is locked before it runs.

    Examples
    --------
    >>> import pyarrow as pa
    >>> views = {"orders": pa.table({"seller": ["a", "a"], "price": ["1.5", "2"]})}
    >>> result = selected(
    ...     "SELECT seller, sum(price::DECIMAL(9, 2)) p FROM orders GROUP BY 1", views, "s"
    ... )
    >>> result.columns.to_pylist()
    [{'seller': 'a', 'p': '3.50'}]
    """
    connection = duckdb.connect(":memory:", config=_LOCKED)
    try:
        for name, table in sorted(views.items()):
            connection.register(name, table)
        connection.execute("SET lock_configuration = true")
        statements = connection.extract_statements(select)
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise SettingsError(f"{where}: expected a single SELECT, and nothing else")
        result = connection.sql(select).to_arrow_table()
    except duckdb.Error as error:
        message = " ".join(str(error).splitlines()[0].split())
        raise SettingsError(f"{where}: the SELECT failed: {message}") from None
    finally:
        connection.close()
    names = result.column_names
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SettingsError(f"{where}: the result has '{twice[0]}' twice; name one with AS")
    text = typed_text(result)
    if text.unreadable:
        name, kind = min(text.unreadable.items())
        raise SettingsError(f"{where}: column '{name}' is {kind}; cast it to text, number or date")
    return text
