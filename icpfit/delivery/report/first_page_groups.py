"""Whom to bring in, whom to leave, and what to fix before dropping: groups in plain sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from icpfit.delivery.amounts import (
    account_count,
    horizon_in_words,
    money,
    money_interval,
    percent,
    percent_interval,
)
from icpfit.delivery.report.first_page import Choice, Group
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
    "fix": "No losing group would clearly be a fit once its remedial cost is gone.",
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
        Group(group.segment.name, _figures(group, part, horizon, currency))
        for group in passed[: MOST_SHOWN[part]]
    )
    more = []
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


def _figures(group: FoundSegment, part: Part, horizon: str, currency: str) -> tuple[str, ...]:
    over = horizon_in_words(horizon)
    margin = f"{money_interval(group.margin, currency)} each"
    accounts = account_count(group.n)
    if part == "segments":
        fit = f"{percent_interval(group.fit_rate)} were a profitable fit"
        return (f"{margin} over {over}; {fit}; {accounts}",)
    without = money_interval(group.margin_if_fixed, currency)
    said = f"{margin}; {without} without remedial cost; {accounts}"
    cause = cause_words(group, currency) if part == "fix" else ""
    return (said, *((f"{cause[:1].upper()}{cause[1:]}",) if cause else ()))
