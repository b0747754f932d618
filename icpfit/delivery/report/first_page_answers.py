"""What the change is worth, which team it overloads, and which good accounts it would lose."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from icpfit.delivery.amounts import (
    account_count,
    count,
    horizon_in_words,
    interval,
    money,
    money_interval,
    percent,
)
from icpfit.delivery.report.first_page import Answer
from icpfit.insight.service.team_load import AS_WON

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from icpfit.insight.redefinition.redefinition import Redefinition
    from icpfit.insight.service.team_load import ProfileLoad, TeamLoad
    from icpfit.measure.estimate import Estimate

__all__ = ["WITHOUT_INDEPENDENCE", "load_answer", "lost_answer", "worth_answer"]

WITHOUT_INDEPENDENCE = (
    "Not known: measured on the accounts that chose the groups it would be told too high."
)

PROPOSED, CURRENT = "proposed ICP", "current ICP"
WHOSE = {
    PROPOSED: "the proposed ICP",
    CURRENT: "the current ICP",
    AS_WON: "today's intake",
}


def worth_answer(found: Redefinition | None, horizon: str, currency: str) -> Answer:
    """Return what the change is worth, with unit, horizon, interval and condition.

    Parameters
    ----------
    found : Redefinition or None
        The comparison.
    horizon, currency : str
        As in the settings.

    Returns
    -------
    Answer
        Named "worth"; without a figure it says why there is none. There is none where only the
        accounts that chose the groups could be measured.
    """

    def answer(value: str, ends: str, text: str) -> Answer:
        return Answer("worth", "What the change is worth", value, ends, text)

    if found is None or found.proposed is None or math.isnan(found.worth.value):
        why = "Nothing is proposed, so there is no change to price."
        if found is not None and found.proposed is not None:
            why = f"Not known: {found.worth.note or 'too few accounts to compare'}."
        return answer("", "", why)
    if not found.independent:
        return answer("", "", WITHOUT_INDEPENDENCE)
    instead = "instead of the current one" if found.current is not None else "instead of anybody"
    text = (
        f"per 100 customers won by the proposed ICP {instead}, over "
        f"{horizon_in_words(horizon)}, if win rates stay the same."
    )
    fixed = found.worth_once_fixed
    if fixed is not None and not math.isnan(fixed.value):
        text += (
            " With the groups to fix mended, and won as well: "
            f"{money_interval(fixed, currency)}"
            + ("; the current one gains by that, too." if found.current is not None else ".")
        )
    value = money(found.worth.value, currency, signed=True)
    return answer(value, _level_and_ends(found.worth, currency), text)


def load_answer(loads: Sequence[TeamLoad] | None) -> Answer:
    """Return which team the proposed ICP would overload, in its own unit.

    Parameters
    ----------
    loads : sequence of TeamLoad, or None
        What is asked of each team; None where it was not looked into.

    Returns
    -------
    Answer
        Named "load"; the team that lacks most of its capacity and the others by name, then what
        the current ICP would overload. Without a proposed ICP, what that one would.
    """

    def answer(value: str, ends: str, text: str) -> Answer:
        return Answer("load", "Which team is overloaded", value, ends, text)

    if loads is None:
        return answer("", "", "Not known: there is no cost to serve, or nothing was proposed.")
    by_profile = {profile: _tightest_first(loads, profile) for profile in WHOSE}
    profile = next((name for name, measured in by_profile.items() if measured), None)
    if profile is None:
        why = "Not known: the settings give no team's capacity (data.controls.pools)."
        return answer("", "", why)
    measured, whose = by_profile[profile], WHOSE[profile]
    instead = _instead(by_profile[CURRENT]) if profile == PROPOSED else ""
    over = [(team, load) for team, load in measured if load.is_overloaded]
    team, load = measured[0]
    if not over:
        text = (
            f"The tightest team, {team.team}, would use {_used(team, load)} of its capacity, were "
            f"all customers won like those of {whose}.{instead}"
        )
        return answer("None", "", text)
    unit = f"{team.unit}s"
    level = ""
    if load.short.has_interval:
        ends = interval(load.short.low, load.short.high, lambda it: count(round(it)))
        level = f"{percent(load.short.level)}: {ends}"
    text = (
        f"{unit} a year more than it has ({_used(team, load)}), were all customers won like those "
        f"of {whose}."
    )
    if not load.is_sure:
        text += " That it is overloaded at all is not sure."
    if len(over) > 1:
        text += f" Also overloaded: {', '.join(it.team for it, _ in over[1:])}."
    value = f"{team.team}: +{count(round(load.short.value))} {unit}"
    return answer(value, level, f"{text}{instead}")


def lost_answer(found: Redefinition | None, currency: str) -> Answer:
    """Return who would be lost that was good, and who would be gained that was not.

    Parameters
    ----------
    found : Redefinition or None
        The comparison.
    currency : str
        ISO code.

    Returns
    -------
    Answer
        Named "lost"; counts of the accounts judged, without any name.
    """

    def answer(value: str, text: str) -> Answer:
        return Answer("lost", "Good accounts lost", value, "", text)

    if found is None or found.proposed is None:
        return answer("None", "Nothing is proposed.")
    good, bad = found.lost_good, found.gained_bad
    came = ""
    if len(bad):
        verb = "was" if len(bad) == 1 else "were"
        came = (
            f" In return, {count(len(bad))} that {verb} no fit would come in "
            f"({money(float(bad['margin'].mean()), currency)} each)."
        )
    if good.empty:
        return answer("None", f"of the {account_count(found.n)} judged.{came}")
    kept = (
        f"of {count(found.n)} judged were a fit ({money(float(good['margin'].mean()), currency)} "
        f"each) and would be no target any more{_until_fixed(good)}."
    )
    return answer(account_count(len(good)), f"{kept}{came}")


def _until_fixed(good: pd.DataFrame) -> str:
    n = int((good["move"] == "to fix").sum())
    return f", {count(n)} of them until their cost is fixed" if n else ""


def _tightest_first(loads: Sequence[TeamLoad], profile: str) -> list[tuple[TeamLoad, ProfileLoad]]:
    found = [
        (team, load)
        for team in loads
        if team.capacity
        for load in team.loads
        if load.profile == profile and not math.isnan(load.short.value)
    ]
    return sorted(found, key=lambda it: (-it[1].short.value / (it[0].capacity or 1.0), it[0].team))


def _instead(measured: Sequence[tuple[TeamLoad, ProfileLoad]]) -> str:
    over = [it for it in measured if it[1].is_overloaded]
    if not over:
        return ""
    teams = " and ".join(f"{team.team} ({_used(team, load)})" for team, load in over[:2])
    return f" With the current ICP: {teams}."


def _used(team: TeamLoad, load: ProfileLoad) -> str:
    return percent(load.per_year.value / (team.capacity or 1.0))


def _level_and_ends(found: Estimate, currency: str) -> str:
    ends = interval(found.low, found.high, lambda amount: money(amount, currency))
    return f"{percent(found.level)}: {ends}" if found.has_interval else ends
