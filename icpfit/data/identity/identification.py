"""Every row of an export → its account: by crosswalk, id, name, domain or another export."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.identity.crosswalk import read_crosswalk
from icpfit.data.identity.known_ids import known_ids, name_book
from icpfit.data.identity.listed_rows import listed_format, listed_rows
from icpfit.data.joining.mismatch import likely_cause

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from icpfit.data.identity.crosswalk import CrosswalkRead
    from icpfit.data.identity.identity_spec import Match
    from icpfit.data.identity.known_ids import KnownIds, NameBook
    from icpfit.data.sources.source_files import DataFolder
    from icpfit.data.sources.source_spec import Format, Source
    from icpfit.data.table_spec import DataSpec

__all__ = ["WAYS", "Identified", "Identity", "account_ids", "identified"]

WAYS = ("id", "normal id", "name", "domain", "another export", "crosswalk")
"""By what a row's account is found, as the ledger lists them; a code beyond them is: by nothing."""
_ID, _NORMAL, _NAME, _DOMAIN, _OTHER, _CROSSWALK, _NOTHING = range(len(WAYS) + 1)
_BY = {"name": _NAME, "domain": _DOMAIN, "exact": _OTHER}


@dataclass(frozen=True, eq=False)
class Identity:
    """By what each row found its account.

    Parameters
    ----------
    ways : dict of str to pyarrow.Array of int8
        Table to the place in ``WAYS`` of each of its rows; one beyond the last for none.
    notes : tuple of str
        What a careful reader should look at.
    """

    ways: dict[str, pa.Array] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Identified:
    """The typed tables with the accounts' own ids.

    Parameters
    ----------
    typed : dict of str to pyarrow.Table
        As they came, but for ``account_id`` and ``parent_id``.
    identity : Identity or None
        By what; None where nothing but equal ids is asked for, and nothing was changed.
    digests : dict of str to str
        SHA-256 of the files read for it.
    """

    typed: dict[str, pa.Table]
    identity: Identity | None
    digests: dict[str, str]


def identified(typed: Mapping[str, pa.Table], spec: DataSpec, folder: DataFolder) -> Identified:
    """Put the accounts' own ids into the tables of the other systems.

    Parameters
    ----------
    typed : mapping of str to pyarrow.Table
        The typed tables.
    spec : DataSpec
        Its ``keys``, and ``match`` and ``crosswalk`` of each source, say how.
    folder : DataFolder
        The folder of the exports.

    Returns
    -------
    Identified
        What is not found keeps its own id, so that the ledger counts it as unmatched.

    Raises
    ------
    SourceError
        When a file can't be read, a crosswalk contradicts itself, or a normal form would make one
        account of two.

    Notes
    -----
    A confirmed crosswalk comes first, as a person has said so; then ``match``, the id, the normal
    id. Each id of a source finds at most one account. Where several accounts would do, none is
    taken unless all roll up to one, which is taken then.
    """
    asked = [one for one in spec.sources.values() if one.match or one.crosswalk]
    if not asked and not spec.keys.normalise:
        return Identified(dict(typed), None, {})
    accounts = typed["accounts"]
    known = known_ids(accounts, spec.keys)
    tables = dict(typed)
    if spec.keys.normalise:
        tables["accounts"] = _with_parents(accounts, known)
    digests: dict[str, str] = {}
    notes: list[str] = []
    ways: dict[str, pa.Array] = {}
    for table in sorted({source.table for source in spec.sources.values()} - {"accounts"}):
        rows = tables[table]
        codes = np.full(rows.num_rows, _NOTHING, dtype=np.int8)
        ids = rows["account_id"].combine_chunks()
        for name, source in spec.sources.items():
            if source.table != table:
                continue
            where = f"data.sources.{name}"
            mine = pc.equal(rows["_source"], name).combine_chunks()
            search = _search(
                source, spec, accounts, known, folder=folder, where=where, digests=digests
            )
            distinct = pc.unique(ids.filter(mine))
            found = [search.account(text) for text in distinct.to_pylist()]
            place = pc.index_in(ids.filter(mine), value_set=distinct)
            ours = pa.array([one for one, _ in found], pa.string()).take(place)
            ids = pc.replace_with_mask(ids, mine, ours.cast(ids.type))
            way = np.array([code for _, code in found], dtype=np.int8)
            codes[mine.to_numpy(zero_copy_only=False)] = way[place.to_numpy(zero_copy_only=False)]
            notes += search.notes(name, distinct.to_pylist())
        column = rows.column_names.index("account_id")
        tables[table] = rows.set_column(column, rows.schema.field(column), ids)
        ways[table] = pa.array(codes)
    return Identified(tables, Identity(ways, tuple(notes)), digests)


def account_ids(
    name: str, ids: Iterable[str], accounts: pa.Table, spec: DataSpec, folder: DataFolder
) -> dict[str, str]:
    """Return the accounts' own ids of ids that a source uses, as `identified` finds them.

    Parameters
    ----------
    name : str
        The source's key in the settings.
    ids : iterable of str
        Its ids, trimmed.
    accounts : pyarrow.Table
        ``account_id``, ``parent_id``, ``name``, ``domain``, ``_file`` and ``_line`` as text.
    spec : DataSpec
        The settings.
    folder : DataFolder
        The folder of the exports.

    Returns
    -------
    dict of str to str
        Each id to its account's own; one without an account stays as it is.

    Raises
    ------
    SourceError
        As `identified`.
    """
    source = spec.sources[name]
    if not (source.match or source.crosswalk or spec.keys.normalise):
        return {one: one for one in ids}
    known, where = known_ids(accounts, spec.keys), f"data.sources.{name}"
    search = _search(source, spec, accounts, known, folder=folder, where=where, digests={})
    return {one: search.account(one)[0] for one in ids}


