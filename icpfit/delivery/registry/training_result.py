"""What a training came to, for the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icpfit.delivery.report.facts import ReportFacts

__all__ = ["TrainingResult"]


@dataclass(frozen=True, eq=False)
class TrainingResult:
    """A training, recorded.

    Parameters
    ----------
    facts : ReportFacts
        All that its report says.
    run_id : str
        The run in MLflow.
    model_version : int or None
        The version that was registered; None where there was no signal.
    decision : str
        What the evidence says of the current ICP, one sentence; empty where nothing was asked.
    """

    facts: ReportFacts
    run_id: str
    model_version: int | None
    decision: str = ""
