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
    caveat,
    enough_held_out,
    told_figures,
    which,
)
from icpfit.delivery.report.quantities import quantity_words

if TYPE_CHECKING:
    from icpfit.insight.segments.found import FoundSegment, FoundSegments

__all__ = ["cause_words", "choices"]

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
        Bring in, leave, fix; an empty one says why it is empty. Candidates are only counted.
        Figures are those of the hold-out, each group by its own rule; where there are too few of
        its accounts, those that chose the group, so marked.
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
    of_part = [group for group in found.segments if group.part == part]
    passed = [group for group in of_part if group.status == "segment"]
    shown = tuple(
        Group(group.segment.name, _figures(group, found, horizon, currency))
        for group in passed[: MOST_SHOWN[part]]
    )
    more = []
    if any(enough_held_out(group) is not None for group in passed[: MOST_SHOWN[part]]):
        more.append(f"Measured on {which(found)} accounts that did not decide who stands here.")
    left = len(passed) - MOST_SHOWN[part]
    if left > 0:
        more.append(f"{left} more in the chapter on segments.")
    guesses = len(of_part) - len(passed)
    if guesses:
        named = "candidate" if guesses == 1 else "candidates"
        more.append(f"{guesses} {named} did not pass the test.")
    of_all = part == "segments" or not found.segments
    empty = (found.note if of_all else "") or EMPTY[part]
    return Choice(heading, kind, shown, empty, " ".join(more), "segments" if more else "")


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
        return (f"{margin} over {over}; {fit}; {accounts}",)
    without = money_interval(told.margin_if_fixed, currency)
    said = f"{margin}; {without} with remedial cost taken out of the books; {accounts}"
    cause = cause_words(group, currency) if group.part == "fix" else ""
    return (said, *((f"{cause[:1].upper()}{cause[1:]}",) if cause else ()))
