"""Rows of a database → columns of text, exact, with what can't be told in one value left out."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.sources.parquet_text import typed_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from icpfit.data.database.postgres_types import Treatment

__all__ = ["DatabaseText", "mixed_text", "postgres_text"]

_EXACT_WHOLE = 2**53  # above it a float no longer tells one whole number from the next


@dataclass(frozen=True)
class DatabaseText:
    """Rows of a table or query as text.

    Parameters
    ----------
    columns : pyarrow.Table
        Text columns, those of unreadable types left out.
    native : frozenset of str
        Columns with cells in icpfit's own notation, whatever the source's format says.
    typed : dict of str to pyarrow.Array of bool
        Of those, which cells, where not all are.
    unreadable : dict of str to str
        Column to its type, for those that hold no single value a cell.
    holes : dict of str to int
        Column to its NaN, which are taken as missing.
    """

    columns: pa.Table
    native: frozenset[str]
    typed: dict[str, pa.Array] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    holes: dict[str, int] = field(default_factory=dict)


def postgres_text(texts: pa.Table, treatments: Mapping[str, Treatment]) -> DatabaseText:
    """Make cells of what PostgreSQL wrote.

    Parameters
    ----------
    texts : pyarrow.Table
        Every column as the server writes it, with an ISO date style and UTC.
    treatments : Mapping of str to Treatment
        What each column's type asks for.

    Returns
    -------
    DatabaseText
        The same rows. Numbers, days and flags are in icpfit's own notation; an infinite one stays
        in words, to be rejected where it stands.

    Notes
    -----
    A float is written as it is from Parquet. NaN is taken as missing, and counted.

    Examples
    --------
    >>> from icpfit.data.database.postgres_types import treatment
    >>> kinds = {"id": treatment("S", "text"), "paid": treatment("B", "boolean")}
    >>> text = postgres_text(pa.table({"id": ["007"], "paid": ["t"]}), kinds)
    >>> text.columns.to_pylist(), sorted(text.native)
    ([{'id': '007', 'paid': 'true'}], ['paid'])
    """
    columns: dict[str, pa.ChunkedArray] = {}
    holes: Counter[str] = Counter()
    unreadable: dict[str, str] = {}
    native: set[str] = set()
    for name in texts.column_names:
        kind, cells = treatments[name], texts[name]
        if kind.how == "refused":
            unreadable[name] = kind.shown
            continue
        if kind.how == "float":
            read = typed_text(pa.table({name: cells.cast(kind.width)}))
            cells = read.columns[name]
            holes.update(read.holes)
        elif kind.how == "number":
            is_nan = pc.fill_null(pc.equal(cells, "NaN"), False)
            found = pc.sum(is_nan).as_py() or 0
            if found:
                cells = pc.if_else(is_nan, pa.scalar(None, pa.string()), cells)
                holes[name] += found
        elif kind.how == "flag":
            cells = pc.if_else(pc.equal(cells, "t"), "true", "false")
        if kind.how != "text":
            native.add(name)
        columns[name] = cells
    return DatabaseText(pa.table(columns), frozenset(native), {}, unreadable, dict(holes))


def mixed_text(names: Sequence[str], columns: Sequence[Sequence[Any]]) -> DatabaseText:
    """Make cells of values as a driver hands them over, each by its own type.

    Parameters
    ----------
    names : sequence of str
        The columns.
    columns : sequence of sequence
        Their values.

    Returns
    -------
    DatabaseText
        The same rows. A text is a text; numbers, days, moments (in UTC where they carry an offset)
        and flags are in icpfit's own notation.

    Examples
    --------
    >>> from decimal import Decimal
    >>> text = mixed_text(["id", "net"], [["007", 8], [Decimal("1E+3"), None]])
    >>> text.columns.to_pylist()
    [{'id': '007', 'net': '1000'}, {'id': '8', 'net': None}]
    >>> text.typed["id"].to_pylist()
    [False, True]
    """
    made: dict[str, pa.ChunkedArray] = {}
    typed: dict[str, pa.Array] = {}
    unreadable: dict[str, str] = {}
    holes: Counter[str] = Counter()
    for name, values in zip(names, columns, strict=True):
        plain = {type(value) for value in values} - {str, type(None)}
        strange = sorted(kind.__name__ for kind in plain if not issubclass(kind, _SINGLE))
        if strange:
            unreadable[name] = strange[0]
            continue
        nan = sum(value != value for value in values) if plain & {float, Decimal} else 0  # noqa: PLR0124 - NaN alone differs from itself
        if nan:
            holes[name] = nan
        texts = [_cell(value) for value in values] if plain else values
        made[name] = pa.chunked_array([pa.array(texts, pa.string())])
        if plain:
            own = [not isinstance(value, str | uuid.UUID | None) for value in values]
            typed[name] = pa.array(own, pa.bool_())
    return DatabaseText(pa.table(made), frozenset(typed), typed, unreadable, dict(holes))


_SINGLE = (bool, int, float, Decimal, dt.date, uuid.UUID)


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float | Decimal):
        return None if value != value else _number(value)  # noqa: PLR0124 - NaN alone differs
    if isinstance(value, dt.datetime):
        return (value.astimezone(dt.UTC) if value.tzinfo else value).isoformat(" ")
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _number(value: float | Decimal) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    is_exact = abs(value) < _EXACT_WHOLE and value == math.floor(value)
    return str(int(value)) if is_exact else repr(value)
