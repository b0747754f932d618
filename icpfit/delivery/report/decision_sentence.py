"""The decision on the profile in one sentence: change, keep, or cannot tell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from icpfit.delivery.amounts import account_count, count, horizon_in_words, interval, money, percent
from icpfit.delivery.report.icp_words import current_words
from icpfit.evidence.enough_signal import accounts_for_signal

if TYPE_CHECKING:
    from icpfit.evidence.signal import Signal
    from icpfit.insight.redefinition.redefinition import Redefinition
    from icpfit.measure.estimate import Estimate

__all__ = [
    "chance_words",
    "counting_words",
    "decision_basis",
    "decision_sentence",
    "what_would_be_enough",
]

_NEAR_BORDER = 0.1


def decision_sentence(
    found: Redefinition, horizon: str, currency: str, signal: Signal | None = None
) -> str:
    """Return the decision with the figures that it rests on.

    Parameters
    ----------
    found : Redefinition
        The comparison of the current ICP with the one proposed.
    horizon, currency : str
        As in the settings.
    signal : Signal, optional
        Whether the model that looked for groups knows anything.

    Returns
    -------
    str
        One sentence. It begins with "Change", "Keep" or "Cannot tell".
    """
    compared = found.comparison
    if found.proposed is None or compared is None:
        return _without_proposal(found, signal)
    if found.why == "same accounts":
        return f"Keep {_in_use(found)}: the proposal would choose the same accounts."
    margin = compared.equal["margin"]
    both = (
        "by the same number of accounts, the proposed ICP left "
        f"{money(margin.proposed.value, currency)} an account over {horizon_in_words(horizon)} and "
        f"{_in_use(found)} {money(margin.current.value, currency)}"
    )
    if found.decision == "change":
        verb = "Change the ICP" if found.current is not None else "Take up the proposed ICP"
        return f"{verb}: {both} ({_difference(margin.difference, currency)})."
    if found.why == "worse":
        return f"Keep {_in_use(found)}: {both} ({_difference(margin.difference, currency)})."
    kept = f"keep {_in_use(found)} for now" if found.current is not None else "change nothing yet"
    return f"Cannot tell yet, so {kept}: {both}, {_doubt(found, currency)}."


def decision_basis(found: Redefinition, currency: str, signal: Signal | None = None) -> str:
    """Return which accounts the decision rests on, and what would be enough where it can't tell.

    Parameters
    ----------
    found : Redefinition
        The comparison.
    currency : str
        ISO code.
    signal : Signal, optional
        As above.

    Returns
    -------
    str
        A few sentences.
    """
    apart = (
        "accounts that took no part in finding the proposal"
        if found.independent
        else "the accounts that the proposal was found on, so nothing can be decided for it"
    )
    said = [f"Measured after all cost to serve, on {apart}: {found.basis}."]
    if found.proposed is None:
        said = [f"Looked into: {found.basis}.", _enough_signal(signal)]
    said.append(counting_words(found, currency))
    if found.comparison is not None and found.approximate:
        said.append(
            "Intervals of money are approximate: fewer than 1,000 accounts judged, or than 300 "
            "chosen by each ICP."
        )
    if found.decision == "cannot tell":
        said.append(what_would_be_enough(found, currency))
    return " ".join(sentence for sentence in said if sentence)


def counting_words(found: Redefinition, currency: str) -> str:
    """Return which accounts of the two ICPs are counted, wherever one is held against the other.

    Parameters
    ----------
    found : Redefinition
        The comparison.
    currency : str
        ISO code.

    Returns
    -------
    str
        How many of each, which of the larger one's and what all of them left, and that whom the
        proposal would fix or avoid is in neither; empty without a comparison.
    """
    compared = found.comparison
    if compared is None:
        return ""
    whose = {"proposed": "the proposed ICP", "current": "the current ICP"}
    if found.current is None:
        whose["current"] = "all accounts"
    volume = compared.volume
    larger, smaller, n = "proposed", "current", compared.n_proposed
    if compared.n_current > volume:
        larger, smaller, n = "current", "proposed", compared.n_current
    said = f"Counted alike throughout: {count(volume)} targets of each."
    if n > volume:
        all_left = getattr(compared.own["margin"], larger).value
        which = "those that it calls first"
        if larger == "current" and found.current is None:
            which = "a like share of each"
        said = (
            f"Counted alike throughout, {account_count(volume)} each: all targets of"
            f" {whose[smaller]}, and of the {count(n)} of {whose[larger]} {which} (all"
            f" {count(n)} left {money(all_left, currency)} each)."
        )
    if found.n_to_fix:
        more = "is no target" if found.n_to_fix == 1 else "are no targets"
        said += (
            f" The {account_count(found.n_to_fix)} that the proposal would fix {more} of it until"
            " then."
        )
    return said


def what_would_be_enough(found: Redefinition, currency: str) -> str:
    """Return what would let the data tell.

    Parameters
    ----------
    found : Redefinition
        The comparison.
    currency : str
        ISO code.

    Returns
    -------
    str
        A sentence; empty where nothing is known of it.
    """
    enough = found.enough
    if found.why == "chance" and found.comparison is not None:
        return (
            f"Enough would be more accounts judged that the smaller ICP chooses; it chooses "
            f"{count(found.comparison.volume)} of {count(found.n)}."
        )
    if found.why not in ("spans zero", "too few", "one account", "not independent"):
        return ""
    if found.why == "not independent":
        return "Enough would be accounts won after the proposal was found, as soon as they mature."
    if enough.accounts is not None and enough.accounts > found.n:
        return (
            f"Enough would be about {account_count(enough.accounts)} judged, if difference and "
            f"spread stay as they are; there are {count(found.n)}."
        )
    if enough.detectable == enough.detectable and enough.detectable > 0:
        return (
            f"The {account_count(found.n)} judged could have shown a difference of "
            f"{money(enough.detectable, currency)} an account, not a smaller one."
        )
    return ""


def chance_words(found: Redefinition) -> str:
    """Return how often chance alone makes as large a difference, in the direction found.

    Parameters
    ----------
    found : Redefinition
        The comparison.

    Returns
    -------
    str
        Such as "so large a difference came up in 2 of 100 random deals of the margins"; empty where
        it was not looked into.
    """
    if found.comparison is None:
        return ""
    up = found.comparison.equal["margin"].difference.value > 0
    share = found.comparison.chance_better if up else found.comparison.chance_worse
    if math.isnan(share):
        return ""
    # 4.6 must not be shown as 5 and taken for the border.
    of_100 = (
        f"{100 * share:.1f}".removesuffix(".0") if share < _NEAR_BORDER else f"{100 * share:.0f}"
    )
    often = "fewer than 1" if 100 * share < 1 else of_100
    return f"so large a difference came up in {often} of 100 random deals of the margins"


def _enough_signal(signal: Signal | None) -> str:
    if signal is None or signal.tier == "signal":
        return ""
    enough = accounts_for_signal(signal)
    if enough is None:
        return (
            "How many accounts would be enough can't be said; facts that tell more about a company "
            "before the sale may help sooner than more accounts."
        )
    return (
        f"Enough to learn from would be about {account_count(enough)}, if what is known before the "
        f"sale tells as much of them as it does now; there were {count(signal.n)}."
    )


def _without_proposal(found: Redefinition, signal: Signal | None) -> str:
    if signal is not None and signal.tier != "signal":
        kept = f"keep {_in_use(found)}" if found.current is not None else "change nothing"
        tells = "does not tell" if signal.tier == "none" else "tells only weakly"
        return (
            f"Cannot tell yet, so {kept}: on {account_count(signal.n)}, what was known before the "
            f"sale {tells} a profitable fit from the others, and no group stands out."
        )
    if found.current is None:
        return (
            "Cannot tell yet: there is no current ICP, and no group of accounts stands out "
            "clearly enough to propose one."
        )
    return (
        f"Keep {_in_use(found)}: no group of accounts stands out clearly enough to propose another."
    )


def _doubt(found: Redefinition, currency: str) -> str:
    assert found.comparison is not None  # noqa: S101 - the caller looked
    difference = found.comparison.equal["margin"].difference
    if found.why == "too few":
        return "too few accounts for an interval"
    if found.why == "chance":
        return f"but {chance_words(found)}"
    if found.why == "one account":
        return "and the sign of the difference rests on one account"
    if found.why == "not independent":
        return "on the very accounts that the proposal was found on, so rather too much"
    return (
        f"and the difference may lie anywhere from {_ends(difference, currency)} "
        f"({percent(difference.level)} interval)"
    )


def _difference(found: Estimate, currency: str) -> str:
    ends = f"{percent(found.level)}: {_ends(found, currency)}"
    return f"difference {money(found.value, currency)}, {ends}"


def _ends(found: Estimate, currency: str) -> str:
    return interval(found.low, found.high, lambda amount: money(amount, currency))


def _in_use(found: Redefinition) -> str:
    return current_words(found.current)
