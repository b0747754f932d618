"""The plumbing of the list benchmark; its figures are for `make benchmark-speed`."""

import pandas as pd
import pytest

from benchmarks.speed_lists import ListRun, differences, list_lines, main


@pytest.mark.slow
def test_all_ways_write_the_same_lists(capsys):
    assert main(["--model", "5x4", "--rows", "200,400", "--slow-rows", "200"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in said[2:6]] == ["tables", "tables", "contrib", "pipeline"]
    assert said[6] == "all three write the same cells"
    assert "icpfit --help" in said[7]


def test_the_ratio_is_that_of_the_rows_beyond_the_start():
    ours = ListRun("tables", 1_000_000, 13.0, 3.0, 500)  # 10 us a row
    theirs = ListRun("pipeline", 10_000, 17.0, 4.0, 600)  # 1,300 us a row
    lines = list_lines([ours, theirs])
    assert lines[0].split()[-1] == "1"
    assert lines[1].endswith("130  target 120: reached")
    slow = ListRun("contrib", 10_000, 7.0, 3.0, 600)
    assert list_lines([ours, slow])[1].endswith("40  target 80: MISSED")


def test_what_differs_is_named(tmp_path):
    one = pd.DataFrame({"id": ["1", "2"], "fit_grade": ["A", "B"], "margin_p10": [1.25, None]})
    one.to_csv(tmp_path / "one.csv", index=False)
    one.assign(margin_p10=[1.26, None]).to_csv(tmp_path / "near.csv", index=False)
    one.assign(fit_grade=["A", "C"]).to_csv(tmp_path / "other.csv", index=False)
    assert differences(tmp_path / "one.csv", tmp_path / "near.csv") == []
    assert differences(tmp_path / "one.csv", tmp_path / "other.csv") == [
        "fit_grade: 1 rows, such as 'B' and 'C'"
    ]
