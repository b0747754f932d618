"""What a column's or file's name suggests, to people who name them: words, and when it is known."""

from __future__ import annotations

import re

__all__ = ["known_by_name", "named", "readable", "slug", "words"]

#: Facts of a company that stand in any directory: they can be seen of a prospect.
_BEFORE = {
    "industry",
    "sector",
    "vertical",
    "branch",
    "naics",
    "sic",
    "nace",
    "country",
    "state",
    "region",
    "city",
    "province",
    "continent",
    "territory",
    "employees",
    "employee",
    "headcount",
    "staff",
    "fte",
    "size",
    "founded",
    "ownership",
    "sites",
    "locations",
    "stores",
    "branches",
    "subsidiaries",
    "language",
    "leadsource",
    "erp",
    "currency",
}
_BEFORE_PAIRS = (
    {"annual", "revenue"},
    {"revenue", "band"},
    {"lead", "source"},
    {"account", "source"},
    {"original", "source"},
    {"company", "type"},
    {"legal", "form"},
    {"year", "founded"},
    {"web", "shop"},
    {"it", "team"},
)
#: Words of what a contract settles.
_SIGNING = {
    "contract",
    "discount",
    "price",
    "plan",
    "package",
    "edition",
    "seats",
    "licenses",
    "licences",
    "term",
    "deal",
    "arr",
    "mrr",
    "acv",
    "tcv",
    "tier",
    "product",
    "payment",
    "onboarding",
    "sla",
}
#: Words of what shows only once somebody is a customer.
_AFTER = {
    "ticket",
    "tickets",
    "health",
    "churn",
    "churned",
    "renewal",
    "renewed",
    "nps",
    "csat",
    "usage",
    "login",
    "logins",
    "last",
    "lifetime",
    "ltv",
    "clv",
    "spend",
    "spent",
    "paid",
    "invoice",
    "invoices",
    "balance",
    "support",
    "status",
    "csm",
    "score",
    "modified",
    "updated",
    "stage",
    "lifecycle",
    "active",
    "complaint",
    "complaints",
    "returns",
    "margin",
    "profit",
    "overdue",
    "upsell",
    "expansion",
    "satisfaction",
    "rating",
    "owner",
    "age",
    "tenure",
    "total",
    "orders",
    "cancel",
    "cancelled",
    "end",
    "open",
    "customer",
    "type",
}


def words(name: str) -> list[str]:
    """Split a name into its words.

    Parameters
    ----------
    name : str
        Of a column or a file.

    Returns
    -------
    list of str
        In lower case; ``NumberOfEmployees__c`` has three.

    Examples
    --------
    >>> words("NumberOfEmployees__c"), words("Est. Gross Profit")
    (['number', 'of', 'employees'], ['est', 'gross', 'profit'])
    """
    parted = re.sub(r"__c$", "", name)
    parted = re.sub(r"(?<=[a-zß-ÿ0-9])(?=[A-ZÀ-Þ])|(?<=[A-ZÀ-Þ])(?=[A-ZÀ-Þ][a-zß-ÿ])", " ", parted)
    return re.findall(r"[^\W\d_]+|\d+", parted.lower())


def slug(name: str) -> str:
    """Make a name for an attribute.

    Parameters
    ----------
    name : str
        A column.

    Returns
    -------
    str
        Its words, joined by underscores.

    Examples
    --------
    >>> slug("Number of Sites")
    'number_of_sites'
    """
    joined = "_".join(words(name)) or "column"
    return joined if not joined[0].isdigit() else f"n_{joined}"


def readable(name: str) -> str:
    """Write a name as a person would.

    Parameters
    ----------
    name : str
        A column.

    Returns
    -------
    str
        Its words.

    Examples
    --------
    >>> readable("BillingCountry")
    'billing country'
    """
    return " ".join(words(name))


def named(name: str, *asked: str) -> bool:
    """Tell whether a name has all words of one of the given phrases.

    Parameters
    ----------
    name : str
        A column or a file.
    *asked : str
        Phrases, such as ``"contract start"``.

    Returns
    -------
    bool
        Whether one of them is in it, in any order.

    Examples
    --------
    >>> named("Contract_Start_Date", "start contract")
    True
    """
    have = set(words(name))
    have |= {word.removesuffix("s") for word in have}
    return any(set(phrase.split()) <= have for phrase in asked)


def known_by_name(name: str) -> tuple[str, str]:
    """Guess when a column is known, by its name alone, and carefully.

    Parameters
    ----------
    name : str
        The column.

    Returns
    -------
    known : str
        ``before_sale`` only where the name is that of a fact in any directory of companies.
    reason : str
        Why, in a few words.

    Examples
    --------
    >>> known_by_name("BillingCountry")
    ('before_sale', 'a fact of the company, seen of any prospect')
    >>> known_by_name("Support Tier")[0], known_by_name("Misc 1")[0]
    ('after_sale', 'after_sale')
    """
    have = set(words(name))
    after, signing = have & _AFTER, have & _SIGNING
    is_fact = bool(have & _BEFORE) or any(pair <= have for pair in _BEFORE_PAIRS)
    if is_fact and not after and not signing:
        return "before_sale", "a fact of the company, seen of any prospect"
    if any({*pair} == have for pair in _BEFORE_PAIRS):
        return "before_sale", "a fact of the company, seen of any prospect"
    if after:
        return "after_sale", f"'{min(after)}' sounds like something that shows later"
    if signing:
        return "at_signing", f"'{min(signing)}' sounds like a term of the contract"
    return "after_sale", "the name doesn't tell, so it is not learned from until you say otherwise"
