"""The parts of a scored list, put together as one file or as a folder."""

from __future__ import annotations

import codecs
import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from icpfit.delivery.cluster.list_job import part_name
from icpfit.delivery.lists.csv_rows import csv_header
from icpfit.delivery.whole_file import whole_file
from icpfit.errors import OutputError, fault_text

if TYPE_CHECKING:
    from icpfit.delivery.cluster.list_job import ListJob

__all__ = ["join_parts", "publish_parts"]


def join_parts(job: ListJob, out: Path) -> None:
    """Write one file of all parts, in their order.

    Parameters
    ----------
    job : ListJob
        All its parts are there.
    out : Path
        The file.

    Raises
    ------
    OutputError
        If it can't be written; what was there before stays.
    """
    files = [job.file(number, job.ending) for number in range(len(job.parts))]
    with whole_file(out) as place:
        if job.ending == ".parquet":
            with pq.ParquetWriter(place, pq.read_schema(files[0])) as writer:
                for part in files:
                    with pq.ParquetFile(part) as rows:
                        for batch in rows.iter_batches():
                            writer.write_batch(batch)
            return
        header = len(_header(job))
        with place.open("wb") as file:
            for number, part in enumerate(files):
                with part.open("rb") as rows:
                    rows.seek(header if number else 0)
                    shutil.copyfileobj(rows, file, 1 << 20)


def publish_parts(job: ListJob, out: Path) -> None:
    """Let the folder of parts become the list, once it holds them and nothing else.

    Parameters
    ----------
    job : ListJob
        All its parts are there.
    out : Path
        The new folder; an empty one may be there.

    Raises
    ------
    OutputError
        If it can't be put there.
    """
    named = {part_name(number, job.ending) for number in range(len(job.parts))}
    folder = Path(job.folder)
    try:
        for path in folder.iterdir():
            if path.name not in named:  # keys, and what a killed worker had not finished
                path.unlink()
        with contextlib.suppress(FileNotFoundError):
            out.rmdir()
        folder.rename(out)
    except OSError as error:
        why = fault_text(error)
        raise OutputError(f"{out}: can't be written, {why}") from None


def _header(job: ListJob) -> bytes:
    """Return the bytes that every part of a CSV begins with."""
    source = job.source
    line = csv_header([*source.header, *job.names.values()], source.delimiter).decode()
    return codecs.getincrementalencoder(source.encoding)("replace").encode(line)
