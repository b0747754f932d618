"""A list of companies to score, read piece by piece and as often as asked, in the same memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

from icpfit.data.prospect_file import list_file, require_id, require_whole, selected_list
from icpfit.data.sources.encoding import file_start
from icpfit.data.sources.parquet_text import parquet_pieces, typed_text
from icpfit.data.sources.plain_csv import list_pieces, plain_header
from icpfit.data.sources.reader import TextTable, text_pieces
from icpfit.data.sources.row_pieces import joined_flags
from icpfit.errors import SettingsError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from icpfit.data.prospect_spec import ProspectSpec
    from icpfit.data.sources.plain_csv import PlainHeader
    from icpfit.data.table_spec import DataSpec

    Wanted = Collection[str] | None
    Read = Callable[[Wanted, Wanted], Iterator[tuple[TextTable, bool]]]

__all__ = ["ListPiece", "ProspectSource", "parquet_text", "prospect_source"]

_ROWS = 1 << 16
_CELLS = 1 << 22
_BYTES = 1 << 26


@dataclass(frozen=True, eq=False)
class ListPiece:
    """Some rows of a list.

    Attributes
    ----------
    start : int
        Rows of the list before these.
    text : TextTable
        Their cells as text; of Parquet beside it, as ``original``, the typed columns.
    is_plain : bool
        Whether it is known that no cell holds a quote, a delimiter or an end of line.
    """

    start: int
    text: TextTable
    is_plain: bool

    @property
    def rows(self) -> int:
        """How many they are."""
        return int(self.own.num_rows)

    @property
    def own(self) -> pa.Table:
        """The list's own columns: typed of Parquet, else text."""
        return self.text.columns if self.text.original is None else self.text.original

    def take(self, rows: pa.Array) -> ListPiece:
        """Return some of the rows, in any order."""
        original, lines = self.text.original, self.text.whole_lines
        text = replace(
            self.text,
            columns=self.text.columns.take(rows),
            original=None if original is None else original.take(rows),
            whole_lines=None if lines is None else lines.take(rows),
            typed={name: flags.take(rows) for name, flags in self.text.typed.items()},
        )
        return replace(self, text=text)

    @staticmethod
    def joined(pieces: Sequence[ListPiece]) -> ListPiece:
        """Return the rows of some pieces as one."""
        first = pieces[0]
        original = first.text.original
        if original is not None:
            original = pa.concat_tables([piece.own for piece in pieces])
        columns = pa.concat_tables([piece.text.columns for piece in pieces])
        typed = joined_flags([(piece.text.typed, piece.rows) for piece in pieces])
        text = replace(
            first.text, columns=columns, original=original, whole_lines=None, typed=typed
        )
        return ListPiece(first.start, text, is_plain=all(piece.is_plain for piece in pieces))


@dataclass(frozen=True, eq=False)
class ProspectSource:
    """A list that can be read again and again.

    Attributes
    ----------
    shown : str
        Its name in messages.
    header : tuple of str
        Its header as it stands in the file.
    names : tuple of str
        Its columns, trimmed and each once.
    kind : {"csv", "parquet", "workbook"}
        What it is; what a SELECT gave counts as a CSV.
    delimiter, encoding : str
        In which a CSV of it is written.
    decimal : {".", ","}
        Decimal sign of its numbers, as declared.
    id_column : str
        The column of the ids.
    name_column : str or None
        The column of the companies' names, where it has one.
    columns : dict of str to str
        Attribute to the column that it is read from.
    types : dict of str to pyarrow.DataType
        Of its columns, where it is Parquet.
    absent : tuple of str
        Attributes that it has no column for.
    unreadable : dict of str to str
        Columns of a type that has no text, by type.
    notes : tuple of str
        What a reader should know, as far as the header tells.
    plain : PlainHeader or None
        Of a CSV that there is one way to read: whoever cuts it need not look at it again.
    """

    shown: str
    header: tuple[str, ...]
    names: tuple[str, ...]
    kind: Literal["csv", "parquet", "workbook"]
    delimiter: str
    encoding: str
    decimal: Literal[".", ","]
    id_column: str
    name_column: str | None
    columns: dict[str, str]
    types: dict[str, pa.DataType]
    absent: tuple[str, ...]
    unreadable: dict[str, str]
    notes: tuple[str, ...]
    _read: Read = field(repr=False)
    plain: PlainHeader | None = None

    def pieces(
        self, only: Collection[str] | None = None, text_of: Collection[str] | None = None
    ) -> Iterator[ListPiece]:
        """Read the list from its beginning.

        Parameters
        ----------
        only : collection of str or None
            Columns that are wanted, all when not given; others may come along.
        text_of : collection of str or None
            Columns of Parquet that are wanted as text, all when not given.

        Yields
        ------
        ListPiece
            At least one, which may have no rows.

        Raises
        ------
        SourceError
            When a row has other cells than the header, or the file is damaged.
        """
        start = 0
        for text, is_plain in self._read(only, text_of):
            require_whole(text)
            for name in sorted(set(text.unreadable) - set(self.unreadable)):
                # Bytes that are no text may come late; the rows before were read otherwise.
                raise SourceError(
                    f"{self.shown}: column '{name}' holds bytes that are no UTF-8 text"
                )
            piece = ListPiece(start, text, is_plain)
            yield piece
            start += piece.rows


