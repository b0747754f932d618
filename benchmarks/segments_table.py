"""The lines of the truth benchmark's table that are about segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.truth_table import line

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["segment_lines"]

NAN = float("nan")


def segment_lines(runs: Sequence[dict[str, Any]]) -> list[str]:
    """Put the runs about segments into lines of text.

    Parameters
    ----------
    runs : sequence of dict
        What all parts returned; others are passed over.

    Returns
    -------
    list of str
        Empty without such runs.
    """
    found = [r for r in runs if r["part"] == "segments"]
    dealt = [r for r in runs if r["part"] == "shuffled segments"]
    said: list[str] = []
    if found:
        gaps = [gap for r in found for gap in r["gaps"]]
        lifts = [lift for r in found for lift in r["lifts"]]
        passed = max(1, sum(r["passed"] for r in found))
        said += ["", f"segments found among {found[0]['n']:,} customers, {len(found)} companies"]
        said.append(
            line("2 of 3 planted are found", 0.70, [float(r["recovered"] >= 2) for r in found])
        )
        said.append(line("  planted segments found, of 3", NAN, [r["recovered"] for r in found]))
        said.append(line("  segments that passed", NAN, [r["passed"] for r in found]))
        # Over the companies: figures of one company lean the same way together.
        means = [float(np.mean(r["gaps"])) for r in found if r["gaps"]]
        if means:
            low = abs(float(np.mean(means)))
            said.append(
                line("fit rate reported less the true one, absolute mean", 0.03, [low], most=True)
            )
            said.append(line("  with its sign", NAN, means))
            said.append(line("  absolute, of single groups", NAN, [abs(gap) for gap in gaps]))
            held = [float(hit) for r in found for hit in r["inside"]]
            said.append(line("  90 % intervals that hold the truth", NAN, held))
        if lifts:
            said.append(line("  true lift of those that passed", NAN, lifts))
        idle = sum(r["idle"] for r in found) / passed
        said.append(line("passed with a true lift up to 1.05", 0.10, [idle], most=True))
        said.append(line("CPU seconds, training included", NAN, [r["cpu_seconds"] for r in found]))
    if dealt:
        said += ["", f"segments where outcomes were shuffled, {len(dealt)} runs"]
        for what, key in (
            ("anything passes", "passed"),
            ("anything passes with the gate held open", "passed_without_gate"),
        ):
            said.append(line(what, 0.10, [float(r[key]) for r in dealt], most=True))
    return said
