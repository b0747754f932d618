"""Rows that wait on the disk, beside the list that is being written, for the next time over it."""

from __future__ import annotations

import contextlib
import tempfile
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa

from icpfit.errors import OutputError, fault_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Spool", "spooled"]


class Spool:
    """Batches that were put away, to be read again in the same order.

    Parameters
    ----------
    file : file of bytes
        Where they lie.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._writer: Any = None
        self._schema: pa.Schema | None = None
        self._rest: pa.RecordBatch | None = None
        self._batches: Iterator[pa.RecordBatch] = iter(())

    def put(self, batch: pa.RecordBatch) -> None:
        """Put a batch away; the first one says what the columns are."""
        if self._writer is None:
            self._schema = batch.schema
            self._writer = pa.ipc.new_stream(self._file, batch.schema)
        if batch.num_rows:
            self._writer.write_batch(batch)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Read all of it from the beginning; nothing can be put away after that."""
        if self._writer is not None:
            self._writer.close()
            self._file.seek(0)
            yield from pa.ipc.open_stream(self._file)

    def rewind(self) -> None:
        """Let `take` begin with the first row."""
        self._batches, self._rest = self.batches(), None

    def take(self, rows: int) -> pa.RecordBatch:
        """Return the next so many rows, however they were put away."""
        parts, missing = [], rows
        while missing:
            batch = self._rest if self._rest is not None else next(self._batches)
            self._rest = batch.slice(missing) if batch.num_rows > missing else None
            parts.append(batch.slice(0, missing))
            missing -= parts[-1].num_rows
        if len(parts) == 1:
            return parts[0]
        table = pa.Table.from_batches(parts, self._schema).combine_chunks()
        return next(iter(table.to_batches()), pa.RecordBatch.from_pylist([], schema=self._schema))


@contextlib.contextmanager
def spooled(folder: Path, out: Path | str) -> Iterator[Spool]:
    """Give a place on the disk that is gone afterwards, however the program ends.

    Parameters
    ----------
    folder : Path
        The folder of the list that is written, as there is room for the list, too.
    out : Path or str
        The list, for messages.

    Yields
    ------
    Spool
        Empty.

    Raises
    ------
    OutputError
        When the disk is full; it names the list.

    Examples
    --------
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder, spooled(Path(folder), "out.csv") as spool:
    ...     for first in (0, 3):
    ...         spool.put(pa.record_batch({"row": range(first, first + 3)}))
    ...     spool.rewind()
    ...     [spool.take(n)["row"].to_pylist() for n in (2, 3, 1)]
    [[0, 1], [2, 3, 4], [5]]
    """
    try:
        # It has no name, so that a kill leaves nothing behind.
        with tempfile.TemporaryFile(dir=folder) as file:
            yield Spool(file)
    except BrokenPipeError:
        raise  # of the terminal's output, which is no matter of space
    except OSError as error:
        why = fault_text(error)
        raise OutputError(
            f"{out}: can't be written, {why}; make room or name another place"
        ) from None
