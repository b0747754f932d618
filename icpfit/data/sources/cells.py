"""Cells: the text of an export → a value of the declared kind, or a problem and how to fix it.

Whole columns are parsed at once; only cells that don't parse are looked at one by one, to say why.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.sources.cell_faults import date_fault, flag_fault, number_fault
from icpfit.data.sources.notation import SPACES, number_pattern
from icpfit.data.sources.source_spec import Format

if TYPE_CHECKING:
    from collections.abc import Callable

    from icpfit.data.contract import Kind

__all__ = [
    "CANONICAL",
    "MONEY_DIGITS",
    "MONEY_STEPS",
    "ParsedColumn",
    "Problem",
    "arrow_type",
    "parsed",
    "trimmed",
]

# How icpfit itself writes values that came typed (Parquet, results of a SELECT).
CANONICAL = Format(true_texts=["true", "1"], false_texts=["false", "0"])

MONEY_STEPS = 10_000
# Digits before the decimal sign: a thousand cells of a trillion still add up in an int64.
MONEY_DIGITS = 12
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_TYPES: dict[Kind, pa.DataType] = {
    "id": pa.string(),
    "category": pa.string(),
    "text": pa.string(),
    "number": pa.float64(),
    "money": pa.int64(),
    "flag": pa.bool_(),
    "date": pa.date32(),
}
_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})"
    r"(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?",
    re.ASCII,
)


@dataclass(frozen=True)
class Problem:
    """A cell that could not be read: its row in the column (0 = first), why, and what to do."""

    row: int
    problem: str
    how_to_fix: str


@dataclass(frozen=True)
class ParsedColumn:
    """A typed column; null where the cell was empty or could not be read.

    Parameters
    ----------
    values : pyarrow.Array
        One value per cell, of the type of the kind.
    problems : tuple of Problem
        The cells that could not be read, by row.
    rounded : int
        Cells of money that had more than four decimals and were rounded half to even.
    """

    values: pa.Array
    problems: tuple[Problem, ...] = ()
    rounded: int = 0


def arrow_type(kind: Kind) -> pa.DataType:
    """Arrow type of the values of a kind: money is int64 ten-thousandths of the currency unit.

    Parameters
    ----------
    kind : {"id", "category", "number", "money", "flag", "date", "text"}
        The kind.

    Returns
    -------
    pyarrow.DataType
        Its type.

    Examples
    --------
    >>> arrow_type("money")
    DataType(int64)
    """
    return _TYPES[kind]


def trimmed(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Cells without surrounding white space, null where nothing is left.

    ``NA``, ``None`` and ``null`` are texts like any other: one is a country, another a surname.

    Parameters
    ----------
    column : pyarrow.Array or ChunkedArray of text
        The cells.

    Returns
    -------
    pyarrow.Array of text
        The trimmed cells, in the same order.

    Examples
    --------
    >>> trimmed(pa.array([" 007 ", "  ", "NA"])).to_pylist()
    ['007', None, 'NA']
    """
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    texts = pc.utf8_trim_whitespace(column.cast(pa.string()))
    return pc.if_else(pc.equal(pc.utf8_length(texts), 0), pa.scalar(None, pa.string()), texts)


def parsed(column: pa.Array | pa.ChunkedArray, kind: Kind, fmt: Format) -> ParsedColumn:
    """Parse cells of text to the declared kind.

    Parameters
    ----------
    column : pyarrow.Array or ChunkedArray of text
        The cells.
    kind : {"id", "category", "number", "money", "flag", "date", "text"}
        What they should be. Ids, categories and texts are trimmed and otherwise untouched.
    fmt : Format
        Decimal and thousands signs, dates and flags as declared; no other is guessed.

    Returns
    -------
    ParsedColumn
        Values and problems. Money is exact: ten-thousandths of the currency unit in an int64.

    Notes
    -----
    An empty cell (after trimming) is null and no problem here. NaN, infinity and numbers beyond
    float64 are problems. A timestamp gives its day, in UTC where it carries an offset.

    Examples
    --------
    >>> result = parsed(pa.array(["12.5", "1.200,50", ""]), "money", Format())
    >>> result.values.to_pylist()
    [125000, None, None]
    >>> result.problems[0].how_to_fix
    'set format: {decimal: ",", thousands: "."} for this source'
    """
    texts = trimmed(column)
    if kind in ("id", "category", "text"):
        return ParsedColumn(texts)
    if kind == "number":
        return _numbers(texts, fmt)
    if kind == "money":
        return _money(texts, fmt)
    if kind == "flag":
        return _distinct(texts, pa.bool_(), _flag_reader(fmt), lambda _: flag_fault(fmt))
    return _distinct(texts, pa.date32(), _date_reader(fmt), lambda t: date_fault(t, fmt))


