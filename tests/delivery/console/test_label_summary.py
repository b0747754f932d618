"""The label's warning in the terminal."""

import io

from icpfit.delivery.console.label_summary import show_label_test
from icpfit.delivery.console.terminal import Terminal
from icpfit.delivery.report.label_tables import LabelFindings
from icpfit.delivery.report.tables import ReportTable


def terminal():
    out, err = io.StringIO(), io.StringIO()
    return Terminal(out, err, width=120), out, err


def test_the_warning_and_what_was_left_out():
    shown, _, err = terminal()
    table = ReportTable("", (), ())
    show_label_test(LabelFindings("It hinges on x.", (), "", table, ("No y.",)), shown)
    said = err.getvalue()
    assert "warning: It hinges on x." in said
    assert "quick evidence: No y." in said
