"""Pictures of the ability to serve: load against capacity, deals, and both ways out, priced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from icpfit.delivery.amounts import percent
from icpfit.delivery.report.charts.canvas import (
    INK,
    MUTED,
    PALETTE,
    axes_of,
    inline_svg,
    money_axis,
    name_above,
    name_rows,
    share_axis,
    style,
    wrapped,
)
from icpfit.delivery.report.charts.drawings import drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.insight.service.deals import SegmentDeals
    from icpfit.insight.service.drop_or_fix import DropOrFix
    from icpfit.insight.service.team_load import TeamLoad

__all__ = ["deals_svg", "drop_or_fix_svg", "team_load_svg"]

LONGEST = 52  # characters beside the names of the bars
ROLES = {
    "customers as won": "all",
    "current ICP": "current",
    "proposed ICP": "proposed",
}


@drawing
def team_load_svg(teams: Sequence[TeamLoad], name: str, alternative: str) -> str:
    """Return each team's load in a year as a share of its capacity, choice by choice.

    Parameters
    ----------
    teams : sequence of TeamLoad
        Those with a capacity above 0 and a known use.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element; a line marks the capacity.
    """
    rows = [(team, load) for team in teams for load in team.loads]
    with style():
        figure, axes = axes_of(0.6 + 0.27 * len(rows) + 0.27 * len(teams))
        ends, y = [1.0], 0.0
        ticks, words = [], []
        for at, (team, load) in enumerate(rows):
            if not at or rows[at - 1][0].team != team.team:
                name_above(axes, y, wrapped(team.team, LONGEST), "center")
                y += 1.0
            size = team.capacity or 1.0
            value = load.per_year.value / size
            axes.barh(y, value, height=0.66, color=PALETTE[ROLES.get(load.profile, "all")])
            low, high = load.per_year.low, load.per_year.high
            if low is not None and high is not None:
                axes.plot([low / size, high / size], [y, y], color=INK, lw=1.2)
                ends.append(high / size)
            ends.append(value)
            ticks.append(y)
            words.append(f"{wrapped(load.profile, 22)}: {percent(value)}")
            y += 1.0
        axes.axvline(1.0, color=PALETTE["loss"], lw=1.2, ls=(0, (4, 2)))
        name_rows(axes, ticks, words)
        axes.set_ylim(y - 0.4, -0.6)
        axes.set_xlim(0, 1.06 * max(ends))
        share_axis(axes.xaxis)
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.set_xlabel("load in a year, share of the practical capacity")
        return inline_svg(figure, name, alternative)


@drawing
def deals_svg(segments: Sequence[SegmentDeals], currency: str, name: str, alternative: str) -> str:
    """Return the quadrant *wins easily x leaves money*.

    Parameters
    ----------
    segments : sequence of SegmentDeals
        All deals first, which the lines mark; the others are numbered as they come, and those
        without a win rate are left out.
    currency : str
        ISO code.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element.
    """
    whole, *rest = segments
    shown = [one for one in rest if one.n]
    with style():
        figure, axes = axes_of(3.2)
        axes.axvline(whole.win_rate.value, color=MUTED, lw=0.8, ls=(0, (4, 3)))
        axes.axhline(whole.margin.value, color=MUTED, lw=0.8, ls=(0, (4, 3)))
        for number, one in enumerate(shown, 1):
            x, y = one.win_rate, one.margin
            colour = PALETTE["gain"] if y.value >= whole.margin.value else PALETTE["loss"]
            if x.low is not None and x.high is not None:
                axes.plot([x.low, x.high], [y.value, y.value], color=colour, lw=3, alpha=0.3)
            if y.low is not None and y.high is not None:
                axes.plot([x.value, x.value], [y.low, y.high], color=colour, lw=3, alpha=0.3)
            axes.plot([x.value], [y.value], "o", color=colour, ms=6)
            axes.annotate(
                str(number),
                (x.value, y.value),
                xytext=(6, 6),
                textcoords="offset points",
                color=INK,
            )
        axes.margins(x=0.14, y=0.14)
        share_axis(axes.xaxis)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        money_axis(axes.yaxis)
        axes.set_xlabel("share of the deals won: right is easier")
        axes.set_ylabel(f"margin per customer ({currency})")
        return inline_svg(figure, name, alternative)


@drawing
def drop_or_fix_svg(groups: Sequence[DropOrFix], currency: str, name: str, alternative: str) -> str:
    """Return what dropping and what fixing each group is worth, per 100 customers.

    Parameters
    ----------
    groups : sequence of DropOrFix
        Drawn top down.
    currency : str
        ISO code.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element; fixing is hatched, a thin line is the 90 % interval.
    """
    with style():
        figure, axes = axes_of(0.6 + 0.78 * len(groups))
        ends, ticks, words = [0.0], [], []
        for at, group in enumerate(groups):
            name_above(axes, 3.0 * at, wrapped(group.name, LONGEST), "center")
            for shift, price, colour, told in (
                (1.0, group.fix, PALETTE["proposed"], "fix"),
                (1.9, group.drop, PALETTE["current"], "drop"),
            ):
                y = 3.0 * at + shift
                axes.barh(
                    y,
                    price.value,
                    height=0.72,
                    facecolor=colour,
                    edgecolor="white",
                    linewidth=0,
                    hatch="////" if told == "fix" else None,
                )
                ends.append(price.value)
                if price.low is not None and price.high is not None:
                    axes.plot([price.low, price.high], [y, y], color=INK, lw=1.1)
                    ends += [price.low, price.high]
                ticks.append(y)
                words.append(told)
        room = (max(ends) - min(ends)) or 1.0
        axes.axvline(0, color=MUTED, lw=0.6)
        axes.set_xlim(min(ends) - 0.05 * room * (min(ends) < 0), max(ends) + 0.06 * room)
        name_rows(axes, ticks, words)
        axes.set_ylim(3.0 * len(groups) - 0.5, -0.6)
        money_axis(axes.xaxis)
        axes.set_xlabel(f"worth per 100 customers won ({currency})")
        return inline_svg(figure, name, alternative)
