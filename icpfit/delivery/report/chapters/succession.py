"""The verdict on a challenger: both models side by side, what decided, who changes grade."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from icpfit.delivery.amounts import UNKNOWN, count, figure, interval, money, percent
from icpfit.delivery.report.chapter import Bullets, Chapter, Heading, Notice, Paragraph
from icpfit.delivery.report.tables import ReportTable
from icpfit.measure.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from icpfit.delivery.registry.promotion_log import Promotion
    from icpfit.delivery.report.chapter import Block

__all__ = ["succession_chapter", "verdict_on"]

TITLE = "The verdict on the new model"
CAUSES = {
    "data": "today's facts in place of those first judged",
    "model": "the new model's numbers",
    "cut-offs": "the new model's limits between grades",
}


def verdict_on(log: Iterable[Promotion], version: int) -> Promotion | None:
    """Return what was last decided on a version, as a challenger.

    Parameters
    ----------
    log : iterable of Promotion
        Oldest first.
    version : int
        The version.

    Returns
    -------
    Promotion or None
        None where no verdict was asked for; going back on a model later is no verdict on it.

    Examples
    --------
    >>> verdict_on([], 3) is None
    True
    """
    said = [
        line for line in log if line.challenger_version == version and line.decision != "ROLLBACK"
    ]
    return said[-1] if said else None


def succession_chapter(decided: Promotion | None, *, with_names: bool = True) -> Chapter:
    """Return what became of a challenger and every figure that decided it.

    Parameters
    ----------
    decided : Promotion or None
        A line of the promotion log; None where nobody asked for a verdict yet.
    with_names : bool
        Whether accounts that change grade are listed by name.

    Returns
    -------
    Chapter
        Named "succession"; where there was no verdict, it says so in one line.
    """
    if decided is None:
        return Chapter(
            "succession", TITLE, "No verdict was asked for yet: icpfit promote gives one."
        )
    blocks: list[Block] = []
    if decided.reason and decided.decision in ("FORCE", "ROLLBACK"):
        blocks.append(Notice(f"{decided.by} wrote: {decided.reason}"))
    blocks += [Heading("What decided"), Bullets(decided.reasons)]
    found = decided.figures.get("comparison")
    if found:
        currency = str(decided.figures.get("currency") or "")
        blocks += [_compared(found, currency), Paragraph(_rule())]
    blocks += _changes(decided.figures, with_names=with_names)
    notes = tuple(str(note) for note in decided.figures.get("notes") or ())
    blocks += [Heading("To be known beside it"), Bullets(notes)] if notes else []
    return Chapter("succession", TITLE, _lead(decided), tuple(blocks))


def _lead(decided: Promotion) -> str:
    new, old = f"Version {decided.challenger_version}", f"version {decided.from_version}"
    day = f"On {decided.time[:10]}, " if decided.time else ""
    by = f"by {decided.by}"
    said = {
        "PROMOTE": f"{new} was put in use"
        + ("" if decided.from_version is None else f" in place of {old}: it is surely better"),
        "REFRESH": (
            f"{new} was put in use in place of {old}, which has grown unfit; the new one is no "
            "worse"
        ),
        "HOLD": (
            f"{new} was not put in use"
            + ("" if decided.from_version is None else f"; {old} stays, which is usual")
        ),
        "FORCE": f"{new} was put in use against the verdict, {by}",
        "ROLLBACK": f"version {decided.to_version} was put in use again, {by}",
    }[decided.decision]
    if day:
        said = f"{day}{said[0].lower()}{said[1:]}"
    return f"{said[0].upper()}{said[1:]}.{_sure(decided.figures.get('comparison'))}"


def _sure(found: Mapping[str, Any] | None) -> str:
    if not found:
        return ""
    n = count(int(found["n"]))
    p = found.get("p_log_loss_lower")
    if p is None:
        return f" {n} accounts that neither had learned from are too few to compare."
    return (
        f" On the same {n} accounts, which neither had learned from, its probabilities were better "
        f"in {_hundredths(p)} of 100 resamples; 90 are asked for."
    )


def _rule() -> str:
    return (
        "The probabilities decide and money guards: among a few hundred accounts the larger margin "
        "of a first fifth is won by the worse model more often than not, so a new model needs "
        "surely better probabilities, and must not probably cost money. What stands in the last "
        "column as “decides nothing” is to be known, no more."
    )


def _compared(found: Mapping[str, Any], currency: str) -> ReportTable:
    k = count(round(float(found["k"])))

    def amount(value: float) -> str:
        return money(value, currency)

    def loss(value: float) -> str:
        return figure(value, 3)

    def fine(value: float) -> str:
        return figure(value, 4)

    rows = (
        _row(
            "Log-loss of the probabilities\nlower is better",
            found, "log_loss", loss, _share(found, "p_log_loss_lower", "lower", 90),
        ),
        _row(
            f"Margin of the {k} ranked first\nper account; {found['volume']}",
            found, "margin", amount, "decides nothing by itself",
        ),
        _row(
            "The same\nextremes winsorised at 2 %",
            {"margin_difference": found["margin_difference_winsorised"]},
            "margin", amount, _share(found, "p_margin_higher", "higher", 20),
        ),
        _row(
            f"Margin of the first {k} by expected margin\nper account",
            {"money_difference": found["money_difference"]}, "money", amount, "decides nothing",
        ),
        _row(
            "The margin models by themselves\nshare of the reachable margin that the order finds",
            found, "gini", figure, "decides nothing",
        ),
        _row(
            "Miscalibration\nlog-loss that a new intercept and slope would save",
            found, "miscalibration", fine, _worse(found),
        ),
    )  # fmt: skip
    columns = (
        ("", False),
        ("New model", True),
        ("Model in use", True),
        ("Difference", True),
        ("How sure", False),
    )
    n = count(int(found["n"]))
    caption = f"Both models on the same {n} accounts, with 90 % intervals"
    return ReportTable(caption, columns, rows)


def _row(
    name: str, found: Mapping[str, Any], what: str, shown: Callable[[float], str], sure: str
) -> tuple[str, ...]:
    cells = []
    for side in ("challenger", "champion", "difference"):
        kept = found.get(f"{what}_{side}")
        cells.append("" if kept is None else _cell(kept, shown))
    return (name, *cells, sure)


def _cell(kept: Mapping[str, Any], shown: Callable[[float], str]) -> str:
    value = kept["value"]
    estimate = Estimate(**{**kept, "value": math.nan if value is None else value})
    if math.isnan(estimate.value):
        return UNKNOWN
    return f"{shown(estimate.value)}\n{interval(estimate.low, estimate.high, shown)}"


def _hundredths(share: float) -> int:
    # Rounded down: the text must never reach a threshold that the figure misses.
    return math.floor(share * 100 + 1e-9)


def _share(found: Mapping[str, Any], name: str, word: str, asked: int) -> str:
    share = found.get(name)
    if share is None:
        return "too few to tell"
    return f"{word} in {_hundredths(share)} of 100; {asked} are asked for"


def _worse(found: Mapping[str, Any]) -> str:
    share = found.get("p_calibration_worse")
    if share is None:
        return "too few to tell"
    return f"worse in {_hundredths(share)} of 100; 95 hold it back"


def _changes(figures: Mapping[str, Any], *, with_names: bool) -> list[Block]:
    counts = figures.get("grade_changes") or {}
    if not counts:
        return []
    total = sum(int(n) for n in counts.values())
    moved = "; ".join(f"{count(int(n))} by {_cause(str(cause))}" for cause, n in counts.items())
    blocks: list[Block] = [
        Heading("Which accounts change grade, and why"),
        Paragraph(f"{count(total)} accounts get another grade: {moved}."),
    ]
    examples = list(figures.get("grade_change_examples") or ())
    if examples and with_names:
        blocks.append(_example_table(examples, str(figures.get("currency") or "")))
    return blocks


def _cause(cause: str) -> str:
    return " and ".join(CAUSES.get(part, part) for part in cause.split(" and "))


def _example_table(examples: list[Mapping[str, Any]], currency: str) -> ReportTable:
    rows = tuple(
        (
            f"{row.get('name') or row['account_id']}\n{row['account_id']}",
            f"{row['grade_before']} → {row['grade_after']}",
            str(row["because"]),
            f"{percent(row['fit_if_won_before'])} → {percent(row['fit_if_won_after'])}",
            " → ".join(
                money(row[f"margin_if_won_{when}"], currency) for when in ("before", "after")
            ),
            money(row.get("margin"), currency),
        )
        for row in examples[:10]
    )
    columns = (
        ("Account", False),
        ("Grade", False),
        ("Moved by", False),
        ("Probability of a fit", True),
        ("Expected margin", True),
        ("What it left", True),
    )
    caption = f"The {count(len(rows))} that move furthest; all stand in grade_changes.csv in MLflow"
    return ReportTable(caption, columns, rows)
