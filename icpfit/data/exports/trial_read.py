"""One proposed source, read as it would be read, before it is proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from icpfit.data.table_spec import data_spec
from icpfit.data.tables import SourceRead, Tables, read_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["draft_tables", "trial_read"]

_ANY_CLOCK = {"as_of": "2100-01-01", "horizon": "12mo", "lag": "60d", "currency": "EUR"}


def draft_tables(
    values: Mapping[str, Any], sources: Mapping[str, Mapping[str, Any]], root: Path
) -> Tables:
    """Read sources with the settings of a draft whose clock isn't set yet.

    Parameters
    ----------
    values : Mapping
        The draft's values.
    sources : Mapping
        The sources that are read.
    root : Path
        What its folder is relative to.

    Returns
    -------
    Tables
        The typed tables.

    Raises
    ------
    IcpfitError
        When the settings or a file can't be read.
    """
    plain = {
        name: {key: value for key, value in source.items() if key != "table_is"}
        for name, source in sources.items()
    }
    settled = {**_ANY_CLOCK, "folder": values["folder"], "sources": plain}
    return read_tables(data_spec(settled), root)


def trial_read(
    values: Mapping[str, Any], source: Mapping[str, Mapping[str, Any]], root: Path
) -> SourceRead:
    """Read one source beside the accounts.

    Parameters
    ----------
    values : Mapping
        The draft's values, with a source ``accounts``.
    source : Mapping
        Name of the source to its settings.
    root : Path
        What its folder is relative to.

    Returns
    -------
    SourceRead
        What became of its rows.

    Raises
    ------
    IcpfitError
        When the settings or a file can't be read.
    """
    tables = draft_tables(values, {"accounts": values["sources"]["accounts"], **source}, root)
    return next(read for read in tables.reads if read.source in source)
