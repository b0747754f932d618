"""What the system says of a file on one worker: another one tries, and then it is one line."""

import contextlib

import pyarrow as pa
import pytest

from icpfit.delivery.cluster import list_job
from icpfit.delivery.cluster.clustered_list import _write_repeats
from icpfit.delivery.cluster.engine import Engine
from icpfit.delivery.cluster.failures import ClusterError, failed_work
from icpfit.delivery.cluster.list_job import READ, SCORED, ListJob, PackedModel, work_of
from icpfit.delivery.cluster.session import opened_cluster
from icpfit.delivery.cluster.work import done_work, versions
from icpfit.delivery.lists import list_file
from icpfit.errors import OutputError, SourceError


def job_in(folder, parts=1):
    """A job whose list is never come to: what is wrong is met before."""
    return ListJob(
        parts=(None,) * parts, source=None, columns=None, keys={}, model=PackedModel(b"", "m"),
        known=None, folder=str(folder), ending=".csv", names={},
    )  # fmt: skip


def numbers(*given):
    return iter([pa.record_batch({"id": pa.array(given, pa.int64())})])


def test_a_part_that_cannot_be_written_is_raised(tmp_path):
    work = work_of(job_in(tmp_path / "not there"), READ)
    with pytest.raises(OutputError, match=r"keys-00000\.arrow: can't be written"):
        next(work(numbers(0)))


@pytest.mark.parametrize(
    ("fault", "is_raised"),
    [(OSError(116, "Stale file handle"), True), (UnicodeError("no text"), False)],
)
def test_only_what_the_system_says_is_raised(tmp_path, monkeypatch, fault, is_raised):
    def do(_job, _number):
        try:
            raise fault
        except (OSError, UnicodeError):
            raise SourceError("list.csv: can't be read") from None

    monkeypatch.setattr(list_job, "_keys_of_part", do)
    work = work_of(job_in(tmp_path), READ)
    if is_raised:
        with pytest.raises(SourceError):
            next(work(numbers(0)))
    else:
        assert next(work(numbers(0)))["error"].to_pylist() == ["list.csv: can't be read"]


def test_repeats_are_laid_down_for_every_part_and_a_missing_one_is_no_empty_one(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(list_job, "_source", lambda _job, _number: None)
    monkeypatch.setattr(list_file, "list_writer", lambda *_: contextlib.nullcontext())
    job = job_in(tmp_path, parts=3)
    for number in range(3):
        keys = pa.schema([("id", pa.string())])
        pa.ipc.new_stream(job.file(number, ".arrow", "keys"), keys).close()
    _write_repeats(job, [2, 0, 3])
    said = [job.file(number, ".json", "said") for number in range(3)]
    assert [path.read_text(encoding="utf-8") for path in said] == ["[]"] * 3
    assert [*list_job._PartRepeats.read(said[0]).said(0, 2)] == []
    said[0].unlink()
    with pytest.raises(OutputError, match=r"said-00000\.json: can't be read back, no such file"):
        next(work_of(job, SCORED)(numbers(0)))


def test_spark_tries_again_and_at_last_it_is_one_line(tmp_path):
    tried = tmp_path / "tried"

    def once(batches):
        for batch in batches:
            if not tried.exists():
                tried.touch()
                raise OutputError("part-00000.csv: can't be written, no space left on device")
            yield batch

    work = work_of(job_in(tmp_path / "not there"), READ)

    def never(batches):
        with (tmp_path / "tries").open("a", encoding="ascii") as file:
            file.write("x")
        yield from work(batches)

    # The second number: how often Spark tries.
    with opened_cluster(Engine("spark", "local[1,2]"), tmp_path / "spark.log") as cluster:
        ids = pa.schema([("id", pa.int64())])
        assert done_work(cluster, once, 1, ids).to_pydict() == {"id": [0]}
        assert tried.exists()
        with pytest.raises(ClusterError) as told:
            done_work(cluster, never, 1, READ)
    said = str(told.value)
    assert said.startswith(f"{tmp_path}/not there/keys-00000.arrow: can't be written, there is no")
    assert "create it or name another" in said
    assert "\n" not in said
    assert (tmp_path / "tries").read_text(encoding="ascii") == "xx"


def test_all_that_a_row_comes_from_is_compared():
    names = [one.split()[0] for one in versions().split(", ")]
    assert names == ["icpfit", "lightgbm", "numba", "numpy", "pyarrow", "scipy"]


def test_the_worker_is_named():
    told = RuntimeError(
        "Job aborted due to stage failure: Task 3 in stage 1.0 failed 4 times, most recent failure:"
        " Lost task 3.3 in stage 1.0 (TID 17) (node7.acme executor 2): PythonException: Traceback\n"
        '  File "x.py", line 1, in work\n'
        "icpfit.errors.OutputError: /out/part-00003.csv: can't be written, no space left on device;"
        " make room or name another place\n\n\tat org.apache.spark.Task.run(Task.scala:147)\n"
    )
    assert str(failed_work(told, Engine("spark", "yarn"), None)) == (
        "worker node7.acme: /out/part-00003.csv: can't be written, no space left on device; make"
        " room or name another place"
    )
