"""Pictures of where the money is: the whale's band, causes, months, and what nobody foresaw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from icpfit.delivery.amounts import count, money, percent
from icpfit.delivery.report.charts.canvas import (
    INK,
    MUTED,
    PALETTE,
    axes_of,
    inline_svg,
    money_axis,
    name_rows,
    row_height,
    share_axis,
    style,
    wrapped,
)
from icpfit.delivery.report.charts.drawings import drawing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.insight.profit.causes_matrix import CausesMatrix
    from icpfit.insight.profit.loyalty_groups import LoyaltyGroup
    from icpfit.insight.profit.months import MonthlyMargin
    from icpfit.insight.profit.whale_band import WhaleBand

__all__ = [
    "causes_svg",
    "loyalty_svg",
    "months_svg",
    "whale_band_svg",
]

LINES = (PALETTE["all"], PALETTE["current"], PALETTE["proposed"], PALETTE["acquisition"])


@drawing
def whale_band_svg(band: WhaleBand, currency: str, name: str, alternative: str) -> str:
    """Return the whale curve with its band.

    Parameters
    ----------
    band : WhaleBand
        In shares of the margin where it is positive, else in money.
    currency : str
        ISO code.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element.
    """
    curve = band.curve
    in_money = curve.total <= 0
    height = np.interp(band.share, curve.share_accounts, curve.share_profit)
    with style():
        figure, axes = axes_of(3.1)
        if band.low is not None and band.high is not None:
            axes.fill_between(
                band.share, band.low, band.high, color=PALETTE["gain"], alpha=0.16, lw=0
            )
        rising = curve.share_accounts <= curve.peak_at + 1e-12
        for part, colour in ((rising, "gain"), (~rising, "loss")):
            if part.any():
                first = max(int(np.flatnonzero(part)[0]) - 1, 0)
                last = int(np.flatnonzero(part)[-1]) + 1
                axes.plot(
                    curve.share_accounts[first:last],
                    curve.share_profit[first:last],
                    color=PALETTE[colour],
                    lw=2,
                )
        axes.axhline(0, color=MUTED, lw=0.6)
        axes.axhline(height[-1], color=MUTED, lw=0.7, ls=(0, (4, 3)))
        shown = (lambda value: money(value, currency)) if in_money else percent
        if curve.peak_at < 1:
            axes.plot([curve.peak_at], [curve.peak], "o", color=INK, ms=4)
            axes.annotate(
                f"highest point: {shown(curve.peak)}",
                (curve.peak_at, curve.peak),
                xytext=(0, 9),
                textcoords="offset points",
                ha="right" if curve.peak_at > 0.6 else "center",
            )
        axes.set_xlim(0, 1)
        axes.margins(y=0.14)
        axes.grid(visible=True, axis="y")
        axes.set_axisbelow(True)
        share_axis(axes.xaxis)
        axes.set_xlabel("share of the accounts, the most profitable first")
        if in_money:
            money_axis(axes.yaxis)
            axes.set_ylabel(f"margin, added up ({currency})")
        else:
            share_axis(axes.yaxis)
            axes.set_ylabel("share of all margin, added up")
        return inline_svg(figure, name, alternative)


@drawing
def causes_svg(matrix: CausesMatrix, name: str, alternative: str) -> str:
    """Return who causes the cost by who serves, as a grid whose cells are shaded by money.

    Parameters
    ----------
    matrix : CausesMatrix
        With a cost above 0.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element; each cell says its share of all.
    """
    table = matrix.amounts.to_numpy("float64") / matrix.total
    rows, columns = table.shape
    with style():
        served = [wrapped(name, max(8, 44 // columns)) for name in matrix.amounts.columns]
        caused = [wrapped(name, 20) for name in matrix.amounts.index]
        figure, axes = axes_of(0.75 + row_height(served, 0.15) + row_height(caused, 0.34) * rows)
        for y in range(rows):
            for x in range(columns):
                share = float(table[y, x])
                strength = 0.08 + 0.72 * share / max(float(table.max()), 1e-12) if share else 0.0
                axes.barh(y, 0.96, left=x - 0.48, height=0.9, color=PALETTE["icp"], alpha=strength)
                axes.text(
                    x,
                    y,
                    percent(share) if share else "–",
                    ha="center",
                    va="center",
                    color=INK if share else MUTED,
                )
        axes.set_xticks(range(columns), served)
        axes.set_yticks(range(rows), caused)
        axes.tick_params(axis="both", labelcolor=INK)
        axes.xaxis.tick_top()
        axes.xaxis.set_label_position("top")
        axes.set_xlabel("who serves")
        axes.set_ylabel("who causes")
        axes.set_xlim(-0.5, columns - 0.5)
        axes.set_ylim(rows - 0.5, -0.5)
        for side in axes.spines.values():
            side.set_visible(False)
        return inline_svg(figure, name, alternative)


@drawing
def loyalty_svg(groups: Sequence[LoyaltyGroup], currency: str, name: str, alternative: str) -> str:
    """Return the margin in all of the four groups of margin against loyalty.

    Parameters
    ----------
    groups : sequence of LoyaltyGroup
        Drawn top down.
    currency : str
        ISO code.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element; each bar says how many accounts it stands for.
    """
    totals = [group.total for group in groups]
    with style():
        figure, axes = axes_of(0.7 + 0.36 * len(groups))
        for y, group in enumerate(groups):
            colour = PALETTE["gain"] if group.total >= 0 else PALETTE["loss"]
            axes.barh(y, group.total, height=0.62, color=colour, alpha=0.85)
            # Right of the line also for losses: left of them stand the names.
            axes.annotate(
                f"{money(group.total, '')} · {count(group.n)}",
                (max(group.total, 0.0), y),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                color=INK,
            )
        axes.axvline(0, color=MUTED, lw=0.6)
        low, high = min([0.0, *totals]), max([0.0, *totals])
        room = (high - low) or 1.0
        axes.set_xlim(low - 0.04 * room * (low < 0), high + 0.34 * room)
        name_rows(axes, range(len(groups)), [group.name for group in groups])
        axes.invert_yaxis()
        money_axis(axes.xaxis)
        axes.set_xlabel(f"margin in all ({currency}) · accounts")
        return inline_svg(figure, name, alternative)


@drawing
def months_svg(months: Sequence[MonthlyMargin], currency: str, name: str, alternative: str) -> str:
    """Return the cumulative margin of an account by month of the relationship.

    Parameters
    ----------
    months : sequence of MonthlyMargin
        The whole first; at most four are drawn.
    currency : str
        ISO code.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element, each line with its band.
    """
    dashes = ("-", (0, (5, 2)), (0, (3, 1, 1, 1)), (0, (1, 1)))
    with style():
        figure, axes = axes_of(2.9)
        for group, colour, dash in zip(months, LINES, dashes, strict=False):
            height = [one.value for one in group.cumulative]
            x = np.arange(len(height))
            known = [
                (one.low, one.high)
                for one in group.cumulative
                if one.low is not None and one.high is not None
            ]
            if len(known) == len(height):
                low, high = zip(*known, strict=True)
                axes.fill_between(x, low, high, color=colour, alpha=0.16, lw=0)
            named = wrapped(group.name)
            axes.plot(x, height, color=colour, ls=dash, lw=1.8, label=named)
        axes.axhline(0, color=MUTED, lw=0.7)
        axes.grid(visible=True, axis="y")
        axes.set_axisbelow(True)
        axes.set_xlim(0, max(len(group.cumulative) for group in months) - 1)
        axes.set_xlabel("months since the start of the contract")
        axes.set_ylabel(f"margin so far, per account ({currency})")
        money_axis(axes.yaxis)
        if len(months) > 1:
            figure.legend(loc="outside upper left", ncols=2, columnspacing=1.6)
        return inline_svg(figure, name, alternative)
