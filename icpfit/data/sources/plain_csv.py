"""A CSV that leaves no choice, read in blocks by Arrow; every other one by the strict reader.

Where quotes only open and close cells or stand twice in them, no cell holds an end of line, there
is no lone carriage return and no NUL, and every line has as many cells as the header, there is one
way to read a file, and Arrow's takes a tenth of the time. Every byte is looked at before, once.
"""

from __future__ import annotations

import codecs
import csv
import dataclasses
import io
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv as arrow_csv

from icpfit.data.sources.encoding import encoding_to_read, file_start
from icpfit.data.sources.header import header_place
from icpfit.data.sources.reader import TextTable, text_pieces
from icpfit.data.sources.row_lines import RowLines
from icpfit.data.sources.row_pieces import column_names
from icpfit.errors import SourceError, fault_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from icpfit.data.sources.source_spec import Format

__all__ = ["PlainHeader", "list_pieces", "plain_header", "plain_pieces"]

_BLOCK = 8 << 20
_HEAD = 1 << 20
_HEAD_LINES = 60
_MARK = b"\xef\xbb\xbf"
_LINE_FEED, _RETURN, _QUOTE = b'\n\r"'

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class PlainHeader:
    """The header of a file that there is one way to read.

    Attributes
    ----------
    common : TextTable
        What all pieces have in common.
    names : tuple of str
        Their columns.
    start : int
        The byte at which the rows begin.
    has_quotes : bool
        Whether any row holds a quote.
    """

    common: TextTable
    names: tuple[str, ...]
    start: int
    has_quotes: bool


def list_pieces(
    path: Path,
    fmt: Format,
    shown: str,
    expected: Collection[str] = (),
    *,
    found: PlainHeader | None = None,
    only: Collection[str] | None = None,
) -> Iterator[tuple[TextTable, bool]]:
    """Read a list piece by piece, so that a file of any length needs the same memory.

    Parameters
    ----------
    path : Path
        The file.
    fmt : Format
        As declared.
    shown : str
        Name of the file in messages.
    expected : collection of str
        Columns that the header should hold.
    found : PlainHeader, optional
        Of the same file, where it was looked at already.
    only : collection of str or None
        Columns that are wanted, where Arrow reads; all when not given.

    Yields
    ------
    tuple of TextTable and bool
        The same header, cells and rows as `text_pieces` gives, in pieces of another length. From
        Arrow an empty cell comes as null, lines are not counted, and there is no digest. And
        whether no cell holds what would have to be quoted.

    Raises
    ------
    SourceError
        As `text_pieces`, once the place is reached.
    """
    if found is None:
        found = plain_header(path, fmt, shown, expected)
    if found is None:
        for piece in text_pieces(path, fmt, shown, expected):
            yield piece, False
        return
    for piece in plain_pieces(path, found, only=only):
        yield piece, not found.has_quotes


def plain_header(
    path: Path, fmt: Format, shown: str, expected: Collection[str] = ()
) -> PlainHeader | None:
    """Return the header of a file that there is only one way to read, or None for any other.

    Parameters
    ----------
    path, fmt, shown, expected : Path, Format, str, collection of str
        As for `list_pieces`.

    Returns
    -------
    PlainHeader or None
        None for lines of title above it, too.

    Raises
    ------
    SourceError
        When the file can't be read, or its header isn't one.
    """
    file = file_start(path, shown)
    encoding = encoding_to_read(fmt.encoding, file.mark or "utf-8")
    is_utf8 = encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig")
    if file.is_parquet or file.is_zip or file.mark == "utf-16" or not is_utf8:
        return None
    with path.open("rb") as handle:
        marked = handle.read(_HEAD)
    head = marked.removeprefix(_MARK)
    lines = _text_lines(head)
    if fmt.header_rows > 1 or lines is None or b"\r" in head.replace(b"\r\n", b"\n"):
        return None
    delimiter = "\t" if fmt.delimiter == "tab" else fmt.delimiter
    place = header_place(lines, delimiter, expected, shown)
    comma, first = place.delimiter.encode(), lines[0].encode()
    # Lines of title above the header are read by the strict reader.
    if place.record or len(comma) != 1 or not _are_plain_lines(first, comma[0], None):
        return None
    header = next(csv.reader([lines[0]], delimiter=place.delimiter, strict=True))
    start = len(marked) - len(head) + len(first)
    has_quotes = _quoted(path, start, comma[0], len(header) - 1) if len(header) > 1 else None
    if has_quotes is None:
        return None
    common = TextTable(
        file=shown,
        columns=pa.table({}),
        lines=pa.array([], pa.int64()),
        kind="csv",
        header=tuple(header),
        digest="",
        encoding=encoding,
        delimiter=place.delimiter,
    )
    return PlainHeader(common, tuple(column_names([header], shown, 1)), start, has_quotes)


def _text_lines(head: bytes) -> list[str] | None:
    """Return the first lines of a file; None where they are no UTF-8, or not one of them ends."""
    if b"\n" not in head:
        return None
    lines = b"\n".join(head.split(b"\n", _HEAD_LINES)[:_HEAD_LINES])
    try:
        # A letter may be cut in two where the head ends.
        text = codecs.getincrementaldecoder("utf-8")().decode(lines)
    except UnicodeDecodeError:
        return None
    return [line + "\n" for line in text.split("\n")]


