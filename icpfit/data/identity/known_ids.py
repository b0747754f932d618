"""What the accounts may be known by: their ids, normal ids, web domains and names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.data.company_names import normal_domain, plain_name, registrable_domain
from icpfit.data.identity.normal_ids import normal_id
from icpfit.data.joining.roll_up import root_of
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

    from icpfit.data.identity.identity_spec import Match
    from icpfit.data.table_spec import Keys

__all__ = ["Found", "KnownIds", "NameBook", "known_ids", "name_book"]

Found = tuple[str | None, bool]
"""An account id or None, and whether several accounts would have done."""


@dataclass(frozen=True)
class KnownIds:
    """The ids of the accounts, and of the parents that have no row of their own.

    Parameters
    ----------
    keys : Keys
        How ids are compared.
    exact, normal : dict of str to str
        Id, and normal form, to the id as the accounts spell it.
    roots : dict of str to str
        Account to the one that it rolls up to.
    """

    keys: Keys
    exact: dict[str, str]
    normal: dict[str, str]
    roots: dict[str, str]

    def by_id(self, text: str) -> str | None:
        """Return the account of an id as it is written."""
        return self.exact.get(text.lower() if self.keys.ignore_case else text)

    def by_normal_id(self, text: str) -> str | None:
        """Return the account of an id in its normal form; None where no form is asked for."""
        if not self.keys.normalise:
            return None
        form = normal_id(text, self.keys.normalise, ignore_case=self.keys.ignore_case)
        return self.normal.get(form)

    def account(self, text: str) -> str | None:
        """Return the account of an id, as written or in its normal form."""
        return self.by_id(text) or self.by_normal_id(text)

    def only(self, ids: Iterable[str]) -> Found:
        """Return the one account that ids stand for, or the one that all of them roll up to."""
        distinct = sorted(set(ids))
        if len(distinct) <= 1:
            return (distinct[0] if distinct else None), False
        roots = {self.roots.get(one, one) for one in distinct}
        return (roots.pop(), False) if len(roots) == 1 else (None, True)


@dataclass(frozen=True)
class NameBook:
    """Names or web hosts to the ids of those who bear them.

    Parameters
    ----------
    by : {"exact", "name", "domain"}
        How texts are compared.
    ids : dict of str to set of str
        Key to ids; for domains the whole host.
    wider : dict of str to set of str
        For domains: the part that a company registers, to ids.
    """

    by: str
    ids: dict[str, set[str]]
    wider: dict[str, set[str]]

    def found(self, text: str, known: KnownIds) -> Found:
        """Return the account that a text means: its whole host first, then what is registered."""
        if self.by == "exact":
            return known.only(self.ids.get(text, ()))
        if self.by == "name":
            return known.only(self.ids.get(plain_name(text) or "", ()))
        host = normal_domain(text)
        if host is None:
            return None, False
        if host in self.ids:
            return known.only(self.ids[host])
        wide = registrable_domain(host) or ""
        # Two hosts below one that nobody has (a.gouv.fr, b.gouv.fr) are not one company for that.
        is_below = host == wide or wide in self.ids
        return known.only(self.wider.get(wide, ()) if is_below else ())


def known_ids(accounts: pa.Table, keys: Keys) -> KnownIds:
    """List the ids of the accounts.

    Parameters
    ----------
    accounts : pyarrow.Table
        The typed table.
    keys : Keys
        How ids are compared.

    Returns
    -------
    KnownIds
        Of all accounts and their parents.

    Raises
    ------
    SourceError
        When two accounts would become one by the normal form, or an account is its own ancestor.
    """
    ids = accounts["account_id"].to_pylist()
    given = accounts["parent_id"].to_pylist()
    exact: dict[str, str] = {}
    normal: dict[str, str] = {}
    for one in sorted({*ids}):
        if exact.setdefault(one.lower() if keys.ignore_case else one, one) == one:
            _add_normal(normal, one, keys, accounts)
    own = KnownIds(keys, exact, normal, {})
    parents: dict[str, str] = {}
    for child, text in zip(ids, given, strict=True):
        parent = text and (own.account(text) or text)
        if parent and parent != child:
            parents[child] = parent
    for one in sorted({*parents.values()}):
        if own.account(one) is None:
            exact.setdefault(one.lower() if keys.ignore_case else one, one)
            _add_normal(normal, one, keys, accounts)
    roots = root_of(ids, parents, ignore_case=keys.ignore_case)
    return KnownIds(keys, exact, normal, roots)


def _add_normal(normal: dict[str, str], one: str, keys: Keys, accounts: pa.Table) -> None:
    if not keys.normalise:
        return
    form = normal_id(one, keys.normalise, ignore_case=keys.ignore_case)
    other = normal.setdefault(form, one)
    if other == one:
        return
    raise SourceError(
        f"{_place(accounts, one)}: account_id {one!r} and {other!r} ({_place(accounts, other)})"
        f" would become one account with data.keys.normalise: [{', '.join(keys.normalise)}];"
        " leave out the form that does it, or correct one of them"
    )


def _place(accounts: pa.Table, one: str) -> str:
    for column in ("account_id", "parent_id"):
        texts = accounts[column].to_pylist()
        if one in texts:
            row = texts.index(one)
            return f"{accounts['_file'][row].as_py()} line {accounts['_line'][row].as_py()}"
    return "accounts"


def name_book(pairs: Iterable[tuple[str | None, str | None]], match: Match) -> NameBook:
    """Collect what accounts are known by.

    Parameters
    ----------
    pairs : iterable of (str or None, str or None)
        A name, a web address or another id, and the account's id.
    match : Match
        How they are compared.

    Returns
    -------
    NameBook
        Texts that tell nobody apart, such as gmail.com, are left out.

    Examples
    --------
    >>> from icpfit.data.identity.identity_spec import Match
    >>> book = name_book([("www.acme.de", "7"), ("gmail.com", "8")], Match(by="domain"))
    >>> book.ids
    {'acme.de': {'7'}}
    """
    ids: dict[str, set[str]] = {}
    wider: dict[str, set[str]] = {}
    for text, one in pairs:
        if not text or not one:
            continue
        key: str | None = text
        if match.by == "name":
            key = plain_name(text)
        elif match.by == "domain":
            key = normal_domain(text)
            above = registrable_domain(key)
            if above is not None:
                wider.setdefault(above, set()).add(one)
        if key is not None:
            ids.setdefault(key, set()).add(one)
    return NameBook(match.by, ids, wider)
