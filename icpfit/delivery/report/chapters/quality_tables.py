"""The tables of the data-quality page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.data.contract import KNOWN_MEANING
from icpfit.data.joining.ledger import CLASSES
from icpfit.delivery.amounts import UNKNOWN, count, figure, interval, money, percent
from icpfit.delivery.report.tables import ReportTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.data.joining.ledger import JoinLedger
    from icpfit.data.sources.rejected_groups import RejectedGroup
    from icpfit.economics.horizon import HorizonChoice
    from icpfit.evidence.quality.attribute_quality import AttributeQuality
    from icpfit.evidence.quality.cohorts import Cohort
    from icpfit.evidence.quality.data_quality import DataQuality
    from icpfit.evidence.quality.readiness import Readiness

__all__ = [
    "attribute_table",
    "cohort_table",
    "horizon_table",
    "join_table",
    "rejected_table",
    "rule_table",
    "source_table",
]

MOST_REJECTED = 30
VERDICTS = {"met": "met", "weaker": "goes on, with less evidence", "stops": "stops"}
CLASS_WORDS = {
    "unmatched": "no account",
    "after_as_of": "after the day of the exports",
    "before_start": "before the start",
    "after_horizon": "after the horizon",
    "in_window": "counts",
}


def rule_table(ready: Readiness) -> ReportTable:
    """Return the rules of the training beside what was found.

    Parameters
    ----------
    ready : Readiness
        The rules.

    Returns
    -------
    ReportTable
        One row for each rule.
    """
    rows = tuple(
        (
            f"{rule.name}\n{rule.asks}",
            f"{rule.found}\n{rule.remedy if rule.verdict == 'weaker' else ''}".strip(),
            VERDICTS[rule.verdict],
        )
        for rule in ready.rules
    )
    columns = (("What training asks for", False), ("What there is", False), ("", False))
    return ReportTable("The rules that a training holds the data to", columns, rows)


def source_table(quality: DataQuality) -> ReportTable:
    """Return what became of the rows of each export, and the days that it covers.

    Parameters
    ----------
    quality : DataQuality
        What was read.

    Returns
    -------
    ReportTable
        One row for each source.
    """
    spans = {log.name: log.spans for log in quality.covering}
    rows = []
    for read in quality.reads:
        covered = spans.get("revenue" if read.table == "revenue" else read.source)
        aside = ", ".join(f"{count(n)} {reason}" for reason, n in sorted(read.set_aside.items()))
        days = UNKNOWN
        if read.first_date is not None:
            days = f"{read.first_date} to {read.last_date}"
        shown = f"{covered[0][0]} to {covered[-1][1]}" if covered else UNKNOWN
        rows.append(
            (
                f"{read.source}\n{read.table.replace('_', ' ')}",
                count(read.read),
                count(read.rejected),
                f"{count(sum(read.set_aside.values()))}\n{aside}" if aside else "0",
                days,
                shown,
            )
        )
    columns = (
        ("Export", False),
        ("Rows read", True),
        ("Rejected", True),
        ("Set aside", True),
        ("Rows from and to", False),
        ("Days it covers", False),
    )
    caption = "Read = accepted + rejected + set aside; outside the days covered, cost is unknown"
    return ReportTable(caption, columns, tuple(rows))


def join_table(ledger: JoinLedger, currency: str) -> ReportTable:
    """Return what became of every accepted row, and of the money in it.

    Parameters
    ----------
    ledger : JoinLedger
        The ledger.
    currency : str
        Of all money.

    Returns
    -------
    ReportTable
        One row for each table, and one for each of its money columns.
    """
    rows: list[tuple[str, ...]] = []
    for table in ledger.tables:
        matched = percent(table.matched / table.accepted) if table.accepted else UNKNOWN
        cells = (count(getattr(table, name)) for name in CLASSES)
        rows.append((f"{table.table}\nrows", count(table.accepted), matched, *cells))
        for column, amounts in table.money.items():
            if not amounts["read"]:
                continue
            lost = table.lost_share.get(column, 0.0)
            parts = (money(amounts[name], currency) for name in CLASSES)
            rows.append(
                (
                    f"{table.table}\n{column}",
                    money(amounts["read"], currency),
                    percent(1 - lost),
                    *parts,
                )
            )
    columns = (
        ("Table", False),
        ("Accepted", True),
        ("Finds an account", True),
        *((CLASS_WORDS[name], True) for name in CLASSES),
    )
    caption = "Where each row and each amount went; only what counts reaches a margin"
    return ReportTable(caption, columns, tuple(rows))


def rejected_table(groups: Sequence[RejectedGroup]) -> ReportTable:
    """Return the rejected cells by what is wrong with them.

    Parameters
    ----------
    groups : sequence of RejectedGroup
        The largest first; 30 are shown.

    Returns
    -------
    ReportTable
        One row for each group.
    """
    rows = tuple(
        (
            f"{one.file}\ncolumn {one.column}",
            count(one.cells),
            f"line {count(one.first_line)}: “{one.example}” {one.problem}",
            one.how_to_fix,
        )
        for one in groups[:MOST_REJECTED]
    )
    more = (
        f"; {count(len(groups) - MOST_REJECTED)} more kinds" if len(groups) > MOST_REJECTED else ""
    )
    columns = (("Where", False), ("Cells", True), ("The first", False), ("What to do", False))
    return ReportTable(f"Cells that could not be read{more}", columns, rows)


def cohort_table(cohorts: Sequence[Cohort]) -> ReportTable:
    """Return the accounts by the quarter of their start.

    Parameters
    ----------
    cohorts : sequence of Cohort
        From the first quarter to the last.

    Returns
    -------
    ReportTable
        One row for each quarter.
    """
    rows = []
    for one in cohorts:
        share = UNKNOWN
        if one.share is not None:
            ends = interval(one.share.low, one.share.high, percent)
            share = f"{percent(one.share.value)}\n{ends}"
        rows.append(
            (
                one.quarter,
                count(one.accounts),
                count(one.mature),
                count(one.used),
                count(one.fits) if one.used else UNKNOWN,
                share,
            )
        )
    columns = (
        ("Start", False),
        ("Accounts", True),
        ("Mature", True),
        ("Learned from", True),
        ("Profitable fits", True),
        ("Share, 90 % interval", True),
    )
    return ReportTable("Accounts by the quarter of their start", columns, tuple(rows))


def horizon_table(choice: HorizonChoice) -> ReportTable:
    """Return how well the margin over fewer months stands for that over the whole horizon.

    Parameters
    ----------
    choice : HorizonChoice
        The curve.

    Returns
    -------
    ReportTable
        One row for each number of months.
    """
    rows = tuple(
        (
            str(step.months),
            figure(step.correlation),
            percent(step.overlap),
            count(step.mature),
        )
        for step in choice.steps
    )
    columns = (
        ("Months", False),
        ("Order alike (1: the same)", True),
        ("Best third in common", True),
        ("Mature accounts", True),
    )
    caption = "The margin over fewer months against that over the whole horizon"
    return ReportTable(caption, columns, rows)


def attribute_table(attributes: Sequence[AttributeQuality]) -> ReportTable:
    """Return what is filled, with what, when it is known, and whether it changed.

    Parameters
    ----------
    attributes : sequence of AttributeQuality
        In the order declared.

    Returns
    -------
    ReportTable
        One row for each attribute.
    """
    rows = tuple(
        (
            f"{one.attribute.words}\n{one.attribute.meaning}",
            percent(one.fill),
            _values(one),
            f"{one.attribute.known.replace('_', ' ')}\n{_use(one)}",
            _change(one),
        )
        for one in attributes
    )
    columns = (
        ("Attribute", False),
        ("Filled", True),
        ("Values", False),
        ("When it is known", False),
        ("Later starts against earlier", False),
    )
    return ReportTable("What is known of the accounts", columns, rows)


def _use(one: AttributeQuality) -> str:
    if one.attribute.never_use:
        return "never learned from: listed under never_use"
    today = "; holds today's value" if one.attribute.current_only else ""
    return KNOWN_MEANING[one.attribute.known] + today


def _values(one: AttributeQuality) -> str:
    if not one.filled:
        return "none"
    if one.commonest:
        value = "value" if one.levels == 1 else "values"
        most = f"most often “{one.commonest}” ({percent(one.commonest_share)})"
        return f"{count(one.levels)} {value}\n{most}"
    return f"{one.low} to {one.high}{_unit(one)}\nhalf of them up to {one.middle}"


def _unit(one: AttributeQuality) -> str:
    return f" {one.attribute.unit}" if one.attribute.unit else ""


def _change(one: AttributeQuality) -> str:
    if one.change is None:
        return "not compared: too few accounts, or nearly each has its own value"
    return f"changed over time\n{one.moved}" if one.has_changed else "no more than luck explains"
