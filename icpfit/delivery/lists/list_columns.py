"""The columns of a scored list that icpfit adds: their names, decimals and meanings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.lists.scored_list import ADDED_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from icpfit.data.prospect_source import ProspectSource

__all__ = [
    "DECIMALS",
    "LIST_COLUMNS",
    "MEANINGS",
    "added_names",
    "clash_warning",
    "own_name",
    "written_names",
]

LIST_COLUMNS: dict[str, int | None] = {
    "next_step": None,
    "relation": None,
    "call_order": 0,
    "call_for": None,
    "grade_before": None,
    "changed_because": None,
}
"""What sales gets behind the columns of the model; the last four only where they are asked for."""

DECIMALS: dict[str, int | None] = {**ADDED_COLUMNS, **LIST_COLUMNS}
"""Every added column to the decimals that a number keeps; None for text."""

MEANINGS: dict[str, str] = {
    "fit_grade": "A (best) to D by the number that ranks, or unrated where icpfit can't tell. Never"
    " A or B with an expected margin at or below zero",
    "fit_score": "0 to 100: how many of 100 judged accounts this one stands above",
    "margin_if_won": "expected margin after cost to serve over the horizon, if it is won",
    "margin_p10": "one such account in ten is expected to leave less than this",
    "margin_p90": "one such account in ten is expected to leave more than this",
    "currency": "of the three margins",
    "horizon": "the time that the margins are summed over, from the start of the contract",
    "fit_if_won": "probability, if it is won, of a profitable fit",
    "reasons_for": "up to three facts associated with a higher rank, each with its share of the"
    " number that ranks",
    "reasons_against": "up to three facts associated with a lower rank",
    "icp_current": "the group of the current ICP that it falls in; fix: or avoid: before the name"
    " says that it is no target",
    "icp_proposed": "the same of the ICP that icpfit proposed when the model was trained",
    "caution": "what to know before relying on the row: facts never served before, missing or"
    " unreadable, or an id that stands in the list more than once",
    "model_version": "the model that scored the row",
    "next_step": "call, explore, nurture, leave or check; the rules stand under"
    ' "What to do next". It follows the row\'s own grade and caution; a group that it falls in'
    " (icp_current, icp_proposed) doesn't change it",
    "relation": "what it is already: a customer, a former one, a subsidiary of one, an open"
    " opportunity, or in the list twice. A figure of the list and of the accounts, not of the row",
    "call_order": "1 is called first; counted for each owner. A figure of the list: it changes"
    " when rows are added. Empty where nobody calls",
    "call_for": "best: called for its rank. exploration: drawn by chance, to learn what the model"
    " would pass over",
    "grade_before": "its grade in the earlier list",
    "changed_because": "facts that are written differently in the two lists, or another model;"
    " empty where the grade is the same",
}
"""What each added column holds, in a sentence."""


def added_names(columns: Sequence[str], added: Iterable[str] = ADDED_COLUMNS) -> dict[str, str]:
    """Return the names under which the added columns are written beside these.

    Parameters
    ----------
    columns : sequence of str
        The list's own columns.
    added : iterable of str
        The columns that are added.

    Returns
    -------
    dict of str to str
        Added column to its name in the file: with ``icpfit_`` in front, as often as needed, where
        the list has a column of that name.

    Examples
    --------
    >>> added_names(["id", "currency"])["currency"]
    'icpfit_currency'
    """
    taken = set(columns)
    names = {}
    for column in added:
        name = column
        while name in taken:
            name = f"icpfit_{name}"
        taken.add(name)
        names[column] = name
    return names


def written_names(source: ProspectSource, added: Iterable[str]) -> dict[str, str]:
    """Return the names under which the added columns are written behind a list's own.

    Parameters
    ----------
    source : ProspectSource
        The list.
    added : iterable of str
        The columns that are added.

    Returns
    -------
    dict of str to str
        As `added_names` gives them.
    """
    return added_names([*source.names, *source.header], added)


def own_name(columns: Iterable[str], added: str) -> str | None:
    """Return the name under which icpfit last added a column to a list.

    Parameters
    ----------
    columns : iterable of str
        The columns of a list that icpfit wrote.
    added : str
        The added column.

    Returns
    -------
    str or None
        The one with most ``icpfit_`` in front; None where there is none.

    Examples
    --------
    >>> own_name(["id", "fit_grade", "icpfit_fit_grade"], "fit_grade")
    'icpfit_fit_grade'
    """
    there, found, name = set(columns), None, added
    while name in there:
        found, name = name, f"icpfit_{name}"
    return found


def clash_warning(source: ProspectSource, added: Iterable[str] = ADDED_COLUMNS) -> list[str]:
    """Return the warning that a list already has columns of the added names, if it has.

    Parameters
    ----------
    source : ProspectSource
        The list.
    added : iterable of str
        The columns that are added.

    Returns
    -------
    list of str
        One line, or none.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> names = ["id", "currency"]
    >>> print(*clash_warning(SimpleNamespace(header=names, names=names)))
    the list already has a column 'currency'; it is kept, and icpfit's is written as
    'icpfit_currency'
    """
    names = written_names(source, added)
    renamed = {old: new for old, new in names.items() if old != new}
    if not renamed:
        return []
    first, written = next(iter(renamed.items()))
    warning = (
        f"the list already has a column '{first}'; it is kept,"
        f" and icpfit's is written as '{written}'"
    )
    if len(renamed) > 1:
        warning = (
            f"the list already has {len(renamed)} columns of icpfit's names"
            f" ({', '.join(renamed)}); they are kept, and icpfit's are written with icpfit_ in"
            f" front, such as '{written}'"
        )
    return [warning]
