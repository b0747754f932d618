"""Deals: who is won easily, who leaves money, and how who is won differs from who is not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from icpfit.delivery.amounts import (
    UNKNOWN,
    count,
    horizon_in_words,
    interval,
    money,
    percent,
)
from icpfit.delivery.report.chapter import Heading, Paragraph
from icpfit.delivery.report.figures import ReportFigure
from icpfit.delivery.report.tables import ReportTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from icpfit.delivery.report.chapter import Block
    from icpfit.insight.service.ability import AbilityToServe
    from icpfit.insight.service.deals import DealPanel, SegmentDeals
    from icpfit.measure.estimate import Estimate

__all__ = ["deal_blocks"]


def deal_blocks(found: AbilityToServe) -> list[Block]:
    """Return who is won easily and who leaves money, or why that can't be said.

    Parameters
    ----------
    found : AbilityToServe
        With its panel of deals, or with the reason why that is empty.

    Returns
    -------
    list of Block
        A heading, then the quadrant, the table and the check on selection.
    """
    panel = found.deals
    blocks: list[Block] = [Heading("Who is won easily, and who leaves money", "service-deals")]
    if panel.note:
        return [*blocks, Paragraph(f"This panel is empty: {panel.note}.")]
    shown = [one for one in panel.segments[1:] if one.n]
    if shown:
        blocks.append(_deal_figure(panel, shown, found))
    blocks.append(_deal_table(panel, found))
    blocks.append(Paragraph(_selection(panel)))
    return blocks


def _deal_figure(
    panel: DealPanel, shown: list[SegmentDeals], found: AbilityToServe
) -> ReportFigure:
    from icpfit.delivery.report.charts.service import deals_svg

    best = [one for one in shown if one.corner == "wins easily, leaves money"]
    poor = [one for one in shown if one.corner == "wins easily, leaves little"]
    whole = panel.segments[0]
    if best:
        finding = f"Won easily and leaving money: {', '.join(one.name for one in best)}"
    elif poor:
        one = poor[0]
        finding = (
            f"Deals with {one.name} are won easily ({percent(one.win_rate.value)} of them, against"
            f" {percent(whole.win_rate.value)} of all) and leave little"
            f" ({money(one.margin.value, found.currency)} each)"
        )
    else:
        finding = "No segment is surely won more easily than others and surely leaves more"
    numbered = "; ".join(f"{i} {one.name}" for i, one in enumerate(shown, 1)) + "."
    caption = (
        "How to read it: each numbered dot is a segment, its bars the 90 % intervals; the dashed "
        f"lines are all {count(whole.n)} deals and {_customers(found, whole)}. "
        f"Top right is won easily and leaves money. {numbered} "
        f"Margin over {horizon_in_words(found.horizon)} after cost to serve, {found.currency}."
    )
    svg = deals_svg([whole, *shown], found.currency, "deals", f"Deals. {finding}.")
    return ReportFigure("deals", f"{finding}.", caption, svg)


def _customers(found: AbilityToServe, whole: SegmentDeals) -> str:
    n = count(whole.margin.n)
    if found.n_apart is None:
        return f"all {n} mature customers"
    return f"the {n} mature customers that took no part in finding the segments"


def _deal_table(panel: DealPanel, found: AbilityToServe) -> ReportTable:
    rows = []
    for one in panel.segments:
        cycle = one.cycle
        rows.append(
            (
                one.name if not one.note else f"{one.name}\n{one.note}",
                count(one.n) if one.n else UNKNOWN,
                _two_lines(one.win_rate, percent) if one.n else UNKNOWN,
                _two_lines(cycle, lambda d: f"{d:.0f} days") if one.n else UNKNOWN,
                _two_lines(one.margin, lambda a: money(a, found.currency)),
                "" if one.name == "all deals" else one.corner,
            )
        )
    columns = (
        ("Segment", False),
        ("Deals closed", True),
        ("Won", True),
        ("Sales cycle, median of deals won", True),
        ("Margin per customer", True),
        ("Where it stands", False),
    )
    caption = (
        "Deals by segment, with 90 % intervals; a company may have had several deals. Every margin"
        f" is over {_customers(found, panel.segments[0])}"
    )
    return ReportTable(caption, columns, tuple(rows))


def _two_lines(estimate: Estimate, shown: Callable[[float], str]) -> str:
    if math.isnan(estimate.value):
        return UNKNOWN
    return f"{shown(estimate.value)}\n{interval(estimate.low, estimate.high, shown)}"


def _facts(n: int) -> str:
    return "1 fact" if n == 1 else f"{count(n)} facts"


def _selection(panel: DealPanel) -> str:
    if not panel.tested:
        return "No fact of the deals could be compared, so who is won can't be checked."
    if not panel.differences:
        return (
            f"In the {_facts(panel.tested)} that the deals bring, deals won don't differ from deals"
            " lost: what holds of customers may be hoped for of those not won."
        )
    told = [
        f"{one.words} ({one.level}: {percent(one.won)} of the deals won, {percent(one.lost)} of"
        " those lost)"
        for one in panel.differences[:4]
    ]
    return (
        f"Accounts won differ from all deals in {len(panel.differences)} of {_facts(panel.tested)}:"
        f" {'; '.join(told)}. The model has only seen customers won; where these differ, its"
        " numbers say less of those who were not."
    )
