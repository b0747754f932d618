"""How far to trust the report: what was left out, the checks, and the label under test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.amounts import count
from icpfit.delivery.report import trust_tables
from icpfit.delivery.report.chapter import Bullets, Chapter, Heading, Notice, Paragraph, Terms

if TYPE_CHECKING:
    from icpfit.delivery.report.chapter import Block
    from icpfit.delivery.report.facts import ReportFacts

__all__ = ["trust_chapter"]

NOT_CAUSED = (
    "The model has seen which facts go together with profitable customers. It has not seen what "
    "happens when a fact is changed."
)
IF_WON = "It has only ever seen customers who were won. It does not say who is easy to win."
CAUTIONS = (("Associated with, not caused by", NOT_CAUSED), ("If won", IF_WON))


def trust_chapter(facts: ReportFacts) -> Chapter:
    """Return how far the report may be trusted.

    Parameters
    ----------
    facts : ReportFacts
        With the counts of accounts, the checks and the label under test, as far as there are any.

    Returns
    -------
    Chapter
        Named "trust".
    """
    counts, judgement = facts.accounts, facts.judgement
    gates = () if judgement is None else judgement.gates
    lead = f"{count(counts.used)} of {count(counts.read)} accounts of the export were used."
    if gates:
        passed = sum(gate.passed for gate in gates)
        lead += f" {count(passed)} of {count(len(gates))} checks passed."
    if judgement is not None and not judgement.holdout:
        lead += " The figures are cross-validated: there was no later hold-out to judge on."
    blocks: list[Block] = [
        Terms((*CAUTIONS, ("What counts as a fit", facts.label_text))),
        *_verdict(facts),
    ]
    if gates:
        blocks.append(trust_tables.gate_table(gates))
    blocks += _label_under_test(facts)
    blocks.append(trust_tables.exclusion_table(counts.excluded, counts.read, counts.used))
    if facts.ledger_lines:
        blocks.append(trust_tables.ledger_table(facts.ledger_lines, facts.currency))
    if facts.dropped:
        dropped = tuple(f"{name}: {why}" for name, why in sorted(facts.dropped.items()))
        blocks += [Heading("Facts that the model did not get"), Bullets(dropped)]
    if facts.notes:
        blocks += [Heading("To be kept in mind"), Bullets(tuple(facts.notes))]
    return Chapter("trust", "How far to trust this", lead, tuple(blocks))


def _verdict(facts: ReportFacts) -> list[Block]:
    """Return what the promotion rule said on the day of the training, dated: it may be in use."""
    verdict = facts.verdict
    if verdict is None:
        return []
    day = facts.generated_on
    may = "could be put in use" if verdict.decision == "PROMOTE" else "was not to be put in use yet"
    lists = " Its lists are for exploring only." if verdict.exploratory else ""
    return [
        Heading("The model"),
        Paragraph(f"When it was trained, on {day}, the model {may}.{lists}"),
        Bullets(tuple(verdict.reasons)),
    ]


def _label_under_test(facts: ReportFacts) -> list[Block]:
    tested = facts.sensitivity
    if tested is None:
        return []
    blocks: list[Block] = [Heading("What the definition of a profitable fit rests on")]
    blocks += [Notice(tested.banner)] if tested.banner else []
    blocks += [Paragraph(sentence) for sentence in tested.sentences]
    blocks.append(tested.table)
    if tested.left_out:
        blocks += [
            Paragraph("This is quick evidence (evidence=quick); what was left out:"),
            Bullets(tested.left_out),
        ]
    return blocks
