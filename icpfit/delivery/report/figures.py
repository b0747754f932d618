"""The report's figures: each a picture, a sentence that says what it shows, and how to read it."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.delivery.amounts import count, horizon_in_words
from icpfit.delivery.report import driver_findings, findings
from icpfit.delivery.report.driver_rows import thinned
from icpfit.delivery.report.facts import ChosenMargin
from icpfit.measure.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from icpfit.delivery.report.driver_rows import DriverRows
    from icpfit.economics.margin import WhaleCurve
    from icpfit.economics.waterfall import MarginStep
    from icpfit.evidence.judgement import Judgement

__all__ = [
    "ReportFigure",
    "choices_figure",
    "deciles_figure",
    "driver_figures",
    "margin_curve_figure",
    "waterfall_figure",
    "whale_figure",
]

DEPENDENCE_SHOWN = 3
MOST_ACTIVITIES = 6  # of a kind; the rest are drawn as one


@dataclass(frozen=True)
class ReportFigure:
    """A picture with its words.

    Parameters
    ----------
    name : str
        Its place in the page, as the target of a link.
    finding : str
        What it shows, a sentence with figures.
    caption : str
        How to read it, and which accounts it rests on.
    svg : str
        The picture itself: harmless inline SVG.
    """

    name: str
    finding: str
    caption: str
    svg: str


def whale_figure(curve: WhaleCurve, horizon: str, currency: str) -> ReportFigure:
    """Return the whale curve.

    Parameters
    ----------
    curve : WhaleCurve
        Of all mature accounts with a known margin.
    horizon, currency : str
        As in the settings.

    Returns
    -------
    ReportFigure
        Named "whale".
    """
    from icpfit.delivery.report.charts.money import whale_svg

    n = len(curve.share_accounts) - 1
    finding = findings.whale_finding(curve, currency)
    warning = f" Mind: {curve.warning}." if curve.warning else ""
    caption = (
        "How to read it: accounts stand from the most to the least profitable, and their margins "
        "are added up from left to right. While the line rises, accounts earn; where it falls, "
        f"they cost more than they bring. {_accounts(n)}, margin over "
        f"{horizon_in_words(horizon)} after cost to serve.{warning}"
    )
    svg = whale_svg(curve, currency, "whale", f"Whale curve. {finding}")
    return ReportFigure("whale", finding, caption, svg)


def waterfall_figure(
    steps: Sequence[MarginStep], n: int, horizon: str, currency: str
) -> ReportFigure:
    """Return the way from revenue to margin.

    Parameters
    ----------
    steps : sequence of MarginStep
        Per account, from revenue to margin.
    n : int
        How many accounts they are a mean of.
    horizon, currency : str
        As in the settings.

    Returns
    -------
    ReportFigure
        Named "waterfall".
    """
    from icpfit.delivery.report.charts.money import waterfall_svg

    finding = findings.waterfall_finding(steps, currency)
    drawn = _drawn_steps(steps)
    caption = (
        "How to read it: from revenue at the top, each bar takes away one cost; what remains at "
        "the bottom is the margin. Hatched bars are remedial cost, spent to make up for something "
        f"that went wrong, as a rule the company's to remove. Mean of {_accounts(n)} over "
        f"{horizon_in_words(horizon)}, in {currency}."
    )
    svg = waterfall_svg(drawn, currency, "waterfall", f"Margin waterfall. {finding}")
    return ReportFigure("waterfall", finding, caption, svg)


def _drawn_steps(steps: Sequence[MarginStep]) -> list[MarginStep]:
    drawn: list[MarginStep] = []
    for _, of_kind in itertools.groupby(steps, key=lambda step: step.kind):
        found = list(of_kind)
        drawn += found[:MOST_ACTIVITIES]
        rest = found[MOST_ACTIVITIES:]
        if rest:
            amount, total = sum(s.amount for s in rest), sum(s.total for s in rest)
            name = f"{len(rest)} smaller ones"
            drawn.append(dataclasses.replace(rest[0], label=name, amount=amount, total=total))
    return drawn


def choices_figure(judgement: Judgement, horizon: str, currency: str) -> ReportFigure:
    """Return the margin per account of the model's choice and of the current ICP.

    Parameters
    ----------
    judgement : Judgement
        With or without a comparison.
    horizon, currency : str
        As in the settings.

    Returns
    -------
    ReportFigure
        Named "choices".
    """
    from icpfit.delivery.report.charts.money import choices_svg

    everyone = Estimate(float(judgement.margin_curve.random[-1]) / judgement.n, n=judgement.n)
    choices = [ChosenMargin("all accounts", everyone, "all")]
    icp = judgement.against_icp
    if icp is not None and icp.comparable:
        chosen = f"{count(icp.n_selected)} accounts chosen by each. "
        choices = [
            ChosenMargin("the model's choice", icp.model_margin, "model"),
            ChosenMargin("the current ICP", icp.icp_margin, "icp"),
            *choices,
        ]
    else:
        chosen = ""
        for row in judgement.capacities.to_dict("records"):
            ends = (_known(row["margin_low"]), _known(row["margin_high"]))
            margin = Estimate(float(row["margin_mean"]), *ends)
            words = f"the model's first {row['share']:.0%}".replace("%", " %")
            choices.insert(len(choices) - 1, ChosenMargin(words, margin, "model"))
    finding = findings.choices_finding(judgement, currency)
    caption = (
        "How to read it: a dot is the mean margin per account, the bar its 90 % interval, the "
        f"range that luck leaves. {chosen}{_basis(judgement)} Over {horizon_in_words(horizon)}."
    )
    svg = choices_svg(choices, currency, "choices", f"Margins with intervals. {finding}")
    return ReportFigure("choices", finding, caption, svg)


def margin_curve_figure(judgement: Judgement, currency: str) -> ReportFigure:
    """Return what is collected as more accounts are taken in the model's order.

    Parameters
    ----------
    judgement : Judgement
        With or without a comparison.
    currency : str
        ISO code.

    Returns
    -------
    ReportFigure
        Named "margin-curve".
    """
    from icpfit.delivery.report.charts.money import margin_curve_svg

    icp = judgement.against_icp
    point = None
    if icp is not None and icp.comparable:
        point = (icp.share, icp.icp_margin.value * icp.n_selected)
    finding = findings.margin_curve_finding(judgement, currency)
    caption = (
        "How to read it: from left to right, more and more accounts are taken. The higher a line, "
        "the more margin the accounts taken so far have left. The dotted line knows the outcome in "
        f"advance; nobody can reach it. {_basis(judgement)}"
    )
    svg = margin_curve_svg(
        judgement.margin_curve, point, currency, "margin-curve", f"Margin curve. {finding}"
    )
    return ReportFigure("margin-curve", finding, caption, svg)


def deciles_figure(judgement: Judgement, currency: str) -> ReportFigure:
    """Return the margin of each tenth in the model's order.

    Parameters
    ----------
    judgement : Judgement
        With its decile table.
    currency : str
        ISO code.

    Returns
    -------
    ReportFigure
        Named "deciles".
    """
    from icpfit.delivery.report.charts.money import deciles_svg

    finding = findings.deciles_finding(judgement.deciles, currency)
    caption = (
        "How to read it: bars are the mean margin per account, thin lines their 90 % intervals. "
        f"A model that works steps down from left to right. {_basis(judgement)}"
    )
    svg = deciles_svg(judgement.deciles, currency, "deciles", f"Margin by tenth. {finding}")
    return ReportFigure("deciles", finding, caption, svg)


def driver_figures(drivers: pd.DataFrame, rows: DriverRows) -> list[ReportFigure]:
    """Return the drivers' bars, the beeswarm, and the dependence on the first three.

    Parameters
    ----------
    drivers : DataFrame
        See `icpfit.insight.drivers.drivers`.
    rows : DriverRows
        The accounts explained.

    Returns
    -------
    list of ReportFigure
        Named "drivers", "beeswarm", "dependence-1" and so on; fewer where the model uses fewer.
    """
    from icpfit.delivery.report.charts.drivers import (
        beeswarm_svg,
        dependence_svg,
        drivers_svg,
    )

    unit = rows.unit
    finding = driver_findings.drivers_finding(drivers)
    caption = (
        "How to read it: a bar is how far a fact moves the model's number up or down for one "
        f"account, on average over {rows.basis} (mean absolute SHAP value, {unit}); in brackets "
        "its share of all facts."
    )
    svg = drivers_svg(drivers, unit, "drivers", f"Bars of the drivers. {finding}")
    figures = [ReportFigure("drivers", finding, caption, svg)]
    used = [str(name) for name in drivers.loc[drivers["share"] > 0, "feature"]]
    if not used:
        return figures
    drawn = len(thinned(rows))
    some = f" {count(drawn)} of {count(rows.n)} accounts are drawn, evenly picked."
    thinning = some if drawn < rows.n else ""
    finding = driver_findings.beeswarm_finding(rows)
    caption = (
        "How to read it: each dot is one account. Right of the line, the fact goes with a higher "
        "number for that account; left of it, with a lower one. The colour is the fact's own "
        "value, blue low and orange high; grey: a category, or not known. "
        f"{_sentence(rows.basis)}{thinning}"
    )
    svg = beeswarm_svg(rows, "beeswarm", f"Beeswarm of SHAP values. {finding}")
    figures.append(ReportFigure("beeswarm", finding, caption, svg))
    for position, feature in enumerate(used[:DEPENDENCE_SHOWN], start=1):
        name = f"dependence-{position}"
        finding = driver_findings.dependence_finding(rows, feature)
        kind = rows.features[rows.column(feature)].kind
        if kind in ("category", "flag"):
            how = "each dot is one account, the black mark its level's mean; in brackets, accounts"
        else:
            how = (
                "each dot is one account; the grey bars at the bottom show where most accounts lie"
            )
        caption = f"How to read it: {how}. {_sentence(rows.basis)}{thinning}"
        svg = dependence_svg(rows, feature, name, f"Dependence. {finding}")
        figures.append(ReportFigure(name, finding, caption, svg))
    return figures


def _basis(judgement: Judgement) -> str:
    kind = "Basis" if judgement.holdout else "Basis (no later hold-out)"
    return f"{kind}: {judgement.basis}."


def _accounts(n: int) -> str:
    return f"{count(n)} mature account{'' if n == 1 else 's'}"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _known(value: object) -> float | None:
    number = float("nan") if value is None else float(value)  # type: ignore[arg-type]
    return number if number == number else None  # noqa: PLR0124 - NaN is not itself
