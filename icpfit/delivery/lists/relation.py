"""Who in a list is no stranger: customers, former ones, their subsidiaries, open deals, repeats."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.data.company_names import normal_domain, normal_name
from icpfit.data.known_companies import account_columns
from icpfit.data.sources.cells import trimmed
from icpfit.data.sources.parquet_text import typed_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.data.known_companies import KnownAccount, KnownCompanies
    from icpfit.data.prospect_list import ProspectList
    from icpfit.data.table_spec import DataSpec

__all__ = ["Identity", "list_identity", "list_texts", "relations", "repeated_ids"]

Texts = list[str | None]
_NAMED = 3
# Of a site or name that so many rows share, the other things that they share are not looked at.
_MANY = 1000


@dataclass(frozen=True)
class Identity:
    """What tells the companies of a list apart; one value per row in each.

    Parameters
    ----------
    ids : list of str or None
        The list's own ids.
    account_ids, parent_ids : list of str or None
        The numbers that the company and its parent would have among the accounts.
    domains : list of str or None
        Web sites as `normal_domain` gives them.
    names : list of str or None
        Names as `normal_name` gives them.
    """

    ids: Texts
    account_ids: Texts
    parent_ids: Texts
    domains: Texts
    names: Texts


def list_texts(listed: ProspectList, column: str | None) -> Texts:
    """Return a column of a list as trimmed text.

    Parameters
    ----------
    listed : ProspectList
        The list.
    column : str or None
        Its name.

    Returns
    -------
    list of str or None
        One per row; all None where there is no such column, or it holds no single values.
    """
    rows = listed.original.num_rows
    if column is None or column not in listed.original.column_names:
        return [None] * rows
    text = typed_text(listed.original.select([column])).columns
    return trimmed(text[column]).to_pylist() if text.num_columns else [None] * rows


def list_identity(listed: ProspectList, spec: DataSpec) -> Identity:
    """Return what tells the companies of a list apart.

    Parameters
    ----------
    listed : ProspectList
        The list.
    spec : DataSpec
        Its ``prospects`` say which columns hold account id, web site and parent; those that they
        don't name are looked for under the names that the export of accounts uses.

    Returns
    -------
    Identity
        The list's id counts as an account id only where its column is called as in the export of
        accounts, or the settings name it as ``prospects.account_id``: two systems may give the
        same number to different companies.
    """
    columns = account_columns(spec)
    if spec.prospects is not None:
        asked = spec.prospects
        named = {
            "account_id": asked.account_id,
            "domain": asked.domain,
            "parent_id": asked.parent_id,
        }
        columns |= {name: column for name, column in named.items() if column is not None}
    return Identity(
        ids=listed.ids,
        account_ids=list_texts(listed, columns.get("account_id")),
        parent_ids=list_texts(listed, columns.get("parent_id")),
        domains=[normal_domain(each) for each in list_texts(listed, columns.get("domain"))],
        names=[normal_name(name) for name in listed.names],
    )


def relations(rows: Identity, known: KnownCompanies | None, *, ignore_case: bool = False) -> Texts:
    """Return what each row of a list is to the company already, in words.

    Parameters
    ----------
    rows : Identity
        The list.
    known : KnownCompanies or None
        Accounts and open deals; None where they couldn't be read: then only repeats are told.
    ignore_case : bool
        Whether ids are compared without case, as ``data.keys`` says.

    Returns
    -------
    list of str or None
        None for a stranger that stands in the list once. Else what was found, joined by ``"; "``:
        ``customer``, ``former customer``, ``subsidiary of customer`` and ``open opportunity`` with
        the account and by what it was recognised, ``twice in the list`` with the other rows' ids.

    Notes
    -----
    A row is an account by its account id, else by its web site, else by its name. Equal names
    count only where one of the two has no web site: two sites are two companies. A subsidiary
    names an account as its parent, or its site lies below that of an account. Of several accounts
    with one site or name a customer comes before a former one, then the smallest id; the order of
    rows plays no part. These are figures of the list and of the accounts, not of the row alone.

    Examples
    --------
    >>> rows = Identity(["1", "2"], [None, None], [None, None], ["acme.de", "b.at"], ["acme", "b"])
    >>> from icpfit.data.known_companies import KnownAccount, KnownCompanies
    >>> acme = KnownAccount("77", "Acme AG", "www.acme.de", None, left=False)
    >>> relations(rows, KnownCompanies((acme,), frozenset()))
    ['customer 77 (same web site)', None]
    """
    found: list[list[str]] = [[] for _ in rows.ids]
    if known is not None:
        index = _Index(known, ignore_case=ignore_case)
        found = [index.said(rows, row) for row in range(len(found))]
    for row, others in _repeats(rows).items():
        found[row].append(others)
    return ["; ".join(said) or None for said in found]


def repeated_ids(ids: Sequence[str | None]) -> dict[int, str]:
    """Return the rows whose id stands more than once in a list, with a caution for each.

    Parameters
    ----------
    ids : sequence of str or None
        Trimmed ids; rows without one are no repeats.

    Returns
    -------
    dict of int to str
        Row to caution.

    Examples
    --------
    >>> repeated_ids(["7", None, "7", "8"])
    {0: "its id '7' stands in 2 rows of the list", 2: "its id '7' stands in 2 rows of the list"}
    """
    rows = _groups(ids)
    return {
        row: f"its id '{ids[row]}' stands in {len(same)} rows of the list"
        for same in rows.values()
        for row in same
        if len(same) > 1
    }


class _Index:
    """Accounts by each of the things that they can be recognised by."""

    def __init__(self, known: KnownCompanies, *, ignore_case: bool) -> None:
        self._fold = str.casefold if ignore_case else str
        self._open = {self._fold(account) for account in known.open_deals}
        self._by_id: dict[str, KnownAccount] = {}
        self._by_domain: dict[str, KnownAccount] = {}
        # Among several the first to be seen stays: customers first, then by id.
        for account in sorted(known.accounts, key=lambda a: (a.left, a.account_id)):
            self._by_id.setdefault(self._fold(account.account_id), account)
            domain = normal_domain(account.domain)
            if domain is not None:
                self._by_domain.setdefault(domain, account)
        # A name may belong to accounts with and without a site: all that it could be are kept.
        self._named: dict[str, list[tuple[str | None, KnownAccount]]] = defaultdict(list)
        for account in self._by_id.values():
            name = normal_name(account.name)
            if name is not None:
                self._named[name].append((normal_domain(account.domain), account))

    def said(self, rows: Identity, row: int) -> list[str]:
        """Return what is to be said of a row."""
        said = []
        number, domain = rows.account_ids[row], rows.domains[row]
        account, by = self._account(number, domain, rows.names[row])
        parent = rows.parent_ids[row]
        if account is not None:
            state = "former customer" if account.left else "customer"
            said.append(f"{state} {account.account_id} (same {by})")
        else:
            above = self._by_id.get(self._fold(parent)) if parent else None
            if above is None and domain is not None:
                above = self._above(domain)
            if above is not None:
                state = "former customer" if above.left else "customer"
                said.append(f"subsidiary of {state} {above.account_id}")
        numbers = [number] if account is None else [account.account_id, number]
        if any(each is not None and self._fold(each) in self._open for each in numbers):
            said.append("open opportunity")
        return said

    def _account(
        self, number: str | None, domain: str | None, name: str | None
    ) -> tuple[KnownAccount | None, str]:
        if number is not None and self._fold(number) in self._by_id:
            return self._by_id[self._fold(number)], "id"
        if domain is not None and domain in self._by_domain:
            return self._by_domain[domain], "web site"
        for site, account in self._named.get(name or "", ()):
            if site is None or domain is None:
                return account, "name"
        return None, ""

    def _above(self, domain: str) -> KnownAccount | None:
        rest = domain.partition(".")[2]
        while "." in rest:
            if rest in self._by_domain:
                return self._by_domain[rest]
            rest = rest.partition(".")[2]
        return None


def _repeats(rows: Identity) -> dict[int, str]:
    """Return the rows that are one company with another row, with what is to be said."""
    groups: dict[int, list[list[int]]] = defaultdict(list)
    for same in (*_groups(rows.ids).values(), *_groups(rows.domains).values()):
        if len(same) > 1:
            for row in same:
                groups[row].append(same)
    for same in _groups(rows.names).values():
        unsited = [row for row in same if rows.domains[row] is None]
        if len(same) > 1 and unsited:
            for row in same:
                groups[row].append(same if rows.domains[row] is None else unsited)
    # A group may be the whole list, so that its ids are put in order once, not for each row.
    sorted_ids: dict[int, list[str]] = {}
    for found in groups.values():
        for same in found:
            if id(same) not in sorted_ids:
                sorted_ids[id(same)] = sorted({rows.ids[row] or "" for row in same} - {""})
    return {
        row: f"twice in the list, {_also(rows.ids[row], [sorted_ids[id(s)] for s in found])}"
        for row, found in groups.items()
    }


def _also(own: str | None, groups: Sequence[Sequence[str]]) -> str:
    largest = max(groups, key=len)
    if len(largest) <= _MANY:
        largest = sorted({name for group in groups for name in group})
    total = len(largest) - (own in largest[:_MANY] if len(largest) <= _MANY else own is not None)
    named = [name for name in largest[: _NAMED + 1] if name != own][:_NAMED]
    if not named:
        return "with the same id" if own else "also without an id"
    more = f" and {total - len(named):,} more" if total > len(named) else ""
    return f"also as {', '.join(named)}{more}"


def _groups(values: Sequence[str | None]) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for row, value in enumerate(values):
        if value:
            groups[value].append(row)
    return groups
