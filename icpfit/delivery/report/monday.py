"""What three people do on Monday: derived from the findings, none that they don't carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.amounts import account_count, count, money, money_interval
from icpfit.delivery.report.decision_sentence import what_would_be_enough
from icpfit.delivery.report.first_page import Action
from icpfit.delivery.report.first_page_groups import cause_words
from icpfit.delivery.report.held_out_words import (
    accounts_told,
    by_money,
    caveat,
    enough_held_out,
    told_figures,
)
from icpfit.insight.segments.verdicts import STABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from icpfit.insight.redefinition.redefinition import Redefinition
    from icpfit.insight.segments.figures import GroupFigures
    from icpfit.insight.segments.found import FoundSegment, FoundSegments

__all__ = ["actions"]

MOST, MOST_NAMED = 3, 2
NOT_MATURE = "not mature"


def actions(
    found: FoundSegments | None,
    redefined: Redefinition | None,
    excluded: Mapping[str, int],
    currency: str,
) -> tuple[Action, ...]:
    """Return at most three things to do, each with a role.

    Parameters
    ----------
    found : FoundSegments or None
        The groups.
    redefined : Redefinition or None
        The comparison of the profiles.
    excluded : Mapping of str to int
        Why accounts were left out, and how many.
    currency : str
        ISO code.

    Returns
    -------
    tuple of Action
        A list for Marketing where the profile is to change; a cause for Service where a group to
        fix passed; calls for Sales to stop where a group to leave passed. Where the hold-out
        doesn't bear such a group out, it is to be watched. Where the data can't tell, what to
        collect.
    """
    passed = [group for group in found.segments if group.status == "segment"] if found else []
    by_part = {
        part: [group for group in passed if group.part == part]
        for part in ("segments", "fix", "avoid")
    }
    todo = [
        *_marketing(by_part["segments"], redefined),
        *_service(by_part["fix"], found, currency),
        *_sales(by_part["avoid"], found, currency),
        *_collect(found, redefined, excluded, currency),
    ]
    return tuple(todo[:MOST])


def _marketing(groups: Sequence[FoundSegment], redefined: Redefinition | None) -> list[Action]:
    if redefined is None or redefined.decision != "change" or not groups:
        return []
    firm = by_money(group for group in groups if not group.stability < STABLE)
    loose = by_money(group for group in groups if group.stability < STABLE)
    names = _listed([group.segment.name for group in firm or loose])
    task = f"build the list for {names}; the rules stand as SQL in the next chapter."
    if firm and loose:
        others = _listed([group.segment.name for group in loose])
        task += f" Confirm {others} on a few wins before relying on their borders."
    market = redefined.market
    if market is not None:
        n = sum(market.by_segment.get(group.segment.name, 0) for group in groups)
        whose = "them" if len(groups) > 1 else "it"
        task += f" {count(n)} of the {count(market.n)} prospects in the list are in {whose}."
    return [Action("Marketing operations", _capital(task))]


def _service(
    groups: Sequence[FoundSegment], found: FoundSegments | None, currency: str
) -> list[Action]:
    known = [group for group in groups if group.causes]
    if found is None or not known:
        return []

    def gain(group: FoundSegment) -> float:
        told = told_figures(group)
        return told.margin_if_fixed.value - told.margin.value

    borne_out = [group for group in known if not _earns_or_stays_lost(group)]
    if not borne_out:
        return [Action("Service lead", _watch(known[0], found, currency))]
    group = by_money(borne_out)[0]
    task = (
        f"in “{group.segment.name}”, take the first cause in hand: "
        f"{cause_words(group, currency)}. All its remedial cost is {money(gain(group), currency)} "
        f"an account ({_rests_on(group, found)})."
    )
    return [Action("Service lead", _capital(task))]


def _sales(
    groups: Sequence[FoundSegment], found: FoundSegments | None, currency: str
) -> list[Action]:
    sure = [group for group in groups if _surely_loses(group)]
    if found is None or not sure:
        return []
    borne_out = [
        group for group in sure if (held := enough_held_out(group)) is None or _surely_loses(held)
    ]
    if not borne_out:
        return [Action("Sales lead", _watch(sure[0], found, currency))]
    worst, *others = by_money(borne_out)
    told = told_figures(worst)
    names = _listed([worst.segment.name, *(group.segment.name for group in others)])
    whose = "the first " if others else "they "
    task = (
        f"stop calling {names}: {whose}left {money_interval(told.margin, currency)} each, and "
        f"{money(told.margin_if_fixed.value, currency)} with remedial cost taken out of the books "
        f"({_rests_on(worst, found)})."
    )
    return [Action("Sales lead", _capital(task))]


def _surely_loses(told: FoundSegment | GroupFigures) -> bool:
    """Return whether both margins lie below zero with their whole intervals."""
    ends = (told.margin.high, told.margin_if_fixed.high)
    return all(high is not None and high < 0 for high in ends)


def _earns_or_stays_lost(group: FoundSegment) -> bool:
    """Return whether the hold-out says that a group to fix needs no mending, or gains nothing."""
    held = enough_held_out(group)
    if held is None:
        return False
    low, high = held.margin.low, held.margin_if_fixed.high
    return (low is not None and low > 0) or (high is not None and high < 0)


def _rests_on(group: FoundSegment, found: FoundSegments) -> str:
    marked = caveat(group, found)
    return accounts_told(group, found) + (f", {marked}" if marked else "")


def _watch(group: FoundSegment, found: FoundSegments, currency: str) -> str:
    told = told_figures(group)
    return (
        f"Watch “{group.segment.name}”, and change nothing yet: on {accounts_told(group, found)} "
        f"that did not choose it, it left {money_interval(told.margin, currency)} each, and "
        f"{money_interval(told.margin_if_fixed, currency)} with remedial cost taken out of the "
        "books, which does not bear out what the others showed."
    )


def _collect(
    found: FoundSegments | None,
    redefined: Redefinition | None,
    excluded: Mapping[str, int],
    currency: str,
) -> list[Action]:
    """Return what would let the data tell, where they don't."""
    todo = []
    if redefined is not None and redefined.decision == "cannot tell":
        more = what_would_be_enough(redefined, currency)
        task = f"keep the current ICP and ask again next quarter. {more}".strip()
        todo.append(Action("Strategy", _capital(task)))
    elif redefined is None or redefined.decision == "keep":
        task = "Keep the current ICP; train again next quarter, when more accounts are mature."
        todo.append(Action("Strategy", task))
    guesses = [group for group in found.segments if group.status == "candidate"] if found else []
    wanted = [group.segment.name for group in guesses if group.part == "segments"]
    if wanted:
        task = (
            f"win a few of {_listed(wanted[:2])} on purpose: candidates that only more accounts "
            "can confirm or clear away."
        )
        todo.append(Action("Sales lead", _capital(task)))
    reasons = {why: n for why, n in excluded.items() if why != NOT_MATURE}
    if reasons:
        why, n = max(reasons.items(), key=lambda item: (item[1], item[0]))
        task = f"mend what keeps {account_count(n)} out: {why}."
        todo.append(Action("Data owner", _capital(task)))
    return todo


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names[:MOST_NAMED]]
    if len(names) > MOST_NAMED:
        quoted.append(f"{len(names) - MOST_NAMED} more")
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]] if len(quoted) > 1 else quoted)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
