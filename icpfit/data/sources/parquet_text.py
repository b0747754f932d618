"""Typed columns (of Parquet, or of a SELECT) → exact text, so that every cell is parsed alike."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

__all__ = ["TypedText", "hole_notes", "parquet_pieces", "typed_text"]

# What a piece holds at most, beside the rows that were asked for: 64 MB of values.
_PIECE_BYTES = 1 << 26
_PIECE_CELLS = 1 << 22
# What is read of a file at once; pieces are put together of it. A page says each text once, however
# often it stands in the rows, so that only what was read tells how long a row is.
_STEP_BYTES = 1 << 24
_STEP_ROWS = 1 << 12
_BUFFER = 1 << 20

# Above these a float no longer tells one whole number from the next.
_EXACT_WHOLE = {pa.float64(): 2**53, pa.float32(): 2**24}


@dataclass(frozen=True)
class TypedText:
    """Columns of text made from typed ones.

    Parameters
    ----------
    columns : pyarrow.Table
        Text columns, those of unreadable types left out.
    native : frozenset of str
        Columns whose text is icpfit's own notation, whatever the source's format says.
    unreadable : dict of str to str
        Column to its type, for those that hold no single value a cell.
    holes : dict of str to int
        Column to how many NaN it has, which are taken as missing.
    """

    columns: pa.Table
    native: frozenset[str]
    unreadable: dict[str, str]
    holes: dict[str, int]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know."""
        return hole_notes(self.holes)


def hole_notes(holes: Mapping[str, int]) -> tuple[str, ...]:
    """Say which columns hold NaN.

    Parameters
    ----------
    holes : Mapping of str to int
        Column to how many.

    Returns
    -------
    tuple of str
        One line per column.

    Examples
    --------
    >>> hole_notes({"price": 1200})
    ("1,200 NaN in column 'price' taken as missing",)
    """
    return tuple(f"{n:,} NaN in column '{name}' taken as missing" for name, n in holes.items())


