"""Pictures of money: where it is, where it goes, and what each choice of accounts collects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.patches import Patch

from icpfit.delivery.amounts import money, percent
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

    from icpfit.delivery.report.facts import ChosenMargin
    from icpfit.economics.margin import WhaleCurve
    from icpfit.economics.waterfall import MarginStep
    from icpfit.measure.ranking import MarginCurve

__all__ = [
    "choices_svg",
    "deciles_svg",
    "margin_curve_svg",
    "waterfall_svg",
    "whale_svg",
]

KIND_WORDS = {
    "revenue": "revenue",
    "direct": "direct cost",
    "planned": "planned service",
    "remedial": "remedial service",
    "acquisition": "acquisition",
    "margin": "margin left",
}


@drawing
def whale_svg(curve: WhaleCurve, currency: str, name: str, alternative: str) -> str:
    """Return the whale curve: cumulative margin, most profitable accounts first.

    Parameters
    ----------
    curve : WhaleCurve
        In shares of the total margin where that is positive, else in money.
    currency : str
        ISO code.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element.
    """
    share, profit = np.asarray(curve.share_accounts), np.asarray(curve.share_profit)
    in_money = curve.total <= 0
    rising = share <= curve.peak_at + 1e-12
    falling = share >= curve.peak_at - 1e-12
    with style():
        figure, axes = axes_of(3.1)
        axes.fill_between(share[rising], 0, profit[rising], color=PALETTE["gain"], alpha=0.14, lw=0)
        axes.fill_between(
            share[falling], 0, profit[falling], color=PALETTE["loss"], alpha=0.14, lw=0
        )
        axes.plot(share[rising], profit[rising], color=PALETTE["gain"], lw=2)
        axes.plot(share[falling], profit[falling], color=PALETTE["loss"], lw=2)
        axes.axhline(profit[-1], color=MUTED, lw=0.7, ls=(0, (4, 3)))
        axes.axhline(0, color=MUTED, lw=0.6)
        shown = (lambda value: money(value, currency)) if in_money else percent
        if curve.peak_at < 1:
            axes.plot([curve.peak_at], [curve.peak], "o", color=INK, ms=4)
            axes.annotate(
                f"highest point: {shown(curve.peak)}",
                (curve.peak_at, curve.peak),
                xytext=(0, 7),
                textcoords="offset points",
                ha="right" if curve.peak_at > 0.6 else "center",
            )
        # Beside the end of the curve where that is high, in the empty corner where it is not.
        axes.annotate(
            f"{'in all' if in_money else 'what is left'}: {shown(profit[-1])}",
            (0.01 if in_money else 0.995, profit[-1]),
            xytext=(0, 3 if in_money else -4),
            textcoords="offset points",
            ha="left" if in_money else "right",
            va="bottom" if in_money else "top",
            color=MUTED,
        )
        low, high = min(0.0, float(profit.min())), max(0.0, float(profit.max()))
        room = (high - low) or 1.0
        axes.set_ylim(low - (0.06 * room if low < 0 else 0), high + 0.16 * room)
        axes.set_xlim(0, 1)
        share_axis(axes.xaxis)
        if in_money:
            money_axis(axes.yaxis)
            axes.set_ylabel(f"margin, added up ({currency})")
        else:
            share_axis(axes.yaxis)
            axes.set_ylabel("share of all margin, added up")
        axes.grid(visible=True, axis="y")
        axes.set_axisbelow(True)
        axes.set_xlabel("share of the accounts, the most profitable first")
        return inline_svg(figure, name, alternative)


@drawing
def waterfall_svg(steps: Sequence[MarginStep], currency: str, name: str, alternative: str) -> str:
    """Return the way from revenue to margin, step by step, as floating bars.

    Parameters
    ----------
    steps : sequence of MarginStep
        From revenue to margin, in the order in which they are drawn, top down.
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
        names = [wrapped(step.label) for step in steps]
        figure, axes = axes_of(0.95 + row_height(names, 0.27) * len(steps))
        level, edges = 0.0, [0.0]
        for y, step in enumerate(steps):
            whole = step.kind in ("revenue", "margin")
            start, end = (0.0, step.amount) if whole else (level, level + step.amount)
            axes.barh(
                y,
                end - start,
                left=start,
                height=0.64,
                facecolor=PALETTE[step.kind],
                edgecolor="white",
                linewidth=0,
                hatch="////" if step.kind == "remedial" else None,
            )
            if y + 1 < len(steps):
                axes.plot([end, end], [y - 0.32, y + 1.32], color=MUTED, lw=0.5, zorder=0)
            axes.annotate(
                money(step.amount, "", signed=not whole),
                (max(start, end), y),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                color=INK,
            )
            level = end
            edges += [start, end]
        axes.axvline(0, color=MUTED, lw=0.6)
        span = (max(edges) - min(edges)) or 1.0
        axes.set_xlim(min(edges) - (0.04 * span if min(edges) < 0 else 0), max(edges) + 0.16 * span)
        name_rows(axes, range(len(steps)), names)
        axes.invert_yaxis()
        money_axis(axes.xaxis)
        axes.set_xlabel(f"{currency} per account")
        kinds = [kind for kind in KIND_WORDS if any(step.kind == kind for step in steps)]
        cost_kinds = [kind for kind in kinds if kind not in ("revenue", "margin")]
        if cost_kinds:
            figure.legend(
                handles=[
                    Patch(
                        facecolor=PALETTE[kind],
                        edgecolor="white",
                        linewidth=0,
                        hatch="////" if kind == "remedial" else None,
                        label=KIND_WORDS[kind],
                    )
                    for kind in cost_kinds
                ],
                loc="outside upper left",
                ncols=2,
                columnspacing=1.4,
                handlelength=1.4,
            )
        return inline_svg(figure, name, alternative)


