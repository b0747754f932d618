"""What stands beside a scored list: its columns, its grades' evidence, its counts, its model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from icpfit.delivery.amounts import count, percent
from icpfit.delivery.lists.call_order import BEST, EXPLORATION
from icpfit.delivery.lists.list_columns import MEANINGS
from icpfit.delivery.lists.next_step import NEXT_STEPS
from icpfit.delivery.lists.scored_list import UNRATED
from icpfit.fit.grades import LETTERS
from icpfit.fit.grading import grade_sentence

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from icpfit.delivery.lists.call_plan import CallPlan
    from icpfit.delivery.lists.list_counts import ListCounts
    from icpfit.fit.model import Model

__all__ = ["About", "about_html", "about_list", "neutral_note", "sales_rows", "with_neutral_cells"]

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class About:
    """What a reader of a scored list should know, in plain words.

    Parameters
    ----------
    title : str
        Which list, scored when and by what.
    columns : tuple of (str, str)
        Each added column and what it holds.
    steps : tuple of (str, str)
        Each next step and its rule.
    grades : tuple of str
        What became of the accounts of each grade that the model had not learned from.
    evidence : str
        What those accounts are.
    counts : tuple of (str, str)
        Figures of the list.
    facts : tuple of (str, str)
        The model: version, what a fit is, as of when.
    notes : tuple of str
        Warnings, and what was done to cells.
    """

    title: str
    columns: Pairs
    steps: Pairs
    grades: tuple[str, ...]
    evidence: str
    counts: Pairs
    facts: Pairs
    notes: tuple[str, ...]


def about_list(
    counts: ListCounts,
    model: Model,
    *,
    source: str,
    label: str,
    scored_on: dt.date,
    names: dict[str, str],
    warnings: Sequence[str] = (),
    plan: CallPlan | None = None,
) -> About:
    """Return what stands beside a scored list.

    Parameters
    ----------
    counts : ListCounts
        Figures of the list.
    model : Model
        The graded model that scored it.
    source : str
        The list's name.
    label : str
        The model's name and version.
    scored_on : date
        The day.
    names : dict of str to str
        Added column to its name in the file.
    warnings : sequence of str
        What was said when it was scored.
    plan : CallPlan, optional
        How many calls there is time for.

    Returns
    -------
    About
        Ready to be set as a page or as sheets.
    """
    grading = model.grading
    evidence = {} if grading is None else grading.evidence
    basis = "" if grading is None else grading.basis
    judged = sum(found.n for found in evidence.values())
    notes = [*warnings]
    if plan is not None and plan.capacity is not None:
        each = f" for each {plan.by}" if plan.by else ""
        notes.append(
            f"call_order: {count(plan.capacity)} calls{each}, by what ranks;"
            f" {percent(plan.explore)} of them for exploration, drawn by chance"
        )
    notes.append(
        "grade, score, margin and reasons depend on the row and the model only; relation,"
        " next_step of a row with a relation, call_order and an id's repeats depend on the list"
    )
    return About(
        title=f"{source}, scored on {scored_on.isoformat()} by {label}",
        columns=tuple(
            (written, MEANINGS[column]) for column, written in names.items() if column in MEANINGS
        ),
        steps=tuple(NEXT_STEPS.items()),
        grades=tuple(grade_sentence(g, evidence.get(g), model.currency) for g in LETTERS),
        evidence=f"{count(judged)} accounts that the model had not learned from ({basis});"
        " in brackets the range in which the true figure lies 9 times in 10",
        counts=_counts(counts, plan),
        facts=(
            ("model", label),
            ("what is a fit", model.label_text),
            ("what ranks", "expected margin" if model.objective == "margin" else "the fit"),
            ("horizon", model.horizon),
            ("as of", model.as_of),
            ("learned from", f"{count(model.trained_on)} accounts"),
        ),
        notes=tuple(notes),
    )


def with_neutral_cells(about: About, cells: int) -> About:
    """Return the same, with what was done to cells that a spreadsheet would run.

    Parameters
    ----------
    about : About
        What stands beside the list.
    cells : int
        How many cells of the list itself.

    Returns
    -------
    About
        The same where there was none.
    """
    return replace(about, notes=(*about.notes, *neutral_note(cells)))


def neutral_note(cells: int) -> list[str]:
    """Return what is to be said of cells that a spreadsheet would run.

    Parameters
    ----------
    cells : int
        How many cells of the list itself.

    Returns
    -------
    list of str
        One line, or none.

    Examples
    --------
    >>> neutral_note(0)
    []
    """
    if not cells:
        return []
    many = "1 cell begins" if cells == 1 else f"{count(cells)} cells begin"
    said = (
        f"{many} like a formula: written as plain text, in a CSV with an apostrophe in front, so"
        " that no spreadsheet runs it (numbers are left alone)"
    )
    return [said]


def about_html(about: About) -> str:
    """Return it as a page that opens offline.

    Parameters
    ----------
    about : About
        What stands beside the list.

    Returns
    -------
    str
        HTML; every text is escaped.
    """
    from icpfit.delivery.report.chapter import Bullets, Chapter, Paragraph, Terms
    from icpfit.delivery.report.chapter_page import chapters_html
    from icpfit.delivery.report.tables import ReportTable

    rows = (*about.facts, *about.counts)
    table = ReportTable("The model and the list", (("what", False), ("value", False)), rows)
    chapters = [
        Chapter("grades", "What each grade stands for", about.evidence, (Bullets(about.grades),)),
        Chapter(
            "steps",
            "What to do next",
            "The first rule that holds, from check, leave, call, explore to nurture.",
            (Terms(about.steps),),
        ),
        Chapter("columns", "The added columns", "", (Terms(about.columns),)),
        Chapter("counts", "The list and the model", "", (table,)),
        Chapter("notes", "To be known", "", (Bullets(about.notes),) if about.notes else ()),
        Chapter(
            "words",
            "How to read it",
            "",
            (
                Paragraph(
                    "All figures say what is to be expected if a company is won: the model has"
                    " only ever seen customers. Reasons are associated with the rank; they are not"
                    " causes."
                ),
            ),
        ),
    ]
    return chapters_html(chapters, about.title)


def sales_rows(counts: ListCounts) -> list[tuple[str, str]]:
    """Return what the closing table says for sales.

    Parameters
    ----------
    counts : ListCounts
        Figures of the list.

    Returns
    -------
    list of tuple of str
        How many rows have each next step, and how many are no strangers.
    """
    steps = counts.steps
    said = ", ".join(f"{count(steps[s])} {s}" for s in NEXT_STEPS if steps[s])
    rows = [("next steps", said or "none")]
    if counts.relations:
        known = count(counts.relations)
        rows.append(("known already, or twice", f"{known}, to be checked; never ranked"))
    return rows


def _counts(counts: ListCounts, plan: CallPlan | None) -> Pairs:
    n = counts.rows
    rows = [("rows", count(n))]
    rows += [(f"grade {grade}", _of(counts.grades[grade], n)) for grade in (*LETTERS, UNRATED)]
    rows += [(f"next step {step}", _of(counts.steps[step], n)) for step in NEXT_STEPS]
    rows.append(("rows with a relation", _of(counts.relations, n)))
    rows.append(("rows with a caution", _of(counts.cautions, n)))
    if plan is not None and plan.capacity is not None:
        rows.append(("calls, best", count(counts.calls[BEST])))
        rows.append(("calls, exploration", count(counts.calls[EXPLORATION])))
    if counts.moved is not None:
        rows.append(("rows that stand in the earlier list", _of(counts.found_before, n)))
        rows.append(("of these with another grade now", count(counts.moved)))
    return tuple(rows)


def _of(k: int, n: int) -> str:
    return f"{count(k)} ({percent(k / n)})" if n else count(k)
