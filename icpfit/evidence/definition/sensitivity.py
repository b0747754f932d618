"""The label under test: what each assumption behind it does to labels, prevalence, AUC and list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from icpfit.economics.label import FEWEST_OF_A_CLASS
from icpfit.economics.label_variants import ambiguous_accounts, label_variants
from icpfit.economics.top_lists import list_overlap, top_shares
from icpfit.evidence.definition.definition import Sensitivity, VariantFinding, definition_banner
from icpfit.evidence.definition.variant_models import fit_scores, margin_scores, variant_rows
from icpfit.measure.intervals import bootstrap
from icpfit.measure.weighted import tied_order, weighted_auc

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from icpfit.economics.label import LabelRule
    from icpfit.economics.label_variants import LabelVariant
    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.definition.budget import Budget
    from icpfit.evidence.definition.variant_models import VariantRows
    from icpfit.evidence.trial import Trial
    from icpfit.measure.estimate import Estimate

__all__ = ["sensitivity"]

Floats = npt.NDArray[np.float64]
Objective = Literal["margin", "fit"]

TOP = 0.20
BARELY_FLIPPED = 0.02
BARELY_OTHER_LIST = 0.98
"""Less than this is less than what another seed of the same model does to the list."""


def sensitivity(
    accounts: Accounts,
    rule: LabelRule,
    budget: Budget,
    *,
    trial: Trial,
    objective: Objective = "margin",
    shorter: Accounts | None = None,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> Sensitivity:
    """Derive the label under every other assumption and see what it does to the model's list.

    Parameters
    ----------
    accounts : Accounts
        The joined accounts.
    rule : LabelRule
        What makes a profitable fit.
    budget : Budget
        Whether small models are trained, and how many resamples an interval has.
    trial : Trial
        The model's trial; its training accounts are used, never its hold-out.
    objective : {"margin", "fit"}
        The number that ranks.
    shorter : Accounts, optional
        Outcomes over three quarters of the horizon.
    seed : int
        Of forests and resamples.
    progress : callable, optional
        Told what is being done.

    Returns
    -------
    Sensitivity
        One finding for each variant.

    Notes
    -----
    Flips, prevalence and what was earned are of all accounts used. A variant that flips fewer than
    2 % of the labels isn't trained on for its AUC, nor one that leaves 98 % of the best fifth for
    its list: another seed does more than that.
    """
    tell = progress or (lambda _text: None)
    variants = label_variants(accounts, rule, shorter)
    rows = variant_rows(accounts, trial)
    notes: list[str] = []
    trains = budget.variant_models
    if trains and trial.signal.tier != "signal":
        trains = False
        notes.append(
            "There is no clear signal, so no model was trained on the variants: what they would do"
            " to the list is read from what the accounts earned."
        )
    table = _Table(rows, objective, seed, budget.replicates, trains)
    base = variants[0]
    own = _own_scores(table, base) if trains else trial.trained.oof_fit_raw
    ranks = _ranking(table, base) if trains else None
    luck = None
    if ranks is not None:
        other = _ranking(table, base, seed_step=1)
        luck = _model_overlap(ranks, other)
    found = []
    for number, variant in enumerate(variants, start=1):
        tell(f"label variant {number} of {len(variants)}: {variant.name}")
        found.append(_finding(table, base, variant, own, ranks))
    used = accounts.outcomes.loc[accounts.used]
    return Sensitivity(
        objective,
        tuple(found),
        ambiguous_accounts(used, rule),
        luck,
        definition_banner(found, luck, objective),
        tuple(notes),
    )


@dataclass(frozen=True, eq=False)
class _Table:
    """What all rows of the table share."""

    rows: VariantRows
    objective: Objective
    seed: int
    replicates: int
    trains: bool


def _finding(
    table: _Table, base: LabelVariant, variant: LabelVariant, own: Floats, ranks: Floats | None
) -> VariantFinding:
    known = (base.fit.notna() & variant.fit.notna()).to_numpy(bool)
    before, after = (one.fit.fillna(value=False).to_numpy(bool)[known] for one in (base, variant))
    flipped = int((before != after).sum())
    share = flipped / max(len(before), 1)
    if table.objective == "margin":
        lists = [top_shares(one.margin.to_numpy("float64")[known], TOP) for one in (base, variant)]
    else:
        lists = [before.astype("float64"), after.astype("float64")]
    earned = list_overlap(*lists)
    label, has_label = _labels(table, variant)
    learnable = min(label[has_label].sum(), (~label[has_label]).sum()) >= FEWEST_OF_A_CLASS
    is_moved = share >= BARELY_FLIPPED and variant is not base
    retrained = bool(table.trains and learnable and is_moved)
    scores = fit_scores(table.rows, label, has_label, table.seed) if retrained else own
    overlap = None
    if ranks is not None and table.objective == "margin":
        moved = earned < BARELY_OTHER_LIST
        overlap = _model_overlap(ranks, _ranking(table, variant)) if moved else None
    elif ranks is not None and retrained:
        overlap = _model_overlap(ranks, scores)
    return VariantFinding(
        variant.name,
        variant.assumption,
        int(known.sum()),
        flipped,
        float(after.mean()) if len(after) else float("nan"),
        _auc(table, label, has_label, scores),
        retrained,
        earned,
        overlap,
    )


def _labels(
    table: _Table, variant: LabelVariant
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    fit: pd.Series = variant.fit.loc[table.rows.account_ids]
    return fit.fillna(value=False).to_numpy(bool), fit.notna().to_numpy(bool)


def _own_scores(table: _Table, base: LabelVariant) -> Floats:
    return fit_scores(table.rows, *_labels(table, base), table.seed)


def _ranking(table: _Table, variant: LabelVariant, seed_step: int = 0) -> Floats:
    seed = table.seed + seed_step
    if table.objective == "fit":
        return fit_scores(table.rows, *_labels(table, variant), seed)
    margin = variant.margin.loc[table.rows.account_ids].to_numpy("float64")
    return margin_scores(table.rows, margin, seed)


def _model_overlap(one: Floats, other: Floats) -> float:
    both = np.isfinite(one) & np.isfinite(other)
    return list_overlap(top_shares(one[both], TOP), top_shares(other[both], TOP))


def _auc(
    table: _Table,
    label: npt.NDArray[np.bool_],
    known: npt.NDArray[np.bool_],
    scores: Floats,
) -> Estimate:
    judged = known & np.isfinite(scores)
    is_fit = label[judged].astype("float64")
    ranked = tied_order(scores[judged])
    return bootstrap(
        lambda weights: weighted_auc(weights, is_fit, ranked),
        np.arange(int(judged.sum())),
        is_fit=is_fit,
        n_boot=table.replicates,
        seed=table.seed,
    )
