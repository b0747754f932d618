"""Opportunities that are neither won nor lost, by what a row of a list can be recognised by."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from icpfit.data.company_names import normal_domain, normal_name
from icpfit.delivery.lists.company_index import CompanyIndex

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from icpfit.data.known_companies import KnownAccount, OpenDeal

__all__ = ["OpenDealIndex"]


class OpenDealIndex:
    """Open opportunities by id, web site and name of the company that they are with.

    Parameters
    ----------
    deals : iterable of OpenDeal
        The opportunities; their order plays no part.
    accounts : CompanyIndex of KnownAccount
        The accounts.

    Attributes
    ----------
    companies : CompanyIndex of str
        With whom they are: the company's id, else its name or site.

    Notes
    -----
    A deal without a site has that of another deal with the same id, else that of its account, by
    id or by name: two sites are two companies, also where the export of deals has none.
    """

    def __init__(self, deals: Iterable[OpenDeal], accounts: CompanyIndex[KnownAccount]) -> None:
        self.companies: CompanyIndex[str] = CompanyIndex(accounts.fold)
        self._strangers: set[frozenset[str]] = set()
        compared = [
            (
                deal.account_id or deal.name or deal.domain or "",
                accounts.fold(deal.account_id) if deal.account_id else None,
                normal_domain(deal.domain),
                normal_name(deal.name),
            )
            for deal in sorted(deals, key=_order)
        ]
        told: dict[str | None, list[str | None]] = defaultdict(list)
        for _, number, domain, _ in compared:
            if number is not None and domain is not None:
                told[number].append(domain)
        for company, number, domain, name in compared:
            account = accounts.by_id.get(number or "")
            sites = [domain]
            if domain is None:
                of_account = [] if account is None else [normal_domain(account.domain)]
                of_name = [site for site, _ in accounts.named.get(name or "", ())]
                sites = told.get(number) or of_account or of_name or [None]
            for site in sites:
                self.companies.put(company, number, site, name)
            if account is None:
                keys = {"account_id": number, "domain": any(sites), "name": name}
                self._strangers.add(frozenset(key for key, has in keys.items() if has))

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
