"""Whom to bring in, whom to leave, and what to fix before dropping: groups in plain sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from icpfit.delivery.amounts import (
    horizon_in_words,
    money,
    money_interval,
    percent,
    percent_interval,
)
from icpfit.delivery.report.first_page import Choice, Group
from icpfit.delivery.report.held_out_words import (
    accounts_told,
    by_money,
    caveat,
    enough_held_out,
    firmness,
    told_figures,
    which,
)
from icpfit.delivery.report.quantities import quantity_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.insight.segments.found import FoundSegment, FoundSegments

__all__ = ["MOST_SHOWN", "Part", "cause_words", "choices", "shown_groups"]

MOST_SHOWN = {"segments": 3, "fix": 2, "avoid": 2}
Part = Literal["segments", "fix", "avoid"]
HEADINGS: tuple[tuple[Part, str, Literal["bring", "leave", "fix"]], ...] = (
    ("segments", "Bring in", "bring"),
    ("avoid", "Leave", "leave"),
    ("fix", "Fix before dropping", "fix"),
)
EMPTY = {
    "segments": "No group stands out clearly enough to go for.",
    "avoid": "No group loses money both with and without remedial cost clearly enough to leave it.",
    "fix": "No losing group clearly counts as a fit with remedial cost taken out of the books.",
}


def choices(
    found: FoundSegments | None,
    horizon: str,
    currency: str,
) -> tuple[Choice, ...]:
    """Return the three lists of groups, those that passed the test only.

    Parameters
    ----------
    found : FoundSegments or None
        The groups found; None where none were looked for.
    horizon, currency : str
        As in the settings.

    Returns
    -------
    tuple of Choice
        Bring in, leave, fix; an empty one says why it is empty. Of the candidates the one with most
        money is named as such, the others counted. Groups stand in the order of the money that
        hangs on them, each with how firmly it stands. Figures are those of the hold-out, each group
        by its own rule; where there are too few of its accounts, those that chose the group, so
        marked.
    """
    if found is None:
        return ()
    return tuple(
        _choice(
            found,
            part,
            heading,
            kind,
            horizon=horizon,
            currency=currency,
        )
        for part, heading, kind in HEADINGS
    )


def shown_groups(found: FoundSegments, part: Part) -> list[FoundSegment]:
    """Return the groups of one part that stand on the first page.

    Parameters
    ----------
    found : FoundSegments
        The groups found.
    part : {"segments", "fix", "avoid"}
        Bring in, fix, leave.

    Returns
    -------
    list of FoundSegment
        Those that passed, most money first; at most three, or two to fix or to leave.
    """
    return by_money(found.of(part))[: MOST_SHOWN[part]]


def cause_words(group: FoundSegment, currency: str) -> str:
    """Return the main cause of a group's remedial cost.

    Parameters
    ----------
    group : FoundSegment
        A group to fix.
    currency : str
        ISO code.

    Returns
    -------
    str
        Activity, who causes it, what it takes per account; empty where no cause is known.
    """
    if not group.causes:
        return ""
    cause = max(group.causes, key=lambda it: (it.amount, it.activity, it.caused_by))
    by = f", caused by {cause.caused_by}" if cause.caused_by not in ("", "unknown") else ""
    taken = ""
    if cause.quantity > 0 and math.isfinite(cause.quantity):
        taken = f"{quantity_words(cause.quantity, cause.unit)} and "
    activity = cause.activity.replace("_", " ")
    return (
        f"{activity}{by}: {percent(cause.share)} of its remedial cost, {taken}"
        f"{money(cause.amount, currency)} an account"
    )


def _choice(
    found: FoundSegments,
    part: Part,
    heading: str,
    kind: Literal["bring", "leave", "fix"],
    *,
    horizon: str,
    currency: str,
) -> Choice:
    drawn = shown_groups(found, part)
    shown = tuple(
        Group(group.segment.name, _figures(group, found, horizon, currency)) for group in drawn
    )
    more = []
    if any(enough_held_out(group) is not None for group in drawn):
        more.append(f"Measured on {which(found)} accounts that did not decide who stands here.")
    left = len(found.of(part)) - len(drawn)
    if left > 0:
        more.append(f"{left} more {'stands' if left == 1 else 'stand'} in the chapter.")
    more += _to_confirm(by_money(found.of(part, passed=False)), found, currency)
    of_all = part == "segments" or not found.segments
    empty = (found.note if of_all else "") or EMPTY[part]
    return Choice(heading, kind, shown, empty, " ".join(more), "segments" if more else "")


def _to_confirm(
    candidates: Sequence[FoundSegment], found: FoundSegments, currency: str
) -> list[str]:
    """Name the candidate on which most money hangs: with other accounts it might have passed."""
    if not candidates:
        return []
    first, *others = candidates
    also = f", nor did {len(others)} more" if others else ""
    left = money_interval(told_figures(first).margin, currency)
    said = (
        f"Candidate, to be confirmed: “{first.segment.name}” left {left} each"
        f" ({accounts_told(first, found)}), and did not pass the test{also}."
    )
    return [said]


def _figures(
    group: FoundSegment, found: FoundSegments, horizon: str, currency: str
) -> tuple[str, ...]:
    told = told_figures(group)
    over = horizon_in_words(horizon)
    margin = f"{money_interval(told.margin, currency)} each"
    marked = caveat(group, found)
    accounts = accounts_told(group, found) + (f", {marked}" if marked else "")
    if group.part == "segments":
        fit = f"{percent_interval(told.fit_rate)} were a profitable fit"
        return _without_empty(f"{margin} over {over}; {fit}; {accounts}", firmness(group, found))
    without = money_interval(told.margin_if_fixed, currency)
    said = f"{margin}; {without} with remedial cost taken out of the books; {accounts}"
    cause = cause_words(group, currency) if group.part == "fix" else ""
    return _without_empty(said, f"{cause[:1].upper()}{cause[1:]}", firmness(group, found))


def _without_empty(*said: str) -> tuple[str, ...]:
    return tuple(text for text in said if text)
