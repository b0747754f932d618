"""A list cut into parts that workers can read by themselves: bytes of a CSV, rows of Parquet."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from icpfit.data.prospect_source import parquet_text
from icpfit.data.sources.encoding import file_start
from icpfit.data.sources.parquet_text import parquet_pieces
from icpfit.data.sources.plain_csv import plain_header, plain_pieces
from icpfit.data.sources.reader import text_pieces
from icpfit.data.sources.source_files import DataFolder, near_names, source_files
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from icpfit.data.prospect_source import ProspectSource
    from icpfit.data.prospect_spec import ProspectSpec
    from icpfit.data.sources.plain_csv import PlainHeader
    from icpfit.data.sources.reader import TextTable
    from icpfit.data.table_spec import DataSpec

__all__ = ["ListPart", "ListParts", "list_files", "list_parts", "part_pieces"]

# As many parts as keep a cluster of some size busy, but none so small that starting it costs more
# than scoring it, nor so large that a lost one is much lost work.
_PARTS = 64
_BYTES = (1 << 20, 32 << 20)
_ROWS = (8_192, 131_072)
_BATCH = 1 << 16


@dataclass(frozen=True)
class ListPart:
    """What one task reads.

    Parameters
    ----------
    path : str
        The file, absolute: every worker must find it there.
    shown : str
        Its name in messages.
    start, stop : int
        Bytes of a CSV that there is one way to read, rows of Parquet; both 0 for a whole file.
    plain : PlainHeader or None
        Of such a CSV.
    is_parquet : bool
        Whether it is rows of Parquet.
    """

    path: str
    shown: str
    start: int = 0
    stop: int = 0
    plain: PlainHeader | None = None
    is_parquet: bool = False


@dataclass(frozen=True)
class ListParts:
    """A list, cut.

    Parameters
    ----------
    parts : tuple of ListPart
        In the order of the list.
    notes : tuple of str
        What a reader should know.
    """

    parts: tuple[ListPart, ...]
    notes: tuple[str, ...]


def list_files(
    spec: DataSpec, asked: ProspectSpec, prospects: str, root: Path
) -> list[tuple[Path, str]]:
    """Return the files that a list consists of.

    Parameters
    ----------
    spec : DataSpec
        Its folder is what named lists are relative to.
    asked : ProspectSpec
        Its lists can be asked for by name.
    prospects : str
        A name, else a file or a folder of part files, relative to the current folder or `root`.
    root : Path
        What ``spec.folder`` is relative to.

    Returns
    -------
    list of (Path, str)
        Absolute paths with their names for messages, sorted by name. Of a folder what Spark
        leaves beside its parts is passed over: names that begin with ``_`` or a dot.

    Raises
    ------
    SourceError
        When there is none, or the list is a SELECT.
    """
    named = asked.lists.get(prospects)
    if named is not None:
        where = f"data.prospects.lists.{prospects}"
        if named.files is None:
            raise SourceError(
                f"{where}: is a SELECT, which runs on one machine; leave engine= away"
            )
        files = source_files(DataFolder(root / spec.folder, spec.folder), named.files, where)
        return [(path.resolve(), shown) for path, shown in files]
    if "://" in prospects:
        raise SourceError(
            f"prospects '{prospects}': is an address; put the list on a disk that all workers"
            " mount, and name its path"
        )
    for path in (Path(prospects).expanduser(), root / prospects):
        # os.path answers no, where pathlib raises, for a name that no file could have
        if os.path.isfile(path):  # noqa: PTH113
            return [(path.resolve(), prospects)]
        if os.path.isdir(path):  # noqa: PTH112
            parts = sorted(p for p in path.iterdir() if p.is_file() and p.name[0] not in "._")
            if parts:
                return [(p.resolve(), f"{prospects.rstrip('/')}/{p.name}") for p in parts]
            raise SourceError(f"prospects '{prospects}': the folder holds no files")
    there = sorted(asked.lists)
    raise SourceError(
        f"prospects '{prospects}': there is no such file, folder or named list; "
        f"{near_names(prospects, there) if there else 'check the path'}"
    )


def list_parts(
    files: list[tuple[Path, str]], asked: ProspectSpec, first: ProspectSource | None = None
) -> ListParts:
    """Cut a list into parts.

    Parameters
    ----------
    files : list of (Path, str)
        From `list_files`.
    asked : ProspectSpec
        How they are written.
    first : ProspectSource, optional
        The first file as a list, where it was opened already: it need not be looked at again.

    Returns
    -------
    ListParts
        About 64 parts, or more where they would be long. A CSV with quoted ends of line, titles
        above its header or another encoding than UTF-8 is one part: where a row begins in it only
        its first reader knows.

    Raises
    ------
    SourceError
        When a file can't be read, or isn't like the first one.
    """
    total = sum(path.stat().st_size for path, _ in files)
    size = min(max(total // _PARTS, _BYTES[0]), _BYTES[1])
    parts: list[ListPart] = []
    heads: list[TextTable] = []
    schema: pa.Schema | None = None
    whole = []
    for path, shown in files:
        found = file_start(path, shown)
        if found.is_zip:
            raise SourceError(
                f"{shown}: is a workbook, which one machine reads faster; leave engine= away"
            )
        if found.is_parquet:
            rows, here = _parquet_rows_and_types(path, shown)
            if schema is not None and not here.equals(schema, check_metadata=False):
                raise SourceError(f"{shown}: has other columns or types than {files[0][1]}")
            schema = here
            heads.append(parquet_text(here.empty_table(), shown, None))
            step = min(max(rows // _PARTS, _ROWS[0]), _ROWS[1])
            parts += [
                ListPart(str(path), shown, first, min(first + step, rows), is_parquet=True)
                for first in range(0, max(rows, 1), step)
            ]
            continue
        plain = _plain_header(path, shown, asked, None if parts else first)
        if plain is None:
            first_piece = next(text_pieces(path, asked.format, shown, [asked.id]))
            heads.append(replace(first_piece, columns=first_piece.columns.slice(0, 0), ragged=()))
            parts.append(ListPart(str(path), shown))
            whole.append(shown)
            continue
        nothing = pa.table({name: pa.array([], pa.string()) for name in plain.names})
        heads.append(replace(plain.common, columns=nothing))
        ends = _line_starts(path, plain.start, size)
        parts += [
            ListPart(str(path), shown, start, stop, plain)
            for start, stop in itertools.pairwise(ends)
        ]
    for head in heads[1:]:
        _check_alike(head, heads[0])
    notes = []
    if whole and total > 4 * _BYTES[1]:
        notes.append(
            f"{whole[0]}: is read by one worker, since its rows can't be told apart before they are"
            " read (quoted ends of line, another encoding than UTF-8, or lines above the header);"
            " Parquet, or several files, would be read by all"
        )
    return ListParts(tuple(parts), tuple(notes))


def part_pieces(
    part: ListPart,
    asked: ProspectSpec,
    only: Collection[str] | None = None,
    text_of: Collection[str] | None = None,
) -> Iterator[tuple[TextTable, bool]]:
    """Read a part of a list, piece by piece, by the same reader as on one machine.

    Parameters
    ----------
    part : ListPart
        From `list_parts`.
    asked : ProspectSpec
        How the list is written.
    only : collection of str or None
        Columns that are wanted, all when not given; others may come along.
    text_of : collection of str or None
        Columns of Parquet that are wanted as text, all when not given.

    Yields
    ------
    tuple of TextTable and bool
        About 65,000 rows at most, or 64 MB, and whether no cell holds what would have to be quoted.

    Raises
    ------
    SourceError
        When a row has other cells than the header, or the file is damaged or was changed.
    """
    path = Path(part.path)
    if not path.is_file():
        raise SourceError(
            f"{part.shown}: a worker finds no file {part.path}; put the list on a disk that all"
            " workers mount under the same path"
        )
    if part.plain is not None:
        for piece in plain_pieces(path, part.plain, part.start, part.stop, only=only):
            yield piece, not part.plain.has_quotes
    elif part.is_parquet:
        between = (part.start, part.stop)
        for table in parquet_pieces(path, part.shown, _BATCH, only, between):
            yield parquet_text(table, part.shown, text_of), False
    else:
        for piece in text_pieces(path, asked.format, part.shown, [asked.id]):
            yield piece, False


def _plain_header(
    path: Path, shown: str, asked: ProspectSpec, known: ProspectSource | None
) -> PlainHeader | None:
    if known is None:
        return plain_header(path, asked.format, shown, [asked.id])
    plain = known.plain
    return None if plain is None else replace(plain, common=replace(plain.common, file=shown))


def _line_starts(path: Path, start: int, size: int) -> list[int]:
    """Return where the parts of a CSV begin, and its end; no cell holds an end of line."""
    end = path.stat().st_size
    starts = [start]
    with path.open("rb") as file:
        place = start + size
        while place < end:
            file.seek(place)
            file.readline()
            if file.tell() < end:
                starts.append(file.tell())
            place = file.tell() + size
    return [*starts, end]


def _parquet_rows_and_types(path: Path, shown: str) -> tuple[int, pa.Schema]:
    next(parquet_pieces(path, shown, 1))  # says in one line what may be wrong with the file
    with pq.ParquetFile(path) as file:
        return file.metadata.num_rows, file.schema_arrow


def _check_alike(head: TextTable, first: TextTable) -> None:
    for what, one, other in (
        ("kind", head.kind, first.kind),
        ("header", head.header, first.header),
        ("delimiter", head.delimiter, first.delimiter),
    ):
        if one != other:
            raise SourceError(
                f"{head.file}: has another {what} than {first.file}; the files of a list are alike"
            )
    if _plain_encoding(head) != _plain_encoding(first):
        raise SourceError(
            f"{head.file}: is {head.encoding}, {first.file} is {first.encoding}; the files of a"
            " list are alike"
        )


def _plain_encoding(head: TextTable) -> str:
    return head.encoding.lower().replace("_", "-").removesuffix("-sig")
