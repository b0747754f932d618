"""Tables as bytes, and back: plain arrays without pickle, whose places are checked before use."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import fields
from typing import Any

import numpy as np
import numpy.typing as npt

from icpfit.attribution.refusals import AttributionError
from icpfit.attribution.tables import ShapleyTables

__all__ = ["tables_bytes", "tables_from"]

_FORMAT = 1
_REMEDY = "make the tables again from the boosters"
_NUMBERS = ("bias", "constant")
_KINDS: dict[str, Any] = {
    "cuts": np.float64,
    "cut_at": np.int64,
    "codes": np.uint16,
    "is_category": np.bool_,
    "slot_feature": np.int64,
    "slot_at": np.int64,
    "weight": np.uint16,
    "weight_at": np.int64,
    "rows": np.int64,
    "table": np.float64,
}


def tables_bytes(tables: ShapleyTables) -> bytes:
    """Return the tables as one file's bytes.

    Parameters
    ----------
    tables : ShapleyTables
        From `shapley_tables`.

    Returns
    -------
    bytes
        A compressed ``.npz`` without pickle; the same tables give the same bytes.
    """
    room = io.BytesIO()
    arrays = {field.name: np.asarray(getattr(tables, field.name)) for field in fields(tables)}
    np.savez_compressed(room, allow_pickle=False, format=np.array(_FORMAT), **arrays)
    return room.getvalue()


def tables_from(content: bytes) -> ShapleyTables:
    """Return tables that were written as bytes.

    Parameters
    ----------
    content : bytes
        From `tables_bytes`.

    Returns
    -------
    ShapleyTables
        The same, number by number.

    Raises
    ------
    AttributionError
        When they are damaged, or of another format. Every place that the compiled loops would read
        is known to lie within its array afterwards.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            told = {name: file[name] for name in file.files}
    except (
        OSError,
        ValueError,
        EOFError,
        KeyError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise AttributionError(f"the tables can't be read ({error}); {_REMEDY}") from None
    if told.pop("format", None) != _FORMAT or set(told) != {*_KINDS, *_NUMBERS}:
        raise AttributionError(f"the tables are not of format {_FORMAT}; {_REMEDY}")
    strange = [n for n, kind in _KINDS.items() if told[n].dtype != kind or told[n].ndim != 1]
    strange += [n for n in _NUMBERS if told[n].dtype != np.float64 or told[n].ndim != 0]
    if strange:
        raise AttributionError(f"the tables' {strange[0]} is of another kind; {_REMEDY}")
    tables = ShapleyTables(**{**told, **{name: float(told[name]) for name in _NUMBERS}})
    if not _in_place(tables):
        raise AttributionError(f"the tables do not fit together; {_REMEDY}")
    return tables


def _in_place(tables: ShapleyTables) -> bool:
    p, slots, groups = tables.n_features, len(tables.slot_feature), len(tables.rows)
    ends = (
        (tables.cut_at, p, len(tables.cuts)),
        (tables.slot_at, groups, slots),
        (tables.weight_at, slots, len(tables.weight)),
    )
    if not all(_are_ends(at, count, stop) for at, count, stop in ends):
        return False
    if len(tables.codes) != len(tables.cuts) + 2 * p or not _within(tables.slot_feature, p):
        return False
    # Each slot has one weight per code of its feature, and no sum of weights leaves the table.
    starts = tables.cut_at[:-1] + 2 * np.arange(p)
    n_codes = np.array(
        [int(part.max()) + 1 for part in np.split(tables.codes, starts[1:])] if p else []
    )
    lengths = np.diff(tables.weight_at)
    if not np.array_equal(lengths, n_codes[tables.slot_feature] if slots else lengths):
        return False
    parts = np.split(tables.weight.astype(np.int64), tables.weight_at[1:-1]) if slots else []
    highest = np.array([int(part.max()) for part in parts], dtype=np.int64)
    owner = np.repeat(np.arange(groups), np.diff(tables.slot_at))
    largest = np.zeros(groups, dtype=np.int64)
    np.add.at(largest, owner, highest)
    sizes = (np.bincount(owner, minlength=groups) + 1) * tables.rows
    return bool((largest < tables.rows).all()) and int(sizes.sum()) == len(tables.table)


def _are_ends(at: npt.NDArray[np.int64], count: int, stop: int) -> bool:
    return (
        len(at) == count + 1
        and int(at[0]) == 0
        and int(at[-1]) == stop
        and bool((np.diff(at) >= 0).all())
    )


def _within(values: npt.NDArray[np.int64], stop: int) -> bool:
    return bool(((values >= 0) & (values < stop)).all())
