"""A worker or the command that dies in the middle of a list: nothing lost, twice, or half there."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


def test_a_list_survives_the_death_of_a_worker(  # noqa: PLR0917 - fixtures
    scoring, long_list, of_one_machine, standalone, killed, on_spark, tmp_path
):
    out = tmp_path / "of a cluster.csv"
    words = scoring(long_list, out, *on_spark(standalone.url))
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "icpfit"), *words],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        doomed, at = standalone.workers[0], 0
        while process.poll() is None:
            at = len([*tmp_path.glob(".icpfit-*.parts/part-*.csv")])
            if at >= 3:
                break
            time.sleep(0.02)
        dead = killed(doomed)
        said, _ = process.communicate(timeout=200)
    finally:
        process.kill()
        standalone.start_worker()
    assert process.returncode == 0, said
    # It died while there was work left, and it had an executor with a Python of its own.
    assert 3 <= at < 25
    assert len(dead) >= 2
    assert out.read_bytes() == of_one_machine.read_bytes()
    rows = out.read_bytes().splitlines()
    assert len(rows) == 200_001
    given = long_list.read_bytes().splitlines()
    assert [row.partition(b",")[0] for row in rows] == [row.partition(b",")[0] for row in given]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def is_running(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize(
    "moment", [".icpfit-*.parts/keys-*.arrow", ".icpfit-*.parts/part-*.csv"], ids=["read", "scored"]
)
def test_a_killed_command_leaves_no_half_list(  # noqa: PLR0917 - fixtures
    scoring, short_list, short_of_one_machine, on_spark, running_below, tmp_path, moment
):
    out = tmp_path / "list.csv"
    out.write_text("what was there", encoding="utf-8")
    command = subprocess.Popen(
        [Path(sys.executable).parent / "icpfit", *scoring(short_list, out, *on_spark("local[2]"))],
        cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    started = set()
    try:
        while command.poll() is None and not [*tmp_path.glob(moment)]:
            time.sleep(0.002)
        started = running_below(command.pid)
        command.kill()
        assert command.wait() == -signal.SIGKILL
        deadline = time.monotonic() + 20
        # Spark's Java ends with the command, and the Pythons with it: nobody writes on.
        while any(is_running(pid) for pid in started):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        command.kill()
        for pid in filter(is_running, started):
            os.kill(pid, signal.SIGKILL)
    left = out.read_bytes()
    assert left == b"what was there" or left.splitlines(keepends=True) == short_of_one_machine
    assert len(started) >= 2  # a Java and a Python of its own
    # What else is there has a name that nobody takes for a list.
    shown = [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")]
    assert shown == ["list.csv"]
