"""Typed columns (of Parquet, or of a SELECT) → exact text, so that every cell is parsed alike."""

from __future__ import annotations

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
    path: Path, shown: str, rows: int | None = None, only: Collection[str] | None = None
) -> Iterator[pa.Table]:
    """Read a Parquet file, typed as it is.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        Its name in messages.
    rows : int or None
        At most so many rows at a time; the whole file when not given.
    only : collection of str or None
        Columns that are wanted; all when not given. Those that the file lacks are passed over.

    Yields
    ------
    pyarrow.Table
        Its columns; one piece at least, which may have no rows.

    Raises
    ------
    SourceError
        When it is no Parquet file, is damaged, or names a column twice.
    """
    try:
        # ParquetFile, as read_table takes a=1 in a folder's name for another column.
        with pq.ParquetFile(path) as file:
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
            for batch in file.iter_batches(rows, columns=wanted):
                yield pa.Table.from_batches([batch])
    except (pa.ArrowException, OSError, UnicodeError) as error:  # UnicodeError: a column's name
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SourceError(f"{shown}: can't be read as Parquet ({first}); export it again") from None


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
