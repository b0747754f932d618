"""The work of a task: read a part of a list, score it, write it; whoever does it, the same bytes.

A task may be done twice, by a worker that was thought lost and by the one that took over. Each
writes beside and renames, and both write the same, so that it doesn't matter who comes last.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import json
import pickle
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import pyarrow as pa

from icpfit.delivery.cluster.failures import ClusterError, is_of_a_disk
from icpfit.delivery.cluster.list_parts import part_pieces
from icpfit.delivery.cluster.work import versions
from icpfit.delivery.whole_file import swept, whole_file
from icpfit.errors import IcpfitError, OutputError, SourceError, fault_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from icpfit.data.prospect_source import ProspectSource
    from icpfit.data.sources.reader import TextTable
    from icpfit.data.table_spec import DataSpec
    from icpfit.delivery.cluster.list_parts import ListPart
    from icpfit.delivery.lists.list_repeats import Repeats
    from icpfit.delivery.lists.relation import KnownIndex
    from icpfit.delivery.lists.scored_batch import Scorer
    from icpfit.icp.profile import Profile

    Work = Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]

__all__ = ["READ", "SCORED", "ListJob", "PackedModel", "packed_model", "part_name", "work_of"]

READ = pa.schema(
    [
        ("part", pa.int64()),
        ("rows", pa.int64()),
        ("blank", pa.int64()),
        ("notes", pa.string()),
        ("error", pa.string()),
    ]
)
"""What a task says of the part whose keys it read."""

SCORED = pa.schema(
    [
        ("part", pa.int64()),
        ("rows", pa.int64()),
        ("neutral", pa.int64()),
        ("counts", pa.binary()),
        ("error", pa.string()),
    ]
)
"""What a task says of the part that it scored."""

_LOGGED = ("fit_grade", "fit_score", "margin_if_won", "fit_if_won", "next_step", "model_version")
_FAMILY = "icpfit-model-"
_SCORERS: dict[str, Scorer] = {}


@dataclass(frozen=True)
class PackedModel:
    """A model as it travels to the workers: its files, and what else a row's cells depend on.

    Parameters
    ----------
    files : bytes
        A zip of the model's folder, its manifest among them.
    label : str
        What stands in ``model_version``.
    current_icp, proposed_icp : Profile or None
        Profiles whose segments are named.
    """

    files: bytes
    label: str
    current_icp: Profile | None = None
    proposed_icp: Profile | None = None


@dataclass(frozen=True, eq=False)
class ListJob:
    """All that a task needs to know; it travels to the workers.

    Parameters
    ----------
    parts : tuple of ListPart
        The list.
    source : ProspectSource
        Its header.
    columns : DataSpec
        Of the company's settings only what says which column is what: addresses of databases are
        nobody's business on a worker.
    keys : dict of str to str
        Which columns tell the companies of the list apart, from `key_columns`.
    model : PackedModel
        What scores it.
    known : KnownIndex or None
        Accounts and open deals.
    folder : str
        Where the parts are written.
    ending : str
        Of the parts: ``.csv`` or ``.parquet``.
    names : dict of str to str
        Added column to its name in the file.
    is_logged : bool
        Whether what the scoring log keeps is written beside each part.
    """

    parts: tuple[ListPart, ...]
    source: ProspectSource
    columns: DataSpec
    keys: dict[str, str]
    model: PackedModel
    known: KnownIndex | None
    folder: str
    ending: str
    names: dict[str, str]
    is_logged: bool = False

    def file(self, number: int, ending: str, kind: str = "part") -> Path:
        """Return where a file of a part lies.

        Parameters
        ----------
        number, ending, kind : int, str, str
            As for `part_name`.

        Returns
        -------
        Path
            In the folder that all workers see.
        """
        return Path(self.folder) / part_name(number, ending, kind)


def packed_model(
    bundle: Path,
    label: str,
    *,
    current_icp: Profile | None = None,
    proposed_icp: Profile | None = None,
) -> PackedModel:
    """Return a model made ready to travel.

    Parameters
    ----------
    bundle : Path
        The model's folder; it was checked when it was read here, and is checked again there.
    label : str
        What stands in ``model_version``.
    current_icp, proposed_icp : Profile, optional
        Profiles whose segments are named.

    Returns
    -------
    PackedModel
        Some megabytes.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for path in sorted(bundle.iterdir()):
            # A day of its own would make other bytes of the same model.
            file.writestr(zipfile.ZipInfo(path.name), path.read_bytes(), zipfile.ZIP_DEFLATED)
    return PackedModel(packed.getvalue(), label, current_icp, proposed_icp)


