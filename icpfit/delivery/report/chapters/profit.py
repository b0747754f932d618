"""Where the money is: who earns it, what takes it away, who causes that, and when it comes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from icpfit.delivery.amounts import (
    UNKNOWN,
    count,
    horizon_in_words,
    interval,
    money,
    money_interval,
    percent,
    percent_interval,
)
from icpfit.delivery.report.chapter import Chapter, Heading, Paragraph
from icpfit.delivery.report.chapters.predicted import predicted_blocks
from icpfit.delivery.report.figures import ReportFigure, waterfall_figure
from icpfit.delivery.report.findings import whale_finding
from icpfit.delivery.report.tables import ReportTable
from icpfit.insight.profit.money import APART

if TYPE_CHECKING:
    from icpfit.delivery.report.chapter import Block
    from icpfit.insight.profit.causes_matrix import CausesMatrix
    from icpfit.insight.profit.loyalty_groups import LoyaltyGroups
    from icpfit.insight.profit.money import WhereTheMoneyIs
    from icpfit.measure.estimate import Estimate

__all__ = ["profit_chapter"]

TITLE = "Where the money is"


def profit_chapter(
    found: WhereTheMoneyIs | None, *, names: Literal["show", "hide"] = "show"
) -> Chapter:
    """Return where the margin is made and lost, and whose doing that is.

    Parameters
    ----------
    found : WhereTheMoneyIs or None
        None where no account has a known margin.
    names : {"show", "hide"}
        Whether accounts are named; hidden, neither names nor ids stand in the chapter.

    Returns
    -------
    Chapter
        Named "profit".
    """
    if found is None:
        return Chapter(
            "profit", TITLE, "No account is mature yet, so nothing is known of its margin."
        )
    blocks: list[Block] = [_whale(found), Heading("From revenue to margin", "waterfall-groups")]
    blocks += [_waterfall(found), _waterfall_table(found)]
    blocks += _cause_blocks(found)
    blocks += _loyalty_blocks(found)
    blocks += [Heading("When the margin comes", "months-of-margin"), _months(found)]
    blocks += predicted_blocks(found, names=names)
    return Chapter("profit", TITLE, _lead(found), tuple(blocks))


def _lead(found: WhereTheMoneyIs) -> str:
    text = whale_finding(found.whale.curve, found.currency)
    matrix = found.remedial_causes
    if matrix is not None:
        largest = next((name for name in matrix.caused if name != "unknown"), None)
        if largest is not None:
            whole = found.causes.total if found.causes is not None else matrix.total
            text += (
                f" {percent(matrix.total / whole)} of the cost to serve makes up for what went"
                f" wrong, and {percent(matrix.caused[largest].value)} of that was caused by"
                f" {largest}."
            )
    return text


def _whale(found: WhereTheMoneyIs) -> ReportFigure:
    from icpfit.delivery.report.charts.profit import whale_band_svg

    band = found.whale
    finding = whale_finding(band.curve, found.currency)
    caption = (
        "How to read it: accounts stand from the most to the least profitable, and their margins "
        "are added up from left to right. While the line rises, accounts earn; where it falls, "
        "they cost more than they bring. The shaded band is where another draw of as many "
        f"customers would put it nine times in ten. {percent_interval(band.earning)} of the "
        f"accounts earn; the others lose {money_interval(band.lost, found.currency)} in all. "
        f"{count(found.n)} mature accounts, margin over {horizon_in_words(found.horizon)} after "
        f"cost to serve, {found.currency}."
    )
    if band.curve.warning:
        caption += f" Mind: {band.curve.warning}."
    svg = whale_band_svg(band, found.currency, "whale-band", f"Whale curve. {finding}")
    return ReportFigure("whale-band", finding, caption, svg)


def _waterfall(found: WhereTheMoneyIs) -> ReportFigure:
    import dataclasses

    whole = found.waterfalls[0]
    steps = [dataclasses.replace(s, label=s.label.replace("_", " ")) for s in whole.steps]
    return waterfall_figure(steps, whole.n, found.horizon, found.currency)


def _waterfall_table(found: WhereTheMoneyIs) -> ReportTable:
    order = [(step.label, step.kind) for step in found.waterfalls[0].steps]
    for other in found.waterfalls[1:]:
        known = [(step.label, step.kind) for step in other.steps]
        order[-1:-1] = [key for key in known if key not in order]
    rows = []
    for words, kind in order:
        cells = []
        for group in found.waterfalls:
            at = next(
                (i for i, s in enumerate(group.steps) if (s.label, s.kind) == (words, kind)), None
            )
            cells.append(UNKNOWN if at is None else _both(group.amounts[at], found.currency))
        sort = {"planned": "planned", "remedial": "remedial"}.get(kind)
        name = words.replace("_", " ")
        rows.append((f"{name}\n{sort}" if sort else name, *cells))
    columns = (
        ("", False),
        *((f"{group.name} ({count(group.n)})", True) for group in found.waterfalls),
    )
    caption = (
        f"Mean of an account over {horizon_in_words(found.horizon)}, in {found.currency}, with"
        " 90 % intervals; in brackets, accounts. What is taken away is negative"
        f"{_compared(found)}"
    )
    return ReportTable(caption, columns, tuple(rows))


def _compared(found: WhereTheMoneyIs) -> str:
    apart = next((group for group in found.waterfalls if group.name == APART), None)
    if apart is None:
        return ""
    return (
        f". The profiles are taken over the {count(apart.n)} customers compared, who took no part"
        " in finding the proposed one"
    )


def _both(estimate: Estimate, currency: str) -> str:
    if math.isnan(estimate.value):
        return UNKNOWN
    ends = interval(estimate.low, estimate.high, lambda amount: money(amount, currency))
    return f"{money(estimate.value, currency)}\n{ends}"


def _cause_blocks(found: WhereTheMoneyIs) -> list[Block]:
    blocks: list[Block] = [Heading("Who causes the cost, and who serves", "causes")]
    if found.causes is None:
        return [*blocks, Paragraph("No cost to serve lies in the horizon of any account.")]
    if found.remedial_causes is None:
        blocks.append(Paragraph("No remedial cost is in the exports: nothing is told apart as"
                                " making up for what went wrong."))  # fmt: skip
    else:
        blocks.append(_causes_figure(found.remedial_causes, found))
    blocks.append(_causes_table(found.causes, found))
    if found.causes.unknown > 0:
        blocks.append(
            Paragraph(
                f"For {percent(found.causes.unknown)} of the cost to serve nobody said who caused"
                " it; map topics and activities under data.economics.rate_card.caused_by."
            )
        )
    return blocks


def _causes_figure(matrix: CausesMatrix, found: WhereTheMoneyIs) -> ReportFigure:
    from icpfit.delivery.report.charts.profit import causes_svg

    name, share = next(iter(matrix.caused.items()))
    serves = str(matrix.amounts.loc[name].idxmax())
    finding = (
        f"{percent(share.value)} of the remedial cost was caused by {name}; the largest part of"
        f" that fell on {serves}"
    )
    caption = (
        "How to read it: each row is a group that causes cost, each column a team that serves. A "
        "cell is its share of all remedial cost, the darker the more. "
        f"{percent_interval(matrix.crossed)} is known to be caused by another group than the one "
        f"that serves. {money(matrix.total, found.currency)} in all over "
        f"{horizon_in_words(found.horizon)} of {count(matrix.n)} mature accounts."
    )
    svg = causes_svg(matrix, "causes-matrix", f"Causes by teams. {finding}.")
    return ReportFigure("causes-matrix", f"{finding}.", caption, svg)


def _causes_table(matrix: CausesMatrix, found: WhereTheMoneyIs) -> ReportTable:
    served = [str(name) for name in matrix.amounts.columns]
    cells = matrix.amounts.to_numpy("float64")
    rows = []
    for at, (name, share) in enumerate(matrix.caused.items()):
        amounts = [money(float(x), found.currency) if x else UNKNOWN for x in cells[at]]
        shares = f"{percent(share.value)}\n{interval(share.low, share.high, percent)}"
        rows.append((name, *amounts, shares))
    columns = (
        ("Caused by", False),
        *((f"Served by {name}", True) for name in served),
        ("Share", True),
    )
    caption = (
        f"All cost to serve, planned and remedial, {money(matrix.total, found.currency)} over"
        f" {horizon_in_words(found.horizon)} of {count(matrix.n)} mature accounts; shares with"
        " 90 % intervals"
    )
    return ReportTable(caption, columns, tuple(rows))


def _loyalty_blocks(found: WhereTheMoneyIs) -> list[Block]:
    from icpfit.delivery.report.charts.profit import loyalty_svg

    blocks: list[Block] = [Heading("Margin against loyalty", "margin-loyalty")]
    loyalty = found.loyalty
    if not loyalty.groups:
        return [*blocks, Paragraph(f"This panel is empty: {loyalty.note}.")]
    by_name = {group.name: group for group in loyalty.groups}
    good, costly = by_name["profitable and loyal"], by_name["costly and loyal"]
    finding = (
        f"{percent(good.share.value)} of the customers are profitable and loyal and leave"
        f" {money(good.total, found.currency)}; {percent(costly.share.value)} are loyal and"
        f" cost more than they bring, {money(-costly.total, found.currency)} in all"
    )
    caption = (
        "How to read it: a bar is the margin of all customers of a group together; behind it, how "
        f"many they are. In this report, {loyalty.rule}. Over {horizon_in_words(found.horizon)}, "
        f"{found.currency}; {count(sum(group.n for group in loyalty.groups))} mature accounts."
    )
    svg = loyalty_svg(
        loyalty.groups, found.currency, "loyalty-groups", f"Margin by loyalty. {finding}."
    )
    blocks.append(ReportFigure("loyalty-groups", f"{finding}.", caption, svg))
    blocks.append(_loyalty_table(loyalty, found))
    return blocks


def _loyalty_table(loyalty: LoyaltyGroups, found: WhereTheMoneyIs) -> ReportTable:
    rows = tuple(
        (
            group.name,
            count(group.n),
            f"{percent(group.share.value)}\n"
            + interval(group.share.low, group.share.high, percent),
            _both(group.margin, found.currency),
            money(group.total, found.currency),
            money(group.cost_to_serve, found.currency),
            money(group.remedial_cost, found.currency),
        )
        for group in loyalty.groups
    )
    columns = (
        ("Group", False),
        ("Accounts", True),
        ("Share", True),
        ("Margin per account", True),
        ("Margin in all", True),
        ("Cost to serve per account", True),
        ("Remedial, per account", True),
    )
    return ReportTable("The four groups, with 90 % intervals", columns, rows)


def _months(found: WhereTheMoneyIs) -> ReportFigure:
    from icpfit.delivery.report.charts.profit import months_svg

    whole = found.months[0]
    last = whole.cumulative[-1]
    if whole.paid_back is None:
        finding = (
            f"By the end of {len(whole.cumulative) - 1} months an average customer has not paid"
            " back what it cost to win and to serve it"
        )
    elif whole.paid_back == 0:
        finding = "An average customer is never below what it cost to win and to serve it"
    else:
        finding = (
            f"An average customer has paid back what it cost after {whole.paid_back} months, and"
            f" leaves {money(last.value, found.currency)} by month {len(whole.cumulative) - 1}"
        )
    caption = (
        "How to read it: a line is the margin of an account so far, on average; it starts with "
        "what it cost to win it, and steps up where invoices are sent. Customers who left stay in "
        f"with what they left. Shaded bands are 90 % intervals. {count(whole.n)} mature accounts, "
        f"{found.currency}, discounted{_compared(found)}."
    )
    svg = months_svg(found.months[:4], found.currency, "months", f"Margin by month. {finding}.")
    return ReportFigure("months", f"{finding}.", caption, svg)
