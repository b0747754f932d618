"""The segments' chart: fit rate and margin per account of each group, beside all accounts'."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from icpfit.delivery.amounts import money, percent
from icpfit.delivery.report.charts.canvas import (
    INK,
    LINE,
    MUTED,
    PALETTE,
    WIDTH,
    inline_svg,
    money_axis,
    name_above,
    share_axis,
    style,
    wrapped,
)
from icpfit.delivery.report.charts.drawings import drawing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes

    from icpfit.insight.segments.found import FoundSegment
    from icpfit.measure.estimate import Estimate

__all__ = ["segments_svg"]

COLOURS = {"segments": PALETTE["model"], "fix": PALETTE["perfect"], "avoid": PALETTE["loss"]}
LONGEST = 64  # characters over both panels


@drawing
def segments_svg(
    groups: Sequence[FoundSegment],
    currency: str,
    *,
    base_fit: Estimate,
    base_margin: Estimate,
    name: str,
    alternative: str,
) -> str:
    """Return fit rate and margin per account of each group, each with its interval.

    Parameters
    ----------
    groups : sequence of FoundSegment
        Drawn top down, numbered in this order.
    currency : str
        ISO code.
    base_fit, base_margin : Estimate
        Of all accounts: the dashed lines.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element; a dot is the value today, the bar its interval, a ring the value if the
        remedial cost of a group to be fixed were gone.
    """
    with style():
        names = [wrapped(f"{i}  {one.segment.name}", LONGEST) for i, one in enumerate(groups, 1)]
        heights = [LINE * (name.count("\n") + 1) + 0.26 for name in names]
        ends = [sum(heights[: i + 1]) for i in range(len(heights))]
        places = [end - 0.16 for end in ends]
        figure = Figure(figsize=(WIDTH, 0.6 + sum(heights)), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True)
        rows = list(zip(places, groups, strict=True))
        _panel(left, rows, today="fit_rate", fixed="fit_if_fixed", base=base_fit, shown=percent)
        _panel(
            right,
            rows,
            today="margin",
            fixed="margin_if_fixed",
            base=base_margin,
            shown=lambda x: money(x, ""),
        )
        # The names stand above their bars: beside them there is no room on a telephone.
        left.set_yticks([])
        for y, text in zip(places, names, strict=True):
            # It runs on over the second panel, which must not make room for it.
            name_above(left, y - 0.1, text)
        right.patch.set_visible(False)
        left.set_ylim(sum(heights), 0.0)
        share_axis(left.xaxis)
        left.set_xlabel("profitable fits")
        money_axis(right.xaxis, 4)
        right.set_xlabel(f"margin per account ({currency})")
        return inline_svg(figure, name, alternative)


def _panel(
    axes: Axes,
    rows: Sequence[tuple[float, FoundSegment]],
    *,
    today: str,
    fixed: str,
    base: Estimate,
    shown: Callable[[float], str],
) -> None:
    for y, group in rows:
        colour, estimate = COLOURS[group.part], getattr(group, today)
        # A short stroke at each bar: one long line would run through the names.
        axes.plot([base.value, base.value], [y - 0.06, y + 0.09], color=MUTED, lw=1.2)
        if estimate.low is not None and estimate.high is not None:
            axes.plot([estimate.low, estimate.high], [y, y], color=colour, lw=4, alpha=0.3)
        axes.plot([estimate.value], [y], "o", color=colour, ms=5)
        after = getattr(group, fixed)
        if group.part == "fix" and not math.isnan(after.value):
            axes.plot([after.value], [y], "o", mfc="none", color=colour, ms=6)
        axes.annotate(
            shown(estimate.value),
            (1.0, y),
            xycoords=("axes fraction", "data"),
            ha="right",
            va="center",
            color=INK,
        )
    low, high = axes.get_xlim()
    # Room for the figures, which stand to the right of all bars.
    axes.set_xlim(low, high + 0.28 * (high - low))
    axes.spines["left"].set_visible(False)
    axes.tick_params(axis="y", left=False, labelleft=False)
