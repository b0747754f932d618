"""The first page from the findings: the decision, whom, what it is worth, and what to do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from icpfit.delivery.report.chapters.calibration import calibration_chapter
from icpfit.delivery.report.chapters.drivers import drivers_chapter
from icpfit.delivery.report.chapters.profit import profit_chapter
from icpfit.delivery.report.chapters.redefinition import redefinition_chapter
from icpfit.delivery.report.chapters.segments import segments_chapter
from icpfit.delivery.report.chapters.service import service_chapter
from icpfit.delivery.report.charts.drawings import drawings_kept
from icpfit.delivery.report.decision_sentence import decision_basis, decision_sentence
from icpfit.delivery.report.first_page import FirstPage, bare_first_page
from icpfit.delivery.report.first_page_answers import load_answer, lost_answer, worth_answer
from icpfit.delivery.report.first_page_groups import choices
from icpfit.delivery.report.hidden_names import (
    account_names_hidden,
    names_hidden,
    pseudonyms,
)
from icpfit.delivery.report.monday import actions
from icpfit.delivery.report.page import KEPT_PAGES, write_report
from icpfit.delivery.report.profile_figure import profile_figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from icpfit.delivery.report.facts import ReportFacts
    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.earned_line import EarnedLine
    from icpfit.insight.redefinition.redefinition import Redefinition
    from icpfit.insight.segments.found import FoundSegments
    from icpfit.insight.service.team_load import TeamLoad
    from icpfit.insight.strategy import Strategy

__all__ = ["first_page", "kept_pages", "strategy_decision", "with_findings"]


def with_findings(
    facts: ReportFacts,
    accounts: Accounts,
    decided_from: Strategy,
    recalibration: EarnedLine | None = None,
    names: Literal["show", "hide"] = "show",
) -> ReportFacts:
    """Return a report's facts with first page and chapters of the findings.

    Parameters
    ----------
    facts : ReportFacts
        See `icpfit.delivery.report.trial_report.trial_report`.
    accounts : Accounts
        For the words of the attributes, and for the names to hide.
    decided_from : Strategy
        What was found out, as far as it was.
    recalibration : EarnedLine, optional
        The correction of the probabilities that was tried.
    names : {"show", "hide"}
        Hidden, neither a name nor an id of an account stands anywhere in the page.

    Returns
    -------
    ReportFacts
        To be given to `icpfit.delivery.report.page.report_html`.
    """
    if names == "hide":
        others = pseudonyms(accounts.dates.index, accounts.dates["name"])
        decided_from = names_hidden(decided_from, others)
        facts = account_names_hidden(facts, accounts)
    found, redefined, service = decided_from.found, decided_from.redefined, decided_from.service
    chapters = [
        redefinition_chapter(
            redefined,
            horizon=facts.horizon,
            currency=facts.currency,
            attributes=accounts.attributes,
            hide_names=names == "hide",
            signal=facts.signal,
        ),
        segments_chapter(found, facts.horizon, facts.currency),
        service_chapter(service, names=names),
        profit_chapter(decided_from.money, names=names),
    ]
    if not facts.is_silent:
        chapters.append(calibration_chapter(facts.judgement, recalibration))
    if decided_from.drivers is not None:
        chapters.append(drivers_chapter(decided_from.drivers))
    page = first_page(
        facts,
        found=found,
        redefined=redefined,
        loads=None if service is None else service.teams,
    )
    return replace(facts, first=page, findings=(*facts.findings, *chapters))


def kept_pages(
    facts: ReportFacts,
    accounts: Accounts,
    decided_from: Strategy,
    recalibration: EarnedLine | None,
    folder: Path,
) -> list[Path]:
    """Write the report as it is kept: with the accounts' names, and without.

    Parameters
    ----------
    facts : ReportFacts
        See `icpfit.delivery.report.trial_report.trial_report`.
    accounts : Accounts
        The joined accounts.
    decided_from : Strategy
        What was found out.
    recalibration : EarnedLine or None
        The correction of the probabilities that was tried.
    folder : Path
        Where they are written.

    Returns
    -------
    list of Path
        The page with the names first.
    """
    written = []
    with drawings_kept():
        for names in ("show", "hide"):
            path = folder / KEPT_PAGES[names]
            write_report(with_findings(facts, accounts, decided_from, recalibration, names), path)
            written.append(path)
    return written


def strategy_decision(decided_from: Strategy, facts: ReportFacts) -> str:
    """Return the report's first sentence, for those who read it elsewhere.

    Parameters
    ----------
    decided_from : Strategy
        What was found out.
    facts : ReportFacts
        For the horizon and the currency.

    Returns
    -------
    str
        The decision on the current ICP; empty where nothing was asked.
    """
    if decided_from.redefined is None:
        return ""
    return decision_sentence(decided_from.redefined, facts.horizon, facts.currency, facts.signal)


def first_page(
    facts: ReportFacts,
    *,
    found: FoundSegments | None = None,
    redefined: Redefinition | None = None,
    loads: Sequence[TeamLoad] | None = None,
) -> FirstPage:
    """Return the first page.

    Parameters
    ----------
    facts : ReportFacts
        Horizon, currency, counts of accounts and what is known of the model.
    found : FoundSegments, optional
        The groups found.
    redefined : Redefinition, optional
        The current ICP against the one proposed.
    loads : sequence of TeamLoad, optional
        What each profile asks of each team.

    Returns
    -------
    FirstPage
        A part that is missing says why; without any, what is known of the model alone.
    """
    bare = bare_first_page(facts)
    unsure = facts.signal is not None and facts.signal.tier != "signal"
    horizon, currency = facts.horizon, facts.currency
    todo = actions(found, redefined, facts.accounts.excluded, currency)
    groups = choices(found, horizon, currency)
    if redefined is None:
        return replace(bare, choices=groups, actions=todo)
    return FirstPage(
        # Where nothing could be found, "keep" would claim that there was nothing to find.
        decision="cannot tell" if unsure and redefined.proposed is None else redefined.decision,
        headline=decision_sentence(redefined, horizon, currency, facts.signal),
        basis=decision_basis(redefined, currency, facts.signal),
        choices=groups,
        answers=(
            worth_answer(redefined, horizon, currency),
            load_answer(loads),
            lost_answer(redefined, currency),
        ),
        trust=bare.trust,
        actions=todo,
        picture=profile_figure(redefined, horizon, currency, found),
        look=bare.look,
    )
