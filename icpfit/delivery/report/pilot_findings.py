"""The pilot that would tell what the data can't, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.amounts import account_count, horizon_in_words, money

if TYPE_CHECKING:
    from icpfit.insight.market.market import Market
    from icpfit.insight.market.pilot import Pilot
    from icpfit.measure.estimate import Estimate

__all__ = ["basis_words", "pilot_sentences"]


def basis_words(market: Market) -> str:
    """Return which accounts the figures are of.

    Parameters
    ----------
    market : Market
        What was found.

    Returns
    -------
    str
        Such as "41 matching accounts".
    """
    n = market.figures.n
    if market.basis == "all":
        return f"all {account_count(n)}"
    return account_count(n, market.basis)


def pilot_sentences(market: Market) -> list[str]:
    """Return what pilot would tell, and the money in it.

    Parameters
    ----------
    market : Market
        What was found.

    Returns
    -------
    list of str
        One for each question, then the time that it takes. Each names the difference that the
        pilot is sized for: half of what the average customer leaves, never what few accounts left.
    """
    if not market.pilots:
        return ["Too few accounts, or all alike: there is nothing to size a pilot from."]
    said = [_pilot_sentence(one, market) for one in market.pilots]
    said.append(
        f"Each account must be served for {horizon_in_words(market.horizon)} before its margin "
        "counts. A first look before that says little."
    )
    return said


def _pilot_sentence(one: Pilot, market: Market) -> str:
    currency, gap = market.currency, money(one.gap, market.currency)
    known = market.figures.margin if one.question == "above zero" else market.difference
    if market.speaks == "yes" and known is not None and _excludes_zero(known):
        told = "that they leave more than 0" if known.value > 0 else "that they leave less than 0"
        if one.question == "unlike the average":
            told = "that they are unlike the other customers"
        return f"No pilot is needed to tell {told}: {basis_words(market)} tell it already."
    verb = "leaves" if market.everyone.margin.value >= 0 else "loses"
    half = f"at least half of what the average customer {verb} ({gap} each"
    asked = f"To tell them from the average customer, if they differ from it by {half})"
    if one.question == "above zero":
        asked = f"To tell whether they earn or lose money, if they earn or lose {half})"
    if one.accounts is None:
        return f"{asked}: no pilot of a bearable size would."
    poor = (
        f"in 1 of 20 such pilots they lose {money(-one.poor_sum, currency)} or more together"
        if one.poor_sum < 0
        else f"in 1 of 20 such pilots they leave only {money(one.poor_sum, currency)} together"
    )
    return (
        f"{asked}: {account_count(one.accounts)}. To win and to serve them takes about "
        f"{money(one.outlay, currency)}; {poor}, if on average they leave what "
        f"{basis_words(market)} left."
    )


def _excludes_zero(found: Estimate) -> bool:
    return found.low is not None and found.high is not None and not found.low <= 0 <= found.high
