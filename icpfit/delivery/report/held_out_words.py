"""Which figures of a group are told: those of accounts that did not decide who stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.amounts import account_count, count
from icpfit.insight.segments.figures import FEWEST

if TYPE_CHECKING:
    from icpfit.insight.segments.figures import GroupFigures
    from icpfit.insight.segments.found import FoundSegment, FoundSegments, Part

__all__ = ["accounts_told", "caveat", "enough_held_out", "told_figures", "which"]

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
