"""Findings without the accounts' names and ids, so that their report may be shared."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from icpfit.delivery.report.facts import ReportFacts
    from icpfit.economics.outcome import Accounts

__all__ = ["Pseudonyms", "account_names_hidden", "names_hidden", "pseudonyms"]

Found = TypeVar("Found")
_QUOTED = re.compile(r"(['“])([^'“”]+)(['”])")
_NAMED = ("account_id", "name")


@dataclasses.dataclass(frozen=True, eq=False)
class Pseudonyms:
    """Other names for the accounts.

    Parameters
    ----------
    by_id : dict of str to str
        Account id to pseudonym.
    names : frozenset of str
        The accounts' own names and ids.
    """

    by_id: dict[str, str]
    names: frozenset[str]


def pseudonyms(account_ids: Iterable[object], names: Iterable[object] = ()) -> Pseudonyms:
    """Give every account another name: "account 1" and so on, in the order of the ids.

    Parameters
    ----------
    account_ids : iterable
        Each account's id.
    names : iterable
        The accounts' names; anything that is no text is passed over.

    Returns
    -------
    Pseudonyms
        The same accounts get the same names again.

    Examples
    --------
    >>> pseudonyms(["b7", "a3"], ["Miller"]).by_id
    {'a3': 'account 1', 'b7': 'account 2'}
    """
    ids = sorted({str(one) for one in account_ids})
    known = {name.strip() for name in names if isinstance(name, str)}
    by_id = {one: f"account {place}" for place, one in enumerate(ids, start=1)}
    return Pseudonyms(by_id, frozenset(known | set(ids)) - {""})


def account_names_hidden(facts: ReportFacts, accounts: Accounts) -> ReportFacts:
    """Return a report's facts without the accounts' names and ids.

    Parameters
    ----------
    facts : ReportFacts
        Without chapters of findings: these are pictures and texts already, and are to be made from
        findings that `names_hidden` went over.
    accounts : Accounts
        Whose names are hidden.

    Returns
    -------
    ReportFacts
        Says of itself that names are hidden.
    """
    others = pseudonyms(accounts.dates.index, accounts.dates["name"])
    return dataclasses.replace(names_hidden(facts, others), names_hidden=True)


def names_hidden(found: Found, others: Pseudonyms) -> Found:
    """Return a finding in which every account bears its other name.

    Parameters
    ----------
    found : object
        A finding: dataclasses, sequences and mappings of them, tables, texts.
    others : Pseudonyms
        See `pseudonyms`.

    Returns
    -------
    object
        Of the same kind. Changed are: fields and columns called ``account_id`` and ``name`` where
        both stand together, tables indexed by ``account_id`` with a column ``name``, and names
        quoted in a text. What is no finding (a model, an array) stays as it is.

    Notes
    -----
    A name that is an ordinary word is only replaced where it stands for an account; texts are
    searched for quoted names alone.

    Examples
    --------
    >>> others = pseudonyms(["a3"], ["Miller"])
    >>> names_hidden("some accounts (such as 'Miller') stand in it twice", others)
    "some accounts (such as 'a hidden name') stand in it twice"
    """
    hidden: Any = _hidden(found, others)
    return hidden  # type: ignore[no-any-return]


def _hidden(found: Any, others: Pseudonyms) -> Any:
    if isinstance(found, str):
        return _QUOTED.sub(lambda quoted: _unquoted(quoted, others), found)
    if isinstance(found, pd.DataFrame):
        return _table(found, others)
    if isinstance(found, tuple | list):
        parts = (_hidden(part, others) for part in found)
        return type(found)(*parts) if hasattr(found, "_fields") else type(found)(parts)
    if isinstance(found, dict):
        return {key: _hidden(value, others) for key, value in found.items()}
    if dataclasses.is_dataclass(found) and not isinstance(found, type):
        return _record(found, others)
    return found


def _record(found: Any, others: Pseudonyms) -> Any:
    fields = [field.name for field in dataclasses.fields(found) if field.init]
    changed = {name: _hidden(getattr(found, name), others) for name in fields}
    if set(_NAMED) <= set(fields):
        other = others.by_id.get(str(found.account_id), "an account")
        changed |= {"account_id": other, "name": other}
    if all(changed[name] is getattr(found, name) for name in fields):
        return found
    return dataclasses.replace(found, **changed)


def _table(found: pd.DataFrame, others: Pseudonyms) -> pd.DataFrame:
    hidden = found
    if _is_of_accounts(found.index, others):
        renamed = [others.by_id.get(str(one), one) for one in found.index]
        hidden = hidden.set_axis(pd.Index(renamed, name=found.index.name), axis=0)
        if "name" in found.columns and "account_id" not in found.columns:
            hidden = hidden.assign(name=renamed)
    if "account_id" in found.columns:
        ids = [others.by_id.get(str(one), "an account") for one in found["account_id"]]
        hidden = hidden.assign(account_id=ids)
        if "name" in found.columns:
            hidden = hidden.assign(name=ids)
    return hidden


def _is_of_accounts(index: pd.Index, others: Pseudonyms) -> bool:
    # A table of something else may be numbered as accounts are.
    if index.name == "account_id":
        return True
    of_text = len(index) > 0 and all(isinstance(one, str) for one in index)
    return of_text and all(one in others.by_id for one in index)


def _unquoted(quoted: re.Match[str], others: Pseudonyms) -> str:
    if quoted[2].strip() not in others.names:
        return quoted[0]
    return f"{quoted[1]}a hidden name{quoted[3]}"
