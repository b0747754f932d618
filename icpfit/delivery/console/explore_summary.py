"""A market that is an idea, on the terminal: the answer, what it rests on, the nearest accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.amounts import figure, money
from icpfit.delivery.report.market_findings import market_findings, market_headline

if TYPE_CHECKING:
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.insight.market.market import Market
    from icpfit.insight.market.prospects import MarketProspects

__all__ = ["show_market"]

_LISTED = 5


def show_market(
    terminal: Terminal,
    market: Market,
    prospects: MarketProspects | None = None,
    *,
    hide_names: bool = False,
) -> None:
    """Write what the data tell of a market.

    Parameters
    ----------
    terminal : Terminal
        Where it goes.
    market : Market
        What was found.
    prospects : MarketProspects, optional
        What of a list belongs to it.
    hide_names : bool
        Whether the nearest accounts bear numbers instead of names.
    """
    if market.similar:
        terminal.table(
            f"Nearest accounts, {market.currency} over {market.horizon}",
            [
                {
                    "account": f"account {place}" if hide_names else one.name or one.account_id,
                    "distance": figure(one.distance),
                    "otherwise": ", ".join(name.replace("_", " ") for name in one.unmet) or "–",
                    "margin": money(one.margin, ""),
                    "cost to serve": money(one.cost_to_serve, ""),
                }
                for place, one in enumerate(market.similar[:_LISTED], start=1)
            ],
        )
    if market.load and market.basis != "all":
        terminal.table(
            "Load of 100 such customers on each team",
            [
                {
                    "team": one.team,
                    "activity": one.activity.replace("_", " "),
                    "quantity": money(one.quantity.value, ""),
                    "unit": one.unit,
                    "as customers are now": money(one.usual_quantity, ""),
                    f"cost ({market.currency})": money(one.amount.value, ""),
                }
                for one in market.load
            ],
        )
    terminal.closing(market_findings(market, prospects), title=market_headline(market))
