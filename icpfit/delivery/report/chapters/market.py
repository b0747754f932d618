"""The chapter on a market that is an idea: who was served there, what they left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.amounts import (
    account_count,
    count,
    figure,
    horizon_in_words,
    interval,
    money,
    percent,
)
from icpfit.delivery.report.chapter import Bullets, Chapter, Heading, Notice, Paragraph
from icpfit.delivery.report.figures import ReportFigure
from icpfit.delivery.report.market_findings import (
    market_headline,
    market_lead,
    prospect_sentences,
    unknown_sentences,
)
from icpfit.delivery.report.pilot_findings import basis_words, pilot_sentences
from icpfit.delivery.report.tables import ReportTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from icpfit.delivery.report.chapter import Block
    from icpfit.insight.market.market import Market
    from icpfit.insight.market.prospects import MarketProspects
    from icpfit.insight.market.similar import AccountFigures
    from icpfit.measure.estimate import Estimate

__all__ = ["market_chapter"]


def market_chapter(
    market: Market | None,
    prospects: MarketProspects | None = None,
    *,
    idea_sentences: tuple[str, ...] = (),
    hide_names: bool = False,
) -> Chapter:
    """Return what the data tell of a market that someone is considering.

    Parameters
    ----------
    market : Market or None
        What was found; None where nobody asked.
    prospects : MarketProspects, optional
        What of a list belongs to it.
    idea_sentences : tuple of str
        The idea in words.
    hide_names : bool
        Whether the nearest accounts bear numbers instead of names and ids.

    Returns
    -------
    Chapter
        Named "market".
    """
    if market is None:
        return Chapter("market", "A new market", "No market was asked about.")
    blocks: list[Block] = []
    if idea_sentences:
        blocks += [Heading("The idea"), Bullets(idea_sentences)]
    if market.speaks == "no":
        blocks.append(
            Notice(
                "Whatever is decided here rests on judgement from outside the data. The pilot "
                "below would bring data of its own."
            )
        )
    blocks += [_conditions(market), _ranges(market), _figures(market)]
    if market.similar:
        blocks.append(_nearest(market, hide_names=hide_names))
    if market.load and market.basis != "all":
        blocks.append(_load(market))
    blocks += [
        Heading("What is unknown"),
        Bullets(tuple(unknown_sentences(market, prospects))),
        Heading("The pilot that would tell"),
        Bullets(tuple(pilot_sentences(market))),
        Paragraph(
            "A pilot of that size tells in 8 of 10 cases, with an interval of 90 %, if the "
            "difference is as large as said and accounts spread as these did. A smaller one is "
            "missed more often."
        ),
    ]
    if prospects is not None:
        said = tuple(prospect_sentences(prospects, market.currency))
        blocks += [Heading("The market that is left"), Bullets(said)]
    lead = f"{market_headline(market)} {market_lead(market)}"
    return Chapter("market", "A new market", lead, tuple(blocks))


def _conditions(market: Market) -> ReportTable:
    rows = tuple(
        (
            f"{one.words}\n{one.segment}",
            count(one.n_met),
            count(one.n_known),
            percent(one.weight),
        )
        for one in market.conditions
    )
    columns = (
        ("Condition", False),
        ("Customers that meet it", True),
        ("Customers of whom it is known", True),
        ("Weight in the distance", True),
    )
    caption = (
        f"Each condition by itself, over all {count(market.n_customers)} customers ever won; a "
        "weight is what it counts within its group when accounts are called near"
    )
    return ReportTable(caption, columns, rows)


def _ranges(market: Market) -> ReportFigure:
    from icpfit.delivery.report.charts.market import ranges_svg

    currency, own, whole = market.currency, market.figures, market.everyone
    who = market.basis
    rows = [
        (f"margin, {who}", own.margin, own.margin_low, own.margin_high),
        (f"cost to serve, {who}", own.cost_to_serve, own.cost_low, own.cost_high),
    ]
    if market.basis != "all":
        rows.insert(1, ("margin, all", whole.margin, whole.margin_low, whole.margin_high))
        rows.append(("cost to serve, all", whole.cost_to_serve, whole.cost_low, whole.cost_high))
    ends = interval(own.margin_low, own.margin_high, lambda amount: money(amount, currency))
    finding = f"8 of 10 single accounts left between these: {ends} ({basis_words(market)})."
    caption = (
        "How to read it: the dot is the mean per account, the dark line its 90 % interval, the "
        "light band holds the middle 80 % of single accounts. Margin and cost to serve over "
        f"{horizon_in_words(market.horizon)}, in {currency}; all: all {account_count(whole.n)}."
    )
    svg = ranges_svg(rows, f"per account ({currency})", "market-ranges", f"Ranges. {finding}")
    return ReportFigure("market-ranges", finding, caption, svg)


def _figures(market: Market) -> ReportTable:
    currency, own, whole = market.currency, market.figures, market.everyone
    exact = market.exact

    def amount(value: float) -> str:
        return money(value, currency)

    # Who matches to the letter stands first, then who is near, then everybody.
    told = [*([] if exact is None else [exact]), own, whole]

    def cells(
        name: str, of: Callable[[AccountFigures], Estimate], shown: Callable[[float], str]
    ) -> tuple[str, ...]:
        return (name, *(_two_lines(of(one), shown) for one in told))

    rows = [
        cells("Revenue per account", lambda one: one.revenue, amount),
        cells("Cost to serve per account", lambda one: one.cost_to_serve, amount),
        cells("of it remedial", lambda one: one.remedial_cost, amount),
        cells("Margin per account", lambda one: one.margin, amount),
        cells("Share that was a profitable fit", lambda one: one.fit_rate, percent),
        cells("Share that stayed", lambda one: one.retained, percent),
    ]
    before = ("",) * (len(told) - 2)
    if market.difference is not None:
        rows.append(
            (
                "Margin per account\nless that of all others",
                *before,
                _two_lines(market.difference, amount),
                "",
            )
        )
    if market.expected is not None:
        rows.append(
            (
                (
                    f"Margin that {market.model} expects\nof "
                    f"{account_count(market.expected.n)} that match and are too young to count"
                ),
                *before,
                _two_lines(market.expected, amount),
                "",
            )
        )
    columns = (
        ("", False),
        *(() if exact is None else ((account_count(exact.n, "matching").capitalize(), True),)),
        (basis_words(market).capitalize(), True),
        (f"All {account_count(whole.n)}", True),
    )
    caption = f"Over {horizon_in_words(market.horizon)}, with 90 % intervals"
    return ReportTable(caption, columns, tuple(rows))


def _two_lines(estimate: Estimate, shown: Callable[[float], str]) -> str:
    return f"{shown(estimate.value)}\n{interval(estimate.low, estimate.high, shown)}"


def _nearest(market: Market, *, hide_names: bool) -> ReportTable:
    rows = []
    for place, one in enumerate(market.similar, start=1):
        named = f"account {place}" if hide_names else one.name or one.account_id
        under = "" if hide_names or not one.name else f"\n{one.account_id}"
        held = "; ".join(f"{name.replace('_', ' ')} {fact}" for name, fact in one.facts.items())
        otherwise = ", ".join(name.replace("_", " ") for name in one.unmet) or "nothing"
        rows.append(
            (
                f"{named}{under}",
                f"{held}\notherwise: {otherwise}",
                figure(one.distance),
                money(one.margin, market.currency),
                money(one.cost_to_serve, market.currency),
                "yes" if one.is_fit else "no",
            )
        )
    columns = (
        ("Account", False),
        ("What the idea asks for, and this account has", False),
        ("Distance", True),
        ("Margin", True),
        ("Cost to serve", True),
        ("Profitable fit", False),
    )
    caption = (
        f"The {count(len(rows))} nearest accounts whose outcome is known; distance 0 meets all "
        "that the idea asks for, 1 nothing; equally near ones in the order of their ids"
    )
    return ReportTable(caption, columns, tuple(rows))


def _load(market: Market) -> ReportTable:
    currency = market.currency
    rows = tuple(
        (
            f"{one.team}\n{one.activity.replace('_', ' ')}{' (remedial)' if one.remedial else ''}",
            _two_lines(one.quantity, lambda n: money(n, "")),
            one.unit,
            money(one.usual_quantity, ""),
            _two_lines(one.amount, lambda amount: money(amount, currency)),
        )
        for one in market.load
    )
    columns = (
        ("Team", False),
        ("Quantity", True),
        ("Unit", False),
        ("Of 100 customers as they are now", True),
        ("Cost", True),
    )
    caption = (
        f"Load of 100 such customers over {horizon_in_words(market.horizon)}, as "
        f"{basis_words(market)} took it, with 90 % intervals"
    )
    return ReportTable(caption, columns, rows)
