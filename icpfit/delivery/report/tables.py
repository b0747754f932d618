"""The report's tables: words and figures ready to be set, numbers to the right."""

from __future__ import annotations

import collections
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.delivery.amounts import (
    UNKNOWN,
    account_count,
    count,
    figure,
    horizon_in_words,
    interval,
    money,
    percent,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from icpfit.evidence.current_icp import IcpComparison
    from icpfit.evidence.judgement import Judgement
    from icpfit.fit.contract import Feature
    from icpfit.fit.grading import Grading
    from icpfit.measure.estimate import Estimate

__all__ = [
    "ReportTable",
    "comparison_table",
    "decile_table",
    "driver_table",
    "grade_table",
    "key_figures",
]

GRADES = ("A", "B", "C", "D")


@dataclass(frozen=True)
class ReportTable:
    """A table of words.

    Parameters
    ----------
    caption : str
        What it holds.
    columns : tuple of (str, bool)
        Heading, and whether the column holds figures, which stand to the right.
    rows : tuple of tuple of str
        The first cell of each row names it. What follows a line break in a cell is set small.
    """

    caption: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[str, ...], ...]


def key_figures(
    judgement: Judgement, read: int, used: int, horizon: str, currency: str
) -> ReportTable:
    """Return the few figures that the finding rests on, with their intervals.

    Parameters
    ----------
    judgement : Judgement
        Of the model.
    read, used : int
        Accounts in the export, and those that could be learned from.
    horizon, currency : str
        As in the settings.

    Returns
    -------
    ReportTable
        Figure with its meaning, value with its interval.
    """

    def row(
        name: str, estimate: Estimate, shown: Callable[[float], str], meaning: str
    ) -> tuple[str, ...]:
        ends = interval(estimate.low, estimate.high, shown)
        return (f"{name}\n{meaning}", f"{shown(estimate.value)}\n{ends}")

    def amount(value: float) -> str:
        return money(value, currency)

    icp = judgement.against_icp
    rows: list[tuple[str, ...]] = []
    if icp is not None and icp.comparable:
        volume = f"{account_count(icp.n_selected)} each"
        rows += [
            row("Margin, the model's choice", icp.model_margin, amount, f"per account; {volume}"),
            row("Margin, chosen by the current ICP", icp.icp_margin, amount, "per account"),
            row("Difference", icp.difference, amount, "per account, model minus current ICP"),
            row(
                "Worth",
                icp.per_100_won,
                amount,
                "per 100 customers won of the model's choice instead of those of the current "
                f"ICP, over {horizon_in_words(horizon)}, if win rates stay as they are",
            ),
        ]
    else:
        everyone = float(judgement.margin_curve.random[-1]) / judgement.n
        rows = [
            (
                f"Margin, the model's first {percent(float(top['share']))}\nper account",
                (
                    f"{amount(float(top['margin_mean']))}\n"
                    f"{_ends(float(top['margin_low']), float(top['margin_high']), amount)}"
                ),
            )
            for top in judgement.capacities.to_dict("records")
        ]
        rows.append(("Margin, all accounts judged\nper account", amount(everyone)))
    rows += [
        row("Profitable fits", judgement.prevalence, percent, "share of the accounts judged"),
        row(
            "AUC",
            judgement.auc,
            figure,
            "tells a profitable fit from another account; 0.5 is chance, 1 is perfect",
        ),
        (f"Accounts used\nof {count(read)} in the export", count(used)),
    ]
    # The interval stands below its value: a third column would be cut on a telephone.
    columns = (("", False), ("Value, 90 % interval", True))
    return ReportTable(f"Key figures; basis: {judgement.basis}", columns, tuple(rows))


def comparison_table(icp: IcpComparison, currency: str) -> ReportTable:
    """Return the current ICP beside the model, at the same volume.

    Parameters
    ----------
    icp : IcpComparison
        On the accounts judged.
    currency : str
        ISO code.

    Returns
    -------
    ReportTable
        One row per measure.
    """

    def amount(value: float) -> str:
        return money(value, currency)

    alone = count(round(icp.n_apart))
    rows = (
        ("Accounts chosen", count(icp.n_selected), count(icp.n_selected), "0"),
        (
            "Margin per account",
            _two_lines(icp.model_margin, amount),
            _two_lines(icp.icp_margin, amount),
            _two_lines(icp.difference, amount),
        ),
        (
            "The same\nextremes winsorised at 2 %",
            "",
            "",
            _two_lines(icp.difference_winsorised, amount),
        ),
        (
            "Share that was a profitable fit",
            _two_lines(icp.fit_rate_model, percent),
            _two_lines(icp.fit_rate_icp, percent),
            _two_lines(icp.fit_rate_difference, _points),
        ),
        ("Chosen by this one only", alone, alone, ""),
        (
            "Margin per account\nof those chosen by this one only",
            money(icp.only_model_margin, currency),
            money(icp.only_icp_margin, currency),
            "",
        ),
    )
    columns = (("", False), ("Model", True), (icp.profile_name, True), ("Difference", True))
    caption = (
        "The same number of accounts chosen by each, with 90 % intervals; of all accounts that "
        f"either of them chose, {percent(icp.overlap)} were chosen by both"
    )
    return ReportTable(caption, columns, rows)


