"""Where a scored list is put into a database beside its file, and that it may be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from icpfit.data.database.written_table import require_table, write_table
from icpfit.data.sources.parquet_text import parquet_pieces
from icpfit.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from icpfit.data.prospect_spec import ProspectSpec

__all__ = ["Target", "results_url", "table_target"]

_WHERE = "out_table"
_PIECE_ROWS = 1 << 16


@dataclass(frozen=True)
class Target:
    """A table that a scored list is to be put into, seen to be writable.

    Attributes
    ----------
    url : str
        Of the database.
    table : str
        The table's name.
    """

    url: str = field(repr=False)
    table: str

    def filled(self, list_: Path, note: str) -> list[tuple[str, str]]:
        """Put a scored list into the table, and return the line that says so.

        Parameters
        ----------
        list_ : Path
            The list, as it was written to Parquet.
        note : str
            What the comment on the table says.

        Returns
        -------
        list of (str, str)
            For the closing table.

        Raises
        ------
        OutputError
            As `write_table`.
        """
        pieces = parquet_pieces(list_, str(list_), _PIECE_ROWS)
        rows = write_table(self.url, self.table, pieces, note)
        return [("table", f"{self.table}, {rows:,} rows")]


def table_target(
    prospects: ProspectSpec | None, name: str, table: str | None, out: Path
) -> Target | None:
    """Return where a scored list is put beside its file, before any work is done for it.

    Parameters
    ----------
    prospects : ProspectSpec or None
        How lists are read.
    name : str
        The list that is scored.
    table : str or None
        The table; None where it goes to no database.
    out : Path
        The list's file, from which the table is filled: it has to be Parquet, which keeps types.

    Returns
    -------
    Target or None
        None without a table.

    Raises
    ------
    SettingsError
        When the file isn't Parquet, or no database is named.
    SourceError, OutputError
        As `require_table`.
    """
    if table is None:
        return None
    if out.suffix.lower() not in (".parquet", ".pq"):
        raise SettingsError(
            f"{_WHERE}: the table is filled from the scored list as Parquet; add out=scored.parquet"
        )
    url = results_url(prospects, name)
    require_table(url, table)
    return Target(url, table)


def results_url(prospects: ProspectSpec | None, name: str) -> str:
    """Return the url of the database that a scored list is written to.

    Parameters
    ----------
    prospects : ProspectSpec or None
        How lists are read.
    name : str
        The list that is scored.

    Returns
    -------
    str
        ``results_url`` where it is given, else the url that the list came from.

    Raises
    ------
    SettingsError
        When neither is there.
    """
    named = None if prospects is None else prospects.lists.get(name)
    said = None if prospects is None else prospects.results_url
    url = said or (None if named is None else named.url)
    if url is None:
        raise SettingsError(
            f"{_WHERE}: the list '{name}' comes from no database; name the one to write to under"
            " data.prospects.results_url"
        )
    return url
