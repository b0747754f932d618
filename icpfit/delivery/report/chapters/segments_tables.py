"""The tables of the chapter on segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.amounts import (
    figure,
    horizon_in_words,
    interval,
    money,
    money_interval,
    percent,
)
from icpfit.delivery.report.held_out_words import enough_held_out, which
from icpfit.delivery.report.quantities import quantity_words
from icpfit.delivery.report.tables import ReportTable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from icpfit.insight.segments.figures import GroupFigures
    from icpfit.insight.segments.found import FoundSegment, FoundSegments, Part
    from icpfit.measure.estimate import Estimate

__all__ = ["PARTS", "candidate_table", "cause_table", "group_table", "held_out_table"]

PARTS: dict[Part, str] = {
    "segments": "Whom to win",
    "fix": "Fix before dropping",
    "avoid": "Whom to leave",
}


def group_table(
    groups: Sequence[FoundSegment], found: FoundSegments, horizon: str, currency: str
) -> ReportTable:
    """Return the figures of the groups of one part.

    Parameters
    ----------
    groups : sequence of FoundSegment
        Those of the part that passed.
    found : FoundSegments
        For the figures of all accounts.
    horizon, currency : str
        As in the settings.

    Returns
    -------
    ReportTable
        One row for each; those to be won with all accounts below them.
    """

    def amount(value: float) -> str:
        return money(value, currency)

    if groups[0].part == "segments":
        columns = ("Accounts", "Profitable fits", "Lift", "Margin", "Cost to serve")
        cells = [
            (
                _cell(one.fit_rate, percent),
                _cell(one.lift, figure),
                _cell(one.margin, amount),
                _cell(one.cost_to_serve, amount),
            )
            for one in groups
        ]
        base: tuple[str, ...] = (
            _cell(found.base_fit, percent),
            figure(1.0),
            _cell(found.base_margin, amount),
            _cell(found.base_cost, amount),
        )
        rows: list[tuple[str, ...]] = [
            (
                f"{one.segment.name}\n{one.segment.priority} priority",
                f"{one.n:,}\n{percent(one.coverage)}",
                *cell,
            )
            for one, cell in zip(groups, cells, strict=True)
        ]
        rows.append(("All accounts", f"{len(found.report):,}", *base))
    else:
        columns = (
            "Accounts",
            "Fits today",
            "Fits\nremedial cost taken out",
            "Margin today",
            "Margin\nremedial cost taken out",
        )
        rows = [
            (
                one.segment.name,
                f"{one.n:,}\n{percent(one.coverage)}",
                _cell(one.fit_rate, percent),
                _cell(one.fit_if_fixed, percent),
                _cell(one.margin, amount),
                _cell(one.margin_if_fixed, amount),
            )
            for one in groups
        ]
    return ReportTable(
        f"{PARTS[groups[0].part]}: per account, over {horizon_in_words(horizon)}",
        (("Group", False), *((column, True) for column in columns)),
        tuple(rows),
    )


def _cell(estimate: Estimate, shown: Callable[[float], str]) -> str:
    return f"{shown(estimate.value)}\n{interval(estimate.low, estimate.high, shown)}"


def held_out_table(
    groups: Sequence[FoundSegment], found: FoundSegments, horizon: str, currency: str
) -> ReportTable:
    """Return what the groups left on accounts that did not decide which groups stand here.

    Parameters
    ----------
    groups : sequence of FoundSegment
        Those that passed.
    found : FoundSegments
        With the figures of the whole hold-out.
    horizon, currency : str
        As in the settings.

    Returns
    -------
    ReportTable
        One row for each, by its own rule, then all accounts of the hold-out. Where fewer than 20
        are in a group, only their number stands.
    """
    said = {"segments": "to win", "fix": "to fix", "avoid": "to leave"}

    def cells(of: GroupFigures | None) -> tuple[str, ...]:
        if of is None:
            return ("too few to tell", "–", "–")
        return (
            _cell(of.fit_rate, percent),
            *(
                _cell(one, lambda value: money(value, currency))
                for one in (of.margin, of.margin_if_fixed)
            ),
        )

    rows = [
        (
            f"{one.segment.name}\n{said[one.part]}"
            + (f", {one.segment.priority} priority" if one.part == "segments" else ""),
            f"{one.held_out.n if one.held_out is not None else 0:,}",
            *cells(enough_held_out(one)),
        )
        for one in groups
    ]
    base = found.base_held_out
    rows.append(("All accounts", f"{base.n if base is not None else 0:,}", *cells(base)))
    return ReportTable(
        f"The same groups on {which(found)} accounts that did not decide who stands here: per "
        f"account, over {horizon_in_words(horizon)}",
        (
            ("Group", False),
            ("Accounts", True),
            ("Profitable fits", True),
            ("Margin", True),
            ("Margin\nremedial cost taken out", True),
        ),
        tuple(rows),
    )


def cause_table(one: FoundSegment, currency: str) -> ReportTable:
    """Return what the remedial cost of a group was spent on, and who caused it.

    Parameters
    ----------
    one : FoundSegment
        A group to be fixed.
    currency : str
        ISO code.

    Returns
    -------
    ReportTable
        The largest cost first.
    """
    rows = tuple(
        (
            cause.activity.replace("_", " "),
            cause.caused_by,
            quantity_words(cause.quantity, cause.unit),
            money(cause.amount, currency),
            percent(cause.share),
        )
        for cause in one.causes
    )
    return ReportTable(
        f"{one.segment.name}: what the remedial cost of "
        f"{money_interval(one.remedial_cost, currency)} per account was spent on",
        (
            ("Activity", False),
            ("Caused by", False),
            ("Quantity per account", True),
            ("Cost per account", True),
            ("Share", True),
        ),
        rows,
    )


def candidate_table(candidates: Sequence[FoundSegment], currency: str) -> ReportTable:
    """Return the groups that did not pass, and why.

    Parameters
    ----------
    candidates : sequence of FoundSegment
        Of any part.
    currency : str
        ISO code.

    Returns
    -------
    ReportTable
        One row for each.
    """
    said = {"segments": "to win", "fix": "to fix", "avoid": "to leave"}
    rows = tuple(
        (
            f"{one.segment.name}\n{said[one.part]}",
            f"{one.n:,}",
            _cell(one.fit_rate, percent),
            _cell(one.margin, lambda value: money(value, currency)),
            f"{one.note[:1].upper()}{one.note[1:]}",
        )
        for one in candidates
    )
    return ReportTable(
        "Candidates, and why they are no more than that",
        (
            ("Group", False),
            ("Accounts", True),
            ("Profitable fits", True),
            ("Margin", True),
            ("Why", False),
        ),
        rows,
    )
