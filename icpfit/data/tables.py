"""All exports of a company → six typed tables, with every row accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa

from icpfit.data.contract import CONTRACT
from icpfit.data.database.session import Databases
from icpfit.data.identity.identification import Identity, identified
from icpfit.data.sources.database_parts import database_name, database_parts
from icpfit.data.sources.reader import text_pieces
from icpfit.data.sources.rejects import REJECTED
from icpfit.data.sources.schemas import check_typed_table
from icpfit.data.sources.source_columns import Field, expected_columns, fields, typed_schema
from icpfit.data.sources.source_files import DataFolder, source_files
from icpfit.data.sources.source_rows import SourceRead, source_rows
from icpfit.data.sources.text_parts import TextPart, file_part, select_part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from icpfit.data.sources.rejected_rows import RejectedRows
    from icpfit.data.sources.source_spec import Source
    from icpfit.data.table_spec import DataSpec

_TOLD_EVERY = 500_000

__all__ = ["SourceRead", "Tables", "read_tables"]


@dataclass(frozen=True)
class Tables:
    """The typed tables of a company.

    Parameters
    ----------
    typed : dict of str to pyarrow.Table
        All six tables of the contract; one without a source is empty. Each has every column of
        the contract (null where the source has none), accounts also each attribute as
        ``attr:<name>``, and ``_source``, ``_file``, ``_line``. Money is int64 ten-thousandths.
    reads : list of SourceRead
        What became of the rows of each source.
    rejected : pyarrow.Table
        The rejected cells.
    digests : dict of str to str
        SHA-256 of each file, and of the rows of each table or query of a database.
    rejected_rows : tuple of RejectedRows
        Rejected rows as they stand in their files, to be mended and handed in again.
    identity : Identity or None
        By what each row found its account; None where nothing but equal ids is asked for.
    """

    typed: dict[str, pa.Table]
    reads: list[SourceRead]
    rejected: pa.Table
    digests: dict[str, str]
    rejected_rows: tuple[RejectedRows, ...] = ()
    identity: Identity | None = None


def read_tables(
    spec: DataSpec, root: Path, progress: Callable[[str], None] | None = None
) -> Tables:
    """Read all sources of a company and parse them to the contract.

    Parameters
    ----------
    spec : DataSpec
        Where the exports lie and how they map to the contract.
    root : Path
        What ``spec.folder`` is relative to.
    progress : callable, optional
        Called with a short text as each file is begun.

    Returns
    -------
    Tables
        Typed tables, counts, rejected cells and digests.

    Raises
    ------
    SourceError
        When a file is missing or can't be read, or lacks a column.
    SettingsError
        When the mapping names no column for a required one, or a SELECT fails.

    Notes
    -----
    For every source rows read = accepted + rejected + set aside. Rows keep the order of the
    sources in the settings, of the files by name, and of the lines in them; rows of a database have
    an order that depends on what they hold alone. All tables of one database are of one moment.
    """
    say = progress or (lambda _: None)
    folder = DataFolder(root / spec.folder, spec.folder)
    typed: dict[str, list[pa.Table]] = {table: [] for table in CONTRACT}
    reads: list[SourceRead] = []
    rejects: list[pa.Table] = [REJECTED.empty_table()]
    rejected_rows: list[RejectedRows] = []
    digests: dict[str, str] = {}
    # All mappings are looked at before the first file is opened: a slip shows at once.
    asked = {
        name: fields(source, spec.attributes, f"data.sources.{name}")
        for name, source in spec.sources.items()
    }
    with Databases() as databases:
        for name, source in spec.sources.items():
            parts = _parts(name, source, asked[name], folder, databases, say=say, digests=digests)
            rows = source_rows(name, source, asked[name], parts, _counted(name, say))
            typed[source.table].append(rows.typed)
            reads.append(rows.read)
            rejects.append(rows.rejects)
            rejected_rows += rows.rejected_rows
    say("checking the tables against the contract")
    whole: dict[str, pa.Table] = {}
    for table, pieces in typed.items():
        schema = typed_schema(table, spec.attributes)
        whole[table] = pa.concat_tables(pieces) if pieces else schema.empty_table()
    found = identified(whole, spec, folder)
    digests |= found.digests
    for table, rows in found.typed.items():
        check_typed_table(table, rows, spec.attributes)
    return Tables(
        typed=found.typed,
        reads=reads,
        rejected=pa.concat_tables(rejects),
        digests=dict(sorted(digests.items())),
        rejected_rows=tuple(rejected_rows),
        identity=found.identity,
    )


def _counted(name: str, say: Callable[[str], None]) -> Callable[[int], None]:
    """Say how far a long source is read, at every half million rows."""
    told = [0]

    def count(rows: int) -> None:
        if rows // _TOLD_EVERY > told[0]:
            told[0] = rows // _TOLD_EVERY
            say(f"reading {name}: {rows:,} rows")

    return count


def _parts(
    name: str,
    source: Source,
    asked: tuple[Field, ...],
    folder: DataFolder,
    databases: Databases,
    *,
    say: Callable[[str], None],
    digests: dict[str, str],
) -> Iterator[TextPart]:
    """Read a source part by part, keeping the digests of its files."""
    where = f"data.sources.{name}"
    if source.select is not None:
        say(f"reading {name} (select)")
        part = select_part(
            name, source.select, source.tables, fmt=source.format, folder=folder, where=where
        )
        digests |= part.digests
        yield part
        return
    if source.url is not None:
        shown = database_name(name, source)
        say(f"reading {shown}")

        def kept(digest: str) -> None:
            # Two databases may have a table of one name.
            one = digests.setdefault(shown, digest) == digest
            digests.update({} if one else {f"{shown}, {name}": digest})

        yield from database_parts(name, source, databases, where, kept)
        return
    for path, shown in source_files(folder, source.files or "", f"{where}.files"):
        say(f"reading {shown}")
        for piece in text_pieces(path, source.format, shown, expected_columns(asked)):
            digests[piece.file] = piece.digest
            yield file_part(piece)
