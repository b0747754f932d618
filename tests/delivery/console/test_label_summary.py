"""The horizon's curve and the label's warning in the terminal."""

import io

from icpfit.delivery.console.label_summary import show_horizon, show_label_test
from icpfit.delivery.console.terminal import Terminal
from icpfit.delivery.report.label_tables import LabelFindings
from icpfit.delivery.report.tables import ReportTable
from icpfit.economics.horizon import HorizonChoice, HorizonStep


def terminal():
    out, err = io.StringIO(), io.StringIO()
    return Terminal(out, err, width=120), out, err


def test_a_long_curve_is_thinned_and_keeps_its_end_and_the_choice():
    steps = tuple(HorizonStep(m, m / 24, m / 24, 1000 - m) for m in range(1, 25))
    shown, out, _ = terminal()
    show_horizon(HorizonChoice(steps, 22, 900, "22 of 24 months do"), shown)
    lines = [line.split() for line in out.getvalue().splitlines()]
    months = [int(line[0]) for line in lines if line and line[0].isdigit()]
    assert months == [3, 6, 9, 12, 15, 18, 21, 22, 24]
    assert "horizon: 22 of 24 months do" in out.getvalue()


def test_the_warning_and_what_was_left_out():
    shown, _, err = terminal()
    table = ReportTable("", (), ())
    show_label_test(LabelFindings("It hinges on x.", (), table, ("No y.",)), shown)
    said = err.getvalue()
    assert "warning: It hinges on x." in said
    assert "quick evidence: No y." in said
