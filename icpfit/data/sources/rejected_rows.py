"""Rejected rows in the layout of the export, to be mended there and handed in again."""

from __future__ import annotations

import csv
import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from icpfit.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyarrow as pa

    from icpfit.data.sources.row_pieces import RaggedRow

__all__ = ["Layout", "RejectedRows", "write_rejected_rows", "written_beside"]

_ENDING = "_rejected_rows"


@dataclass(frozen=True)
class Layout:
    """How a file is laid out.

    Parameters
    ----------
    header : tuple of tuple of str
        The rows of its header, as they stand in it.
    delimiter, encoding : str
        Of a CSV; empty for Parquet and workbooks, whose rows are handed back as a CSV.
    declared : bool
        Whether cells are written as the source's format says; else in icpfit's own notation.
    """

    header: tuple[tuple[str, ...], ...]
    delimiter: str
    encoding: str
    declared: bool = True


@dataclass(frozen=True)
class RejectedRows:
    """Rejected rows of one source that lie in one layout.

    Parameters
    ----------
    source : str
        Its key in the settings.
    layout : Layout
        Of its file.
    rows : pyarrow.Table
        Their cells, by line.
    lines : pyarrow.Array of int64
        Where each stands.
    ragged : tuple of RaggedRow
        Those that don't fit the header.
    """

    source: str
    layout: Layout
    rows: pa.Table
    lines: pa.Array
    ragged: tuple[RaggedRow, ...] = ()


def write_rejected_rows(folder: Path, rejected: Sequence[RejectedRows]) -> list[Path]:
    """Write rejected rows back as they came: same columns, delimiter, encoding and cells.

    Parameters
    ----------
    folder : Path
        Where ``<source>_rejected_rows.csv`` is written, with a number where the files of a source
        differ in layout. Such files of an earlier run are taken away.
    rejected : sequence of RejectedRows
        The rows; none where everything was accepted.

    Returns
    -------
    list of Path
        The files, in the order of the sources.

    Raises
    ------
    OutputError
        When a file can't be written.

    Notes
    -----
    Nothing is added to a cell, not even against formulas: the file is the user's own data and is
    meant to be read again.
    """
    grouped: dict[tuple[str, Layout], list[RejectedRows]] = {}
    for one in rejected:
        if one.rows.num_rows or one.ragged:
            grouped.setdefault((one.source, one.layout), []).append(one)
    if folder.is_dir():
        for old in folder.glob(f"*{_ENDING}*.csv"):
            old.unlink(missing_ok=True)
    paths: list[Path] = []
    counted: dict[str, int] = {}
    for (source, layout), pieces in grouped.items():
        counted[source] = counted.get(source, 0) + 1
        number = f"_{counted[source]}" if counted[source] > 1 else ""
        path = folder / f"{source}{_ENDING}{number}.csv"
        # Excel tells the encoding of a CSV by its byte-order mark alone.
        encoding = layout.encoding or "utf-8-sig"
        with written_beside(path, encoding=encoding) as handle:
            writer = csv.writer(handle, delimiter=layout.delimiter or ",", lineterminator="\n")
            writer.writerows(layout.header)
            for piece in pieces:
                writer.writerows(_by_line(piece))
        paths.append(path)
    return paths


def _by_line(piece: RejectedRows) -> Iterator[Sequence[str]]:
    """Cells of the rows that fit the header and of those that don't, as they followed."""
    ragged = list(piece.ragged)[::-1]
    columns = [column.to_pylist() for column in piece.rows.columns]
    cells = zip(*columns, strict=True)
    for line, row in zip(piece.lines.to_pylist(), cells, strict=True):
        while ragged and ragged[-1].line < line:
            yield ragged.pop().cells
        yield ["" if cell is None else cell for cell in row]
    while ragged:
        yield ragged.pop().cells


@contextmanager
def written_beside(path: Path, encoding: str) -> Iterator[TextIO]:
    """Open a text file beside its path and rename it at the end, so that it is never half there.

    Parameters
    ----------
    path : Path
        The file; its folder is made if need be.
    encoding : str
        How its text is written.

    Yields
    ------
    file
        To write to; lines end as they are written.

    Raises
    ------
    OutputError
        When it can't be written.
    """
    beside: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
        beside = Path(name)
        with os.fdopen(number, "w", encoding=encoding, newline="") as handle:
            yield handle
            handle.flush()
            os.fsync(handle.fileno())
        beside.chmod(0o644)
        beside.replace(path)
    except OSError as error:
        raise OutputError(
            f"{path}: can't be written ({error.strerror}); check the folder"
        ) from None
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)