def part_name(number: int, ending: str, kind: str = "part") -> str:
    """Return the name of a part's file.

    Parameters
    ----------
    number : int
        From 0.
    ending : str
        Such as ``.csv``.
    kind : {"part", "keys", "said", "log"}
        The scored rows; what tells the rows apart; what is to be said of those that stand twice;
        what the scoring log keeps.

    Returns
    -------
    str
        Sorts as the parts do.

    Examples
    --------
    >>> part_name(7, ".csv")
    'part-00007.csv'
    """
    return f"{kind}-{number:05d}{ending}"


def work_of(job: ListJob, schema: pa.Schema) -> Work:
    """Return the work as Spark's ``mapInArrow`` takes it: numbers of parts in, `schema` out.

    Parameters
    ----------
    job : ListJob
        What is to be done.
    schema : pyarrow.Schema
        `READ`: leave a file of keys for each part. `SCORED`: score it, once what is to be said of
        its repeats lies there.

    Returns
    -------
    callable
        A mistake in the list comes back as ``error``: doing it again would not mend it. What the
        system says of a file is raised, so that Spark has another worker try.
    """
    do = _keys_of_part if schema is READ else _scored_part
    ours = versions()

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for number in batch.column(0).to_pylist():
                try:
                    # The probe can't have asked each worker, and any of them may do this part.
                    if versions() != ours:
                        raise ClusterError(
                            f"a worker has {versions()}, here it is {ours}; the same row might get"
                            " another score there: install the same versions"
                        )
                    done = do(job, number)
                except IcpfitError as error:
                    if is_of_a_disk(error):
                        raise
                    done = {"part": number, "error": str(error)}
                yield pa.RecordBatch.from_pylist([done], schema=schema)

    return work


def _source(job: ListJob, number: int) -> ProspectSource:
    """Return a part as a list of its own."""
    asked = job.columns.prospects
    assert asked is not None  # noqa: S101 - looked at before it travelled

    def read(only: Any, text_of: Any) -> Iterator[tuple[TextTable, bool]]:
        part = job.parts[number]
        try:
            yield from part_pieces(part, asked, only, text_of)
        except OSError as error:  # else whoever writes would take it for a fault of his own file
            raise SourceError(
                f"{part.shown}: can't be read, {fault_text(error)}; check the file"
            ) from None

    return dataclasses.replace(job.source, shown=job.parts[number].shown, _read=read)


def _keys_of_part(job: ListJob, number: int) -> dict[str, Any]:
    from icpfit.delivery.lists.list_keys import row_keys

    rows = blank = 0
    notes: list[str] = []
    wanted = set(job.keys.values())
    with whole_file(job.file(number, ".arrow", "keys")) as place, place.open("wb") as file:
        writer = None
        for piece in _source(job, number).pieces(wanted, wanted):
            keys = row_keys(piece, job.keys)
            writer = writer or pa.ipc.new_stream(file, keys.schema)
            writer.write_batch(keys)
            rows, blank = rows + piece.rows, blank + piece.text.blank
            notes += piece.text.notes
        if writer is not None:
            writer.close()
    return {"part": number, "rows": rows, "blank": blank, "notes": "\n".join(notes)}


