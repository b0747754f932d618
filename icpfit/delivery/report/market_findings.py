"""A market that is an idea, in words: what the data tell of it, what is unknown, what would tell.

"Accounts like these left", never "will leave": what near accounts left says nothing sure of others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.amounts import (
    account_count,
    count,
    money,
    money_interval,
    percent,
)
from icpfit.delivery.report.pilot_findings import basis_words, pilot_sentences

if TYPE_CHECKING:
    from icpfit.insight.market.likeness import ConditionMet
    from icpfit.insight.market.market import Market
    from icpfit.insight.market.prospects import MarketProspects

__all__ = [
    "market_findings",
    "market_headline",
    "market_lead",
    "prospect_sentences",
    "unknown_sentences",
]


def market_headline(market: Market) -> str:
    """Return the answer in one sentence.

    Parameters
    ----------
    market : Market
        What was found.

    Returns
    -------
    str
        It may say that nothing in the data speaks to the idea.
    """
    idea, currency = f"“{market.idea.name}”", market.currency
    if market.speaks == "no":
        return f"Nothing in your data speaks to {idea}."
    exact = _exact(market)
    left = money_interval(market.figures.margin, currency)
    who = _who(market)
    if market.speaks == "a little":
        return f"Your data speak only a little to {idea}: {exact}{who} left {left} each."
    return f"{who[:1].upper()}{who[1:]} left {left} each, {_against_others(market)}."


def market_lead(market: Market) -> str:
    """Return what the answer rests on, in two or three sentences.

    Parameters
    ----------
    market : Market
        What was found.

    Returns
    -------
    str
        Counts first.
    """
    served = f"None of {count(market.n_customers)} customers ever won matches the idea."
    if market.n_matching:
        served = (
            f"{_customers(market.n_matching)} of {count(market.n_customers)} ever won match the "
            f"idea; for {count(market.n_matching_used)} of them it is known what they left."
        )
    if market.speaks == "yes":
        return served
    n_only_near = market.n_near - market.n_matching_used
    near = (
        f"{account_count(n_only_near)} more are near to it: at most a third of what it asks for, "
        "by weight, is otherwise."
    )
    if market.speaks == "a little":
        return f"{served} {near if n_only_near > 0 else ''}".rstrip()
    why = [_impossible(condition) for condition in market.conditions if not condition.n_met]
    silent = " ".join([*why, served])
    if market.basis == "near":
        return (
            f"{silent} {near} What these left is shown as a yardstick: it would hold only if what "
            "is otherwise about the market didn't matter."
        )
    return (
        f"{silent} Figures below are those of all accounts, as a yardstick, and say nothing of "
        "this market."
    )


def _exact(market: Market) -> str:
    """Say first what the few left that match to the letter, before those that are only near."""
    if market.exact is None:
        return ""
    n, left = market.exact.n, market.exact.margin
    them = "the one that matches it" if n == 1 else f"the {count(n)} that match it"
    return f"{them} left {money_interval(left, market.currency)} each; "


def _impossible(condition: ConditionMet) -> str:
    return f"No customer was ever won for whom this holds: {condition.words}."


def _customers(n: int) -> str:
    return f"{count(n)} customer{'' if n == 1 else 's'}"


def _who(market: Market) -> str:
    n = market.figures.n
    if market.basis == "matching":
        return f"the {account_count(n)} that match it"
    return f"{account_count(n)} near to it"


def _against_others(market: Market) -> str:
    gap = market.difference
    if gap is None or gap.low is None or gap.high is None:
        return "too few to be told from the others"
    if gap.low <= 0 <= gap.high:
        return "which can't be told from what other accounts left"
    word = "more" if gap.value > 0 else "less"
    return f"{money(abs(gap.value), market.currency)} {word} than other accounts"


def unknown_sentences(market: Market, prospects: MarketProspects | None = None) -> list[str]:
    """Return what the data can't tell of the idea.

    Parameters
    ----------
    market : Market
        What was found.
    prospects : MarketProspects, optional
        What of a list belongs to it.

    Returns
    -------
    list of str
        At least one: how easily such companies are won is never known here.
    """
    said: list[str] = []
    for one in market.conditions:
        if one.never_seen:
            hint = f"; is {' or '.join(one.near)} meant?" if one.near else ""
            said.append(
                f"Values that no customer has, {one.attribute.replace('_', ' ')}: "
                f"{', '.join(one.never_seen)}{hint}"
            )
        elif one.served:
            said.append(
                f"No customer lies where the idea does ({one.words}); they lie at {one.served}."
            )
        elif not one.n_met:
            said.append(_impossible(one))
    if not market.n_matching and all(one.n_met for one in market.conditions):
        said.append("Each condition was met by some customer, all of them together by none.")
    said += [
        f"{one.words[:1].upper()}{one.words[1:]} is missing of {percent(one.share)} of the "
        "accounts that the figures are of."
        for one in market.missing
    ]
    if prospects is not None and prospects.open_share > 0:
        said.append(
            f"Of {percent(prospects.open_share)} of the list it is open whether they match: facts "
            "are missing."
        )
    if market.basis == "all":
        said.append("What such customers would take of each team.")
    said.append(
        "How easily such companies are won, and what it costs: only customers who were won are "
        "known here."
    )
    return said


def prospect_sentences(found: MarketProspects, currency: str) -> list[str]:
    """Return how much of the market a list holds.

    Parameters
    ----------
    found : MarketProspects
        What of the list belongs to it.
    currency : str
        ISO code.

    Returns
    -------
    list of str
        Counts, then what the model can say.
    """
    n = found.n_matching
    share = f" ({percent(n / found.n)})" if found.n else ""
    said = [f"{count(n)} of {count(found.n)} prospects of {found.name} match the idea{share}."]
    if found.n_supported is None:
        said.append("No model is in use, so none of them was scored.")
        return said
    if not n:
        return said
    said.append(
        f"The model ({found.model}) can speak of {count(found.n_supported)} of these; of the "
        "others it knows too little, or they are unlike all accounts that it learned from."
    )
    if found.expected is not None and found.n_supported:
        said.append(
            f"If won, it expects {money(found.expected.value, currency)} each on average of those "
            "that it can speak of; its own error comes on top."
        )
    said += [f"{count(k)} × {text}" for text, k in found.cautions]
    return said


def market_findings(market: Market, prospects: MarketProspects | None) -> list[tuple[str, str]]:
    """Return the answer in lines of name and words, for the terminal.

    Parameters
    ----------
    market : Market
        What was found.
    prospects : MarketProspects, optional
        What of a list belongs to it.

    Returns
    -------
    list of (str, str)
        In the order of the page.
    """
    currency, figures = market.currency, market.figures
    rows = [("why", market_lead(market))]
    rows += [
        ("margin each", f"{money_interval(figures.margin, currency)}, {basis_words(market)}"),
        ("cost to serve each", money_interval(figures.cost_to_serve, currency)),
    ]
    if market.basis != "all":
        rows.append(("all accounts", money_interval(market.everyone.margin, currency)))
    if market.expected is not None:
        rows.append(
            (
                "not over yet",
                (
                    f"of {account_count(market.expected.n)} that match and are too young to count, "
                    f"{market.model} expects {money_interval(market.expected, currency)} each"
                ),
            )
        )
    rows += [("unknown", text) for text in unknown_sentences(market, prospects)]
    rows += [("pilot", text) for text in pilot_sentences(market)]
    if prospects is not None:
        rows += [("prospects", text) for text in prospect_sentences(prospects, currency)]
    return rows
