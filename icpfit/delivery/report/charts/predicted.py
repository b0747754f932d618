"""Pictures of what was predicted of customers, what came, and what the losses were made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from icpfit.delivery.report.charts.canvas import (
    INK,
    MUTED,
    PALETTE,
    axes_of,
    inline_svg,
    money_axis,
    row_height,
    style,
    wrapped,
)
from icpfit.insight.profit.predicted_realised import FIXED_LOST, GOOD_EARNED, GOOD_LOST

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from icpfit.insight.profit.lost_money import LossCause

__all__ = ["losses_svg", "predicted_svg"]

MOST_DOTS = 500


def predicted_svg(customers: pd.DataFrame, currency: str, name: str, alternative: str) -> str:
    """Return what was predicted of each customer against what became of it.

    Parameters
    ----------
    customers : DataFrame
        As `icpfit.insight.profit.predicted_realised.predicted_and_realised`; at most 500 accounts
        are drawn, evenly picked in the order of their ids.
    currency : str
        ISO code.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element, without names; the outermost hundredth stands on the edge.
    """
    step = max(1, -(-len(customers) // MOST_DOTS))
    drawn = customers.iloc[::step]
    x, y = (drawn[column].to_numpy("float64") for column in ("margin_if_won", "margin"))
    limits = [np.quantile(customers[c], [0.005, 0.995]) for c in ("margin_if_won", "margin")]
    standing = drawn["standing"]
    kinds = (
        ("poor fit", "^", PALETTE["all"], ~standing.str.startswith("good fit")),
        (GOOD_EARNED, "o", PALETTE["gain"], standing == GOOD_EARNED),
        (GOOD_LOST, "D", PALETTE["loss"], standing == GOOD_LOST),
        (FIXED_LOST, "s", PALETTE["acquisition"], standing == FIXED_LOST),
    )
    with style():
        figure, axes = axes_of(3.5)
        for words, mark, colour, chosen in kinds:
            axes.plot(
                np.clip(x[chosen], *limits[0]), np.clip(y[chosen], *limits[1]), mark,
                color=colour, ms=3, alpha=0.6, mec="none", label=words,
            )  # fmt: skip
        axes.axhline(0, color=MUTED, lw=0.7)
        axes.axvline(0, color=MUTED, lw=0.7)
        ends = max(limits[0][0], limits[1][0]), min(limits[0][1], limits[1][1])
        axes.plot(ends, ends, color=MUTED, lw=0.8, ls=(0, (4, 3)))
        money_axis(axes.xaxis)
        money_axis(axes.yaxis)
        axes.set_xlabel(f"margin as predicted ({currency})")
        axes.set_ylabel(f"margin as it came ({currency})")
        figure.legend(loc="outside upper left", ncols=2, columnspacing=1.2)
        return inline_svg(figure, name, alternative)


def losses_svg(causes: Sequence[LossCause], currency: str, name: str, alternative: str) -> str:
    """Return what good fits that lost money cost above those that earned it, cause by cause.

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
        One SVG element; remedial cost is told apart by colour and by hatching.
    """
    with style():
        words = [wrapped(f"{c.activity.replace('_', ' ')}, {c.caused_by}", 34) for c in causes]
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
        axes.set_yticks(range(len(causes)), words)
        axes.tick_params(axis="y", labelcolor=INK)
        axes.invert_yaxis()
        axes.axvline(0, color=MUTED, lw=0.6)
        room = (max(ends) - min(ends)) or 1.0
        axes.set_xlim(min(ends) - 0.04 * room * (min(ends) < 0), max(ends) + 0.06 * room)
        axes.spines["left"].set_visible(False)
        money_axis(axes.xaxis)
        axes.set_xlabel(f"above good fits that earned, per account ({currency})")
        return inline_svg(figure, name, alternative)
