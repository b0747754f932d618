"""What the terminal says of the label under test."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icpfit.delivery.console.terminal import Terminal
    from icpfit.delivery.report.label_tables import LabelFindings

__all__ = ["show_label_test"]


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
