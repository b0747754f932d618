"""The segments' part of the truth benchmark: its table, and one quick run of each kind."""

import pytest

from benchmarks.segments import segments_run, shuffled_segments_run
from benchmarks.segments_table import segment_lines
from benchmarks.truth import jobs


def run(seed, recovered, gaps):
    return {
        "part": "segments", "n": 1500, "seed": seed, "signal": True, "shown": 3, "passed": 2,
        "recovered": recovered, "recovered_shown": 3, "gaps": gaps, "inside": [True, False],
        "lifts": [1.8, 1.0], "idle": 1, "cpu_seconds": 3.0,
    }  # fmt: skip


def test_the_table_says_what_is_met():
    dealt = {"part": "shuffled segments", "passed": False, "passed_without_gate": True}
    told = segment_lines([run(0, 2, [0.02, 0.04]), run(1, 1, [-0.05, -0.03]), dealt])
    assert told[1] == "segments found among 1,500 customers, 2 companies"
    [found] = [one for one in told if one.startswith("2 of 3")]
    assert found.split()[-4:] == ["0.500", "0.500", "short", "by"] or "short by 0.200" in found
    # Means of the two companies are .03 and -.04: -.005 over both.
    [gap] = [one for one in told if one.startswith("fit rate reported")]
    assert "<=0.030" in gap
    assert "0.005" in gap
    assert gap.endswith("met")
    [idle] = [one for one in told if one.startswith("passed with a true lift")]
    assert "0.500" in idle
    [shuffled] = [one for one in told if one.startswith("anything passes  ")]
    assert shuffled.endswith("met")
    assert segment_lines([]) == []


def test_jobs_ask_for_both_kinds():
    found = jobs(["segments"], [300], range(2), quick=False)
    assert [part for part, _ in found].count("segments") == 2
    assert [part for part, _ in found].count("shuffled segments") == 6


@pytest.mark.slow
def test_a_quick_run_of_each_kind():
    found = segments_run(0, n=400, market_rows=2_000)
    assert found["shown"] == len(found["gaps"])
    assert 0 <= found["recovered"] <= found["recovered_shown"] <= 3
    assert not shuffled_segments_run("C", 400, 0)["passed"]
