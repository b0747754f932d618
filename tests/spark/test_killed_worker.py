"""A worker that dies in the middle of a list: nothing is lost, nothing is there twice."""

import subprocess
import sys
import time
from pathlib import Path


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
