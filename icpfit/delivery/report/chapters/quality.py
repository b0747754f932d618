"""The chapters of the data-quality page: the answer, what to do next, then what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.amounts import account_count, count
from icpfit.delivery.report.chapter import Bullets, Chapter, Notice, Paragraph
from icpfit.delivery.report.chapters.matching_table import matching_table
from icpfit.delivery.report.chapters.quality_tables import (
    attribute_table,
    cohort_table,
    horizon_table,
    join_table,
    rejected_table,
    rule_table,
    source_table,
)
from icpfit.delivery.report.charts.quality import fill_svg, maturity_svg
from icpfit.delivery.report.figures import ReportFigure

if TYPE_CHECKING:
    from icpfit.delivery.report.chapter import Block
    from icpfit.evidence.quality.data_quality import DataQuality

__all__ = ["quality_answer", "quality_chapters"]

MOST_STEPS = 12


def quality_answer(quality: DataQuality) -> str:
    """Say in one sentence whether there is enough to train.

    Parameters
    ----------
    quality : DataQuality
        What was found.

    Returns
    -------
    str
        Where something stops, the line that says so.
    """
    if quality.stop:
        return f"Not yet: {quality.stop}"
    if quality.ready is None:
        return "Not yet: nothing could be joined"
    used = len(quality.accounts.used) if quality.accounts is not None else 0
    words = f"Yes, there is enough to train: {account_count(used)} to learn from"
    waiting = [rule for rule in quality.ready.rules if rule.verdict == "weaker"]
    if waiting:
        return f"{words}; {waiting[0].name}: {waiting[0].found}"
    return words


def quality_chapters(quality: DataQuality) -> tuple[Chapter, ...]:
    """Return the chapters, from the answer down.

    Parameters
    ----------
    quality : DataQuality
        What was found.

    Returns
    -------
    tuple of Chapter
        Those of which something is known.
    """
    chapters = [_enough(quality), _next(quality)]
    if quality.reads:
        chapters.append(_tables(quality))
    if quality.cohorts:
        chapters.append(_accounts(quality))
    if quality.attributes:
        chapters.append(_attributes(quality))
    if quality.notes:
        chapters.append(Chapter("notes", "Also to know", "", (Bullets(quality.notes),)))
    return tuple(chapters)


def _enough(quality: DataQuality) -> Chapter:
    blocks: list[Block] = []
    if quality.stop:
        blocks.append(Notice(f"This stops: {quality.stop}"))
    if quality.ready is not None:
        blocks.append(rule_table(quality.ready))
    else:
        blocks.append(
            Paragraph("The rules of the training can be looked at once all exports can be joined.")
        )
    if quality.accounts is not None:
        blocks.append(Paragraph(quality.accounts.label_text))
    return Chapter("enough", "Enough to train?", quality_answer(quality), tuple(blocks))


def _next(quality: DataQuality) -> Chapter:
    shown = tuple(_sentence(step.text) for step in quality.steps[:MOST_STEPS])
    title = "What to do next"
    if not shown:
        return Chapter("next", title, "Nothing: train with icpfit train.")
    lead = (
        "Most valuable first: what stops, what a promotion waits for, what brings money or "
        "accounts into the reckoning, then what makes the figures mean more."
    )
    return Chapter("next", title, lead, (Bullets(shown, numbered=True),))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith(("?", ".")) else ".")


def _tables(quality: DataQuality) -> Chapter:
    read = sum(one.read for one in quality.reads)
    rejected = sum(one.rejected for one in quality.reads)
    lead = f"{count(read)} rows were read, {count(rejected)} of them rejected."
    blocks: list[Block] = [source_table(quality)]
    if quality.ledger is not None:
        blocks.append(join_table(quality.ledger, quality.currency))
        if quality.ledger.matching:
            blocks.append(matching_table(quality.ledger.matching, quality.currency))
        books = tuple(line.text for line in quality.ledger.reconciliation)
        if books:
            blocks.append(Bullets(books))
        else:
            blocks.append(
                Paragraph("Nothing to reconcile with: data.controls holds no totals of the books.")
            )
    if quality.rejected:
        blocks.append(rejected_table(quality.rejected))
    return Chapter("tables", "What was read and joined", lead, tuple(blocks))


def _accounts(quality: DataQuality) -> Chapter:
    everyone = sum(one.accounts for one in quality.cohorts)
    mature = sum(one.mature for one in quality.cohorts)
    used = sum(one.used for one in quality.cohorts)
    known = f"{count(mature)} of {account_count(everyone)} are mature"
    finding = f"{known}, {count(used)} can be learned from"
    caption = (
        "Each bar is a quarter of starts. An account is mature when its horizon and the lag are "
        "over; before that its outcome isn't known. Left out are those with too little of a log."
    )
    picture = maturity_svg(quality.cohorts, "maturity", finding)
    blocks: list[Block] = [
        ReportFigure("maturity", finding, caption, picture),
        cohort_table(quality.cohorts),
    ]
    if quality.young:
        soon, last = quality.young[:3][-1], quality.young[-1]
        blocks.append(
            Paragraph(
                f"By {soon.on} {account_count(soon.accounts)} more will be mature, by {last.on} "
                f"{count(last.accounts)}."
            )
        )
    if quality.horizon is not None:
        text = quality.horizon.text
        blocks += [Paragraph(f"{text[:1].upper()}{text[1:]}."), horizon_table(quality.horizon)]
    return Chapter("accounts", "Who can be learned from yet", f"{finding}.", tuple(blocks))


def _attributes(quality: DataQuality) -> Chapter:
    learned = [one for one in quality.attributes if one.is_learned_from]
    changed = sum(one.has_changed for one in learned)
    full = sum(one.fill >= 0.9 for one in learned)
    finding = (
        f"{count(full)} of {count(len(learned))} attributes that may be learned from are filled "
        "for nine accounts in ten"
    )
    caption = (
        f"Share of {account_count(quality.attributes[0].n)} that have a value; grey: never learned "
        "from, because it is only known at signing or after the sale, or by declaration."
    )
    ordered = sorted(quality.attributes, key=lambda one: (not one.is_learned_from, -one.fill))
    lead = f"{finding}; {count(changed)} changed over time by more than luck."
    blocks: list[Block] = [
        ReportFigure("fill", finding, caption, fill_svg(ordered, "fill", finding)),
        attribute_table(quality.attributes),
        Paragraph(
            "Changed over time: accounts in the later half of the starts differ from those before "
            "by more than luck explains, all attributes looked at taken into account. It may be "
            "the market, or the way in which the CRM is filled; a model learns what held before."
        ),
    ]
    gates = quality.ready.gates if quality.ready is not None else ()
    if gates:
        blocks.append(Bullets(tuple(gate.text for gate in gates)))
    return Chapter("attributes", "What is known of them before the sale", lead, tuple(blocks))
