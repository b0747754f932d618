"""What tells accounts apart: facts known before the sale, by how far they move the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.report import figures, tables
from icpfit.delivery.report.chapter import Chapter

if TYPE_CHECKING:
    from icpfit.delivery.report.chapter import Block
    from icpfit.delivery.report.facts import ReportFacts

__all__ = ["tells_apart_chapter"]


def tells_apart_chapter(facts: ReportFacts) -> Chapter:
    """Return the drivers' bars, beeswarm and dependence.

    Parameters
    ----------
    facts : ReportFacts
        With drivers and their rows, as far as there are any.

    Returns
    -------
    Chapter
        Named "what-tells"; without drivers, or without a signal, it says so in one line.
    """
    title = "What tells accounts apart"
    if facts.drivers is None or facts.driver_rows is None:
        return Chapter("what-tells", title, "There is no model, so there are no drivers to show.")
    if facts.is_silent:
        why = "The model knows nothing that would tell accounts apart, so no drivers are shown."
        return Chapter("what-tells", title, why)
    first, *others = figures.driver_figures(facts.drivers, facts.driver_rows)
    blocks: tuple[Block, ...] = (
        first,
        tables.driver_table(facts.drivers, facts.driver_rows.unit, facts.driver_rows.features),
        *others,
    )
    lead = (
        "Facts that were known before the sale, by how far they move the model's number. They are "
        "associated with it among accounts like these; they are not shown to be its cause, and "
        "changing one need not change the outcome."
    )
    return Chapter("what-tells", title, lead, blocks)
