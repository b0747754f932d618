"""The report's table on the label: what each assumption behind it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.delivery.amounts import UNKNOWN, account_count, count, figure, interval, money, percent
from icpfit.delivery.report.tables import ReportTable

if TYPE_CHECKING:
    from icpfit.evidence.definition.budget import Budget
    from icpfit.evidence.definition.definition import Sensitivity, VariantFinding

__all__ = ["LabelFindings", "label_findings", "sensitivity_table"]


@dataclass(frozen=True)
class LabelFindings:
    """What the report says of the label under other assumptions.

    Parameters
    ----------
    banner : str
        The warning where the list hinges on an assumption; else empty.
    sentences : tuple of str
        What a reader must know beside the table.
    shakiest : str
        The assumption that flips most labels, with its share; empty where none was tested.
    table : ReportTable
        One row per assumption.
    left_out : tuple of str
        What quick evidence didn't compute; empty for full evidence.
    """

    banner: str
    sentences: tuple[str, ...]
    shakiest: str
    table: ReportTable
    left_out: tuple[str, ...] = ()


def label_findings(found: Sensitivity, budget: Budget, currency: str) -> LabelFindings:
    """Put the label's sensitivity into words.

    Parameters
    ----------
    found : Sensitivity
        From `icpfit.evidence.definition.sensitivity.sensitivity`.
    budget : Budget
        Tells what was left out.
    currency : str
        ISO code.

    Returns
    -------
    LabelFindings
        Banner, sentences and table.
    """
    others = found.variants[1:]
    said, shakiest = [], ""
    if found.ambiguity is not None:
        near = found.ambiguity
        share = percent(near.n / near.of) if near.of else UNKNOWN
        said.append(
            f"{account_count(near.n)} of {count(near.of)} ({share}) lie within"
            f" {money(near.within, currency)} of the hurdle: a small error in any cost decides"
            " their label."
        )
    if others:
        worst = max(others, key=lambda one: (one.flipped_share, one.name))
        said.append(
            f"Most labels flip with {worst.assumption} ({worst.name}): {count(worst.flipped)} of"
            f" {count(worst.n)}, {percent(worst.flipped_share)}."
        )
        shakiest = f"{worst.assumption} ({worst.name}: {percent(worst.flipped_share)})"
    if found.seed_overlap is not None:
        said.append(
            f"Another seed of the same small model keeps an overlap of {figure(found.seed_overlap)}"
            " of its list: what differs by less is luck."
        )
    return LabelFindings(
        found.banner, (*said, *found.notes), shakiest, sensitivity_table(found), budget.left_out
    )


def sensitivity_table(found: Sensitivity) -> ReportTable:
    """Return what each assumption does to labels, prevalence, AUC and list.

    Parameters
    ----------
    found : Sensitivity
        The variants, the label as defined first.

    Returns
    -------
    ReportTable
        One row per assumption; overlaps are Jaccard indices, 1 for the same list.
    """
    has_models = any(one.model_overlap is not None for one in found.variants)
    columns = [
        ("Assumption", False),
        ("Labels that flip", True),
        ("Profitable fits", True),
        ("AUC, 90 % interval", True),
        (
            "Overlap of the best fifth by margin"
            if found.objective == "margin"
            else "Overlap of the profitable fits",
            True,
        ),
    ]
    if has_models:
        columns.append(("Overlap of the model's best fifth", True))
    rows = tuple(_row(one, has_models=has_models) for one in found.variants)
    caption = (
        "What a profitable fit would be under other assumptions, one at a time; AUC by"
        " cross-validation on the training accounts, never on the hold-out"
    )
    return ReportTable(caption, tuple(columns), rows)


def _row(one: VariantFinding, *, has_models: bool) -> tuple[str, ...]:
    flips = f"{count(one.flipped)}\n{percent(one.flipped_share)}" if one.assumption else UNKNOWN
    ends = interval(one.auc.low, one.auc.high, figure) if one.auc.has_interval else "too few"
    anew = "; trained anew" if one.retrained else ""
    cells = (
        one.name,
        flips,
        percent(one.prevalence),
        f"{figure(one.auc.value)}\n{ends}{anew}",
        figure(one.earned_overlap) if one.assumption else UNKNOWN,
    )
    if not has_models:
        return cells
    return (*cells, UNKNOWN if one.model_overlap is None else figure(one.model_overlap))
