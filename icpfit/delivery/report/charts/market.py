"""Picture of a market that is an idea: what such accounts left, beside all accounts."""

from __future__ import annotations

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

    from icpfit.measure.estimate import Estimate

__all__ = ["ranges_svg"]


@drawing
def ranges_svg(
    rows: Sequence[tuple[str, Estimate, float, float]],
    axis: str,
    name: str,
    alternative: str,
) -> str:
    """Return means with their intervals, and the range of single accounts behind them.

    Parameters
    ----------
    rows : sequence of (str, Estimate, float, float)
        Name, mean, and where the middle 80 % of single accounts begin and end; money.
    axis : str
        What is drawn, with its currency.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element.
    """
    with style():
        names = [wrapped(row[0], 34) for row in rows]
        figure, axes = axes_of(0.75 + row_height(names, 0.42) * len(rows))
        axes.axvline(0, color=MUTED, linewidth=0.6)
        positions = list(range(len(rows)))[::-1]
        for y, (_, mean, low, high) in zip(positions, rows, strict=True):
            axes.plot([low, high], [y, y], color=PALETTE["all"], linewidth=6, alpha=0.45)
            if mean.low is not None and mean.high is not None:
                axes.plot([mean.low, mean.high], [y, y], color=PALETTE["model"], linewidth=2)
            axes.plot([mean.value], [y], marker="o", markersize=5, color=INK)
        name_rows(axes, positions, names)
        axes.set_ylim(-0.6, len(rows) - 0.4)
        money_axis(axes.xaxis)
        axes.set_xlabel(axis)
        return inline_svg(figure, name, alternative)