def _points(share: float) -> str:
    points = round(100 * share)
    return f"{'+' if points > 0 else ''}{count(points)} points"


def _two_lines(estimate: Estimate, shown: Callable[[float], str]) -> str:
    return f"{shown(estimate.value)}\n{interval(estimate.low, estimate.high, shown)}"


def decile_table(deciles: pd.DataFrame, currency: str) -> ReportTable:
    """Return the decile table in words.

    Parameters
    ----------
    deciles : DataFrame
        See `icpfit.measure.deciles`.
    currency : str
        ISO code.

    Returns
    -------
    ReportTable
        One row per tenth.
    """

    def amount(value: float) -> str:
        return money(value, currency)

    rows = tuple(
        (
            str(row["decile"]),
            count(round(float(row["n"]))),
            percent(float(row["fit_rate"])),
            _ends(float(row["fit_low"]), float(row["fit_high"]), percent),
            money(float(row["margin_mean"]), currency),
            _ends(
                float(row["margin_low"]), float(row["margin_high"]), lambda a: money(a, currency)
            ),
            money(float(row["margin_total"]), currency),
            percent(float(row["cumulative_share"])),
        )
        for row in deciles.to_dict("records")
    )
    columns = (
        ("Tenth", False),
        ("Accounts", True),
        ("Profitable fits", True),
        ("90 % interval", True),
        ("Margin per account", True),
        ("90 % interval", True),
        ("Margin in all", True),
        ("Added up, of all margin", True),
    )
    return ReportTable("Tenths of the accounts in the model's order, best first", columns, rows)


def _ends(low: float, high: float, shown: Callable[[float], str]) -> str:
    known = math.isfinite(low) and math.isfinite(high)
    return interval(low, high, shown) if known else UNKNOWN


def driver_table(drivers: pd.DataFrame, unit: str, features: Sequence[Feature] = ()) -> ReportTable:
    """Return the drivers in words.

    Parameters
    ----------
    drivers : DataFrame
        See `icpfit.insight.drivers.drivers`.
    unit : str
        Currency, or "log-odds".
    features : sequence of Feature
        What the facts mean, where it was declared.

    Returns
    -------
    ReportTable
        One row per fact that the model uses.
    """

    def moved(size: float) -> str:
        return figure(size) if unit == "log-odds" else money(size, unit)

    meanings: dict[str, str] = collections.defaultdict(str)
    meanings |= {known.name: f"{known.meaning}: " for known in features if known.meaning}
    used = drivers[drivers["share"] > 0]
    rows = tuple(
        (
            f"{row['label']}\n{meanings[row['feature']]}{_said(row['sentence'], row['label'])}",
            figure(float(row["mean_abs"]))
            if unit == "log-odds"
            else money(float(row["mean_abs"]), unit),
            percent(float(row["share"])),
        )
        for row in used.to_dict("records")
    )
    columns = (
        ("Fact", False),
        (f"Moves the number by ({unit})" if unit == "log-odds" else "Moves the margin by", True),
        ("Share", True),
    )
    caption = (
        "All facts that the model uses, the strongest first, and what they are associated with "
        "among accounts like these"
    )
    return ReportTable(caption, columns, rows)


def _said(sentence: str, feature: str) -> str:
    # Name and share stand in columns of their own, and what they share in the heading.
    if sentence.startswith(f"{feature} ("):
        sentence = sentence.removeprefix(f"{feature} (").partition("): ")[2] or sentence
    return sentence.removeprefix("among accounts like these, ")


def grade_table(grading: Grading, currency: str) -> ReportTable:
    """Return the grades with what became of the accounts that bore them.

    Parameters
    ----------
    grading : Grading
        Cut-offs and evidence.
    currency : str
        ISO code.

    Returns
    -------
    ReportTable
        One row per grade that occurred.
    """

    def amount(value: float) -> str:
        return money(value, currency)

    rows = []
    for letter in GRADES:
        found = grading.evidence.get(letter)
        if found is None:
            continue
        same = f"can't be told apart from {' and '.join(found.merged_with)}"
        rows.append(
            (
                letter,
                count(found.n),
                _two_lines(found.fit_rate, percent),
                _two_lines(found.margin_mean, amount),
                same if found.merged_with else "",
            )
        )
    columns = (
        ("Grade", False),
        ("Accounts", True),
        ("Profitable fits", True),
        ("Margin per account", True),
        ("Mind", False),
    )
    return ReportTable(
        f"What became of each grade, with 90 % intervals; basis: {grading.basis}",
        columns,
        tuple(rows),
    )
