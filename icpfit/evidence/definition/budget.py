"""The budget of evidence: what a training computes beside its model, and what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from icpfit.errors import SettingsError

__all__ = ["Budget", "evidence_budget"]

Level = Literal["quick", "full"]


@dataclass(frozen=True)
class Budget:
    """What one level of evidence includes.

    Parameters
    ----------
    level : {"quick", "full"}
        As the user calls it.
    shorter_horizon : bool
        Whether the label is also derived over three quarters of the horizon.
    variant_models : bool
        Whether a small model is trained on each variant of the label that moves it.
    replicates : int
        Bootstrap resamples behind each interval of the label's sensitivity.
    left_out : tuple of str
        What a reader must know was not done, as sentences; empty for full evidence.
    """

    level: Level
    shorter_horizon: bool
    variant_models: bool
    replicates: int
    left_out: tuple[str, ...] = ()


_BUDGETS = {
    "full": Budget("full", shorter_horizon=True, variant_models=True, replicates=500),
    "quick": Budget(
        "quick",
        shorter_horizon=False,
        variant_models=False,
        replicates=200,
        left_out=(
            "The label was not tried over a shorter horizon.",
            "No model was trained on the variants of the label: its list may hinge on more.",
            "No column was left out one at a time, and no model was trained on purged accounts.",
            "The intervals in the table of label variants rest on 200 resamples, not on 500.",
            "The stability of groups rests on 10 half-samples, not on 30; of drivers on 8 refits.",
        ),
    ),
}


def evidence_budget(level: str) -> Budget:
    """Return what a level of evidence includes.

    Parameters
    ----------
    level : str
        ``"quick"`` or ``"full"``.

    Returns
    -------
    Budget
        What to compute, and what to say of what was left out.

    Raises
    ------
    SettingsError
        For any other level.

    Examples
    --------
    >>> evidence_budget("full").left_out, len(evidence_budget("quick").left_out)
    ((), 5)
    """
    if level not in _BUDGETS:
        raise SettingsError(f"evidence: expected quick or full, found {level!r}")
    return _BUDGETS[level]
