"""What of the label under test is kept in MLflow, beside the rest of a training."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from icpfit.delivery.registry.training_record import json_text

if TYPE_CHECKING:
    from icpfit.delivery.registry.training_record import TrainingRecord
    from icpfit.evidence.definition.budget import Budget
    from icpfit.evidence.definition.definition import Sensitivity

__all__ = ["SENSITIVITY_FILE", "with_label_test"]

SENSITIVITY_FILE = "label_sensitivity.json"


def with_label_test(record: TrainingRecord, found: Sensitivity, budget: Budget) -> TrainingRecord:
    """Add the label's sensitivity and the level of evidence to what is recorded.

    Parameters
    ----------
    record : TrainingRecord
        What is recorded of the training.
    found : Sensitivity
        The label under other assumptions.
    budget : Budget
        The level of evidence, with what it left out.

    Returns
    -------
    TrainingRecord
        With the tags ``icpfit.evidence``, ``icpfit.left_out`` (where anything was) and
        ``icpfit.definition_sensitive``, and the file ``label_sensitivity.json``.
    """
    tags = {
        **record.tags,
        "icpfit.evidence": budget.level,
        "icpfit.definition_sensitive": str(bool(found.banner)).lower(),
    }
    if budget.left_out:
        tags["icpfit.left_out"] = " ".join(budget.left_out)
    texts = {**record.texts, SENSITIVITY_FILE: json_text(found)}
    return replace(record, tags=tags, texts=texts)
