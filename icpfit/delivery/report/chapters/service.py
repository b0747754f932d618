"""Ability to serve: what a profile asks of the teams, and what to do with those it strains."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from icpfit.delivery.amounts import (
    UNKNOWN,
    count,
    figure,
    horizon_in_words,
    interval,
    percent,
)
from icpfit.delivery.report.chapter import Chapter, Heading, Notice, Paragraph
from icpfit.delivery.report.chapters.deals import deal_blocks
from icpfit.delivery.report.chapters.drop_or_fix import drop_or_fix_blocks
from icpfit.delivery.report.figures import ReportFigure
from icpfit.delivery.report.quantities import quantity_words
from icpfit.delivery.report.tables import ReportTable

if TYPE_CHECKING:
    from icpfit.delivery.report.chapter import Block
    from icpfit.insight.service.ability import AbilityToServe
    from icpfit.insight.service.team_load import ProfileLoad, TeamLoad
    from icpfit.measure.estimate import Estimate

__all__ = ["service_chapter"]

TITLE = "Can we serve them?"


def service_chapter(
    found: AbilityToServe | None, *, names: Literal["show", "hide"] = "show"
) -> Chapter:
    """Return what the current and the proposed ICP ask of the teams that serve.

    Parameters
    ----------
    found : AbilityToServe or None
        None where there is no cost to serve, or no account may be learned from.
    names : {"show", "hide"}
        The chapter holds no account's name or id either way.

    Returns
    -------
    Chapter
        Named "service".
    """
    del names  # groups and teams only; no account is named here
    if found is None:
        return Chapter(
            "service",
            TITLE,
            "There is no cost to serve in the exports, or no account is mature: what it takes to"
            " serve can't be said.",
        )
    blocks: list[Block] = [Notice(f"Mind: {found.note}.")] if found.note else []
    measured = [
        team
        for team in found.teams
        if team.capacity and any(not math.isnan(load.per_year.value) for load in team.loads)
    ]
    blocks.append(Heading("What each team would have to do", "service-load"))
    if measured:
        blocks.append(_load_figure(measured, found))
    blocks.append(_load_table(found))
    blocks += [
        Paragraph(f"{team.team}: {team.note}.")
        for team in found.teams
        if team.note and not (found.note and "name no capacity" in team.note)
    ]
    blocks += drop_or_fix_blocks(found)
    blocks += deal_blocks(found)
    blocks += [
        Heading("What an account needs, and how far it could be foreseen"),
        _quantity_table(found),
    ]
    return Chapter("service", TITLE, _lead(found, measured), tuple(blocks))


def _lead(found: AbilityToServe, measured: list[TeamLoad]) -> str:
    if not measured:
        text = "Whether the teams can serve them can't be said: no capacity can be compared."
    else:
        by_profile = {}
        for role in ("proposed ICP", "current ICP"):
            rows = [(t, one) for t in measured for one in t.loads if one.profile == role]
            if rows:
                by_profile[role] = rows
        text = " ".join(_verdict(role, rows) for role, rows in by_profile.items())
        text = text or _verdict("customers as won", [(t, t.loads[0]) for t in measured])
    fixes = [one.name for one in found.drop_or_fix if one.advice == "fix"]
    if fixes:
        text += f" Fix before dropping: {', '.join(fixes)}."
    return text


def _verdict(role: str, rows: list[tuple[TeamLoad, ProfileLoad]]) -> str:
    over = [(team, load) for team, load in rows if load.is_overloaded]
    subject = "Customers as won" if role == "customers as won" else f"The {role}"
    if not over:
        team, load = max(rows, key=lambda it: it[1].per_year.value / (it[0].capacity or 1.0))
        share = percent(load.per_year.value / (team.capacity or 1.0))
        return f"{subject} overloads no team: the fullest, {team.team}, stands at {share}."
    said = []
    for team, load in over:
        sure = "" if load.is_sure else ", though that isn't sure"
        said.append(
            f"{team.team} by {_amount(load.short.value, team.unit)} a year"
            f"{_ends(load.short, team.unit)}{sure}"
        )
    return f"{subject} would overload {' and '.join(said)}."


def _ends(estimate: Estimate, unit: str) -> str:
    if not estimate.has_interval:
        return ""
    ends = interval(estimate.low, estimate.high, _whole)
    return f" ({percent(estimate.level)}: {ends} {_plural(unit)})"


def _whole(value: float) -> str:
    return count(round(value))


def _plural(unit: str) -> str:
    return unit if unit.endswith("s") else f"{unit}s"


def _amount(value: float, unit: str) -> str:
    return UNKNOWN if math.isnan(value) else f"{_whole(value)} {_plural(unit)}"


def _load_figure(teams: list[TeamLoad], found: AbilityToServe) -> ReportFigure:
    from icpfit.delivery.report.charts.service import team_load_svg

    rows = [(team, load) for team in teams for load in team.loads]
    fullest, load = max(rows, key=lambda it: it[1].per_year.value / (it[0].capacity or 1.0))
    share = load.per_year.value / (fullest.capacity or 1.0)
    finding = (
        f"With {_whose(load.profile)}, {fullest.team} would stand at {percent(share)} of its"
        " capacity"
    )
    if share > 1:
        finding += f": {_amount(load.short.value, fullest.unit)} a year too many"
    caption = (
        "How to read it: a bar is the load of a team in a year, the dashed line its practical "
        "capacity, a thin line the 90 % interval. Customers as won is what was used on average, "
        f"by customers of any age. For a profile, the {_whole(found.intake)} customers won in a "
        "year are taken to be all of its kind, at the same number; customers won earlier are "
        f"served on as they are. Basis: {_basis(found)} over "
        f"{horizon_in_words(found.horizon)}, {figure(found.years, 1)} years of exports."
    )
    svg = team_load_svg(teams, "team-load", f"Load of the teams. {finding}.")
    return ReportFigure("team-load", f"{finding}.", caption, svg)


def _basis(found: AbilityToServe) -> str:
    if found.n_apart is None:
        return f"{count(found.n)} accounts"
    return (
        f"{count(found.n_apart)} accounts that took no part in finding the proposed ICP, out of"
        f" {count(found.n)}"
    )


def _whose(profile: str) -> str:
    return profile if profile.startswith("customers") else f"customers of the {profile}"


def _load_table(found: AbilityToServe) -> ReportTable:
    rows = []
    for team in found.teams:
        for load in team.loads:
            hundred = load.per_100
            room = team.capacity
            share = UNKNOWN if not room else percent(load.per_year.value / room)
            over = load.short.value
            spare = UNKNOWN
            if not math.isnan(over):
                word = "too many" if over > 0 else "to spare"
                spare = f"{_amount(abs(over), team.unit)} {word}"
                if load.short.low is not None and load.short.high is not None:
                    low, high = load.short.low, load.short.high
                    low, high = (low, high) if over > 0 else (-high, -low)
                    spare += f"\n{interval(low, high, _whole)}"
            rows.append(
                (
                    f"{team.team}\n{load.profile}",
                    (
                        f"{_amount(hundred.value, team.unit)}\n"
                        f"{interval(hundred.low, hundred.high, _whole)}"
                    ),
                    UNKNOWN if room is None else _amount(room, team.unit),
                    share,
                    spare,
                )
            )
    columns = (
        ("Team, customers", False),
        ("Per 100 customers won", True),
        ("Capacity a year", True),
        ("Load", True),
        ("In a year", True),
    )
    caption = (
        "What each choice of customers asks of each team over "
        f"{horizon_in_words(found.horizon)}, with 90 % intervals, at an equal number of customers"
        f" won; every choice over the same {_basis(found)}; minutes are shown as hours"
    )
    return ReportTable(caption, columns, tuple(rows))


def _quantity_table(found: AbilityToServe) -> ReportTable:
    rows = []
    for one in found.activities:
        words = "counted in rows" if one.counted == "events" else "measured"
        basis = (
            "model: foreseen better than by the mean"
            if one.basis == "model"
            else "mean of the group: what is known before the sale tells no more"
        )
        skill = UNKNOWN
        if not math.isnan(one.skill.value):
            ends = interval(one.skill.low, one.skill.high, percent)
            skill = f"{percent(one.skill.value)}\n{ends}"
        kind = "remedial" if one.remedial else "planned"
        rows.append(
            (
                f"{one.activity.replace('_', ' ')}\n{one.served_by}, {kind}",
                (
                    f"{quantity_words(one.mean.value, one.unit)}\n"
                    f"{interval(one.mean.low, one.mean.high, lambda v: figure(v, 1))}; {words}"
                ),
                skill,
                basis,
            )
        )
    columns = (
        ("Activity", False),
        ("Per account", True),
        ("Foreseen", True),
        ("Expected of a group", False),
    )
    caption = (
        f"What an account needs over {horizon_in_words(found.horizon)}, with 90 % intervals, and"
        " how much of the difference between accounts was foreseen from what was known before the"
        f" sale, by models that had not seen them; {count(found.n)} accounts"
    )
    return ReportTable(caption, columns, tuple(rows))