def parquet_pieces(
    path: Path,
    shown: str,
    rows: int | None = None,
    only: Collection[str] | None = None,
    between: tuple[int, int] | None = None,
) -> Iterator[pa.Table]:
    """Read a Parquet file, typed as it is.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        Its name in messages.
    rows : int or None
        At most so many rows at a time, fewer where they are wide or long; the whole file when not
        given.
    only : collection of str or None
        Columns that are wanted; all when not given. Those that the file lacks are passed over.
    between : (int, int) or None
        The row from which and the one before which to read, in pieces; all rows when not given.

    Yields
    ------
    pyarrow.Table
        Its columns; one piece at least, which may have no rows. A piece holds about 64 MB of values
        at most, where it has more than one row.

    Raises
    ------
    SourceError
        When it is no Parquet file, is damaged, or names a column twice.
    """
    try:
        # ParquetFile, as read_table takes a=1 in a folder's name for another column. In pieces only
        # what is needed next is fetched of a column: a whole row group of texts may be gigabytes.
        buffer, ahead = (0, True) if rows is None else (_BUFFER, False)
        with pq.ParquetFile(path, buffer_size=buffer, pre_buffer=ahead) as file:
            names = file.schema_arrow.names
            twice = sorted({name for name in names if names.count(name) > 1})
            if twice:
                raise SourceError(
                    f"{shown}: has the column '{twice[0]}' twice; rename one in the export"
                )
            wanted = None if only is None else [name for name in names if name in only]
            if rows is None or file.metadata.num_rows == 0:
                yield file.read(wanted)
                return
            most = max(1, min(rows, _PIECE_CELLS // max(len(names), 1)))
            there = file.metadata.num_rows
            low, high = between or (0, there)
            yield from _joined_batches(_row_batches(file, most, wanted, low, high), most)
            if min(high, there) <= low:
                yield file.schema_arrow.empty_table().select(names if wanted is None else wanted)
    except (pa.ArrowException, OSError, UnicodeError) as error:  # UnicodeError: a column's name
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SourceError(f"{shown}: can't be read as Parquet ({first}); export it again") from None


def _row_batches(
    file: pq.ParquetFile, most: int, wanted: list[str] | None, low: int, high: int
) -> Iterator[pa.RecordBatch]:
    """Read some rows in steps that are small enough, as far as the file's own figures tell."""
    groups: list[tuple[int, int, int]] = []
    place = 0
    for number in range(file.metadata.num_row_groups):
        group = file.metadata.row_group(number)
        if group.num_rows and place < high and place + group.num_rows > low:
            fitting = _STEP_BYTES // max(1, group.total_byte_size // group.num_rows)
            # Powers of two, so that groups of about the same width are read in one go.
            step = 1 << (max(1, min(_STEP_ROWS, fitting)).bit_length() - 1)
            groups.append((min(step, most), number, place))
        place += group.num_rows
    for step, run in itertools.groupby(groups, key=lambda each: each[0]):
        alike = list(run)
        place = alike[0][2]
        numbers = [number for _, number, _ in alike]
        for batch in file.iter_batches(step, row_groups=numbers, columns=wanted):
            first, last = max(low - place, 0), min(high - place, batch.num_rows)
            place += batch.num_rows
            if last > first:
                yield batch.slice(first, last - first)


def _joined_batches(batches: Iterator[pa.RecordBatch], most: int) -> Iterator[pa.Table]:
    """Put batches together, up to so many rows and bytes, and cut those that hold more."""
    held: list[pa.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        for part, more in _cut(batch):
            if held and (rows + part.num_rows > most or size + more > _PIECE_BYTES):
                yield _joined(held)
                held, rows, size = [], 0, 0
            held.append(part)
            rows, size = rows + part.num_rows, size + more
    if held:
        yield _joined(held)


def _cut(batch: pa.RecordBatch) -> Iterator[tuple[pa.RecordBatch, int]]:
    """Halve a batch until each part is small enough, or one row; with the bytes of each."""
    size = sum(_bytes(column) for column in batch.columns)
    if size <= _PIECE_BYTES or batch.num_rows <= 1:
        yield batch, size
        return
    half = batch.num_rows // 2
    yield from _cut(batch.slice(0, half))
    yield from _cut(batch.slice(half))


def _bytes(column: pa.Array) -> int:
    """Return how much a column holds once it is no dictionary any more."""
    kind = column.type
    if not _is_dictionary(kind):
        return int(column.nbytes)
    if _is_text(kind.value_type) and not pa.types.is_string_view(kind.value_type):
        long = pc.take(pc.binary_length(column.dictionary), column.indices)
        return int(pc.sum(long).as_py() or 0) + int(column.indices.nbytes)
    return len(column) * (int(column.dictionary.nbytes) // max(len(column.dictionary), 1))


def _joined(batches: list[pa.RecordBatch]) -> pa.Table:
    table = pa.Table.from_batches(batches)
    if len(batches) == 1:
        return table
    try:
        return table.combine_chunks()
    except pa.ArrowNotImplementedError:  # a type that can't be put together is left in chunks
        return table


def typed_text(table: pa.Table) -> TypedText:
    """Write every value of a typed table as exact text.

    Whole numbers, decimals and dates are written in full, floats by their shortest text that
    reads back the same, timestamps with an offset in UTC.

    Parameters
    ----------
    table : pyarrow.Table
        Any columns.

    Returns
    -------
    TypedText
        The same rows as text.

    Notes
    -----
    A NaN in a column of floats is taken as missing, and noted: many writers know no other sign.

    Examples
    --------
    >>> text = typed_text(pa.table({"id": ["007"], "price": [12.5], "n": [9007199254740993]}))
    >>> text.columns.to_pylist()
    [{'id': '007', 'price': '12.5', 'n': '9007199254740993'}]
    >>> sorted(text.native)
    ['n', 'price']
    """
    columns: dict[str, pa.ChunkedArray] = {}
    native: set[str] = set()
    unreadable: dict[str, str] = {}
    holes: dict[str, int] = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        plain = column.cast(column.type.value_type) if _is_dictionary(column.type) else column
        text = _text(plain)
        if text is None:
            unreadable[name] = str(plain.type)
            continue
        columns[name] = text
        if not _is_text(plain.type):
            native.add(name)
        if pa.types.is_floating(plain.type):
            lost = text.null_count - plain.null_count
            if lost:
                holes[name] = lost
    return TypedText(pa.table(columns), frozenset(native), unreadable, holes)


def _is_dictionary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_dictionary(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_string_view(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
    )


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    kind = column.type
    if _is_text(kind):
        try:
            return column.cast(pa.string())
        except pa.ArrowInvalid:  # bytes that are no UTF-8
            return None
    if pa.types.is_floating(kind):
        return _float_text(column)
    if pa.types.is_timestamp(kind):
        if kind.tz is not None:
            column = column.cast(pa.timestamp(kind.unit, "UTC"))
        return column.cast(pa.string())
    if (
        pa.types.is_integer(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_date(kind)
        or pa.types.is_null(kind)
    ):
        if pa.types.is_date64(kind):
            column = column.cast(pa.date32())
        return column.cast(pa.string())
    return None


def _float_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_float16(column.type):
        column = column.cast(pa.float32())
    column = pc.if_else(pc.is_nan(column), pa.scalar(None, column.type), column)
    # 1e+15 would be no id; whole numbers are written in full as long as they are exact.
    small = pc.less(pc.abs(column), pa.scalar(_EXACT_WHOLE[column.type], column.type))
    whole = pc.and_(small, pc.equal(column, pc.floor(column)))
    digits = pc.if_else(whole, column, pa.scalar(None, column.type)).cast(pa.int64())
    return pc.if_else(whole, digits.cast(pa.string()), column.cast(pa.string()))
