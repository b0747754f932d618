"""Secrets of urls and settings, taken out of every text that leaves the process."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, quote_plus, unquote

__all__ = ["without_passwords", "without_secret", "without_secret_values"]

# scheme://user:password@host, also where the password itself has an @ or a slash in it.
_IN_URL = re.compile(r"(\b[a-zA-Z][\w+.-]*://[^\s:/@'\"]*):\S+@(?=[^\s@]*)")
_IN_QUERY = re.compile(
    r"(?i)([?&;\s](?:[\w-]*(?:password|passwd|pwd|passphrase|passfile|token|secret)"
    r"|credentials\w*|odbc_connect)=)[^&\s'\"]+"
)
# What follows the host of Spark Connect: a token, or headers of any name, which may be one, too.
_IN_CONNECT = re.compile(r"(?i)(\bsc://[^\s;'\"]*;)[^\s'\"]+")
# Hadoop has the account behind it in fs.azure.account.key.ACCOUNT.
_SECRET_KEY = re.compile(
    r"(?i)secret|password|passwd|passphrase|token|credential|[._-]key(\.|$)|(api|access)key"
)
# What the environment holds is no secret as long as it isn't looked up; a default after a comma is.
_LOOKED_UP = re.compile(r"\$\{[\w.:]+\}")


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
    >>> without_passwords("engine.master=sc://host:443/;use_ssl=true;token=abc@d")
    'engine.master=sc://host:443/;***'
    """
    text = _IN_CONNECT.sub(r"\1***", text)
    return _IN_QUERY.sub(r"\1***", _IN_URL.sub(r"\1:***@", text))


def without_secret_values(values: Any) -> Any:
    """Return settings without the values of keys that stand for a secret.

    Parameters
    ----------
    values : mapping, list or plain value
        Settings as read, with ``${...}`` as written.

    Returns
    -------
    any
        The same with ``***`` for each value whose key has secret, password, token or credential in
        it or ends in ``.key`` or ``_key``, in whatever case; so for each value of a list under
        such a key. A mapping there is looked through; in ``engine.conf`` all of it is masked, as
        the dots of a key of Spark may be read as nesting. What is looked up (``${oc.env:NAME}``),
        nothing, and flags stay.

    Examples
    --------
    >>> without_secret_values({"seed": 7, "api_token": "x", "password": "${oc.env:P}"})
    {'seed': 7, 'api_token': '***', 'password': '${oc.env:P}'}
    >>> without_secret_values({"engine": {"conf": {"fs": {"s3a": {"access": {"key": "AKIA"}}}}}})
    {'engine': {'conf': {'fs': {'s3a': {'access': {'key': '***'}}}}}}
    """
    return _masked(values, "", ())


def _masked(values: Any, key: str, above: tuple[str, ...]) -> Any:
    if isinstance(values, dict):
        of_spark = above[:2] == ("engine", "conf")
        return {
            name: _masked(value, f"{key}.{name}" if of_spark else str(name), (*above, str(name)))
            for name, value in values.items()
        }
    if isinstance(values, list):
        return [_masked(value, key, above) for value in values]
    if values is None or isinstance(values, bool) or not _SECRET_KEY.search(key):
        return values
    return values if _LOOKED_UP.fullmatch(str(values)) else "***"


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