def _scored_part(job: ListJob, number: int) -> dict[str, Any]:
    from icpfit.delivery.lists.list_counts import ListCounts
    from icpfit.delivery.lists.list_file import list_writer
    from icpfit.delivery.lists.list_keys import ListKeys
    from icpfit.delivery.lists.list_stream import ListScoring, scored_pieces
    from icpfit.delivery.lists.spool import spooled

    target, counts = job.file(number, job.ending), ListCounts()
    source = _source(job, number)
    with (
        spooled(target.parent, target) as spool,
        list_writer(target, source, job.names) as writer,
        _log_writer(job, number) as log,
    ):
        rows = 0
        with _laid_down(job.file(number, ".arrow", "keys")) as kept:
            for keys in pa.ipc.open_stream(kept):
                spool.put(keys)
                rows += keys.num_rows
        said = cast("Repeats", _PartRepeats.read(job.file(number, ".json", "said")))
        asked = ListScoring(
            source,
            ListKeys(rows, spool, said, _no_hashes(), ()),
            _scorer(job.model),
            job.columns,
            known=job.known,
            needs_text=job.ending != ".parquet",
        )
        for each in scored_pieces(asked, counts, target):
            writer.write(each)
            if log is not None:
                log.add(each.keys["id"], each.added)
        neutral = writer.neutral
    return {"part": number, "rows": counts.rows, "neutral": neutral, "counts": pickle.dumps(counts)}


def _laid_down(path: Path) -> Any:
    """Open what was written before for a part; a shared disk may not show it to all at once."""
    try:
        return pa.OSFile(str(path))
    except OSError as error:
        raise OutputError(
            f"{path}: can't be read back, {fault_text(error)}; out must lie on a disk that shows"
            " each worker what the others wrote; score the list again"
        ) from None


class _PartRepeats:
    """What is to be said of the rows of a part that are one company with another row."""

    def __init__(self, said: list[tuple[int, str, int]]) -> None:
        self._said = said

    @classmethod
    def read(cls, path: Path) -> _PartRepeats:
        with _laid_down(path) as file:
            return cls([(row, told, times) for row, told, times in json.loads(file.read())])

    def said(self, start: int, end: int) -> Iterator[tuple[int, str, int]]:
        for each in self._said:
            if start <= each[0] < end:
                yield each


@contextlib.contextmanager
def _log_writer(job: ListJob, number: int) -> Iterator[_LogWriter | None]:
    if not job.is_logged:
        yield None
        return
    with whole_file(job.file(number, ".arrow", "log")) as place, place.open("wb") as file:
        log = _LogWriter(file)
        yield log
        log.close()


class _LogWriter:
    """What the scoring log keeps of a part."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._writer = file, cast("Any", None)

    def add(self, ids: pa.Array, added: pa.RecordBatch) -> None:
        columns = [ids, *(added[name] for name in _LOGGED)]
        batch = pa.record_batch(columns, names=["id", *_LOGGED])
        self._writer = self._writer or pa.ipc.new_stream(self._file, batch.schema)
        self._writer.write_batch(batch)

    def close(self) -> None:
        self._writer.close()


def _no_hashes() -> Any:
    import numpy as np

    return np.empty(0, dtype=np.uint64)


def _scorer(model: PackedModel) -> Scorer:
    """Return the model, read once by each process."""
    from icpfit.delivery.lists.scored_batch import scorer
    from icpfit.fit.bundle import read_bundle
    from icpfit.fit.model import with_threads

    profiles = (model.label, model.current_icp, model.proposed_icp)
    key = hashlib.sha256(model.files + repr(profiles).encode()).hexdigest()
    if key not in _SCORERS:
        swept(Path(tempfile.gettempdir()), f"{_FAMILY}*")
        with tempfile.TemporaryDirectory(prefix=_FAMILY) as folder:
            with zipfile.ZipFile(io.BytesIO(model.files)) as packed:
                packed.extractall(folder)
            read = with_threads(read_bundle(Path(folder)), 1)
        _SCORERS.clear()
        _SCORERS[key] = scorer(
            read,
            current_icp=model.current_icp,
            proposed_icp=model.proposed_icp,
            label=model.label,
        )
    return _SCORERS[key]
