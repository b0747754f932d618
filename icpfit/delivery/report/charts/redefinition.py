"""The current ICP against the one proposed, figure by figure, as pairs of dots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from icpfit.delivery.report.charts.canvas import (
    MUTED,
    PALETTE,
    WIDTH,
    inline_svg,
    label,
    money_axis,
    name_rows,
    share_axis,
    style,
)
from icpfit.delivery.report.charts.drawings import drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.measure.estimate import Estimate

__all__ = ["Pair", "pairs_svg"]

_ROW, _FRAME = 0.36, 0.34
_APART = 0.15
_SIDES = (("current", "o", -_APART), ("proposed", "D", _APART))


@dataclass(frozen=True)
class Pair:
    """One figure under both profiles.

    Parameters
    ----------
    label : str
        Such as "margin per account".
    current, proposed : Estimate
        In currency units, or shares between 0 and 1.
    """

    label: str
    current: Estimate
    proposed: Estimate


@drawing
def pairs_svg(
    amounts: Sequence[Pair],
    shares: Sequence[Pair],
    names: tuple[str, str],
    currency: str,
    *,
    name: str,
    alternative: str,
) -> str:
    """Return both profiles' figures: amounts above, shares below.

    Parameters
    ----------
    amounts, shares : sequence of Pair
        Drawn top down; at least one amount.
    names : tuple of str
        What the current ICP and the proposed one are called.
    currency : str
        ISO code.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element; a bar is the interval, dots belong to the current ICP, diamonds to the
        proposed one, and the two of a figure stand one below the other.
    """
    panels = [panel for panel in (amounts, shares) if panel]
    rows = [len(panel) for panel in panels]
    height = 0.3 + sum(_FRAME + _ROW * n for n in rows)
    with style():
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        grid = figure.subplots(len(panels), 1, squeeze=False, height_ratios=rows)
        for axes, panel in zip(grid[:, 0], panels, strict=True):
            _drawn(axes, panel)
        money_axis(grid[0, 0].xaxis)
        grid[0, 0].set_xlabel(f"{currency} per account")
        if shares:
            share_axis(grid[-1, 0].xaxis)
            grid[-1, 0].set_xlim(0, 1.02)
        handles = [
            grid[0, 0].plot([], [], marker, color=PALETTE[side], ms=5, label=label(named))[0]
            for (side, marker, _), named in zip(_SIDES, names, strict=True)
        ]
        figure.legend(handles=handles, loc="outside upper left", ncols=2, columnspacing=1.4)
        return inline_svg(figure, name, alternative)


def _drawn(axes: Any, pairs: Sequence[Pair]) -> None:
    ends = [0.0]
    for y, pair in enumerate(pairs):
        for side, marker, beside in _SIDES:
            estimate: Estimate = getattr(pair, side)
            if estimate.value != estimate.value:
                continue
            ends.append(estimate.value)
            if estimate.low is not None and estimate.high is not None:
                span = [estimate.low, estimate.high]
                axes.plot(span, [y + beside] * 2, color=PALETTE[side], lw=4, alpha=0.3)
                ends += span
            axes.plot([estimate.value], [y + beside], marker, color=PALETTE[side], ms=5)
    room = 0.05 * ((max(ends) - min(ends)) or 1.0)
    axes.axvline(0, color=MUTED, lw=0.6)
    axes.set_xlim(min(ends) - room, max(ends) + room)
    name_rows(axes, range(len(pairs)), [label(pair.label) for pair in pairs])
    axes.set_ylim(len(pairs) - 0.5, -0.5)
