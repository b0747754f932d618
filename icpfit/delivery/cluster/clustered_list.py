"""A list that is scored by a cluster: cut, given out, put together; all of it, or nothing."""

from __future__ import annotations

import contextlib
import hashlib
import json
import pickle
import secrets
import shutil
import time
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
import pyarrow as pa

from icpfit.data.prospect_source import prospect_source
from icpfit.delivery.cluster.failures import ClusterError
from icpfit.delivery.cluster.joined_parts import join_parts, publish_parts
from icpfit.delivery.cluster.list_job import READ, SCORED, ListJob, work_of
from icpfit.delivery.cluster.list_parts import list_files, list_parts
from icpfit.delivery.cluster.work import check_workers, done_work
from icpfit.delivery.lists.call_plan import CallPlan
from icpfit.delivery.lists.list_columns import written_names
from icpfit.delivery.lists.list_counts import ListCounts
from icpfit.delivery.lists.list_file import require_text
from icpfit.delivery.lists.list_keys import key_columns
from icpfit.delivery.lists.list_repeats import KeyHashes, repeats
from icpfit.delivery.lists.list_stream import added_columns
from icpfit.delivery.whole_file import require_writable, swept, whole_file
from icpfit.errors import OutputError, SettingsError, SourceError, fault_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from icpfit.data.prospect_source import ProspectSource
    from icpfit.data.table_spec import DataSpec
    from icpfit.delivery.cluster.list_job import PackedModel
    from icpfit.delivery.cluster.session import Cluster
    from icpfit.delivery.lists.relation import KnownIndex

    Record = Callable[[pa.Array, pa.RecordBatch], None]

__all__ = ["ClusteredList", "clustered_list", "require_place"]

_ENDINGS: dict[str, Literal[".csv", ".parquet"]] = {
    ".csv": ".csv",
    ".tsv": ".csv",
    ".txt": ".csv",
    ".parquet": ".parquet",
    ".pq": ".parquet",
}
_TOLD_TWICE = ("id", "domain", "name")


@dataclass(frozen=True)
class ClusteredList:
    """What was scored.

    Attributes
    ----------
    source : ProspectSource
        The list's header.
    counts : ListCounts
        Figures of the list.
    notes : tuple of str
        What a reader should know of it.
    parts : int
        Tasks that it was cut into.
    neutral : int
        Cells of the list itself that were made plain text.
    """

    source: ProspectSource
    counts: ListCounts
    notes: tuple[str, ...]
    parts: int
    neutral: int


def require_place(out: Path, kept: Collection[Path] = ()) -> None:
    """Refuse a place that the scored list couldn't be written to, before the work.

    Parameters
    ----------
    out : Path
        A file, or a folder of part files where its name has no ending.
    kept : collection of Path
        Resolved files that may not be written over.

    Raises
    ------
    OutputError
        One line that says why.
    """
    if out.suffix:
        require_writable(out, endings=tuple(_ENDINGS), kept=kept)
        return
    if out.is_file() or (out.is_dir() and any(out.iterdir())):
        raise OutputError(f"{out}: is there already; name a new folder for the parts of the list")
    if not out.absolute().parent.is_dir():
        raise OutputError(f"{out}: there is no folder '{out.parent}'; create it or name another")


def clustered_list(
    cluster: Cluster,
    prospects: str,
    out: Path,
    *,
    model: PackedModel,
    spec: DataSpec,
    root: Path,
    known: KnownIndex | None = None,
    record: Record | None = None,
    progress: Callable[[str], None] | None = None,
) -> ClusteredList:
    """Score a list on a cluster.

    Parameters
    ----------
    cluster : Cluster
        Who does it.
    prospects : str
        A file, a folder of part files, or a list named in the company's settings.
    out : Path
        Where the list is written: a CSV or Parquet file, or, without an ending, a folder of part
        files of the list's own kind. All workers must see its folder, and the list, under the same
        path.
    model : PackedModel
        What scores it.
    spec : DataSpec
        Its ``prospects`` and ``attributes`` say which column is what.
    root : Path
        What ``spec.folder`` is relative to.
    known : KnownIndex, optional
        Accounts and open deals.
    record : callable, optional
        Is given ids and added columns of all rows, for the scoring log.
    progress : callable, optional
        Told how far it is.

    Returns
    -------
    ClusteredList
        Counts of what was written.

    Raises
    ------
    SettingsError
        When the settings don't say which column is the id.
    SourceError
        When the list can't be read.
    ClusterError
        When the workers can't do the work; what was at `out` before stays.
    OutputError
        When the list can't be written; the same.

    Notes
    -----
    Each part is written by the task that scored it, under a name of its own, beside its place and
    then renamed: a part that is done twice, because a worker was lost, is there once. Which rows
    stand twice in the list is found here, from what the workers have read of it.
    """
    asked = spec.prospects
    if asked is None:
        raise SettingsError("data.prospects: is missing; add id: and the name of the id column")
    files = list_files(spec, asked, prospects, root)
    if out.expanduser().resolve() in {path for path, _ in files}:
        raise OutputError(f"out: '{out}' is a file of the list itself; name another")
    is_folder = prospects not in asked.lists and files[0][1] != prospects
    if is_folder and out.expanduser().resolve().parent == files[0][0].parent:
        raise OutputError(
            f"out: '{out}' lies in the folder of the list, and would be read as a part of it; name"
            " another place"
        )
    source = prospect_source(spec, str(files[0][0]), root)
    source = replace(source, shown=prospects, _read=_unread)
    cut = list_parts(files, asked, source)
    ending = _ending(out, source)
    require_text(source, f"list{ending}")
    names = written_names(source, added_columns(CallPlan(), has_before=False))
    # Addresses and passwords of databases are nobody's business on a worker.
    plain = replace(asked, lists={}, typical=None, results_url=None)
    with _beside(out) as folder:
        check_workers(cluster, folder)
        job = ListJob(
            parts=cut.parts,
            source=source,
            columns=cast("DataSpec", SimpleNamespace(attributes=spec.attributes, prospects=plain)),
            keys=key_columns(source, spec),
            model=model,
            known=known,
            folder=str(folder),
            ending=ending,
            names=names,
            is_logged=record is not None,
        )
        read = _done(cluster, job, READ, "keys", progress)
        _write_repeats(job, [row["rows"] for row in read])
        scored = _done(cluster, job, SCORED, "part", progress)
        counts = ListCounts()
        for row in scored:
            counts.add_counts(pickle.loads(row["counts"]))  # noqa: S301 - of our own workers
        if record is not None:
            _log(job, record)
        if out.suffix:
            join_parts(job, out)
        else:
            publish_parts(job, out)
    notes = [note for row in read for note in row["notes"].split("\n") if note]
    blank = sum(row["blank"] for row in read)
    if blank:
        notes.append(f"{blank:,} empty lines left out")
    if not counts.rows:
        notes.append(f"{prospects}: has a header and no rows; there is nothing to score")
    neutral = sum(row["neutral"] for row in scored)
    return ClusteredList(source, counts, (*cut.notes, *notes), len(cut.parts), neutral)


