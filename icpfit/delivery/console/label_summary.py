"""What the terminal says of the label under test, and of the horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icpfit.delivery.amounts import count, figure

if TYPE_CHECKING:
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.report.label_tables import LabelFindings
    from icpfit.economics.horizon import HorizonChoice

__all__ = ["show_horizon", "show_label_test"]

MOST_ROWS = 8


def show_horizon(choice: HorizonChoice, terminal: Terminal) -> None:
    """Show how well shorter horizons stand for the whole one.

    Parameters
    ----------
    choice : HorizonChoice
        The curve.
    terminal : Terminal
        Where it is shown.

    Notes
    -----
    Of a long curve at most about eight steps are shown, the whole horizon among them.
    """
    stride = -(-len(choice.steps) // MOST_ROWS)
    shown = [
        step
        for step in choice.steps
        if (len(choice.steps) - step.months) % stride == 0 or step.months == choice.shortest
    ]
    terminal.table(
        "Margin over fewer months, against the whole horizon",
        [
            {
                "months": step.months,
                "rank correlation": figure(step.correlation),
                "best third in common": figure(step.overlap),
                "mature accounts": count(step.mature),
            }
            for step in shown
        ],
    )
    terminal.say(f"horizon: {choice.text}")


def show_label_test(found: LabelFindings, terminal: Terminal) -> None:
    """Warn where the list hinges on an assumption, and say what quick evidence left out.

    Parameters
    ----------
    found : LabelFindings
        The label under test.
    terminal : Terminal
        Where it is shown.
    """
    if found.banner:
        terminal.warning(found.banner)
    for sentence in found.left_out:
        terminal.note(f"quick evidence: {sentence}")
