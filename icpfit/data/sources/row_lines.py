"""The rows of a plain CSV as they stand in the file, beside the cells that were read from them.

Who hands a row back as it came need not put its cells together again.
"""

from __future__ import annotations

from typing import IO

import numpy as np
import pyarrow as pa

__all__ = ["RowLines"]

_BLOCK = 8 << 20
_LINE_FEED = 10


class RowLines:
    r"""Reads lines beside a reader of cells, as many at a time as it has read rows.

    Parameters
    ----------
    file : file of bytes
        UTF-8 without quotes, at the beginning of a row.

    Examples
    --------
    >>> import io
    >>> lines = RowLines(io.BytesIO(b"a,1\nb,2\nc,"))
    >>> lines.take(2).to_pylist(), lines.take(1).to_pylist()
    (['a,1', 'b,2'], ['c,'])
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._rest, self._ended = file, b"", False
        self._ends = np.empty(0, dtype=np.int64)

    def take(self, rows: int) -> pa.Array | None:
        """Return the next lines, without their ends.

        Parameters
        ----------
        rows : int
            How many.

        Returns
        -------
        pyarrow.Array of text or None
            None from the first block on in which there is an empty line, which a reader of cells
            passes over, or a carriage return, or there are fewer lines than rows.
        """
        while len(self._ends) < rows and self._more():
            pass
        if self._ended and len(self._ends) < rows:
            return None
        if rows == 0:
            return pa.array([], pa.string())
        ends = self._ends[:rows]
        stop = int(ends[-1]) + 1
        # Lines and line feeds take turns; every other text is a line.
        offsets = np.zeros(2 * rows, dtype=np.int32)
        offsets[1::2] = ends
        offsets[2::2] = ends[:-1] + 1
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(self._rest[:stop])]
        both = pa.Array.from_buffers(pa.string(), 2 * rows - 1, buffers)
        self._rest, self._ends = self._rest[stop:], self._ends[rows:] - stop
        return both.take(pa.array(np.arange(0, 2 * rows, 2)))

    def _more(self) -> bool:
        """Read a block; False at the end of the file, and where lines are no longer rows."""
        if self._ended:
            return False
        block = self._file.read(_BLOCK)
        if not block and self._rest and not self._rest.endswith(b"\n"):
            block = b"\n"
        if not block:
            self._ended = True
            return False
        cells = np.frombuffer(block, dtype=np.uint8)
        ends = np.flatnonzero(cells == _LINE_FEED) + len(self._rest)
        self._rest += block
        self._ends = np.concatenate([self._ends, ends])
        is_empty = bool((np.diff(self._ends, prepend=-1) == 1).any())
        if is_empty or b"\r" in block:
            self._rest, self._ends, self._ended = b"", self._ends[:0], True
        return not self._ended
