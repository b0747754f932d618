"""The chapter on segments: whom to win, whom to fix before dropping, whom to avoid."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from icpfit.delivery.amounts import (
    account_count,
    count,
    horizon_in_words,
    interval,
    money,
    money_interval,
    percent,
    percent_interval,
)
from icpfit.delivery.report.chapter import Bullets, Chapter, Heading, Notice, Paragraph
from icpfit.delivery.report.chapters.segments_tables import (
    PARTS,
    candidate_table,
    cause_table,
    group_table,
    held_out_table,
)
from icpfit.delivery.report.figures import ReportFigure
from icpfit.delivery.report.held_out_words import (
    accounts_told,
    caveat,
    enough_held_out,
    which,
)
from icpfit.delivery.report.tables import ReportTable
from icpfit.insight.segments.beam import fewest_accounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.insight.segments.found import FoundSegment, FoundSegments
    from icpfit.measure.estimate import Estimate

__all__ = ["segments_chapter"]

TITLE = "Segments"
FULL_HALF_SAMPLES = 30
UNSTABLE_BELOW = 0.5
Block = Paragraph | Heading | Bullets | Notice | ReportTable | ReportFigure


def segments_chapter(found: FoundSegments | None, horizon: str, currency: str) -> Chapter:
    """Return the chapter on the groups found.

    Parameters
    ----------
    found : FoundSegments or None
        What was found; None where nobody looked.
    horizon : str
        Of the margin, as in the settings: "12mo".
    currency : str
        ISO code.

    Returns
    -------
    Chapter
        One line that says why, where there is nothing to show.
    """
    if found is None:
        return Chapter("segments", TITLE, "Segments were not looked for in this run.")
    if not found.segments:
        return Chapter("segments", TITLE, found.note)
    passed = [one for part in PARTS for one in found.of(part)]
    blocks: list[Block] = [Paragraph(_how(found, horizon))]
    if passed:
        blocks.append(_picture(passed, found, horizon, currency))
    if passed and found.base_held_out is not None:
        blocks.append(held_out_table(passed, found, horizon, currency))
    for part, heading in PARTS.items():
        groups = found.of(part)
        if groups:
            blocks += [Heading(heading), group_table(groups, found, horizon, currency)]
            blocks += [Bullets(tuple(_sentence(one, found, currency) for one in groups))]
        if part == "fix":
            blocks += [cause_table(one, currency) for one in groups if one.causes]
    if found.explained is not None and not math.isnan(found.explained.value):
        blocks.append(Paragraph(_explained(found.explained)))
    blocks += _cautions(found, passed)
    candidates = [one for one in found.segments if one.status == "candidate"]
    if candidates:
        blocks += [
            Heading("Candidates"),
            Paragraph(
                "These stood out where they were found, and did not pass on the other accounts. "
                "Nothing should be decided by them."
            ),
            candidate_table(candidates, currency),
        ]
    return Chapter("segments", TITLE, _lead(found, currency), tuple(blocks))


def _lead(found: FoundSegments, currency: str) -> str:
    wanted, fix, avoid = (found.of(part) for part in PARTS)
    if not (wanted or fix or avoid):
        return found.note
    said = []
    if wanted:
        best = max(wanted, key=lambda one: (one.margin.value, one.segment.name))
        said.append(
            f"{_groups(len(wanted), 'group')} of accounts stood out as a profitable fit; "
            f"{_most_margin(best, found, currency)}"
        )
    else:
        said.append("No group stood out as a profitable fit")
    said.append(
        f"With remedial cost taken out of the books, {_groups(len(fix), 'losing group').lower()} "
        f"{'counts' if len(fix) == 1 else 'count'} as a fit, and "
        f"{_groups(len(avoid), 'group').lower()} still lost money"
    )
    return ". ".join(said) + "."


def _most_margin(best: FoundSegment, found: FoundSegments, currency: str) -> str:
    """Say what the group with most margin left where it did not become that group."""
    held, base = enough_held_out(best), found.base_held_out
    if held is None or base is None:
        return (
            f"the one with most margin, {best.segment.name}, left "
            f"{money(best.margin.value, currency)} per account, against "
            f"{money(found.base_margin.value, currency)} over all ({caveat(best, found)})"
        )
    return (
        f"the one with most margin where they were chosen, {best.segment.name}, left "
        f"{money_interval(held.margin, currency)} per account on {accounts_told(best, found)} that "
        f"did not decide this, against {money(base.margin.value, currency)} over all of these"
    )


def _groups(n: int, what: str) -> str:
    words = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven")
    return f"{words[n] if n < len(words) else n} {what}{'' if n == 1 else 's'}"


def _how(found: FoundSegments, horizon: str) -> str:
    return (
        f"All figures are of {found.basis}. Margin and cost to serve are per account over "
        f"{horizon_in_words(horizon)}, with 90 % intervals, those of money approximate. Of all "
        f"accounts there, {percent_interval(found.base_fit)} were a profitable fit. A group is "
        "listed here only if its fit rate passed a test that allows for the number of groups "
        "shown: of those that pass, at most 10 % are expected to be luck. These accounts chose the "
        f"groups and their priorities, so the figures of those that passed rather flatter the "
        f"choice{_beside(found)}. Rules that fewer than {count(fewest_accounts(len(found.find)))} "
        f"of the {account_count(len(found.find))} searched meet were not looked at, so a small "
        "good group may be missing here: icpfit explore tells what one that you can name left."
    )


def _beside(found: FoundSegments) -> str:
    if found.base_held_out is None:
        return "; there are no held-out accounts to tell by how much"
    return (
        f"; beside them stand those of {account_count(found.base_held_out.n, which(found))} that "
        "decided nothing here"
    )


def _picture(
    passed: Sequence[FoundSegment], found: FoundSegments, horizon: str, currency: str
) -> ReportFigure:
    from icpfit.delivery.report.charts.segments import segments_svg

    best, worst = (pick(passed, key=lambda one: one.margin.value) for pick in (max, min))
    finding = (
        f"On the accounts that chose the groups, margin per account goes from "
        f"{money(worst.margin.value, currency)} ({worst.segment.name}) to "
        f"{money(best.margin.value, currency)} ({best.segment.name}), rather too far apart."
        if len(passed) > 1
        else f"{best.segment.name}: {money(best.margin.value, currency)} per account "
        "on the accounts that chose it."
    )
    caption = (
        "How to read it: each row is a group; a dot is its share of profitable fits on the left, "
        "its margin per account on the right, the bar the 90 % interval. Blue groups are to be "
        "won, green ones to be fixed (the ring: remedial cost taken out), orange ones to be left. "
        f"The grey stroke is the mean of all {account_count(len(found.report))} reported on, over "
        f"{horizon_in_words(horizon)}, in {currency}. A group may overlap with another."
    )
    svg = segments_svg(
        passed,
        currency,
        base_fit=found.base_fit,
        base_margin=found.base_margin,
        name="segments-chart",
        alternative=f"Groups with fit rate and margin. {finding}",
    )
    return ReportFigure("segments-chart", finding, caption, svg)


def _sentence(one: FoundSegment, found: FoundSegments, currency: str) -> str:
    rate = percent_interval(one.fit_rate)
    base = percent(found.base_fit.value)
    if one.part == "segments":
        return (
            f"{one.segment.name}: {rate} of {account_count(one.n)} like these were a profitable "
            f"fit, against {base} of all; they left {money_interval(one.margin, currency)} each."
        )
    fixed = f"{percent_interval(one.fit_if_fixed)}"
    after = money_interval(one.margin_if_fixed, currency)
    if one.part == "fix":
        return (
            f"{one.segment.name}: {rate} were a fit, and with remedial cost taken out of the books "
            f"{fixed}, against {base} of all today; they left {money(one.margin.value, currency)} "
            f"each, and with remedial cost taken out {after}. Mend the cause before dropping them."
        )
    return (
        f"{one.segment.name}: {rate} were a fit, and with remedial cost taken out of the books "
        f"{fixed}, against {base} of all; each left {money(one.margin.value, currency)}, and with "
        f"remedial cost taken out {after}. The loss is associated with who they are, "
        "not with what went wrong."
    )


def _explained(explained: Estimate) -> str:
    said = percent(explained.value)
    ends = interval(explained.low, explained.high, percent)
    return (
        f"These rules explain {said} ({ends}) of the model's advantage: that much of the lift that "
        "as many accounts have when the model picks them. The rest takes the score."
    )


def _cautions(found: FoundSegments, passed: Sequence[FoundSegment]) -> list[Block]:
    said: list[Block] = []
    if not found.remedial_known:
        said.append(
            Notice(
                "No cost is marked as remedial in the rate card, so whether a losing group could "
                "be fixed is unknown, and nobody is put under avoid."
            )
        )
    loose = [
        f"{one.segment.name} ({percent(one.stability)})"
        for one in passed
        if one.stability < UNSTABLE_BELOW
    ]
    if loose:
        said.append(
            Notice(
                f"Drawn anew from half of the accounts, {found.half_samples} times, the search "
                f"came back to about the same group in fewer than half of the draws for: "
                f"{'; '.join(loose)}. Take their borders with care.",
                "calm",
            )
        )
    if found.half_samples < FULL_HALF_SAMPLES:
        drawn = f"rests on {found.half_samples} draws instead of {FULL_HALF_SAMPLES}"
        if found.half_samples == 0:
            drawn = "was not looked at"
        said.append(Notice(f"Under quick evidence the stability of the rules {drawn}.", "calm"))
    return said
