"""How a list of prospects is read, and under which names its scores go back into a CRM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from icpfit.data.sources.source_spec import Format, ProspectFiles

__all__ = ["CRMS", "CrmFields", "ProspectSpec", "with_list_format"]

CRMS = ("salesforce", "hubspot", "dynamics")
"""The CRMs that a write-back file can be made for."""

# Delimiter and encoding are seen from the file itself; these can't be.
_NOTATION = ("decimal", "thousands", "dates", "true_texts", "false_texts")


@dataclass(frozen=True)
class CrmFields:
    """Under which names a CRM's import takes the scores.

    Parameters
    ----------
    id : str or None
        The list's column that holds the CRM's own id of a record; ``prospects.id`` when left out.
    fields : dict of str to str
        Added column to the CRM's field, such as ``fit_grade: Fit_Grade__c``.
    entity : {"lead", "opportunity"}
        What the ids are of; for Dynamics 365 only.
    """

    id: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    entity: Literal["lead", "opportunity"] = "lead"

    def __post_init__(self) -> None:
        names = list(self.fields.values())
        for name in sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"fields: two columns would be written as {name!r}; rename one")


@dataclass(frozen=True)
class ProspectSpec:
    """How a list of prospects is read.

    Parameters
    ----------
    id : str
        The column that identifies a prospect; the only one that must be there.
    name : str or None
        The column with the company's name.
    opened_on : str or None
        The column with the day on which the opportunity was opened.
    account_id, domain, parent_id : str or None
        The columns with the number under which the company would be among the accounts, its web
        site, and the number of its parent. When left out, those that are called as in the export
        of accounts; empty where the list has none, whatever its columns are called.
    columns : dict of str to str
        Attribute to column, where it isn't the attribute's own ``column``.
    lists : dict of str to ProspectFiles
        Lists that can be asked for by name.
    format : Format
        How the cells are written; what isn't said is as in the export of accounts.
    typical : str or None
        The named list that looks like those to be scored: what customers have and it doesn't, is
        never learned from. By default the only list, where one alone is named.
    crm : dict of str to CrmFields
        ``salesforce``, ``hubspot`` or ``dynamics`` to the names that its import takes.
    results_url : str or None
        The database that a scored list is written to; where a list comes from one, by default that.
    """

    id: str
    name: str | None = None
    opened_on: str | None = None
    account_id: str | None = None
    domain: str | None = None
    parent_id: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    lists: dict[str, ProspectFiles] = field(default_factory=dict)
    format: Format = field(default_factory=Format)
    typical: str | None = None
    crm: dict[str, CrmFields] = field(default_factory=dict)
    results_url: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.typical is not None and self.typical not in self.lists:
            known = ", ".join(sorted(self.lists)) or "none"
            raise ValueError(f"typical: there is no list {self.typical!r} under lists: {known}")
        for name in sorted(set(self.crm) - set(CRMS)):
            raise ValueError(f"crm.{name}: there is no such CRM; known: {', '.join(CRMS)}")


def with_list_format(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a company's settings with the format of its lists filled in from its accounts.

    Parameters
    ----------
    values : Mapping
        Plain values of the company's data settings, not checked yet.

    Returns
    -------
    Mapping
        The same where the lists say everything themselves, or nothing can be said for them;
        else with ``prospects.format`` taken key by key from the first source of accounts: how it
        writes numbers, dates and flags. Delimiter and encoding are seen from each file.

    Examples
    --------
    >>> given = {
    ...     "sources": {"crm": {"table": "accounts", "format": {"decimal": ",", "delimiter": ";"}}},
    ...     "prospects": {"id": "Nr", "format": {"dates": "%d.%m.%Y"}},
    ... }
    >>> with_list_format(given)["prospects"]["format"]
    {'decimal': ',', 'dates': '%d.%m.%Y'}
    """
    prospects, sources = values.get("prospects"), values.get("sources")
    if not isinstance(prospects, Mapping) or not isinstance(sources, Mapping):
        return values
    given = prospects.get("format") or {}
    formats = [
        source.get("format")
        for source in sources.values()
        if isinstance(source, Mapping) and source.get("table") == "accounts"
    ]
    first = formats[0] if formats else None
    if not isinstance(first, Mapping) or not isinstance(given, Mapping):
        return values
    theirs = {key: first[key] for key in _NOTATION if first.get(key) is not None}
    # A list that is said to be written 1.234,50 must not inherit a thousands sign that clashes.
    if "decimal" in given or "thousands" in given:
        theirs = {k: v for k, v in theirs.items() if k not in ("decimal", "thousands")}
    if not theirs:
        return values
    return {**values, "prospects": {**prospects, "format": {**theirs, **given}}}
