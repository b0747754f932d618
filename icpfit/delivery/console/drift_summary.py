"""Drift on the terminal: the answer, the findings, and a table of columns and drivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.report.drift_findings import (
    column_rows,
    drift_findings,
    drift_headline,
)
from icpfit.delivery.report.driver_drift_findings import driver_findings, driver_rows

if TYPE_CHECKING:
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.evidence.drift.drift import Drift
    from icpfit.evidence.drift.driver_drift import DriverDrift

__all__ = ["show_drift", "show_driver_drift"]


def show_drift(terminal: Terminal, found: Drift) -> None:
    """Write what was found of a list, or of the latest accounts.

    Parameters
    ----------
    terminal : Terminal
        Where it goes; a list unlike what was learned from is also a warning.
    found : Drift
        What was found.
    """
    rows = column_rows(found)
    if rows:
        terminal.table("Columns, against the accounts learned from", rows)
    told = found.likeness
    if told is not None and told.band == "unlike":
        terminal.warning(drift_headline(found))
    terminal.closing(drift_findings(found), title=drift_headline(found))


def show_driver_drift(terminal: Terminal, found: DriverDrift, before: str, now: str) -> None:
    """Write what became of the drivers from one model to the next.

    Parameters
    ----------
    terminal : Terminal
        Where it goes.
    found : DriverDrift
        The drivers side by side.
    before, now : str
        What the two models are called.
    """
    rows = driver_rows(found)
    if rows:
        terminal.table("Drivers: share of what moves the ranking (mean |SHAP|)", rows)
    terminal.closing(driver_findings(found, before, now), title="Drivers, model to model")
