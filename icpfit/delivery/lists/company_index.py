"""Companies by each of the things that a row of a list can be recognised by."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CompanyIndex"]

Company = TypeVar("Company")


@dataclass(frozen=True, eq=False)
class CompanyIndex(Generic[Company]):
    """Companies by id, web site and name; whoever is put in first stays.

    Attributes
    ----------
    fold : callable
        The form in which ids are compared.
    by_id, by_domain : dict of str to Company
        By folded id; by normal domain.
    named : dict of str to list of (str or None, Company)
        By normal name, each with its site: a name may belong to companies with and without one,
        and all that it could be are kept.
    """

    fold: Callable[[str], str]
    by_id: dict[str, Company] = field(default_factory=dict)
    by_domain: dict[str, Company] = field(default_factory=dict)
    named: dict[str, list[tuple[str | None, Company]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def put(
        self, company: Company, number: str | None, domain: str | None, name: str | None
    ) -> None:
        """Add a company under its folded id, normal domain and normal name, where it has them."""
        if number is not None:
            self.by_id.setdefault(number, company)
        if domain is not None:
            self.by_domain.setdefault(domain, company)
        if name is not None:
            self.named[name].append((domain, company))

    def found(
        self, number: str | None, domain: str | None, name: str | None
    ) -> tuple[Company | None, str]:
        """Return which company a row is, and by what it was recognised.

        Parameters
        ----------
        number, domain, name : str or None
            Of the row; site and name as they are compared.

        Returns
        -------
        tuple of Company or None, and str
            By its id, else by its web site, else by its name. Equal names count only where one of
            the two has no web site: two sites are two companies.
        """
        if number is not None and self.fold(number) in self.by_id:
            return self.by_id[self.fold(number)], "id"
        if domain is not None and domain in self.by_domain:
            return self.by_domain[domain], "web site"
        for site, company in self.named.get(name or "", ()):
            if site is None or domain is None:
                return company, "name"
        return None, ""
