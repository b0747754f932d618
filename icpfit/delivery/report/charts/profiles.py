"""The picture of the first page: the current ICP against the one proposed, and its groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from icpfit.delivery.amounts import money
from icpfit.delivery.report.charts.canvas import (
    INK,
    LINE,
    MUTED,
    PALETTE,
    axes_of,
    inline_svg,
    money_axis,
    name_above,
    style,
    wrapped,
)
from icpfit.delivery.report.charts.drawings import drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.measure.estimate import Estimate

__all__ = ["ProfileMargin", "profiles_svg"]

LONGEST = 66  # characters over the whole width

COLOURS = {
    "current": PALETTE["current"],
    "proposed": PALETTE["proposed"],
    "segments": PALETTE["proposed"],
    "fix": PALETTE["acquisition"],
    "avoid": PALETTE["loss"],
}


@dataclass(frozen=True)
class ProfileMargin:
    """One line of the picture.

    Parameters
    ----------
    label : str
        Such as "proposed ICP", or a group's name.
    margin : Estimate
        Per account, currency units.
    role : {"current", "proposed", "segments", "fix", "avoid"}
        A profile, or the part of the proposal that a group stands in.
    """

    label: str
    margin: Estimate
    role: Literal["current", "proposed", "segments", "fix", "avoid"]

    @property
    def is_profile(self) -> bool:
        """Whether it is a whole profile, drawn stronger than a group."""
        return self.role in ("current", "proposed")


@drawing
def profiles_svg(lines: Sequence[ProfileMargin], currency: str, name: str, alternative: str) -> str:
    """Return the margin per account of both profiles and of the proposal's groups.

    Parameters
    ----------
    lines : sequence of ProfileMargin
        Drawn top down: the profiles first.
    currency : str
        ISO code.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element; a line is the interval, a dot the value.
    """
    with style():
        names = [wrapped(line.label, LONGEST) for line in lines]
        # Names stand above their bars, over the whole width: beside them they would be cut.
        heights = [LINE * (name.count("\n") + 1) + 0.24 for name in names]
        figure, axes = axes_of(0.4 + sum(heights))
        ends, below = [0.0], 0.0
        places: list[tuple[float, ProfileMargin]] = []
        for line, name_lines, height in zip(lines, names, heights, strict=True):
            if places and places[-1][1].is_profile and not line.is_profile:
                axes.axhline(below, color=MUTED, lw=0.5, ls=(0, (2, 2)))
            below += height
            places.append((below - 0.15, line))
            name_above(axes, below - 0.24, name_lines)
        for y, line in places:
            margin, colour = line.margin, COLOURS[line.role]
            axes.plot([0, 0], [y - 0.06, y + 0.06], color=MUTED, lw=1.0)
            ends.append(margin.value)
            if margin.low is not None and margin.high is not None:
                width = 5 if line.is_profile else 2.5
                axes.plot([margin.low, margin.high], [y, y], color=colour, lw=width, alpha=0.35)
                ends += [margin.low, margin.high]
            axes.plot([margin.value], [y], "o", color=colour, ms=7 if line.is_profile else 4.5)
            axes.annotate(
                money(margin.value, ""),
                (1.0, y),
                xycoords=("axes fraction", "data"),
                ha="right",
                va="center",
                color=INK,
            )
        span = (max(ends) - min(ends)) or 1.0
        axes.set_xlim(min(ends) - 0.04 * span, max(ends) + 0.2 * span)
        axes.set_yticks([])
        axes.set_ylim(below, 0.0)
        axes.spines["left"].set_visible(False)
        money_axis(axes.xaxis)
        axes.set_xlabel(f"margin per account ({currency})")
        return inline_svg(figure, name, alternative)
