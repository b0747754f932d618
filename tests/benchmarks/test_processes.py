"""What a process costs is its own, not its parent's."""

import subprocess
import sys

import numpy as np
import pytest

from benchmarks.processes import machine, process_run


def test_the_peak_is_the_process_s_own():
    held = np.ones(20_000_000)  # 160 MB of the parent's
    cpu, small = process_run([sys.executable, "-S", "-c", "pass"])
    _, large = process_run([sys.executable, "-S", "-c", "held = b'1' * 60_000_000"])
    assert held[0] == 1
    assert 0 < cpu < 10
    assert small < 100
    assert small + 50 < large < small + 70


def test_another_end_than_expected_stops_the_benchmark(tmp_path):
    ends = [sys.executable, "-S", "-c", "import os; print(os.getcwd()); raise SystemExit(3)"]
    with (tmp_path / "said").open("wb") as said:
        process_run(ends, said, expected=3, cwd=tmp_path)
    assert (tmp_path / "said").read_text().strip() == str(tmp_path)
    with pytest.raises(RuntimeError, match="ended with 3"):
        process_run(ends, subprocess.DEVNULL)


def test_the_machine_is_named_by_cores_and_memory_alone():
    assert set(machine().split()) - {"cores,", "GB", "of", "memory"} <= {
        word for word in machine().split() if word.isdigit()
    } | {"cores"}