def _plain(texts: pa.Array, fmt: Format) -> pa.Array:
    """Texts of numbers with ``.`` for the decimal sign, null where the cell is none."""
    matches = pc.match_substring_regex(texts, pattern=number_pattern(fmt))
    plain = pc.if_else(pc.fill_null(matches, False), texts, pa.scalar(None, pa.string()))
    if fmt.thousands:
        signs = SPACES if fmt.thousands in SPACES else fmt.thousands
        for sign in signs:
            plain = pc.replace_substring(plain, pattern=sign, replacement="")
    if fmt.decimal != ".":
        plain = pc.replace_substring(plain, pattern=fmt.decimal, replacement=".")
    return plain


def _numbers(texts: pa.Array, fmt: Format) -> ParsedColumn:
    values = _plain(texts, fmt).cast(pa.float64())
    values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, pa.float64()))
    return ParsedColumn(values, _problems(texts, values, lambda t: number_fault(t, fmt)))


def _money(texts: pa.Array, fmt: Format) -> ParsedColumn:
    plain = _plain(texts, fmt)
    simple = pc.fill_null(
        pc.match_substring_regex(plain, pattern=r"^[+-]?[0-9]{0,12}(?:\.[0-9]{0,4})?$"), False
    )
    quick = pc.if_else(simple, plain, pa.scalar(None, pa.string())).cast(pa.decimal128(20, 4))
    # Scaled as decimals, so that no binary fraction ever stands between the text and the cents.
    values = pc.multiply(quick, pa.scalar(Decimal(MONEY_STEPS), pa.decimal128(5, 0)))
    values = values.cast(pa.int64())
    slow = np.flatnonzero(pc.and_(pc.is_valid(plain), pc.invert(simple)).to_numpy(False))
    rounded = 0
    if len(slow):
        found: dict[int, int] = {}
        for row in slow.tolist():
            steps, exact = _steps(Decimal(plain[row].as_py()))
            if steps is not None:
                found[row] = steps
                rounded += not exact
        values = _with_values(values, found)
    return ParsedColumn(values, _problems(texts, values, lambda t: number_fault(t, fmt)), rounded)


def _steps(amount: Decimal) -> tuple[int | None, bool]:
    """Ten-thousandths of an amount, ``None`` if they are too many, and whether that is exact."""
    if amount and amount.adjusted() >= MONEY_DIGITS:
        return None, False
    scaled = _EXACT.multiply(amount, Decimal(MONEY_STEPS))
    steps = int(scaled.to_integral_value(rounding=ROUND_HALF_EVEN))
    return steps, Decimal(steps) == scaled


def _with_values(values: pa.Array, found: dict[int, int]) -> pa.Array:
    mask = np.zeros(len(values), dtype=bool)
    mask[list(found)] = True
    replacements = pa.array([found[row] for row in sorted(found)], values.type)
    return pc.replace_with_mask(values, pa.array(mask), replacements)


def _distinct(
    texts: pa.Array,
    kind: pa.DataType,
    value: Callable[[str], object],
    fault: Callable[[str], tuple[str, str]],
) -> ParsedColumn:
    """Parse each distinct text once: a ledger of a million lines has some thousand days."""
    encoded = texts.dictionary_encode()
    values = pa.array([value(text) for text in encoded.dictionary.to_pylist()], kind)
    values = values.take(encoded.indices)
    return ParsedColumn(values, _problems(texts, values, fault))


def _problems(
    texts: pa.Array, values: pa.Array, fault: Callable[[str], tuple[str, str]]
) -> tuple[Problem, ...]:
    bad = np.flatnonzero(pc.and_(pc.is_valid(texts), pc.is_null(values)).to_numpy(False)).tolist()
    known: dict[str, tuple[str, str]] = {}
    problems = []
    for row, text in zip(bad, texts.take(pa.array(bad, pa.int64())).to_pylist(), strict=True):
        if text not in known:
            known[text] = fault(text)
        problems.append(Problem(row, *known[text]))
    return tuple(problems)


def _flag_reader(fmt: Format) -> Callable[[str], bool | None]:
    flags = dict.fromkeys((text.casefold() for text in fmt.true_texts), True)
    flags |= dict.fromkeys((text.casefold() for text in fmt.false_texts), False)
    return lambda text: flags.get(text.casefold())


def _date_reader(fmt: Format) -> Callable[[str], dt.date | None]:
    if fmt.dates == "%Y-%m-%d":
        return _iso_day

    def day(text: str) -> dt.date | None:
        try:
            return dt.datetime.strptime(text, fmt.dates).date()  # noqa: DTZ007 - only the day counts
        except ValueError:
            return None

    return day


def _iso_day(text: str) -> dt.date | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return None
    day, clock, offset = match.groups()
    try:
        if clock is None:
            return dt.date.fromisoformat(day)
        if offset in ("Z", "UTC"):
            offset = None
        moment = dt.datetime.fromisoformat(f"{day}T{clock}{offset or ''}")
        if moment.tzinfo is not None:
            moment = moment.astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    return moment.date()
