"""Pictures of the drivers' standing over refits, and of what the service goes with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.report.charts.canvas import (
    MUTED,
    PALETTE,
    axes_of,
    inline_svg,
    name_rows,
    row_height,
    share_axis,
    style,
    wrapped,
)
from icpfit.delivery.report.charts.drawings import drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.measure.estimate import Estimate

__all__ = ["intervals_svg"]


@drawing
def intervals_svg(
    rows: Sequence[tuple[str, Estimate, bool]],
    axis: str,
    name: str,
    alternative: str,
    *,
    is_share: bool,
) -> str:
    """Return figures as dots with their intervals, one below the other.

    Parameters
    ----------
    rows : sequence of (str, Estimate, bool)
        Name, figure, and whether it stands: then its dot is filled.
    axis : str
        What is drawn.
    name, alternative : str
        See `inline_svg`.
    is_share : bool
        Whether the figures are shares, to be written in per cent.

    Returns
    -------
    str
        One SVG element.
    """
    with style():
        names = [wrapped(row[0], 34) for row in rows]
        figure, axes = axes_of(0.75 + row_height(names, 0.27) * len(rows))
        axes.axvline(0, color=MUTED, linewidth=0.6)
        positions = list(range(len(rows)))[::-1]
        for y, (_, found, stands) in zip(positions, rows, strict=True):
            if found.low is not None and found.high is not None:
                axes.plot([found.low, found.high], [y, y], color=PALETTE["model"], linewidth=1.4)
            axes.plot(
                [found.value],
                [y],
                marker="o",
                markersize=5,
                color=PALETTE["model"],
                markerfacecolor=PALETTE["model"] if stands else "white",
            )
        name_rows(axes, positions, names)
        axes.set_ylim(-0.6, len(rows) - 0.4)
        if is_share:
            share_axis(axes.xaxis)
        axes.set_xlabel(axis)
        return inline_svg(figure, name, alternative)
