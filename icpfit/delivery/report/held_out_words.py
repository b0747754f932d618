"""Which figures of a group are told: those of accounts that did not decide who stands there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from icpfit.delivery.amounts import account_count, count
from icpfit.insight.segments.figures import FEWEST
from icpfit.insight.segments.verdicts import STABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from icpfit.insight.segments.figures import GroupFigures
    from icpfit.insight.segments.found import FoundSegment, FoundSegments, Part

__all__ = [
    "accounts_told",
    "by_money",
    "caveat",
    "enough_held_out",
    "firmness",
    "told_figures",
    "which",
]

_FIRM = 0.8
# Which way the figures lean where the same accounts chose the group.
_LEANS: dict[Part, str] = {
    "segments": "rather too high",
    "fix": "rather too far apart",
    "avoid": "rather too low",
}


def which(found: FoundSegments) -> str:
    """Return what the accounts of the hold-out are.

    Parameters
    ----------
    found : FoundSegments
        With or without a hold-out.

    Returns
    -------
    str
        "later" or "held-out"; empty without a hold-out.
    """
    return {"later": "later", "random": "held-out", "none": ""}[found.holdout]


def enough_held_out(group: FoundSegment) -> GroupFigures | None:
    """Return a group's figures on the hold-out, where there are enough accounts.

    Parameters
    ----------
    group : FoundSegment
        A group found.

    Returns
    -------
    GroupFigures or None
        None without a hold-out, and where fewer than 20 of its accounts are in the group.
    """
    held = group.held_out
    return held if held is not None and held.n >= FEWEST else None


def told_figures(group: FoundSegment) -> FoundSegment | GroupFigures:
    """Return the figures that are told of a group.

    Parameters
    ----------
    group : FoundSegment
        A group found.

    Returns
    -------
    FoundSegment or GroupFigures
        Those of the hold-out where it can tell, else the group itself: those of the accounts that
        chose it, which `caveat` marks.
    """
    return enough_held_out(group) or group


def by_money(groups: Iterable[FoundSegment]) -> list[FoundSegment]:
    """Return groups in the order of the money that hangs on them.

    Parameters
    ----------
    groups : iterable of FoundSegment
        Groups found.

    Returns
    -------
    list of FoundSegment
        First the one with most money for each account of all, whatever its sign: its share of the
        accounts times its margin, or of a group to fix times what its remedial cost takes. Equal
        ones stand in the order of their names.
    """

    def money_of(group: FoundSegment) -> float:
        told = told_figures(group)
        margin = told.margin.value
        if group.part == "fix":
            margin = told.margin_if_fixed.value - margin
        return abs(told.coverage * margin)

    return sorted(groups, key=lambda group: (-money_of(group), group.segment.name))


def firmness(group: FoundSegment, found: FoundSegments) -> str:
    """Return how firmly a group stands, by the half-samples that lead to it again.

    Parameters
    ----------
    group : FoundSegment
        A group that passed.
    found : FoundSegments
        What it was found among.

    Returns
    -------
    str
        A sentence with the count; empty where no half-sample was drawn.

    Notes
    -----
    "Firm" from 4 of 5 on, "fairly firm" from half on: below, other accounts may draw other borders.
    """
    if found.half_samples == 0 or math.isnan(group.stability):
        return ""
    again = round(group.stability * found.half_samples)
    drawn = f"{count(again)} of {count(found.half_samples)} searches on half of the accounts"
    if group.stability >= _FIRM:
        return f"Firm: {drawn} lead to it again."
    if group.stability >= STABLE:
        return f"Fairly firm: {drawn} lead to it again."
    return f"Confirm before relying on its borders: {drawn} lead to it again."


def accounts_told(group: FoundSegment, found: FoundSegments) -> str:
    """Return how many accounts the figures told are of.

    Parameters
    ----------
    group : FoundSegment
        A group found.
    found : FoundSegments
        What it was found among.

    Returns
    -------
    str
        Such as "34 later accounts" or "60 accounts".
    """
    held = enough_held_out(group)
    return account_count(group.n) if held is None else account_count(held.n, which(found))


def caveat(group: FoundSegment, found: FoundSegments) -> str:
    """Return what is to be known of figures that the chosen accounts themselves gave.

    Parameters
    ----------
    group : FoundSegment
        A group found.
    found : FoundSegments
        What it was found among.

    Returns
    -------
    str
        Which way they lean, and how many held-out accounts there are if too few; empty where the
        hold-out can tell.
    """
    if enough_held_out(group) is not None:
        return ""
    leans = f"chosen on these accounts, so {_LEANS[group.part]}"
    if group.held_out is None:
        return leans
    n = group.held_out.n
    return f"{leans}; too few {which(found)} accounts to tell ({count(n)})"
