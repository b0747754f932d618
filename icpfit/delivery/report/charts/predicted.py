"""Pictures of what was predicted of customers, what came, and what the losses were made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from icpfit.delivery.report.charts.canvas import (
    MUTED,
    PALETTE,
    axes_of,
    inline_svg,
    money_axis,
    style,
)
from icpfit.delivery.report.charts.drawings import drawing
from icpfit.insight.profit.predicted_realised import FIXED_LOST, GOOD_EARNED, GOOD_LOST

if TYPE_CHECKING:
    import pandas as pd


__all__ = ["predicted_svg"]

MOST_DOTS = 500


@drawing
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
