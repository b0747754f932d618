"""Opportunities that are neither won nor lost, by what a row of a list can be recognised by."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from icpfit.data.company_names import normal_domain, normal_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from icpfit.data.known_companies import KnownAccount, OpenDeal

__all__ = ["OpenDealIndex"]

Sited = tuple[str | None, str]
"""A web site, and who has it."""


class OpenDealIndex:
    """Open opportunities by id, web site and name of the company that they are with.

    Parameters
    ----------
    deals : iterable of OpenDeal
        The opportunities; their order plays no part.
    fold : callable
        The form in which ids are compared.
    by_id : mapping of str to KnownAccount
        The accounts by folded id.
    named : mapping of str to list of (str or None, KnownAccount)
        The accounts by normal name, each with its site.

    Attributes
    ----------
    ids, domains, names : collection of str
        By what they are known, ids folded.

    Notes
    -----
    A deal without a site has that of another deal with the same id, else that of its account, by
    id or by name: two sites are two companies, also where the export of deals has none.
    """

    def __init__(
        self,
        deals: Iterable[OpenDeal],
        fold: Callable[[str], str],
        by_id: Mapping[str, KnownAccount],
        named: Mapping[str, list[tuple[str | None, KnownAccount]]],
    ) -> None:
        self._fold = fold
        self.ids: dict[str, str] = {}
        self.domains: dict[str, str] = {}
        self.names: dict[str, list[Sited]] = defaultdict(list)
        self._strangers: set[frozenset[str]] = set()
        ordered = sorted(deals, key=_order)
        told: dict[str, list[str | None]] = defaultdict(list)
        for deal in ordered:
            domain = normal_domain(deal.domain)
            if deal.account_id and domain:
                told[fold(deal.account_id)].append(domain)
        for deal in ordered:
            number = fold(deal.account_id) if deal.account_id else None
            name, domain = normal_name(deal.name), normal_domain(deal.domain)
            account = by_id.get(number or "")
            sites = [domain]
            if domain is None:
                of_account = [] if account is None else [normal_domain(account.domain)]
                of_name = [site for site, _ in named.get(name or "", ())]
                sites = told.get(number or "") or of_account or of_name or [None]
            self._add(number, name, sites, deal.account_id or deal.name or deal.domain or "")
            if account is None:
                self._strangers.add(_told(number, name, sites))

    def _add(
        self, number: str | None, name: str | None, sites: Iterable[str | None], shown: str
    ) -> None:
        if number:
            self.ids.setdefault(number, shown)
        for site in sites:
            if site is not None:
                self.domains.setdefault(site, shown)
            if name is not None:
                self.names[name].append((site, shown))

    def is_with(self, number: str) -> bool:
        """Return whether an opportunity is open with the account of this number."""
        return self._fold(number) in self.ids

    def found(
        self, number: str | None, domain: str | None, name: str | None
    ) -> tuple[str | None, str]:
        """Return with whom an opportunity is open that a row is, and by what it was recognised.

        Parameters
        ----------
        number, domain, name : str or None
            Of the row; site and name as they are compared.

        Returns
        -------
        tuple of str or None, and str
            The company's id, else its name or site; None where there is none.
        """
        if number is not None and self._fold(number) in self.ids:
            return self.ids[self._fold(number)], "id"
        if domain is not None and domain in self.domains:
            return self.domains[domain], "web site"
        for site, shown in self.names.get(name or "", ()):
            if site is None or domain is None:
                return shown, "name"
        return None, ""

    def has_untold(self, columns: Collection[str]) -> bool:
        """Return whether there is one with a company that is no account, and these don't tell it.

        Parameters
        ----------
        columns : collection of str
            Which of ``account_id``, ``domain`` and ``name`` a list has.

        Returns
        -------
        bool
            Whether the export of opportunities names one such company by none of these.
        """
        return any(not told & set(columns) for told in self._strangers)


def _order(deal: OpenDeal) -> tuple[str, str, str]:
    return deal.account_id or "", deal.name or "", deal.domain or ""


def _told(number: str | None, name: str | None, sites: Iterable[str | None]) -> frozenset[str]:
    """Return by which columns of a list a deal can be recognised."""
    found = {"account_id": number, "name": name, "domain": any(sites)}
    return frozenset(key for key, cell in found.items() if cell)
