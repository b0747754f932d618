"""Customers, predicted against realised: the losses that nobody saw coming, and whose they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from icpfit.delivery.amounts import (
    UNKNOWN,
    account_count,
    count,
    horizon_in_words,
    interval,
    money,
    percent,
)
from icpfit.delivery.report.chapter import Heading, Paragraph
from icpfit.delivery.report.figures import ReportFigure
from icpfit.delivery.report.quantities import quantity_words
from icpfit.delivery.report.tables import ReportTable
from icpfit.insight.profit.lost_money import REVENUE_SHORT
from icpfit.insight.profit.predicted_realised import (
    FIXED_LOST,
    GOOD_EARNED,
    GOOD_LOST,
    POOR_EARNED,
    POOR_LOST,
)

if TYPE_CHECKING:
    import pandas as pd

    from icpfit.delivery.report.chapter import Block
    from icpfit.insight.profit.lost_money import LossCause, LossesByCause
    from icpfit.insight.profit.money import WhereTheMoneyIs

__all__ = ["predicted_blocks"]

STANDINGS = (GOOD_EARNED, GOOD_LOST, FIXED_LOST, POOR_EARNED, POOR_LOST)
MEANING = {
    GOOD_EARNED: "as predicted",
    GOOD_LOST: "look for the cause: accounts like these earn money elsewhere",
    FIXED_LOST: "graded A or B if the remedial cost expected above the mean is left out",
    POOR_EARNED: "better than predicted",
    POOR_LOST: "as predicted",
}


def predicted_blocks(found: WhereTheMoneyIs, *, names: Literal["show", "hide"]) -> list[Block]:
    """Return what was predicted of each customer beside what became of it, and the causes.

    Parameters
    ----------
    found : WhereTheMoneyIs
        With predictions, or with the reason why there are none.
    names : {"show", "hide"}
        Whether accounts are named; hidden, neither names nor ids appear.

    Returns
    -------
    list of Block
        A heading and one line where nothing was predicted.
    """
    blocks: list[Block] = [Heading("Customers, predicted and realised", "predicted-realised")]
    if found.customers is None:
        return [*blocks, Paragraph(f"This panel is empty: {found.note}.")]
    blocks += [_figure(found.customers, found), _standing_table(found.customers, found)]
    for losses in (found.good_lost, found.fixed_lost):
        if losses is not None:
            blocks += _losses(losses, found, names)
    return blocks


def _figure(customers: pd.DataFrame, found: WhereTheMoneyIs) -> ReportFigure:
    from icpfit.delivery.report.charts.predicted import predicted_svg

    lost = customers[customers["standing"] == GOOD_LOST]
    good = int(customers["standing"].isin([GOOD_EARNED, GOOD_LOST]).sum())
    finding = (
        f"Of {account_count(good)} that would have been graded A or B, {count(len(lost))} lost"
        f" money, {money(-float(lost['margin'].sum()), found.currency)} in all"
    )
    held = int((customers["predicted_by"] == "hold-out").sum())
    caption = (
        "How to read it: each dot is a customer. On the dashed line it came as predicted; far "
        "below, it left much less. A good fit is who would have been graded A or B. Every "
        "prediction is by a model that had not seen the account: "
        f"{count(len(customers) - held)} out of fold, {count(held)} held out. Margin over "
        f"{horizon_in_words(found.horizon)}, {found.currency}."
    )
    svg = predicted_svg(
        customers, found.currency, "predicted", f"Predicted against realised. {finding}."
    )
    return ReportFigure("predicted", f"{finding}.", caption, svg)


def _standing_table(customers: pd.DataFrame, found: WhereTheMoneyIs) -> ReportTable:
    rows = []
    for standing in STANDINGS:
        mine = customers[customers["standing"] == standing]
        if mine.empty:
            continue
        rows.append(
            (
                f"{standing}\n{MEANING[standing]}",
                count(len(mine)),
                percent(len(mine) / len(customers)),
                money(float(mine["margin_if_won"].mean()), found.currency),
                money(float(mine["margin"].mean()), found.currency),
                money(float(mine["margin"].sum()), found.currency),
                money(float(mine["remedial_cost"].mean()), found.currency),
            )
        )
    columns = (
        ("Customers", False),
        ("Accounts", True),
        ("Share", True),
        ("Predicted each", True),
        ("Came each", True),
        ("Came in all", True),
        ("Remedial cost each", True),
    )
    caption = "Customers by what was predicted and what became of them"
    return ReportTable(caption, columns, tuple(rows))


def _losses(
    losses: LossesByCause, found: WhereTheMoneyIs, names: Literal["show", "hide"]
) -> list[Block]:
    title = losses.standing[:1].upper() + losses.standing[1:]
    key = "good-fit-lost-money" if losses.standing == GOOD_LOST else "once-fixed-lost-money"
    blocks: list[Block] = [Heading(title, key)]
    if not losses.n:
        return [*blocks, Paragraph("There is no such customer.")]
    text = (
        f"{account_count(losses.n)} lost {money(losses.lost, found.currency)} in all; with"
        f" remedial cost taken out of the books, {count(losses.saved)} of them left money."
    )
    blocks.append(Paragraph(text))
    if losses.causes:
        blocks += [_cause_figure(losses, found, key), _cause_table(losses, found)]
    if names == "show":
        blocks.append(_account_table(losses, found))
    return blocks


def _cause_figure(losses: LossesByCause, found: WhereTheMoneyIs, key: str) -> ReportFigure:
    from icpfit.delivery.report.charts.loss_causes import loss_causes_svg

    top = losses.causes[0]
    finding = (
        f"{_what(top.activity, top.caused_by)}: {money(top.excess.value, found.currency)} more an"
        " account than among the good fits that earned money, where luck alone reaches"
        f" {money(top.reach, found.currency)}"
    )
    if not top.stands_out:
        most = max(losses.causes, key=lambda one: one.excess.value)
        finding = (
            f"None of {count(len(losses.causes))} causes stands out, luck alone reaches as far; the"
            f" largest is {_what(most.activity, most.caused_by, first=False)},"
            f" {money(most.excess.value, found.currency)} more an account than among the good fits"
            " that earned money"
        )
    caption = (
        "How to read it: a bar is what an activity with its cause cost an account above the good "
        "fits that earned money; hatched is remedial, a thin line the 90 % interval. Each cost is "
        "higher among accounts that lost, since losses are made of costs; what stands out goes "
        "beyond that. The dashed mark is how far the bar would reach had that cost gone to any of "
        "these accounts by luck: in 19 of 20 companies no bar goes further. What does stands "
        "first, in bold. It says where to look; that they would have earned without it is not "
        f"proven. {account_count(losses.n)}, over {horizon_in_words(found.horizon)}, "
        f"{found.currency}."
    )
    alternative = f"{losses.standing[:1].upper()}{losses.standing[1:]}. {finding}."
    svg = loss_causes_svg(losses.causes, found.currency, f"{key}-causes", alternative)
    return ReportFigure(f"{key}-causes", f"{finding}.", caption, svg)


def _what(activity: str, caused_by: str, *, first: bool = True) -> str:
    words = activity.replace("_", " ")
    cause = {"unknown": " with no known cause", "": ""}.get(caused_by, f" caused by {caused_by}")
    return f"{words[:1].upper() if first else words[:1]}{words[1:]}{cause}"


def _cause_table(losses: LossesByCause, found: WhereTheMoneyIs) -> ReportTable:
    rows = []
    for one in losses.causes:
        excess = one.excess
        ends = interval(excess.low, excess.high, lambda a: money(a, found.currency))
        rows.append(
            (
                f"{one.activity.replace('_', ' ')}\n{_sort(one)}",
                one.caused_by or UNKNOWN,
                money(one.total, found.currency),
                f"{money(excess.value, found.currency)}\n{ends}",
                _by_luck(one, found.currency),
                count(one.accounts),
                quantity_words(one.hours, "hour"),
            )
        )
    columns = (
        ("Activity", False),
        ("Caused by", False),
        ("In all", True),
        ("Above the good fits that earned, each", True),
        ("Above them by luck alone", True),
        ("Accounts that had any", True),
        ("Time each", True),
    )
    caption = (
        f"{losses.standing[:1].upper()}{losses.standing[1:]}, by cause; what stands out first,"
        " of that remedial cost. By luck alone: on average, and how far it reaches"
    )
    return ReportTable(caption, columns, tuple(rows))


def _sort(one: LossCause) -> str:
    kind = "remedial" if one.remedial else "planned"
    if one.activity == REVENUE_SHORT:
        kind = "after direct cost"
    return f"{kind}; stands out" if one.stands_out else kind


def _by_luck(one: LossCause, currency: str) -> str:
    if math.isnan(one.usual) or math.isinf(one.reach):
        return UNKNOWN
    return f"{money(one.usual, currency)}\nup to {money(one.reach, currency)}"


def _account_table(losses: LossesByCause, found: WhereTheMoneyIs) -> ReportTable:
    rows = tuple(
        (
            f"{one.name or one.account_id}\n{one.account_id}",
            money(one.predicted, found.currency),
            money(one.margin, found.currency),
            money(one.remedial_cost, found.currency),
            _what(one.activity, one.caused_by) if one.activity else UNKNOWN,
            money(one.excess, found.currency) if not math.isnan(one.excess) else UNKNOWN,
        )
        for one in losses.accounts
    )
    columns = (
        ("Account", False),
        ("Predicted", True),
        ("Came", True),
        ("Remedial cost", True),
        ("Where it cost most above good fits that earned", False),
        ("By", True),
    )
    caption = (
        f"The largest losses of these {count(losses.n)} customers; all stand in"
        " predicted_and_realised.csv"
    )
    return ReportTable(caption, columns, rows)
