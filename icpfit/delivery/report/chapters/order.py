"""What the model's order of the accounts is worth: against the current profile, tenth by tenth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.amounts import count, percent
from icpfit.delivery.report import figures, tables
from icpfit.delivery.report.chapter import Bullets, Chapter, Heading, Paragraph

if TYPE_CHECKING:
    from icpfit.delivery.report.chapter import Block
    from icpfit.delivery.report.facts import ReportFacts

__all__ = ["order_chapter"]


def order_chapter(facts: ReportFacts) -> Chapter:
    """Return what the model's order would have collected on accounts that it had not seen.

    Parameters
    ----------
    facts : ReportFacts
        With a judgement, or without one.

    Returns
    -------
    Chapter
        Named "order"; where there is no judgement or no signal, it says so in one line.
    """
    judgement, currency = facts.judgement, facts.currency
    if judgement is None:
        return _chapter(f"No model was judged. {facts.refusal}".strip())
    if facts.is_silent:
        return _chapter(
            "What was known before the sale does not tell a profitable fit from the others, so "
            "there is no order to show."
        )
    icp = judgement.against_icp
    compared = icp is not None and icp.comparable
    blocks: list[Block] = [figures.margin_curve_figure(judgement, currency)]
    if compared:
        blocks.append(figures.choices_figure(judgement, facts.horizon, currency))
    blocks.append(
        tables.key_figures(
            judgement, facts.accounts.read, facts.accounts.used, facts.horizon, currency
        )
    )
    if icp is not None and icp.comparable:
        blocks.append(tables.comparison_table(icp, currency))
        if icp.undefined_share > 0:
            blocks.append(
                Paragraph(
                    f"For {percent(icp.undefined_share)} of the accounts, facts are missing that "
                    "the current ICP asks for; they count as not selected."
                )
            )
        blocks += [Paragraph(icp.note)] if icp.note else []
    blocks += _profile_words(facts)
    blocks += [
        figures.deciles_figure(judgement, currency),
        tables.decile_table(judgement.deciles, currency),
    ]
    if facts.grading is not None and facts.grading.evidence:
        blocks += [
            Heading("The grades that a scored list gives, and what became of such accounts"),
            tables.grade_table(facts.grading, currency),
        ]
    return _chapter(_lead(facts), *blocks)


def _chapter(lead: str, *blocks: Block) -> Chapter:
    return Chapter("order", "What the model's order is worth", lead, blocks)


def _lead(facts: ReportFacts) -> str:
    judgement = facts.judgement
    assert judgement is not None  # noqa: S101 - the caller looked
    icp = judgement.against_icp
    lead = (
        "Held against what became of accounts that the model had not seen, after all that it cost "
        f"to serve them: {judgement.basis}."
    )
    if icp is None:
        return f"{lead} There is no current ICP, so there is nothing to compare the model with."
    if not icp.comparable:
        name = facts.icp_name or icp.profile_name
        return (
            f"{lead} The current ICP ({name}) selects {count(icp.n_selected)} of these "
            "accounts, so there is nothing to compare it with."
        )
    one = " The sign of the difference rests on one account." if icp.one_account else ""
    rough = " Intervals of money are approximate below 1,000 accounts." if icp.approximate else ""
    return f"{lead}{one}{rough}"


def _profile_words(facts: ReportFacts) -> list[Block]:
    if not facts.icp_sentences:
        return []
    named = f", {facts.icp_name}," if facts.icp_name else ""
    return [
        Heading(f"What the current ICP{named} says"),
        Bullets(tuple(facts.icp_sentences)),
    ]
