"""Rows of a database as parts of a source, with a digest of what was read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from icpfit.data.database.rows import DatabaseRows, database_rows
from icpfit.data.database.session import Databases
from icpfit.data.sources.content_order import content_digest
from icpfit.data.sources.parquet_text import hole_notes
from icpfit.data.sources.reader import TextTable
from icpfit.data.sources.rejected_rows import Layout
from icpfit.data.sources.repeats import row_marks
from icpfit.data.sources.text_parts import TextPart
from icpfit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from icpfit.data.sources.source_spec import ProspectFiles, Source

__all__ = ["database_name", "database_parts", "database_table"]


def database_name(name: str, source: Source | ProspectFiles) -> str:
    """Name what is read of a database, in messages and in ``_file``.

    Parameters
    ----------
    name : str
        The source's key in the settings.
    source : Source or ProspectFiles
        Its settings, with a ``url``.

    Returns
    -------
    str
        The table's name, or that of the source whose query it is.

    Examples
    --------
    >>> from icpfit.data.sources.source_spec import ProspectFiles
    >>> database_name("leads", ProspectFiles(url="sqlite://", database_table="crm.leads"))
    'crm.leads (database)'
    >>> database_name("leads", ProspectFiles(url="sqlite://", query="SELECT 1 AS id"))
    'leads (database query)'
    """
    if source.database_table is not None:
        return f"{source.database_table} (database)"
    return f"{name} (database query)"


def database_parts(
    name: str,
    source: Source | ProspectFiles,
    databases: Databases,
    where: str,
    digested: Callable[[str], None] | None = None,
) -> Iterator[TextPart]:
    """Read the rows of a table or query part by part.

    Parameters
    ----------
    name : str
        The source's key in the settings.
    source : Source or ProspectFiles
        Its settings, with a ``url``.
    databases : Databases
        The open connections of this reading.
    where : str
        Path of the source in the settings.
    digested : callable, optional
        Called at the end with the digest of all that was read, see `content_digest`.

    Yields
    ------
    TextPart
        Its rows, numbered as they come, with the marks of their content.

    Raises
    ------
    SettingsError
        When the url is none, there is no such table or column, or the query does more than read.
    SourceError
        When a driver is missing, the server can't be reached, or doesn't let the rows be read.
    """
    if source.url is None:
        raise SettingsError(f"{where}.url: is missing")
    shown = database_name(name, source)
    database = databases.at(source.url, f"{where}.url")
    statement, asked = source.query, "query"
    if source.database_table is not None:
        statement, asked = f"SELECT * FROM {source.database_table}", "database_table"  # noqa: S608 - a checked name
    rows = DatabaseRows(statement or "", asked, where, shown, source.timeout)
    marks: list[np.ndarray] = []
    names: list[str] = []
    notes: tuple[str, ...] = ()
    if not database.has_snapshot:
        kind = database.url.get_backend_name()
        notes = (
            f"{shown}: {kind} gives no snapshot of several tables; let nothing load meanwhile",
        )
    line = 1
    for text in database_rows(database, rows):
        columns = text.columns
        marks.append(row_marks(columns))
        names = columns.column_names
        yield TextPart(
            name=shown,
            columns=columns,
            files=pa.repeat(shown, columns.num_rows),
            lines=pa.array(range(line, line + columns.num_rows), pa.int64()),
            native=text.native,
            unreadable=text.unreadable,
            ragged=(),
            blank=0,
            notes=notes,
            digests={},
            typed=text.typed,
            holes=text.holes,
            layout=Layout((tuple(names),), "", "", declared=False),
            marks=marks[-1],
        )
        line += columns.num_rows
        notes = ()
    if digested is not None:
        digested(content_digest(names, np.concatenate(marks)))


def database_table(name: str, source: ProspectFiles, where: str) -> tuple[TextTable, str]:
    """Read all rows of a table or query at once, in the order in which the database sends them.

    Parameters
    ----------
    name : str
        The list's key in the settings.
    source : ProspectFiles
        Its settings, with a ``url``.
    where : str
        Path of the list in the settings.

    Returns
    -------
    tuple of TextTable and str
        Its rows, which have no layout of their own, and the digest of their content.

    Raises
    ------
    SettingsError, SourceError
        As `database_parts`.
    """
    digest: list[str] = []
    with Databases() as databases:
        parts = list(database_parts(name, source, databases, where, digest.append))
    typed: dict[str, pa.Array] = {}
    for column in sorted({column for part in parts for column in part.typed}):
        nothing = pa.scalar(False)
        typed[column] = pa.concat_arrays(
            [part.typed.get(column, pa.repeat(nothing, len(part.lines))) for part in parts]
        )
    unreadable = {column: kind for part in parts for column, kind in part.unreadable.items()}
    columns = pa.concat_tables(
        [
            part.columns.drop_columns(
                [column for column in part.columns.column_names if column in unreadable]
            )
            for part in parts
        ]
    )
    holes: Counter[str] = Counter()
    for part in parts:
        holes.update(part.holes)
    return TextTable(
        file=parts[0].name,
        columns=columns,
        lines=pa.concat_arrays([part.lines for part in parts]),
        kind="csv",
        header=tuple(columns.column_names),
        digest=digest[0],
        native=frozenset().union(*(part.native for part in parts)) - set(unreadable),
        unreadable=unreadable,
        notes=(*parts[0].notes, *hole_notes(holes)),
        typed={column: mask for column, mask in typed.items() if column not in unreadable},
    ), digest[0]
