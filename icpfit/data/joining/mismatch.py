"""Why the ids of a ledger find no account: the likely cause, and how much it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.data.identity.normal_ids import FORMS, Form

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

__all__ = ["Cause", "Unmatched", "differing_only_in_case", "likely_cause"]


@dataclass(frozen=True)
class Unmatched:
    """Rows of a ledger that find no account.

    Parameters
    ----------
    by_id : DataFrame
        ``account_id`` (sorted; empty text where the row has none), the money columns, the same
        as ``abs:...`` (sum of absolute amounts), ``rows``.
    absolute_total : dict of str to int
        Sum of absolute amounts over the whole ledger, for the share that is lost: credits would
        hide it in a plain sum.
    account_ids : sequence of str
        The ids that could have been found.
    """

    by_id: pd.DataFrame
    absolute_total: dict[str, int]
    account_ids: Sequence[str]


@dataclass(frozen=True)
class Cause:
    """A likely cause: what it is, what to do, and how many ids it explains."""

    text: str
    remedy: str
    explained: int


_NORMALISE = "set data.keys.normalise: [{0}], or {1}"
_FORM_CAUSES: tuple[tuple[Form, str, str], ...] = (
    (
        "leading_zeros",
        "one side has lost its leading zeros",
        "export the ids as text, with the zeros that the other side has",
    ),
    (
        "salesforce_15",
        "one side has Salesforce ids of 15 characters, the other of 18",
        "export the same kind on both sides",
    ),
    (
        "decimal_zero",
        "one side was exported as a number with '.0'",
        "export the ids as text",
    ),
    (
        "punctuation",
        "they differ in punctuation or spaces",
        "export the ids in the same form on both sides",
    ),
)
_CAUSES: tuple[tuple[Callable[[str], str], str, str], ...] = (
    (str.lower, "they differ in case only", "set data.keys.ignore_case: true"),
    *((FORMS[form], text, _NORMALISE.format(form, fix)) for form, text, fix in _FORM_CAUSES),
)


def likely_cause(ids: Sequence[str], account_ids: Sequence[str]) -> Cause:
    """Guess why ids find no account, by what would make them agree.

    Parameters
    ----------
    ids : sequence of str
        Distinct ids of a ledger that find no account.
    account_ids : sequence of str
        The ids of the accounts.

    Returns
    -------
    Cause
        The cause that explains most ids; ties go to the simpler one. ``explained`` is 0 when none
        does.

    Examples
    --------
    >>> likely_cause(["7", "12"], ["0007", "0012"]).text
    'one side has lost its leading zeros'
    """
    best = Cause(
        "no id of it looks like one of the accounts",
        "map account_id to the column that holds the CRM's id, or set match or crosswalk",
        0,
    )
    for form, text, remedy in _CAUSES:
        known = {form(account) for account in account_ids}
        explained = sum(form(one) in known for one in ids)
        if explained > best.explained:
            best = Cause(text, remedy, explained)
    return best


def differing_only_in_case(unmatched: Unmatched) -> pd.DataFrame:
    """Rows of `by_id` that would find an account if case were ignored.

    Parameters
    ----------
    unmatched : Unmatched
        What finds no account.

    Returns
    -------
    DataFrame
        The same columns, fewer rows.
    """
    known = {account.lower() for account in unmatched.account_ids}
    return unmatched.by_id[[one.lower() in known for one in unmatched.by_id["account_id"]]]
