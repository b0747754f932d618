"""The charts of the data-quality page: which cohorts can be judged yet, and what is filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.ticker import MaxNLocator

from icpfit.delivery.amounts import percent
from icpfit.delivery.report.charts.canvas import (
    INK,
    PALETTE,
    axes_of,
    inline_svg,
    label,
    share_axis,
    style,
)
from icpfit.delivery.report.charts.drawings import drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.evidence.quality.attribute_quality import AttributeQuality
    from icpfit.evidence.quality.cohorts import Cohort

__all__ = ["fill_svg", "maturity_svg"]

MOST_TICKS = 8
PARTS = (
    ("used", "learned from", PALETTE["model"]),
    ("left_out", "mature, left out", PALETTE["icp"]),
    ("young", "not mature yet", PALETTE["all"]),
)


@drawing
def maturity_svg(cohorts: Sequence[Cohort], name: str, alternative: str) -> str:
    """Return the accounts of each quarter: learned from, left out, and not mature yet.

    Parameters
    ----------
    cohorts : sequence of Cohort
        From the first quarter to the last.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element with a stacked bar for each quarter.
    """
    places = range(len(cohorts))
    heights = {
        "used": [one.used for one in cohorts],
        "left_out": [one.mature - one.used for one in cohorts],
        "young": [one.young for one in cohorts],
    }
    with style():
        figure, axes = axes_of(2.3)
        floor = [0] * len(cohorts)
        for key, words, colour in PARTS:
            if not any(heights[key]):
                continue
            axes.bar(places, heights[key], bottom=floor, width=0.8, color=colour, label=words)
            floor = [low + more for low, more in zip(floor, heights[key], strict=True)]
        step = -(-len(cohorts) // MOST_TICKS)
        axes.set_xticks(list(places)[::step], [one.quarter for one in cohorts][::step])
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.grid(visible=True, axis="y")
        axes.set_axisbelow(True)
        axes.set_xlabel("quarter of the start")
        axes.set_ylabel("accounts")
        figure.legend(loc="outside upper left", ncols=3, columnspacing=1.6)
        return inline_svg(figure, name, alternative)


@drawing
def fill_svg(attributes: Sequence[AttributeQuality], name: str, alternative: str) -> str:
    """Return the share of the accounts that have a value, attribute by attribute.

    Parameters
    ----------
    attributes : sequence of AttributeQuality
        Drawn top down in this order.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element with a bar for each attribute; those never learned from are grey.
    """
    with style():
        figure, axes = axes_of(0.6 + 0.2 * len(attributes))
        for place, one in enumerate(attributes):
            colour = PALETTE["model"] if one.is_learned_from else PALETTE["all"]
            axes.barh(place, one.fill, height=0.7, color=colour)
            axes.annotate(
                percent(one.fill),
                (one.fill, place),
                xytext=(3, 0),
                textcoords="offset points",
                va="center",
                color=INK,
            )
        axes.set_yticks(range(len(attributes)), [label(one.attribute.words) for one in attributes])
        axes.set_ylim(len(attributes) - 0.4, -0.6)
        axes.set_xlim(0, 1.12)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1.0])
        share_axis(axes.xaxis)
        axes.grid(visible=True, axis="x")
        axes.set_axisbelow(True)
        axes.set_xlabel("accounts that have a value")
        return inline_svg(figure, name, alternative)