def _quoted(path: Path, start: int, delimiter: int, expected: int) -> bool | None:
    """Return whether there are quotes from a byte on.

    None where there are two ways to read it, or what follows is no UTF-8.
    """
    rest, has_quotes = b"", False
    with path.open("rb") as handle:
        handle.seek(start)
        while block := handle.read(_BLOCK):
            text, newline, rest = (rest + block).rpartition(b"\n")
            has_quotes |= b'"' in text
            # Arrow refuses a line that reaches into three of its blocks. Only the first and the
            # last one here can be longer than a block.
            first = text.find(b"\n")
            longest = max(len(rest), len(text) if first < 0 else first)
            if longest > _BLOCK or not _are_plain_lines(text + newline, delimiter, expected):
                return None
    if rest and not _are_plain_lines(rest + b"\n", delimiter, expected):
        return None
    return has_quotes or b'"' in rest


def _are_plain_lines(text: bytes, delimiter: int, expected: int | None) -> bool:
    """Return whether there is one way only to read these lines, and each has so many delimiters."""
    if b"\0" in text or not _is_utf8(text):
        return False
    # Counting takes a third of the look, and most files have none.
    if b"\r" in text and text.count(b"\r") != text.count(b"\r\n"):
        return False
    cells = np.frombuffer(text, dtype=np.uint8)
    ends, commas = np.flatnonzero(cells == _LINE_FEED), np.flatnonzero(cells == delimiter)
    if b'"' in text:
        quotes = np.flatnonzero(cells == _QUOTE)
        if not _are_plain_quotes(cells, quotes, ends, delimiter):
            return False
        commas = commas[np.searchsorted(quotes, commas) % 2 == 0]
    if expected is None:
        return True
    counts = np.diff(np.searchsorted(commas, ends), prepend=0)
    odd = np.flatnonzero(counts != expected)
    # Empty lines are left out by either reader; there may be millions of them.
    begins = np.where(odd > 0, ends[odd - 1] + 1, 0)
    lengths = ends[odd] - begins
    return bool(((lengths == 0) | ((lengths == 1) & (cells[begins] == _RETURN))).all())


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _are_plain_quotes(cells: Bytes, quotes: Places, ends: Places, delimiter: int) -> bool:
    """Return whether each quote opens or closes a cell, or stands twice in one, on one line.

    A quote that stands twice closes the cell and opens it again at once, so they take turns.
    """
    if len(quotes) % 2 or (np.searchsorted(quotes, ends) % 2).any():
        return False
    opening, closing = quotes[::2], quotes[1::2]
    before = np.where(opening > 0, cells[opening - 1], _LINE_FEED)
    after = cells[closing + 1]  # the last byte is a line feed
    again_before = np.concatenate([[False], opening[1:] == closing[:-1] + 1])
    again_after = np.concatenate([opening[1:] == closing[:-1] + 1, [False]])
    opens = (before == delimiter) | (before == _LINE_FEED) | again_before
    closes = (after == delimiter) | (after == _LINE_FEED) | (after == _RETURN) | again_after
    return bool(opens.all() and closes.all())


def plain_pieces(
    path: Path,
    found: PlainHeader,
    start: int | None = None,
    stop: int | None = None,
    *,
    only: Collection[str] | None = None,
) -> Iterator[TextTable]:
    """Read rows of a file that there is one way to read.

    Parameters
    ----------
    path : Path
        The file.
    found : PlainHeader
        From `plain_header`.
    start, stop : int, optional
        The bytes from which and up to which to read, both beginnings of lines; by default all rows.
    only : collection of str or None
        Columns that are wanted; all when not given.

    Yields
    ------
    TextTable
        As `list_pieces`; at least one, which may have no rows. With the rows as they stand in the
        file, where no row holds a quote and all columns are wanted.

    Raises
    ------
    SourceError
        When the file is no longer the one that was looked at, or can't be read any more.
    """
    start = found.start if start is None else start
    try:
        with path.open("rb") as handle, path.open("rb") as beside:
            beside.seek(start)
            # Arrow leaves out a byte-order mark at the beginning of what it reads. In front of a
            # row it is part of the row, wherever that stands: so Arrow begins one byte before, at
            # the end of the line above, which to it is an empty line.
            handle.seek(start - 1)
            rows = handle if stop is None else io.BytesIO(handle.read(stop - start + 1))
            yield from _arrow_pieces(rows, beside, found, only)
    except (pa.ArrowInvalid, UnicodeError):
        raise SourceError(
            f"{found.common.file}: was changed while it was read; score it again"
        ) from None
    except OSError as error:
        raise SourceError(
            f"{found.common.file}: can't be read, {fault_text(error)}; check the file"
        ) from None


def _arrow_pieces(
    rows: IO[bytes], beside: IO[bytes], found: PlainHeader, only: Collection[str] | None
) -> Iterator[TextTable]:
    common, names = found.common, list(found.names)
    wanted = [name for name in names if only is None or name in only]
    lines = RowLines(beside) if only is None and not found.has_quotes else None
    reader = arrow_csv.open_csv(
        rows,
        read_options=arrow_csv.ReadOptions(
            column_names=names, block_size=_BLOCK, use_threads=False
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=common.delimiter, double_quote=True, ignore_empty_lines=True
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            include_columns=wanted,
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
    yielded = False
    for batch in reader:
        if batch.num_rows:  # a block may hold empty lines only, and rows follow
            columns = pa.Table.from_batches([batch])
            whole = None if lines is None else lines.take(batch.num_rows)
            yield dataclasses.replace(common, columns=columns, whole_lines=whole)
            yielded = True
    if not yielded:
        nothing: list[Any] = [pa.array([], pa.string()) for _ in wanted]
        yield dataclasses.replace(common, columns=pa.table(nothing, names=wanted))
