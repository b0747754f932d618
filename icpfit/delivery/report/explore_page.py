"""A market that is an idea, as a page that opens offline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.report.chapters.market import market_chapter
from icpfit.delivery.report.market_findings import market_headline, market_lead
from icpfit.delivery.report.page import page_environment

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from icpfit.insight.market.market import Market
    from icpfit.insight.market.prospects import MarketProspects

__all__ = ["explore_html"]


def explore_html(
    market: Market,
    prospects: MarketProspects | None = None,
    *,
    company: str,
    as_of: dt.date,
    idea_sentences: Sequence[str] = (),
    hide_names: bool = False,
) -> str:
    """Return what the data tell of a market as one HTML page that needs nothing else.

    Parameters
    ----------
    market : Market
        What was found.
    prospects : MarketProspects, optional
        What of a list belongs to it.
    company : str
        Whose data they are.
    as_of : date
        Their day.
    idea_sentences : sequence of str
        The idea in words.
    hide_names : bool
        Whether the nearest accounts bear numbers instead of names and ids.

    Returns
    -------
    str
        HTML without script or links to elsewhere; what came from the exports is escaped.
    """
    chapter = market_chapter(
        market, prospects, idea_sentences=tuple(idea_sentences), hide_names=hide_names
    )
    return (
        page_environment()
        .get_template("explore.html.j2")
        .render(
            company=company,
            as_of=as_of,
            idea=market.idea.name,
            headline=market_headline(market),
            lead=market_lead(market),
            chapter=chapter,
            model=market.model,
            horizon=market.horizon,
            currency=market.currency,
        )
    )
