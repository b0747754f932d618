"""The scored list as a file: every row and column that came in, as it came, and ours behind it."""

from __future__ import annotations

import codecs
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from icpfit.delivery.lists.csv_rows import csv_header, csv_rows
from icpfit.delivery.lists.excel_file import Workbook
from icpfit.delivery.whole_file import whole_file
from icpfit.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from icpfit.data.prospect_source import ProspectSource
    from icpfit.delivery.lists.about import About
    from icpfit.delivery.lists.scored_piece import ScoredPiece

__all__ = [
    "LIST_ENDINGS",
    "ListWriter",
    "about_path",
    "list_writer",
    "require_text",
    "scored_path",
]

_PARQUET = (".parquet", ".pq")
_EXCEL = ".xlsx"
LIST_ENDINGS = (".csv", ".tsv", ".txt", *_PARQUET, _EXCEL)
"""What a scored list's name may end in."""


class ListWriter(Protocol):
    """Writes a scored list piece by piece."""

    @property
    def neutral(self) -> int:
        """Cells of the list itself that were made plain text so far."""

    def write(self, scored: ScoredPiece) -> None:
        """Write some rows behind those before."""

    def finish(self, about: About) -> None:
        """Write what belongs behind the rows."""


@contextlib.contextmanager
def list_writer(
    path: Path | str, source: ProspectSource, names: dict[str, str]
) -> Iterator[ListWriter]:
    """Write a list with the added columns behind its own; all of it, or nothing.

    Parameters
    ----------
    path : Path or str
        Parquet where it ends in ``.parquet`` or ``.pq``, a workbook where in ``.xlsx``, else CSV in
        the list's own delimiter and encoding (comma and UTF-8 where the list was none).
    source : ProspectSource
        The list. Its header and cells are written as they were.
    names : dict of str to str
        Added column to its name in the file.

    Yields
    ------
    ListWriter
        To be given all pieces, then what stands beside the list.

    Raises
    ------
    OutputError
        If the file can't be written; what was there before stays.

    Notes
    -----
    In a CSV, money has 2 decimals, a probability 4, a score none. A text gets an apostrophe in
    front where a spreadsheet would take it for a formula, the list's own cells and header too:
    whoever filled in a web form may have written them. Numbers stay as they are. Parquet keeps
    every value. Characters that the encoding lacks become ``?`` in added texts, an arrow ``->``.
    Cells are quoted where they have to be, rows end in a line feed.
    """
    kind = Path(path).suffix.lower()
    with whole_file(path) as part, contextlib.ExitStack() as opened:
        if kind in _PARQUET:
            yield opened.enter_context(contextlib.closing(_ParquetList(part, names)))
        elif kind == _EXCEL:
            yield opened.enter_context(contextlib.closing(Workbook(part, source, names, path)))
        else:
            yield opened.enter_context(contextlib.closing(_CsvList(part, source, names)))


def require_text(source: ProspectSource, path: Path | str) -> None:
    """Refuse a list with columns that the wanted file can't hold, before it is scored.

    Parameters
    ----------
    source : ProspectSource
        The list.
    path : Path or str
        The file.

    Raises
    ------
    OutputError
        It names the column.
    """
    if source.unreadable and Path(path).suffix.lower() not in _PARQUET:
        name, kind = min(source.unreadable.items())
        form = "a workbook" if Path(path).suffix.lower() == ".xlsx" else "a CSV"
        raise OutputError(
            f"{path}: column '{name}' of the list holds {kind}, which {form} can't;"
            " give out= a name that ends in .parquet"
        )


def about_path(path: Path | str) -> Path:
    """Return where the page beside a scored list lies.

    Parameters
    ----------
    path : Path or str
        The list, no workbook.

    Returns
    -------
    Path
        In the same folder.

    Examples
    --------
    >>> about_path("out/scored.csv").as_posix()
    'out/scored.csv.about.html'
    """
    return Path(f"{path}.about.html")


def scored_path(out: str | None, prospects: str, company: str) -> Path:
    """Return where a scored list is written.

    Parameters
    ----------
    out : str or None
        What ``out=`` says; without it the list's own name with ``_scored``, in the current folder.
    prospects : str
        The list: a path, or a name in the company's settings.
    company : str
        The company; stands before the name of a list that has no file name of its own.

    Returns
    -------
    Path
        As given, or relative to the current folder.

    Raises
    ------
    OutputError
        If it is the list itself: what came in is never overwritten.

    Examples
    --------
    >>> scored_path(None, "lists/Q3 (EMEA), v2.csv", "acme").as_posix()
    'Q3 (EMEA), v2_scored.csv'
    >>> scored_path(None, "young", "acme").as_posix()
    'acme_young_scored.csv'
    """
    given = Path(prospects).expanduser()
    if out:
        path = Path(out).expanduser()
    elif given.suffix:
        path = Path(f"{given.stem}_scored{given.suffix}")
    else:
        path = Path(f"{company}_{given.name}_scored.csv")
    if path.exists() and given.exists() and path.samefile(given):
        raise OutputError(f"out: '{path}' is the list itself; name another file")
    return path


class _CsvList:
    """A CSV as the list was one."""

    def __init__(self, part: Path, source: ProspectSource, names: dict[str, str]) -> None:
        self.neutral = 0
        self._source = source
        # One encoder for the whole file: a byte-order mark stands at its beginning only.
        self._encoder = codecs.getincrementalencoder(source.encoding)("replace")
        name = source.encoding.lower().replace("_", "-")
        self._is_utf8 = name.startswith(("utf-8", "utf8"))
        # `was → is` of our own texts would come out as `was ? is`.
        self._arrow = "->" if "→".encode(source.encoding, "replace").endswith(b"?") else "→"
        self._file = part.open("wb")
        header = csv_header([*source.header, *names.values()], source.delimiter)
        self._file.write(self._encoder.encode(header.decode()))

    def write(self, scored: ScoredPiece) -> None:
        lines, changed = csv_rows(
            scored.piece.text.columns,
            scored.added,
            self._source.delimiter,
            self._source.decimal,
            is_plain=scored.piece.is_plain,
            numbers=scored.numbers,
            lines=scored.piece.text.whole_lines,
        )
        self.neutral += changed
        if self._is_utf8:
            self._file.write(lines)
            return
        text = bytes(lines).decode().replace("→", self._arrow)
        self._file.write(self._encoder.encode(text))

    def finish(self, about: About) -> None:
        pass

    def close(self) -> None:
        self._file.close()


class _ParquetList:
    """A Parquet file, each piece a group of rows."""

    def __init__(self, part: Path, names: dict[str, str]) -> None:
        self.neutral = 0
        self._part, self._names = part, names
        self._writer: Any = None

    def write(self, scored: ScoredPiece) -> None:
        import pyarrow.parquet as pq

        table = scored.piece.own
        if scored.piece.text.original is None:
            # Of a CSV an empty cell is an empty text, whoever has read it.
            texts = [pc.fill_null(column, "") for column in table.columns]
            table = pa.table(texts, names=table.column_names)
        for name in scored.added.schema.names:
            table = table.append_column(self._names[name], scored.added[name])
        try:
            if self._writer is None:
                self._writer = pq.ParquetWriter(self._part, table.schema)
            self._writer.write_table(table)
        except pa.ArrowNotImplementedError as error:
            said = str(error).splitlines()[0]
            raise OutputError(
                f"the list can't be written as Parquet ({said}); write a CSV"
            ) from None

    def finish(self, about: About) -> None:
        pass

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
