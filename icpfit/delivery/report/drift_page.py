"""Drift as a file: a page that opens offline, or the table of columns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from icpfit.delivery.report.drift_findings import (
    column_rows,
    drift_findings,
    drift_headline,
)
from icpfit.delivery.report.driver_drift_findings import driver_findings, driver_rows
from icpfit.delivery.report.page import page_environment
from icpfit.delivery.whole_file import require_writable, whole_file
from icpfit.errors import OutputError

if TYPE_CHECKING:
    from icpfit.evidence.drift.drift import Drift
    from icpfit.evidence.drift.driver_drift import DriverDrift

__all__ = ["drift_html", "require_drift_file", "write_drift"]

_KINDS = (".html", ".csv")


def require_drift_file(out: Path | str) -> None:
    """Make sure that the file can be written, before the work of comparing.

    Parameters
    ----------
    out : Path or str
        What ``out=`` says.

    Raises
    ------
    OutputError
        If it is neither a page nor a table, or can't be written.
    """
    path = Path(out).expanduser()
    if path.suffix.lower() not in _KINDS:
        raise OutputError(f"out: '{path}' must end in .html (a page) or .csv (a table of columns)")
    require_writable(path)


def write_drift(
    found: Drift,
    out: Path | str,
    *,
    company: str,
    drivers: tuple[DriverDrift, str, str] | None = None,
) -> None:
    """Write what was found as a page or as a table, by the ending of the name.

    Parameters
    ----------
    found : Drift
        What was found.
    out : Path or str
        Ends in .html or .csv; its folder must exist.
    company : str
        Whose model it is.
    drivers : tuple of DriverDrift and two labels, optional
        The drivers of two models, and what the models are called.

    Raises
    ------
    OutputError
        If it can't be written; what stood there before is untouched.
    """
    require_drift_file(out)
    path = Path(out).expanduser()
    if path.suffix.lower() == ".csv":
        frame = _columns(found)
        with whole_file(path) as part:
            frame.to_csv(part, index=False, lineterminator="\n")
        return
    page = drift_html(found, company=company, drivers=drivers)
    with whole_file(path) as part:
        part.write_text(page, encoding="utf-8", newline="\n")


def drift_html(
    found: Drift, *, company: str, drivers: tuple[DriverDrift, str, str] | None = None
) -> str:
    """Return what was found as one HTML page that needs nothing else.

    Parameters
    ----------
    found : Drift
        What was found.
    company : str
        Whose model it is.
    drivers : tuple of DriverDrift and two labels, optional
        The drivers of two models, and what the models are called.

    Returns
    -------
    str
        HTML without script or links to elsewhere; what came from the exports is escaped.
    """
    told = found.likeness
    return (
        page_environment()
        .get_template("drift.html.j2")
        .render(
            company=company,
            found=found,
            headline=drift_headline(found),
            is_unlike=told is not None and told.band == "unlike",
            findings=drift_findings(found),
            columns=column_rows(found),
            driver_findings=None if drivers is None else driver_findings(*drivers),
            drivers=None if drivers is None else driver_rows(drivers[0]),
        )
    )


def _columns(found: Drift) -> Any:
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "column": column.feature,
                "state": column.state,
                "psi": round(column.psi.value, 6),
                "psi_null_95": round(column.psi.null_95, 6),
                "psi_null_99": round(column.psi.null_99, 6),
                "p_value": float(f"{column.psi.p_value:.4g}"),
                "rows_learned": column.psi.n_reference,
                "rows_compared": column.psi.n_other,
                "share_of_ranking": round(column.share, 4),
                "moved_most": column.moved,
            }
            for column in found.columns
        ],
        columns=[
            "column",
            "state",
            "psi",
            "psi_null_95",
            "psi_null_99",
            "p_value",
            "rows_learned",
            "rows_compared",
            "share_of_ranking",
            "moved_most",
        ],
    )
