"""Whether the probabilities mean what they say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from icpfit.delivery.amounts import UNKNOWN, count, figure, interval, percent
from icpfit.delivery.report.chapter import Chapter, Notice, Paragraph
from icpfit.delivery.report.figures import ReportFigure
from icpfit.delivery.report.tables import ReportTable

if TYPE_CHECKING:
    from icpfit.delivery.report.chapter import Block
    from icpfit.evidence.calibration import Calibration
    from icpfit.evidence.earned_line import EarnedLine
    from icpfit.evidence.judgement import Judgement
    from icpfit.measure.estimate import Estimate
    from icpfit.measure.reliability import Reliability

__all__ = ["calibration_chapter"]

TITLE = "Do the probabilities mean what they say?"


def calibration_chapter(
    judgement: Judgement | None, recalibration: EarnedLine | None = None
) -> Chapter:
    """Return how far the probabilities of a fit lie from what happened.

    Parameters
    ----------
    judgement : Judgement or None
        Of the model; None where there is none.
    recalibration : EarnedLine, optional
        The correction that was tried, and whether it earned its place.

    Returns
    -------
    Chapter
        Named "calibration"; where nothing is known, it says so in one line.
    """
    found = None if judgement is None else judgement.calibration
    if judgement is None or found is None:
        return Chapter(
            "calibration", TITLE, "No model was judged, so nothing is known of its probabilities."
        )
    blocks: list[Block] = []
    if found.is_off:
        blocks.append(
            Notice(
                "Use the probabilities to put accounts in order, and read the fit rate of a grade "
                "for how often it comes true."
            )
        )
    blocks.append(_figure(found.reliability, judgement.basis))
    blocks += [_bin_table(found.reliability), _figure_table(found)]
    if recalibration is not None:
        blocks.append(Paragraph(_tried(recalibration)))
    return Chapter("calibration", TITLE, _lead(found), tuple(blocks))


def _lead(found: Calibration) -> str:
    seen = found.reliability
    missed = f"On average they miss the share that came true by {_points(seen.error)}"
    if found.is_off:
        return (
            "No: the probabilities of a profitable fit are further off than luck explains. "
            f"{missed}; of 100 models whose probabilities are exactly right, 99 would miss it by "
            f"less than {_points(seen.perfect_99)} on as many accounts."
        )
    return (
        "As far as these accounts can tell, yes: the probabilities of a profitable fit can be "
        f"taken at their word. {missed}, where a model whose probabilities are exactly right "
        f"would miss it by {_points(seen.perfect_mean)} on as many accounts."
    )


def _points(share: float) -> str:
    points = f"{100 * share:.1f}"
    return f"{points} percentage {'point' if points == '1.0' else 'points'}"


def _figure(seen: Reliability, basis: str) -> ReportFigure:
    from icpfit.delivery.report.charts.calibration import reliability_svg

    rows = seen.bins.to_dict("records")
    first, last = rows[0], rows[-1]
    finding = (
        f"Of accounts that were given {percent(float(first['predicted']))}, "
        f"{percent(float(first['fit_rate']))} were a profitable fit"
    )
    if len(rows) > 1:
        finding += (
            f"; of those given {percent(float(last['predicted']))}, "
            f"{percent(float(last['fit_rate']))} were"
        )
    caption = (
        "How to read it: accounts stand in groups of equal size by the probability that the model "
        "gave them. A dot on the dashed line happened as often as predicted; the thin bar is its "
        "90 % interval. Inside the grey bar lie nine in ten models that are exactly right. "
        f"Basis: {basis}."
    )
    svg = reliability_svg(seen.bins, "reliability", f"Predicted and actual shares. {finding}.")
    return ReportFigure("reliability", f"{finding}.", caption, svg)


def _bin_table(seen: Reliability) -> ReportTable:
    rows = tuple(
        (
            percent(float(row["predicted"])),
            count(round(float(row["n"]))),
            percent(float(row["fit_rate"])),
            interval(float(row["fit_low"]), float(row["fit_high"]), percent),
            interval(float(row["usual_low"]), float(row["usual_high"]), percent),
        )
        for row in seen.bins.to_dict("records")
    )
    columns = (
        ("Probability given, mean", True),
        ("Accounts", True),
        ("Were a profitable fit", True),
        ("90 % interval", True),
        ("A model exactly right", True),
    )
    caption = "Groups of equally many accounts, from the lowest to the highest probability"
    return ReportTable(caption, columns, rows)


def _figure_table(found: Calibration) -> ReportTable:
    seen = found.reliability

    def row(name: str, meaning: str, estimate: Estimate, right: str) -> tuple[str, ...]:
        ends = interval(estimate.low, estimate.high, figure) if estimate.has_interval else UNKNOWN
        return (f"{name}\n{meaning}", figure(estimate.value), ends, right)

    usual = (
        f"{figure(seen.perfect_mean, 3)} on average, below {figure(seen.perfect_99, 3)} in 99 of "
        f"100 ({count(seen.draws)} draws)"
    )
    rows = (
        row("Slope", "below 1: too extreme; above 1: too timid", found.slope, "1"),
        row(
            "Intercept",
            "in log-odds; below 0: too high on average; above 0: too low",
            found.intercept,
            "0",
        ),
        row(
            "Skill",
            "share of the squared error of the plain fit rate that the model saves",
            found.brier_skill,
            "1 at best; 0 knows nothing",
        ),
        (
            "Calibration error\nmean distance of given and actual share over the groups",
            figure(seen.error, 3),
            UNKNOWN,
            usual,
        ),
    )
    columns = (("", False), ("Value", True), ("90 % interval", True), ("If exactly right", False))
    return ReportTable("The same in figures", columns, rows)


def _tried(line: EarnedLine) -> str:
    if math.isnan(line.p_better):
        return "There are too few accounts to test whether a correction would help."
    often = f"it lowered the log-loss in {int(100 * line.p_better + 1e-9)} of 100 resamples"
    what = (
        f"A correction (intercept {figure(line.tried.intercept)}, slope "
        f"{figure(line.tried.slope)} on the log-odds) was tried on accounts that it was not fitted "
        f"on: {often}; 90 are asked for"
    )
    if line.is_adopted:
        return f"{what}. It is part of the model."
    return f"{what}. It was left out."
