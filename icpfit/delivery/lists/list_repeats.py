"""Which rows of a list are one company with another row, without holding the list."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["Hashes", "KeyHashes", "Repeats", "key_hashes", "repeats"]

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

_KEYS = ("id", "domain", "name")
_NAMED = 3
# Of a site or name that so many rows share, the other things that they share are not looked at.
_MANY = 1000
# Hashes that are put in order at a time; 64 MB.
_AT_ONCE = 1 << 23
_READ = 1 << 20


class KeyHashes:
    """The hashes of one key of every row, on the disk: which of them occur more than once.

    Parameters
    ----------
    folder : Path
        Where they lie until they are gone with this object.
    """

    def __init__(self, folder: Path) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed below
        self.rows = 0

    def put(self, keys: pa.Array) -> None:
        """Add the keys of some rows."""
        self._file.write(key_hashes(keys).tobytes())
        self.rows += len(keys)

    def repeated(self) -> Hashes:
        """Return those that occur more than once, in order; of two keys with one hash, it."""
        parts = -(-self.rows // _AT_ONCE) or 1
        # Each part is in order, all of them one behind the other are not.
        return np.sort(np.concatenate([self._repeated(part, parts) for part in range(parts)]))

    def _repeated(self, part: int, parts: int) -> Hashes:
        kept = [
            block[(block % np.uint64(parts) == part) & (block != 0)] for block in self._blocks()
        ]
        values = np.sort(np.concatenate(kept)) if kept else np.empty(0, np.uint64)
        return np.unique(values[1:][values[1:] == values[:-1]])

    def _blocks(self) -> Iterator[Hashes]:
        self._file.seek(0)
        while block := self._file.read(8 * _READ):
            yield np.frombuffer(block, dtype=np.uint64)

    def close(self) -> None:
        """Take them off the disk."""
        self._file.close()


def key_hashes(keys: pa.Array) -> Hashes:
    """Return a hash of each key.

    Parameters
    ----------
    keys : pyarrow.Array of text
        Null for none.

    Returns
    -------
    numpy.ndarray of uint64
        0 where there is none.

    Examples
    --------
    >>> key_hashes(pa.array(["a", None, "a"])).tolist()[1]
    0
    """
    import pandas as pd

    texts = pc.fill_null(keys, "").to_numpy(zero_copy_only=False)
    hashes = np.asarray(pd.util.hash_array(texts, categorize=False), dtype=np.uint64)
    hashes[keys.is_null().to_numpy(zero_copy_only=False)] = 0
    return hashes


def repeats(keys: Iterator[pa.RecordBatch], repeated: Sequence[Hashes]) -> Repeats:
    """Return what is to be said of the rows whose id, site or name stands more than once.

    Parameters
    ----------
    keys : iterator of pyarrow.RecordBatch
        All rows in order, with the columns ``id``, ``domain`` and ``name``; null for none.
    repeated : sequence of numpy.ndarray of uint64
        Of each of the three, from `KeyHashes.repeated`.

    Returns
    -------
    Repeats
        About 70 bytes for each such row.
    """
    rows, kept, start = [np.empty(0, np.int64)], [], 0
    for batch in keys:
        found = np.zeros(batch.num_rows, dtype=bool)
        for key, hashes in zip(_KEYS, repeated, strict=True):
            if len(hashes):
                own = key_hashes(batch[key])
                place = np.minimum(np.searchsorted(hashes, own), len(hashes) - 1)
                found |= hashes[place] == own
        here = np.flatnonzero(found)
        if len(here):
            rows.append(here + start)
            kept.append(batch.select(list(_KEYS)).take(pa.array(here)))
        start += batch.num_rows
    if not kept:
        return Repeats(rows[0], pa.array([], pa.string()), {})
    table = pa.Table.from_batches(kept).combine_chunks()
    columns = {key: table[key].combine_chunks() for key in _KEYS}
    groups = {key: _Groups.of(columns[key]) for key in _KEYS}
    return Repeats(np.concatenate(rows), columns["id"], groups)


@dataclass(frozen=True, eq=False)
class _Groups:
    """The rows of each key.

    Attributes
    ----------
    codes : numpy.ndarray of int64
        Key of each row by number, -1 for none.
    order, starts : numpy.ndarray of int64
        ``order[starts[k]:starts[k + 1]]`` are the rows of key k.
    """

    codes: Ints
    order: Ints
    starts: Ints

    @classmethod
    def of(cls, keys: pa.Array) -> _Groups:
        encoded = keys.dictionary_encode()
        codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
        order = np.argsort(codes, kind="stable")
        starts = np.searchsorted(codes[order], np.arange(len(encoded.dictionary) + 1))
        return cls(codes, order, starts)

    def rows(self, row: int) -> Ints:
        """Return the rows that have the key of a row; it alone where it has none."""
        code = self.codes[row]
        if code < 0:
            return np.array([row])
        return self.order[self.starts[code] : self.starts[code + 1]]


@dataclass(eq=False)
class Repeats:
    """Rows that are one company with another.

    Attributes
    ----------
    rows : numpy.ndarray of int64
        Which they may be, in order.
    """

    rows: Ints
    _ids: pa.Array
    _groups: dict[str, _Groups]
    _known: dict[tuple[str, int, bool], tuple[int, list[str]]] = field(default_factory=dict)
    _no_site: dict[int, Ints] = field(default_factory=dict)

    def said(self, start: int, end: int) -> Iterator[tuple[int, str, int]]:
        """Tell of the rows from one to another.

        Parameters
        ----------
        start, end : int
            Rows of the list.

        Yields
        ------
        tuple of int, str and int
            Row, its relation to the others, and in how many rows its id stands.
        """
        first, last = np.searchsorted(self.rows, (start, end)).tolist()
        for place in range(first, last):
            told, times = self._told(place)
            if told:
                yield int(self.rows[place]), told, times

    def _told(self, place: int) -> tuple[str, int]:
        """Return what is to be said of one of the rows, and how often its id stands."""
        domain = self._groups["domain"]
        groups = []
        times = 1
        for key in _KEYS:
            same = self._groups[key].rows(place)
            if key == "id":
                times = len(same)
            if len(same) < 2:
                continue
            has_site = domain.codes[place] >= 0
            if key == "name":
                # Two sites are two companies: a name counts where one of the two has none.
                unsited = self._unsited(place, same)
                if not len(unsited):
                    continue
                same = unsited if has_site else same
            groups.append(self._of_group(key, place, same, is_part=key == "name" and has_site))
        if not groups:
            return "", times
        own = self._ids[place].as_py()
        return f"twice in the list, {_also(own, groups, is_same=times > 1)}", times

    def _unsited(self, place: int, same: Ints) -> Ints:
        """Return those without a site; of a name that many rows share looked for once."""
        code = int(self._groups["name"].codes[place])
        if code in self._no_site:
            return self._no_site[code]
        found = same[self._groups["domain"].codes[same] < 0]
        if len(same) > _MANY:
            self._no_site[code] = found
        return found

    def _of_group(
        self, key: str, place: int, rows: Ints, *, is_part: bool
    ) -> tuple[int, list[str]]:
        """Return how many ids some rows have, and the ids in order; of many the first ones."""
        name = (key, int(self._groups[key].codes[place]), is_part)
        if name not in self._known:
            ids = pc.unique(self._ids.take(pa.array(rows)).drop_null())
            if len(ids) > _MANY:
                first = pc.array_sort_indices(ids)[: _NAMED + 1]
                found = len(ids), ids.take(first).to_pylist()
            else:
                found = len(ids), sorted(ids.to_pylist())
            if len(self._known) > _READ:
                self._known.clear()
            self._known[name] = found
        return self._known[name]


def _also(own: str | None, groups: Sequence[tuple[int, list[str]]], *, is_same: bool) -> str:
    total, largest = max(groups, key=lambda group: group[0])
    if total <= _MANY:
        largest = sorted({name for _, ids in groups for name in ids})
        total = len(largest)
        total -= own in largest
    else:
        total -= own is not None
    named = [name for name in largest[: _NAMED + 1] if name != own][:_NAMED]
    if not named:
        return "with the same id" if is_same else "also without an id"
    more = f" and {total - len(named):,} more" if total > len(named) else ""
    return f"also as {', '.join(named)}{more}"
