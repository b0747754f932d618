"""Drop it or fix it: both ways out of an attractive group that costs too much, priced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.amounts import (
    count,
    horizon_in_words,
    interval,
    money,
    money_interval,
    percent,
)
from icpfit.delivery.report.chapter import Heading, Paragraph
from icpfit.delivery.report.figures import ReportFigure
from icpfit.delivery.report.quantities import quantity_words
from icpfit.delivery.report.tables import ReportTable

if TYPE_CHECKING:
    from icpfit.delivery.report.chapter import Block
    from icpfit.insight.service.ability import AbilityToServe
    from icpfit.insight.service.drop_or_fix import DropOrFix
    from icpfit.measure.estimate import Estimate

__all__ = ["drop_or_fix_blocks"]

ADVICE = {
    "fix": "Fix it first",
    "drop": "Drop it",
    "cannot tell": "Cannot tell which is worth more",
    "nothing to fix": "Nothing to fix: its cost is planned service",
}


def drop_or_fix_blocks(found: AbilityToServe) -> list[Block]:
    """Return both ways out for every attractive group that costs more to serve than others.

    Parameters
    ----------
    found : AbilityToServe
        With such groups or without.

    Returns
    -------
    list of Block
        A heading and one line where there is none.
    """
    blocks: list[Block] = [Heading("Drop it or fix it", "drop-or-fix")]
    groups = found.drop_or_fix
    if not groups:
        return [
            *blocks,
            Paragraph(
                "No attractive group costs more to serve than the other customers, so there is"
                " nothing to drop or to fix."
            ),
        ]
    blocks.append(_figure(found))
    blocks.append(_price_table(found))
    for group in groups:
        blocks.append(Paragraph(_advice(group, found)))
        blocks.append(_cause_table(group, found))
    return blocks


def _advice(group: DropOrFix, found: AbilityToServe) -> str:
    currency = found.currency
    text = (
        f"{ADVICE[group.advice]}: {group.name}. Serving one of them costs"
        f" {money(group.cost_to_serve.value, currency)}, the other customers"
        f" {money(group.cost_elsewhere.value, currency)};"
        f" {money(group.remedial_cost.value, currency)} of it makes up for what went wrong."
        f" Each left {money(group.margin.value, currency)}; with remedial cost taken out of the"
        f" books, {money_interval(group.margin_if_fixed, currency)}."
    )
    if group.advice == "fix" and not group.is_sure:
        text += " Fixing is surely worth something; whether dropping is worth more can't be told."
    remedial = [cause for cause in group.causes if cause.remedial]
    if remedial and group.fix.value > 0:
        first = remedial[0]
        text += (
            f" The largest part is {first.activity.replace('_', ' ')} caused by"
            f" {_cause(first.caused_by)}: {money(first.amount, currency)} an account,"
            f" {money(first.elsewhere, currency)} elsewhere."
        )
    return text


def _cause(caused_by: str) -> str:
    return "a group that isn't known" if caused_by == "unknown" else caused_by


def _figure(found: AbilityToServe) -> ReportFigure:
    from icpfit.delivery.report.charts.service import drop_or_fix_svg

    first = max(found.drop_or_fix, key=lambda one: one.fix.value)
    finding = (
        f"Per 100 customers of {first.name}, fixing is worth"
        f" {money(first.fix.value, found.currency)} and dropping"
        f" {money(first.drop.value, found.currency)}"
    )
    caption = (
        "How to read it: fix is what it is worth to bring the group's remedial cost down to that "
        "of the other customers, drop to win as many of the other customers instead; below zero, "
        "dropping loses money. Thin lines are 90 % intervals. Per 100 customers won, over "
        f"{horizon_in_words(found.horizon)}, in {found.currency}, if win rates and what others "
        "leave stay the same. What a fix itself costs is for the team that makes it to say."
    )
    svg = drop_or_fix_svg(
        found.drop_or_fix, found.currency, "drop-or-fix-worth", f"Drop or fix. {finding}."
    )
    return ReportFigure("drop-or-fix-worth", f"{finding}.", caption, svg)


def _price_table(found: AbilityToServe) -> ReportTable:
    def both(estimate: Estimate) -> str:
        ends = interval(estimate.low, estimate.high, lambda a: money(a, found.currency))
        return f"{money(estimate.value, found.currency)}\n{ends}"

    rows = tuple(
        (
            (
                f"{one.name}\n{count(one.n)} accounts; a fit {percent(one.fit_rate)}, all"
                f" {percent(one.base_fit)}"
            ),
            both(one.fix),
            both(one.fix_all),
            both(one.drop),
            both(one.drop_alone),
            ADVICE[one.advice],
        )
        for one in found.drop_or_fix
    )
    columns = (
        ("Group", False),
        ("Fix: as others", True),
        ("Fix: all of it", True),
        ("Drop, win others", True),
        ("Drop, win nobody", True),
        ("So", False),
    )
    caption = (
        f"Worth per 100 customers won, over {horizon_in_words(found.horizon)}, in"
        f" {found.currency}, with 90 % intervals, if win rates stay the same"
    )
    return ReportTable(caption, columns, rows)


def _cause_table(group: DropOrFix, found: AbilityToServe) -> ReportTable:
    rows = tuple(
        (
            f"{one.activity.replace('_', ' ')}\n{'remedial' if one.remedial else 'planned'}",
            one.caused_by,
            one.served_by,
            money(one.amount, found.currency),
            money(one.elsewhere, found.currency),
            quantity_words(one.hours, "hour"),
            percent(one.share),
        )
        for one in group.causes
    )
    columns = (
        ("Activity", False),
        ("Caused by", False),
        ("Served by", False),
        ("Per account", True),
        ("Elsewhere", True),
        ("Time per account", True),
        ("Of its cost to serve", True),
    )
    caption = f"Where the cost of {group.name} comes from, what went wrong first"
    return ReportTable(caption, columns, rows)