def _unread(*_: Any) -> Iterator[Any]:
    """Stand for the reading of a whole list, which is left to the workers."""
    raise RuntimeError("a list on a cluster is read by its workers, part by part")


def _ending(out: Path, source: ProspectSource) -> Literal[".csv", ".parquet"]:
    if out.suffix:
        return _ENDINGS[out.suffix.lower()]
    return ".parquet" if source.kind == "parquet" else ".csv"


def _done(
    cluster: Cluster,
    job: ListJob,
    schema: pa.Schema,
    kind: str,
    progress: Callable[[str], None] | None,
) -> list[dict[str, Any]]:
    tasks, began = len(job.parts), time.monotonic()

    def look() -> None:
        if progress is not None:
            there = sum(1 for _ in job.file(0, "").parent.glob(f"{kind}-*"))
            doing = "read" if schema is READ else "scored"
            progress(f"{there:,} of {tasks:,} parts {doing}, {time.monotonic() - began:,.0f} s")

    done = done_work(cluster, work_of(job, schema), tasks, schema, look=look)
    rows = sorted(done.to_pylist(), key=lambda row: row["part"])
    for row in rows:
        if row["error"]:
            raise SourceError(row["error"])
    if [row["part"] for row in rows] != list(range(tasks)):
        raise ClusterError(f"Spark gave back {len(rows)} of {tasks} parts; score the list again")
    return rows


def _keys(job: ListJob) -> Iterator[pa.RecordBatch]:
    for number in range(len(job.parts)):
        with pa.OSFile(str(job.file(number, ".arrow", "keys"))) as file:
            yield from pa.ipc.open_stream(file)


def _write_repeats(job: ListJob, rows: Sequence[int]) -> None:
    """Find the rows that are one company with another, and lay down what is to be said of them."""
    folder = job.file(0, "").parent
    with contextlib.ExitStack() as opened:
        hashes = {
            name: opened.enter_context(contextlib.closing(KeyHashes(folder)))
            for name in _TOLD_TWICE
            if name in job.keys
        }
        for batch in _keys(job):
            for name, each in hashes.items():
                each.put(batch[name])
        twice = [
            hashes[name].repeated() if name in hashes else np.empty(0, dtype=np.uint64)
            for name in _TOLD_TWICE
        ]
    found = repeats(_keys(job) if any(len(each) for each in twice) else iter(()), twice)
    start = 0
    for number, count in enumerate(rows):
        said = [(row - start, told, times) for row, told, times in found.said(start, start + count)]
        # Also where nothing is to be said: a file that isn't seen must not pass for "no repeats".
        with whole_file(job.file(number, ".json", "said")) as place:
            place.write_text(json.dumps(said), encoding="utf-8")
        start += count


def _log(job: ListJob, record: Record) -> None:
    for number in range(len(job.parts)):
        with pa.OSFile(str(job.file(number, ".arrow", "log"))) as file:
            for batch in pa.ipc.open_stream(file):
                record(batch["id"], batch)


@contextlib.contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """Give a folder beside the list, for its parts; it is gone afterwards."""
    target = out.expanduser().resolve()
    family = f".icpfit-{hashlib.sha256(target.name.encode()).hexdigest()[:8]}-"
    swept(target.parent, f"{family}*.parts")
    folder = target.parent / f"{family}{secrets.token_hex(6)}.parts"
    try:
        folder.mkdir()
    except OSError as error:
        why = fault_text(error)
        raise OutputError(f"{out}: can't be written, {why}") from None
    try:
        yield folder
    except OSError as error:
        why = fault_text(error)
        raise OutputError(f"{out}: can't be written, {why}") from None
    finally:
        # Also under the feet of a task that was thought lost: it finds no place to write to.
        for _ in range(10):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break
            time.sleep(0.2)  # it wrote one more file meanwhile
