"""Two models' drivers in words: what moved further than luck moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from icpfit.delivery.amounts import interval, percent

if TYPE_CHECKING:
    from icpfit.evidence.drift.driver_drift import DriverDrift

__all__ = ["driver_findings", "driver_rows"]


def driver_findings(found: DriverDrift, before: str, now: str) -> list[tuple[str, str]]:
    """Return what became of the drivers from one model to the next.

    Parameters
    ----------
    found : DriverDrift
        The drivers side by side.
    before, now : str
        What the two models are called.

    Returns
    -------
    list of (str, str)
        Name and sentence.
    """
    rows = [("models", f"{before}, then {now}")]
    outside = [shift for shift in found.shifts if shift.is_outside]
    if found.note:
        rows.append(("drivers", found.note))
    elif outside:
        named = "; ".join(
            f"{shift.words} {percent(shift.before)} before, {percent(shift.now)} now"
            for shift in outside
        )
        rows += [
            ("drivers", f"moved further than luck explains: {named}"),
            (
                "what to do",
                (
                    "ask what changed: whom you sell to, what a column means, or what pays. "
                    "Changes of rank inside the band mean nothing"
                ),
            ),
        ]
    else:
        rows.append(
            (
                "drivers",
                (
                    f"no share moved further than luck explains ({found.refits} refits on halves "
                    "of the earlier accounts); changes of rank mean nothing"
                ),
            )
        )
    for names, said in ((found.only_before, "dropped"), (found.only_now, "new")):
        if names:
            rows.append((said, ", ".join(names)))
    return rows


def driver_rows(found: DriverDrift) -> list[dict[str, Any]]:
    """Return each driver's share before and now, with its band, for a table.

    Parameters
    ----------
    found : DriverDrift
        The drivers side by side.

    Returns
    -------
    list of dict
        The strongest before first.
    """
    return [
        {
            "driver": shift.words,
            "before": percent(shift.before),
            "now": percent(shift.now),
            "by luck": "–" if found.note else interval(shift.low, shift.high, percent),
            "state": "ALERT" if shift.is_outside else "" if found.note else "within",
        }
        for shift in found.shifts
    ]