@drawing
def choices_svg(choices: Sequence[ChosenMargin], currency: str, name: str, alternative: str) -> str:
    """Return the margin per account of several choices, each with its interval.

    Parameters
    ----------
    choices : sequence of ChosenMargin
        Drawn top down.
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
        names = [wrapped(choice.label) for choice in choices]
        figure, axes = axes_of(0.62 + row_height(names, 0.36) * len(choices))
        axes.axvline(0, color=MUTED, lw=0.6)
        ends = [0.0]
        for y, choice in enumerate(choices):
            estimate, colour = choice.margin, PALETTE[choice.role]
            ends.append(estimate.value)
            if estimate.low is not None and estimate.high is not None:
                axes.plot([estimate.low, estimate.high], [y, y], color=colour, lw=5, alpha=0.3)
                ends += [estimate.low, estimate.high]
            axes.plot([estimate.value], [y], "o", color=colour, ms=7)
            axes.annotate(
                money(estimate.value, ""),
                (estimate.value, y),
                xytext=(0, 7),
                textcoords="offset points",
                ha="center",
                color=INK,
            )
        span = (max(ends) - min(ends)) or 1.0
        axes.set_xlim(min(ends) - 0.06 * span, max(ends) + 0.06 * span)
        name_rows(axes, range(len(choices)), names)
        axes.set_ylim(len(choices) - 0.6, -0.8)
        money_axis(axes.xaxis)
        axes.set_xlabel(f"margin per account ({currency})")
        return inline_svg(figure, name, alternative)


@drawing
def margin_curve_svg(
    curve: MarginCurve,
    icp_point: tuple[float, float] | None,
    currency: str,
    name: str,
    alternative: str,
) -> str:
    """Return what is collected as more accounts are taken in the model's order.

    Parameters
    ----------
    curve : MarginCurve
        In currency units.
    icp_point : tuple of float, or None
        Share of the accounts that the current ICP selects, and their margin in all.
    currency : str
        ISO code.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element.
    """
    with style():
        figure, axes = axes_of(3.3)
        axes.plot(
            curve.share, curve.perfect, color=PALETTE["perfect"], lw=1.2, ls=(0, (1, 1.5)),
            label="the best order there could be",
        )  # fmt: skip
        if curve.low is not None and curve.high is not None:
            axes.fill_between(
                curve.share, curve.low, curve.high, color=PALETTE["model"], alpha=0.15, lw=0
            )
        axes.plot(
            curve.share, curve.cumulative, color=PALETTE["model"], lw=2.2, label="the model's order"
        )
        axes.plot(
            curve.share, curve.random, color=PALETTE["all"], lw=1.2, ls=(0, (5, 3)),
            label="no order at all",
        )  # fmt: skip
        if icp_point is not None:
            axes.plot(
                [icp_point[0]], [icp_point[1]], "D", color=PALETTE["icp"], ms=7, mec="white",
                ls="none", label="the current ICP",
            )  # fmt: skip
            axes.axvline(icp_point[0], color=PALETTE["icp"], lw=0.7, ls=(0, (2, 2)), zorder=0)
        axes.axhline(0, color=MUTED, lw=0.6)
        axes.set_xlim(0, 1)
        axes.margins(y=0.06)
        axes.grid(visible=True, axis="y")
        axes.set_axisbelow(True)
        share_axis(axes.xaxis)
        money_axis(axes.yaxis)
        axes.set_xlabel("share of the accounts taken")
        axes.set_ylabel(f"margin, added up ({currency})")
        figure.legend(loc="outside upper left", ncols=2, columnspacing=1.6)
        return inline_svg(figure, name, alternative)


@drawing
def deciles_svg(deciles: pd.DataFrame, currency: str, name: str, alternative: str) -> str:
    """Return the mean margin of each tenth of the accounts, in the model's order.

    Parameters
    ----------
    deciles : DataFrame
        See `icpfit.measure.deciles.decile_table`.
    currency : str
        ISO code.
    name, alternative : str
        See `inline_svg`.

    Returns
    -------
    str
        One SVG element; bars with their intervals, where there are any.
    """
    means = deciles["margin_mean"].to_numpy(dtype=np.float64)
    lows = pd.to_numeric(deciles["margin_low"]).to_numpy(dtype=np.float64)
    highs = pd.to_numeric(deciles["margin_high"]).to_numpy(dtype=np.float64)
    positions = np.arange(len(deciles))
    with style():
        figure, axes = axes_of(2.6)
        colours = [PALETTE["gain"] if mean >= 0 else PALETTE["loss"] for mean in means]
        axes.bar(positions, means, width=0.68, color=colours, alpha=0.85)
        known = np.isfinite(lows) & np.isfinite(highs)
        axes.vlines(positions[known], lows[known], highs[known], color=INK, lw=1.1)
        axes.axhline(0, color=MUTED, lw=0.6)
        axes.set_xticks(positions, [str(decile) for decile in deciles["decile"]])
        axes.grid(visible=True, axis="y")
        axes.set_axisbelow(True)
        money_axis(axes.yaxis)
        axes.set_xlabel("tenth of the accounts, in the model's order; 1 is the best")
        axes.set_ylabel(f"margin per account ({currency})")
        return inline_svg(figure, name, alternative)
