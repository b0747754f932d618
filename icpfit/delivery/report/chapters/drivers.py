"""The chapter on drivers: who is won, how sure that is, and apart from it how they are served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.amounts import count, figure, interval, percent
from icpfit.delivery.report.chapter import Bullets, Chapter, Heading, Notice, Paragraph
from icpfit.delivery.report.driver_drift_findings import driver_rows
from icpfit.delivery.report.driver_rows import DriverRows
from icpfit.delivery.report.figures import ReportFigure, driver_figures
from icpfit.delivery.report.tables import ReportTable, driver_table

if TYPE_CHECKING:
    from icpfit.delivery.report.chapter import Block
    from icpfit.evidence.drift.driver_drift import DriverDrift
    from icpfit.insight.driver_evidence import DriverEvidence
    from icpfit.insight.driver_stability import DriverStanding
    from icpfit.insight.service_findings import ServiceFinding, ServiceFindings

__all__ = ["drivers_chapter"]

TITLE = "What tells accounts apart"
MOST_FINDINGS = 12
_OUTCOMES = {
    "margin": "margin before cost to serve",
    "retention": "retention",
    "advocacy": "recommendation",
    "fit": "being a profitable fit",
}


def drivers_chapter(found: DriverEvidence | None) -> Chapter:
    """Return the drivers with their stability, and the findings on how accounts are served.

    Parameters
    ----------
    found : DriverEvidence or None
        None where there is no model, or it knows nothing.

    Returns
    -------
    Chapter
        Named "what-tells".
    """
    if found is None:
        said = "The model knows nothing that would tell accounts apart, so no drivers are shown."
        return Chapter("what-tells", TITLE, said)
    rows = DriverRows(
        found.explained.contributions,
        found.explained.matrix,
        found.contract.features,
        found.explained.basis,
    )
    first, *others = driver_figures(found.explained.drivers, rows)
    blocks: list[Block] = [
        Heading("Who they are: known before the sale", "who"),
        _stability_figure(found),
        _stability_table(found),
        first,
        driver_table(found.explained.drivers, rows.unit, rows.features),
        *others,
        *_drift(found),
        Heading("How we serve them: known after the sale", "how-we-serve"),
        Notice(
            "These can't tell whom to win and never reach the model. They can tell what to look "
            "at in the way that customers are served.",
            "calm",
        ),
        *_service(found.service),
    ]
    return Chapter("what-tells", TITLE, _lead(found), tuple(blocks))


def _lead(found: DriverEvidence) -> str:
    standings = found.stability.standings
    stable = [one for one in standings if one.is_stable]
    told = sum(one.share.value for one in stable)
    if not stable:
        return (
            f"None of {count(len(standings))} facts is a stable driver over "
            f"{count(found.stability.refits)} refits: which one leads is luck."
        )
    names = [one.group.words for one in stable[:3]]
    said = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    number = (
        f"{count(len(stable))} of {count(len(standings))} facts, first of all {said}, are stable "
        "drivers"
        if len(stable) > 1
        else f"1 of {count(len(standings))} facts, {said}, is a stable driver"
    )
    return (
        f"{number} and make up {percent(min(told, 1.0))} of what tells accounts apart. They are "
        "associated with the outcome among accounts like these; they are not shown to be its "
        "cause, and changing one need not change the outcome."
    )


def _stability_figure(found: DriverEvidence) -> ReportFigure:
    from icpfit.delivery.report.charts.driver_intervals import intervals_svg

    stability = found.stability
    rows = [(one.group.words, one.share, one.is_stable) for one in stability.standings[:12]]
    n_stable = sum(one.is_stable for one in stability.standings)
    finding = (
        f"{count(n_stable)} of {count(len(stability.standings))} drivers keep their place when the "
        "accounts are drawn again."
    )
    quick = (
        " This is quick evidence: full evidence takes 30 refits."
        if found.evidence == "quick"
        else ""
    )
    caption = (
        "How to read it: the dot is a driver's share of what tells accounts apart, the line holds "
        f"the middle 90 % of {count(stability.refits)} models trained on "
        f"{count(stability.trained_on)} accounts drawn again with replacement. Filled: stable, "
        f"that is among the first {count(stability.top)} in 80 % of them and pointing the same way "
        "in 90 %. Columns that go together (above 0.7) are added up and named together. Shares are "
        f"those of {found.explained.basis}.{quick}"
    )
    svg = intervals_svg(
        rows,
        "share of what tells accounts apart",
        "driver-stability",
        f"Drivers over refits. {finding}",
        is_share=True,
    )
    return ReportFigure("driver-stability", finding, caption, svg)


def _stability_table(found: DriverEvidence) -> ReportTable:
    columns = (
        ("Driver", False),
        ("Share", True),
        ("90 % of refits", True),
        (f"Among the first {count(found.stability.top)}", True),
        ("Points the same way", True),
        ("Stable", False),
    )
    caption = f"Drivers over {count(found.stability.refits)} refits, the strongest first"
    rows = tuple(_standing(one) for one in found.stability.standings)
    return ReportTable(caption, columns, rows)


def _standing(one: DriverStanding) -> tuple[str, ...]:
    return (
        one.group.words,
        percent(one.share.value),
        interval(one.share.low, one.share.high, percent),
        percent(one.in_top),
        percent(one.same_sign),
        "yes" if one.is_stable else "no",
    )


def _drift(found: DriverEvidence) -> list[Block]:
    heading = Heading("Against the model before", "drivers-before")
    if found.drift is None:
        return [heading, Paragraph("There is no earlier model to compare with.")]
    lines = _drift_sentences(found.drift, found.former)
    rows = tuple(
        (row["driver"], row["before"], row["now"], row["by luck"], row["state"])
        for row in driver_rows(found.drift)
    )
    columns = (
        ("Driver", False),
        ("Before", True),
        ("Now", True),
        ("By luck alone", True),
        ("State", False),
    )
    caption = "Share of what tells accounts apart, column by column, and where luck alone takes it"
    return [heading, Bullets(lines), ReportTable(caption, columns, rows)]


def _drift_sentences(drift: DriverDrift, former: str) -> tuple[str, ...]:
    moved = [
        f"{one.words} {percent(one.before)} before, {percent(one.now)} now"
        for one in drift.shifts
        if one.is_outside
    ]
    first = (
        f"Since {former}, moved further than luck explains: {'; '.join(moved)}. Ask what changed: "
        "whom you sell to, what a column means, or what pays."
        if moved
        else f"Since {former}, no share moved further than luck explains."
    )
    said = [first, "Changes of rank inside the band mean nothing."]
    for names, what in ((drift.only_before, "Only then"), (drift.only_now, "Only now")):
        if names:
            said.append(f"{what}: {', '.join(names)}.")
    return tuple(said)


def _service(service: ServiceFindings) -> list[Block]:
    if service.note:
        return [Paragraph(f"Nothing was looked at: {service.note}.")]
    standing = [one for one in service.findings if one.stands]
    fixed = (
        "at equal facts known before the sale"
        if service.are_facts_fixed
        else "at equal prediction of the model (too few accounts to hold every fact fixed)"
    )
    basis = f"Basis: {count(service.n)} accounts that the model learned from, {fixed}."
    ordered = sorted(standing or service.findings, key=lambda one: one.outcome == "fit")
    shown = ordered[:MOST_FINDINGS]
    blocks: list[Block] = [_service_figure(shown, len(standing), len(service.findings), basis)]
    blocks.append(_service_table(shown))
    if service.weights:
        rows = tuple(
            (
                one.words,
                percent(one.share.value),
                interval(one.share.low, one.share.high, percent),
            )
            for one in service.weights
        )
        columns = (("Activity", False), ("Share", True), ("90 % interval", True))
        caption = (
            "What the activities together tell of recommendation "
            f"({percent(service.explained)} of its ranks), shared out among them (Johnson's "
            "relative weights); customers who stayed and answered"
        )
        blocks.append(ReportTable(caption, columns, rows))
    else:
        blocks.append(
            Paragraph(
                "What each activity tells of recommendation beside the others is not shown: too "
                "few answers, or together they tell no more than luck would."
            )
        )
    return blocks


def _service_figure(
    shown: list[ServiceFinding], n_standing: int, n_tried: int, basis: str
) -> ReportFigure:
    from icpfit.delivery.report.charts.driver_intervals import intervals_svg

    finding = _service_sentence(shown, n_standing, n_tried)
    caption = (
        "How to read it: right of the line, more of the one goes with more of the other; left of "
        "it, with less; 1 and −1 would be a strict order. Lines are 90 % intervals; filled dots "
        "hold when all pairs are looked at together (1 in 20 of those may be luck). What grows "
        "with the time that a customer stayed is also taken per month, and the weaker of the two "
        f"is shown. {basis}"
    )
    rows = [(f"{one.words} · {one.outcome}", one.rho, one.stands) for one in shown]
    svg = intervals_svg(
        rows,
        "rank correlation",
        "service-findings",
        f"Service and outcome. {finding}",
        is_share=False,
    )
    return ReportFigure("service-findings", finding, caption, svg)


def _service_sentence(shown: list[ServiceFinding], n_standing: int, n_tried: int) -> str:
    if not n_standing:
        return f"None of {count(n_tried)} pairs of service and outcome stands: all could be luck."
    best = shown[0]
    if best.outcome == "fit":
        # A fit is judged after the cost of service, so this much is arithmetic.
        return (
            "No part of the service goes with retention, recommendation or margin before its cost "
            "further than luck explains; some of it goes with being a profitable fit, which holds "
            "its cost."
        )
    way = "more" if best.rho.value > 0 else "less"
    return (
        f"More {best.words} is associated with {way} {_OUTCOMES[best.outcome]}; "
        f"{count(n_standing)} of {count(n_tried)} pairs looked at stand."
    )


def _service_table(shown: list[ServiceFinding]) -> ReportTable:
    rows = tuple(
        (
            one.words,
            _OUTCOMES[one.outcome],
            figure(one.rho.value),
            interval(one.rho.low, one.rho.high, figure),
            count(one.n_with),
            "yes" if one.stands else "could be luck",
        )
        for one in shown
    )
    columns = (
        ("How we serve", False),
        ("Associated with", False),
        ("Rank correlation", True),
        ("90 % interval", True),
        ("Accounts that had any", True),
        ("Stands", False),
    )
    caption = (
        "What of the service goes with what became of accounts; being a fit holds the cost of the "
        "service itself, so it says least"
    )
    return ReportTable(caption, columns, rows)
