"""What may be asked of a database: a table or view by its name, or a query that reads."""

from __future__ import annotations

import re

__all__ = ["check_query", "check_table_name"]

_PART = r'(?:"(?:[^"]|"")+"|`[^`]+`|\[[^\]]+\]|[^\W\d][\w$]*)'
_TABLE = re.compile(rf"{_PART}(?:\.{_PART}){{0,3}}")
_COMMENT = re.compile(r"\s*(?:--[^\n]*\n|/\*.*?\*/)", re.DOTALL)


def check_table_name(name: str) -> None:
    """Refuse what is no name of a table.

    Parameters
    ----------
    name : str
        As SQL has it: ``crm.accounts``, ``"Sales 2026"."Accounts"``.

    Raises
    ------
    ValueError
        With the rule.

    Examples
    --------
    >>> check_table_name("accounts; DROP TABLE x")
    Traceback (most recent call last):
    ...
    ValueError: database_table: expected a name such as crm.accounts, found 'accounts; DROP TABLE x'
    """
    if not _TABLE.fullmatch(name):
        raise ValueError(f"database_table: expected a name such as crm.accounts, found {name!r}")


def check_query(query: str) -> None:
    """Refuse what is no SELECT; PostgreSQL and SQLite only read, whatever it says.

    Parameters
    ----------
    query : str
        The statement.

    Raises
    ------
    ValueError
        With the rule.

    Examples
    --------
    >>> check_query("WITH won AS (SELECT 1) SELECT * FROM won")
    >>> check_query("DELETE FROM crm.accounts")
    Traceback (most recent call last):
    ...
    ValueError: query: expected a single SELECT, found DELETE …
    """
    rest = query
    while (comment := _COMMENT.match(rest)) is not None:
        rest = rest[comment.end() :]
    word = re.match(r"[\s(]*(\w*)", rest)
    first = word[1] if word else ""
    if first.upper() not in ("SELECT", "WITH", "VALUES", "TABLE"):
        raise ValueError(f"query: expected a single SELECT, found {first or 'nothing'} …")
