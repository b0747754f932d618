"""The plumbing of the speed benchmark; its figures are for `make benchmark-speed`."""

import pytest

from benchmarks.speed import Measured, main, speed_lines


@pytest.mark.slow
def test_all_ways_give_the_same_values(capsys):
    assert main(["--models", "3x4", "--rows", "300", "--slow-rows", "60", "--repeats", "1"]) == 0
    said = capsys.readouterr().out
    assert [line.split()[1] for line in said.splitlines()[2:]] == [
        "tables",
        "pred_contrib",
        "TreeExplainer",
    ]


def test_the_ratio_is_that_of_the_cpu_per_row():
    ours = Measured("300x31", "tables", 1000, 6.0, 3.0, 200, 0.0)
    told = [ours, Measured("300x31", "pred_contrib", 10, 1260.0, 0.1, 200, 0.0)]
    assert speed_lines(told)[1].split()[4] == "210"
    assert speed_lines(told)[1].endswith("target 80: reached")
    slow = Measured("300x31", "pred_contrib", 10, 450.0, 0.1, 200, 0.0)
    assert speed_lines([ours, slow])[1].endswith("target 80: MISSED")
