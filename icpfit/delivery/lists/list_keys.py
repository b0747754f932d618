"""The first time over a list: what tells its companies apart, and which of them repeat."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from icpfit.data.company_columns import normal_domains, normal_names
from icpfit.data.known_companies import account_columns
from icpfit.data.sources.cells import trimmed
from icpfit.data.sources.source_files import near_names
from icpfit.delivery.lists.list_repeats import KeyHashes, repeats
from icpfit.delivery.lists.spool import spooled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from icpfit.data.prospect_source import ListPiece, ProspectSource
    from icpfit.data.table_spec import DataSpec
    from icpfit.delivery.lists.list_repeats import Hashes, Repeats
    from icpfit.delivery.lists.relation import KnownIndex
    from icpfit.delivery.lists.spool import Spool

__all__ = ["KEY_COLUMNS", "ListKeys", "key_columns", "key_notes", "list_keys", "row_keys"]

KEY_COLUMNS = ("id", "account_id", "parent_id", "domain", "name")
"""What is kept of each row: ids trimmed, site and name as they are compared."""

_TOLD_TWICE = ("id", "domain", "name")


@dataclass(frozen=True, eq=False)
class ListKeys:
    """A list, once it was read for the first time.

    Attributes
    ----------
    rows : int
        Prospects.
    spool : Spool
        The `KEY_COLUMNS` of each row, in order, and what else was asked for.
    repeats : Repeats
        Rows that are one company.
    repeated_more : numpy.ndarray of uint64
        Hashes of what stands more than once in the further column that was asked for.
    notes : tuple of str
        What the reading had to say.
    """

    rows: int
    spool: Spool
    repeats: Repeats
    repeated_more: Hashes
    notes: tuple[str, ...]


def key_columns(source: ProspectSource, spec: DataSpec) -> dict[str, str]:
    """Return which columns of a list tell its companies apart.

    Parameters
    ----------
    source : ProspectSource
        The list.
    spec : DataSpec
        Its ``prospects`` say which columns hold account id, web site and parent; those that they
        don't name are looked for under the names that the export of accounts uses.

    Returns
    -------
    dict of str to str
        Of the `KEY_COLUMNS`, those that the list has. The list's id counts as an account id only
        where its column is called as in the export of accounts, or the settings name it as
        ``prospects.account_id``: two systems may give the same number to different companies. An
        empty name says that the list has no such column, whatever its columns are called.
    """
    there = set(source.names) - set(source.unreadable)
    as_accounts = {
        name: next((column for column in columns if column in there), "")
        for name, columns in account_columns(spec).items()
    }
    columns = {"id": source.id_column, **as_accounts, **_named_columns(spec)}
    return {name: column for name, column in columns.items() if column in there}


def key_notes(source: ProspectSource, spec: DataSpec, known: KnownIndex | None = None) -> list[str]:
    """Return what must be said of how a list's customers are recognised.

    Parameters
    ----------
    source : ProspectSource
        The list.
    spec : DataSpec
        As for `key_columns`.
    known : KnownIndex, optional
        Whom the company knows already.

    Returns
    -------
    list of str
        One line for columns that the settings name and the list doesn't have, and one where there
        is nothing by which a customer, or an open opportunity, could be told from a prospect.
    """
    found = key_columns(source, spec)
    notes = [
        f"data.prospects.{key}: the list has no column '{column}', so nobody in it is known by it;"
        f" {near_names(column, list(source.names))}"
        for key, column in _named_columns(spec).items()
        if column and key not in found
    ]
    if not {"account_id", "domain", "name"} & set(found):
        notes.append(
            "no customer could be told from a prospect: the list has no column of account ids, web"
            " sites or names that is known; set data.prospects.account_id, domain or name"
        )
    elif known is not None and known.deals.has_untold(found):
        notes.append(
            "open opportunities with companies that are no accounts yet could not all be told: the"
            " list and the export of opportunities share neither account ids (set"
            " data.prospects.account_id) nor names or web sites of them (map name and domain in"
            " the source of opportunities; a preset takes them from the accounts that its tables"
            " name beside the deals)"
        )
    return notes


def _named_columns(spec: DataSpec) -> dict[str, str]:
    """Return the columns that the settings name for the `KEY_COLUMNS`."""
    asked = spec.prospects
    if asked is None:
        return {}
    named = {
        "account_id": asked.account_id,
        "domain": asked.domain,
        "parent_id": asked.parent_id,
        "name": asked.name,
    }
    return {name: column for name, column in named.items() if column is not None}


@contextlib.contextmanager
def list_keys(
    source: ProspectSource,
    spec: DataSpec,
    out: Path,
    *,
    more: tuple[str, ...] = (),
    once: str | None = None,
    progress: Callable[[str], None] | None = None,
) -> Iterator[ListKeys]:
    """Read a list for the first time, for all that is a figure of the list and not of a row.

    Parameters
    ----------
    source : ProspectSource
        The list.
    spec : DataSpec
        As for `key_columns`.
    out : Path
        The list that will be written; what has to be kept lies in its folder, without a name.
    more : tuple of str
        Columns of the list that are kept as well, trimmed.
    once : str or None
        A further column, of which is also found what stands in several rows.
    progress : callable, optional
        Told how many rows were read.

    Yields
    ------
    ListKeys
        Usable until the end of the context.

    Raises
    ------
    SourceError
        When the list is damaged.
    OutputError
        When there is no room beside `out`.
    """
    columns = key_columns(source, spec)
    if once is not None and once not in more:
        more = (*more, once)
    wanted = {*columns.values(), *more}
    names = [name for name in _TOLD_TWICE if name in columns]
    rows, blank = 0, 0
    notes: list[str] = []
    with spooled(out.resolve().parent, out) as spool, contextlib.ExitStack() as files:
        hashes = {
            name: files.enter_context(contextlib.closing(KeyHashes(out.resolve().parent)))
            for name in [*names, *([] if once is None else [f"own {once}"])]
        }
        for piece in source.pieces(wanted, wanted):
            keys = row_keys(piece, columns, more)
            spool.put(keys)
            for name, found in hashes.items():
                found.put(keys[name])
            rows += piece.rows
            blank += piece.text.blank
            notes += piece.text.notes
            if progress is not None:
                progress(f"{rows:,} rows")
        if blank:
            notes.append(f"{blank:,} empty lines left out")
        if not rows:
            notes.append(f"{source.shown}: has a header and no rows; there is nothing to score")
        twice = {name: each.repeated() for name, each in hashes.items()}
        nothing = np.empty(0, dtype=np.uint64)
        told = [twice.get(name, nothing) for name in _TOLD_TWICE]
        any_twice = any(len(each) for each in told)
        found_twice = repeats(spool.batches() if any_twice else iter(()), told)
        last = nothing if once is None else twice[f"own {once}"]
        yield ListKeys(rows, spool, found_twice, last, tuple(notes))


def row_keys(
    piece: ListPiece, columns: dict[str, str], more: tuple[str, ...] = ()
) -> pa.RecordBatch:
    """Return what tells some rows apart.

    Parameters
    ----------
    piece : ListPiece
        The rows.
    columns : dict of str to str
        From `key_columns`.
    more : tuple of str
        Further columns, kept under their own name behind ``"own "``.

    Returns
    -------
    pyarrow.RecordBatch
        The `KEY_COLUMNS`, all null where the list doesn't have one, and the further ones.
    """
    text = piece.text.columns
    nothing = pa.nulls(piece.rows, pa.string())
    found = {
        name: trimmed(text[columns[name]]) if name in columns else nothing for name in KEY_COLUMNS
    }
    if "domain" in columns:
        found["domain"] = normal_domains(found["domain"])
    if "name" in columns:
        found["name"] = normal_names(found["name"])
    found |= {f"own {name}": trimmed(text[name]) for name in more}
    return pa.record_batch(found)