def prospect_source(spec: DataSpec, prospects: str, root: Path) -> ProspectSource:
    """Open a list of prospects; only its id column must be there.

    Parameters
    ----------
    spec : DataSpec
        Its ``prospects`` and ``attributes`` say which column is what.
    prospects : str
        A name under ``prospects.lists``, else a path relative to the current folder or `root`.
    root : Path
        What ``spec.folder`` is relative to.

    Returns
    -------
    ProspectSource
        Its header is read, no row yet.

    Raises
    ------
    SettingsError
        When the settings don't say which column is the id.
    SourceError
        When the file is missing, unreadable, or has no id column.

    Notes
    -----
    What a SELECT or a database gives is held in memory: it is read once.
    """
    asked = spec.prospects
    if asked is None:
        raise SettingsError("data.prospects: is missing; add id: and the name of the id column")
    named = asked.lists.get(prospects)
    if named is not None and named.files is None:
        whole, _ = selected_list(spec, asked, prospects, root)
        first, read, plain = whole, _of_memory(whole), None
    else:
        path, shown = list_file(spec, asked, prospects, root)
        first, read, plain = _of_file(path, shown, asked)
    there = first.columns.column_names
    require_id(first, asked.id)
    columns, absent, notes = {}, [], []
    for name, attribute in spec.attributes.items():
        column = asked.columns.get(name, attribute.source_column)
        if column in there:
            columns[name] = column
            continue
        absent.append(name)
        if column in first.unreadable:
            notes.append(f"column '{column}' holds {first.unreadable[column]}: taken as absent")
    names = there if first.original is None else first.original.column_names
    return ProspectSource(
        shown=first.file,
        header=first.header,
        names=tuple(names),
        kind=first.kind,  # type: ignore[arg-type]
        delimiter=first.delimiter or ",",
        encoding=first.encoding or ("utf-8-sig" if first.kind == "workbook" else "utf-8"),
        decimal=asked.format.decimal,
        id_column=asked.id,
        name_column=asked.name if asked.name in there else None,
        columns=columns,
        types={}
        if first.original is None
        else dict(zip(names, first.original.schema.types, strict=True)),
        absent=tuple(absent),
        unreadable=first.unreadable,
        notes=tuple(notes),
        _read=read,
        plain=plain,
    )


def _of_memory(whole: TextTable) -> Read:
    long = whole.columns.nbytes // max(whole.columns.num_rows, 1)
    most = max(1, min(_ROWS, _CELLS // max(whole.columns.num_columns, 1), _BYTES // max(long, 1)))

    def read(_only: Wanted, _text_of: Wanted) -> Iterator[tuple[TextTable, bool]]:
        for start in range(0, max(whole.columns.num_rows, 1), most):
            piece = replace(
                whole,
                columns=whole.columns.slice(start, most),
                lines=whole.lines.slice(start, most),
                typed={name: flags.slice(start, most) for name, flags in whole.typed.items()},
                ragged=whole.ragged if start == 0 else (),
                notes=whole.notes if start == 0 else (),
                blank=whole.blank if start == 0 else 0,
            )
            yield piece, False

    return read


def _of_file(
    path: Path, shown: str, asked: ProspectSpec
) -> tuple[TextTable, Read, PlainHeader | None]:
    """Return the header of a file, as a piece of it, and how its pieces are read."""
    fmt, expected = asked.format, [asked.id]
    seen = file_start(path, shown)
    if seen.is_parquet:
        return *_of_parquet(path, shown), None
    found = None if seen.is_zip else plain_header(path, fmt, shown, expected)
    if found is not None:
        nothing = pa.table([pa.array([], pa.string())] * len(found.names), names=[*found.names])

        def read_plain(only: Wanted, _text_of: Wanted) -> Iterator[tuple[TextTable, bool]]:
            return list_pieces(path, fmt, shown, expected, found=found, only=only)

        return replace(found.common, columns=nothing), read_plain, found

    def read(_only: Wanted, _text_of: Wanted) -> Iterator[tuple[TextTable, bool]]:
        return ((piece, False) for piece in text_pieces(path, fmt, shown, expected))

    return next(text_pieces(path, fmt, shown, expected)), read, None


def _of_parquet(path: Path, shown: str) -> tuple[TextTable, Read]:
    for table in parquet_pieces(path, shown, 1):
        first = parquet_text(table.slice(0, 0), shown, None)
        break
    if not table.num_columns:
        raise SourceError(f"{shown}: is empty; export it again")

    def read(only: Wanted, text_of: Wanted) -> Iterator[tuple[TextTable, bool]]:
        for piece in parquet_pieces(path, shown, _ROWS, only):
            yield parquet_text(piece, shown, text_of), False

    return first, read


def parquet_text(table: pa.Table, shown: str, text_of: Wanted) -> TextTable:
    """Return rows of a Parquet file as text.

    Parameters
    ----------
    table : pyarrow.Table
        The rows.
    shown : str
        The file, as messages name it.
    text_of : collection of str or None
        The columns wanted; all by default.

    Returns
    -------
    TextTable
        With the names of all columns as its header.
    """
    names = table.column_names
    wanted = names if text_of is None else [name for name in names if name in text_of]
    text = typed_text(table.select(wanted))
    return TextTable(
        file=shown,
        columns=text.columns,
        lines=pa.array([], pa.int64()),
        kind="parquet",
        header=tuple(names),
        digest="",
        native=text.native,
        unreadable=text.unreadable,
        original=table,
        holes=text.holes,
    )