@dataclass(frozen=True, eq=False)
class _Search:
    """How the account of an id of one source is found."""

    known: KnownIds
    source: Source
    crosswalk: CrosswalkRead | None
    book: NameBook | None
    ambiguous: Counter[str] = field(default_factory=Counter)

    def account(self, text: str) -> tuple[str, int]:
        """Return the account of an id, else the id itself, and by what it was found."""
        if self.crosswalk is not None and text in self.crosswalk.accounts:
            return self.crosswalk.accounts[text], _CROSSWALK
        match = self.source.match
        if self.book is not None and match is not None:
            found, several = self.book.found(text, self.known)
            if found is not None:
                # The other export may name an account that there is not: the ledger tells, and
                # the id stays as it was written, so that a crosswalk can name it.
                is_account = self.known.account(found)
                return (is_account, _BY[match.by]) if is_account else (text, _NOTHING)
            self.ambiguous[match.by] += several
        found = self.known.by_id(text)
        if found is not None:
            return found, _ID
        found = self.known.by_normal_id(text)
        return (found, _NORMAL) if found is not None else (text, _NOTHING)

    def notes(self, name: str, ids: list[str]) -> list[str]:
        """Say what of the crosswalk and of ambiguous names a reader should look at."""
        said = [
            f"{name}: {_ids(count)} with a {by} that several accounts share {_are(count)} left"
            " unmatched"
            for by, count in self.ambiguous.items()
            if count
        ]
        read = self.crosswalk
        if read is None:
            return said
        if read.no_account:
            shown = ", ".join(repr(one) for one in read.no_account[:3])
            said.append(
                f"{name}: {_ids(len(read.no_account))} of the crosswalk ({shown})"
                f" {_do(len(read.no_account), 'name')} an account that there is not"
            )
        if read.unconfirmed:
            said.append(f"{name}: {read.unconfirmed:,} rows of the crosswalk are not confirmed")
        strangers = sorted(set(read.accounts) - set(ids))
        if strangers:
            missing = sorted(set(ids) - set(read.accounts))
            cause = likely_cause(strangers, missing)
            why = f"; {cause.text}" if cause.explained else ""
            said.append(
                f"{name}: {_ids(len(strangers))} of the crosswalk ({strangers[0]!r})"
                f" {_do(len(strangers), 'stand')} in no row of it{why}"
            )
        both = [
            one
            for one, ours in read.accounts.items()
            if self.known.account(one) not in (None, ours)
        ]
        if both:
            said.append(
                f"{name}: of {_ids(len(both))} ({min(both)!r}) the crosswalk names another account"
                " than the id itself; the crosswalk counts. Ids that it does not name are still"
                " matched as they are: name them all, or put a prefix before them in a select"
            )
        return said


def _ids(count: int) -> str:
    return f"{count:,} id" if count == 1 else f"{count:,} ids"


def _do(count: int, verb: str) -> str:
    return f"{verb}s" if count == 1 else verb


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _with_parents(accounts: pa.Table, known: KnownIds) -> pa.Table:
    column = accounts.column_names.index("parent_id")
    texts = accounts["parent_id"].to_pylist()
    spelled = [text and (known.account(text) or text) for text in texts]
    field_of = accounts.schema.field(column)
    return accounts.set_column(column, field_of, pa.array(spelled, field_of.type))


def _search(
    source: Source,
    spec: DataSpec,
    accounts: pa.Table,
    known: KnownIds,
    *,
    folder: DataFolder,
    where: str,
    digests: dict[str, str],
) -> _Search:
    crosswalk = None
    if source.crosswalk is not None:
        fmt = listed_format(spec, source.crosswalk.files, source.crosswalk.sheet)
        crosswalk = read_crosswalk(
            source.crosswalk, fmt, folder, f"{where}.crosswalk", known.account
        )
        digests |= crosswalk.digests
    match, book = source.match, None
    if match is not None and match.files is not None:
        pairs = _listed_pairs(
            match, listed_format(spec, match.files), folder, f"{where}.match", digests
        )
        book = name_book(((to, one and (known.account(one) or one)) for to, one in pairs), match)
    elif match is not None:
        told = accounts["name" if match.by == "name" else "domain"].to_pylist()
        ids = [known.account(one) or one for one in accounts["account_id"].to_pylist()]
        book = name_book(zip(told, ids, strict=True), match)
    return _Search(known, source, crosswalk, book)


def _listed_pairs(
    match: Match, fmt: Format, folder: DataFolder, where: str, digests: dict[str, str]
) -> Iterator[tuple[str | None, str | None]]:
    to, one = match.to or "", match.id or ""
    for row in listed_rows(
        match.files or "", fmt, folder, needed=[to, one], where=where, digests=digests
    ):
        yield row.cells[to], row.cells[one]
