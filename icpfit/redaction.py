"""Secrets of a database's url, taken out of every text that leaves the process."""

from __future__ import annotations

import re
from urllib.parse import quote, quote_plus, unquote

__all__ = ["without_passwords", "without_secret"]

# scheme://user:password@host, also where the password itself has an @ or a slash in it.
_IN_URL = re.compile(r"(\b[a-zA-Z][\w+.-]*://[^\s:/@'\"]*):\S+@(?=[^\s@]*)")
_IN_QUERY = re.compile(
    r"(?i)([?&;\s](?:[\w-]*(?:password|passwd|pwd|passphrase|passfile|token|secret)"
    r"|credentials\w*|odbc_connect)=)[^&\s'\"]+"
)


def without_passwords(text: str) -> str:
    """Take the password out of every url of a text.

    Parameters
    ----------
    text : str
        Any text, such as settings as they are logged.

    Returns
    -------
    str
        The same with ``***`` for what stands between a url's user and its host, and for the
        values of ``password=`` and the like behind it.

    Examples
    --------
    >>> without_passwords("url: postgresql://eve:p@ss/w@db:5432/crm?sslmode=require")
    'url: postgresql://eve:***@db:5432/crm?sslmode=require'
    >>> without_passwords("url: ${oc.env:ACME_DATABASE}")
    'url: ${oc.env:ACME_DATABASE}'
    """
    return _IN_QUERY.sub(r"\1***", _IN_URL.sub(r"\1:***@", text))


def without_secret(text: str, secret: str | None) -> str:
    """Take one known secret out of a text, however it is written there.

    Parameters
    ----------
    text : str
        Such as what a driver says.
    secret : str or None
        The password; none where there is none.

    Returns
    -------
    str
        The text with ``***`` for the secret, also as a url writes it, and without any url's
        password.

    Examples
    --------
    >>> without_secret("wrong: a%40b, a@b", "a@b")
    'wrong: ***, ***'
    """
    if secret:
        for form in (
            secret,
            quote(secret, safe=""),
            quote(secret),
            quote_plus(secret),
            unquote(secret),
        ):
            text = text.replace(form, "***")
    return without_passwords(text)
