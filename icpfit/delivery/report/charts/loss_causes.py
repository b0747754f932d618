"""What good fits that lost money cost above those that earned it, beside what luck alone brings."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from icpfit.delivery.report.charts.canvas import (
    INK,
    MUTED,
    PALETTE,
    axes_of,
    inline_svg,
    money_axis,
    name_rows,
    row_height,
    style,
    wrapped,
)
from icpfit.delivery.report.charts.drawings import drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.insight.profit.lost_money import LossCause

__all__ = ["loss_causes_svg"]


@drawing
def loss_causes_svg(causes: Sequence[LossCause], currency: str, name: str, alternative: str) -> str:
    """Return the excess of each cause as a bar, and how far luck reaches as a band over it.

    Parameters
    ----------
    causes : sequence of LossCause
        Drawn top down.
    currency : str
        ISO code.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element; remedial cost is told apart by colour and by hatching, what stands out by
        its name in bold.
    """
    with style():
        words = [
            wrapped(", ".join(filter(None, (c.activity.replace("_", " "), c.caused_by))), 34)
            for c in causes
        ]
        figure, axes = axes_of(0.75 + row_height(words, 0.34) * len(causes))
        ends = [0.0]
        for y, cause in enumerate(causes):
            excess = cause.excess
            axes.barh(
                y,
                excess.value,
                height=0.6,
                facecolor=PALETTE["remedial" if cause.remedial else "planned"],
                edgecolor="white",
                linewidth=0,
                hatch="////" if cause.remedial else None,
            )
            ends.append(excess.value)
            if excess.low is not None and excess.high is not None:
                axes.plot([excess.low, excess.high], [y, y], color=INK, lw=1.1)
                ends += [excess.low, excess.high]
            if math.isfinite(cause.reach):
                axes.plot(
                    [cause.reach] * 2, [y - 0.42, y + 0.42], color=INK, lw=1.4, ls=(0, (2, 1))
                )
                ends.append(cause.reach)
        name_rows(axes, range(len(causes)), words)
        for label, cause in zip(axes.get_yticklabels(), causes, strict=True):
            label.set_fontweight("bold" if cause.stands_out else "normal")
        axes.invert_yaxis()
        axes.axvline(0, color=MUTED, lw=0.6)
        room = (max(ends) - min(ends)) or 1.0
        axes.set_xlim(min(ends) - 0.04 * room * (min(ends) < 0), max(ends) + 0.06 * room)
        money_axis(axes.xaxis)
        axes.set_xlabel(f"above good fits that earned, per account ({currency})")
        return inline_svg(figure, name, alternative)
