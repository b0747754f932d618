"""Cells: the text of an export → a value of the declared kind, or a problem and how to fix it.

Whole columns are parsed at once; only cells that don't parse are looked at one by one, to say why.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.sources.cell_faults import flag_fault, number_faults
from icpfit.data.sources.date_faults import date_faults
from icpfit.data.sources.days import day_reader
from icpfit.data.sources.lost_text import lost_texts, text_faults
from icpfit.data.sources.notation import plain_numbers
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
    "parsed_mixed",
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
        What they should be. Ids, categories and texts are trimmed and otherwise untouched; a
        spreadsheet's error (``#REF!``), a formula, and an id shortened to ``1.2E+19`` are problems.
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
        return _texts(texts, kind)
    if kind == "number":
        return _numbers(texts, fmt)
    if kind == "money":
        return _money(texts, fmt)
    if kind == "flag":
        return _distinct(
            texts, pa.bool_(), _flag_reader(fmt), lambda bad: dict.fromkeys(bad, flag_fault(fmt))
        )
    return _distinct(texts, pa.date32(), day_reader(fmt), lambda bad: date_faults(bad, fmt))


def parsed_mixed(
    column: pa.Array | pa.ChunkedArray, typed: pa.Array, kind: Kind, fmt: Format
) -> ParsedColumn:
    """Parse a column of a workbook, where some cells came typed and others are text.

    Parameters
    ----------
    column : pyarrow.Array or ChunkedArray of text
        The cells.
    typed : pyarrow.Array of bool
        Which of them are in icpfit's own notation.
    kind : str
        What they should be.
    fmt : Format
        How the others are written.

    Returns
    -------
    ParsedColumn
        Values and problems, as ``parsed`` gives them.

    Examples
    --------
    >>> cells = pa.array(["12.5", "12,5"])
    >>> result = parsed_mixed(cells, pa.array([True, False]), "number", Format(decimal=","))
    >>> result.values.to_pylist()
    [12.5, 12.5]
    """
    texts = trimmed(column)
    nothing = pa.scalar(None, pa.string())
    own = parsed(pc.if_else(typed, texts, nothing), kind, CANONICAL)
    other = parsed(pc.if_else(typed, nothing, texts), kind, fmt)
    problems = sorted((*own.problems, *other.problems), key=lambda problem: problem.row)
    values = pc.coalesce(own.values, other.values)
    return ParsedColumn(values, tuple(problems), own.rounded + other.rounded)


def _numbers(texts: pa.Array, fmt: Format) -> ParsedColumn:
    values = plain_numbers(texts, fmt).cast(pa.float64())
    values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, pa.float64()))
    return ParsedColumn(values, _problems(texts, values, lambda bad: number_faults(bad, fmt)))


def _money(texts: pa.Array, fmt: Format) -> ParsedColumn:
    plain = plain_numbers(texts, fmt)
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
    return ParsedColumn(
        values, _problems(texts, values, lambda bad: number_faults(bad, fmt)), rounded
    )


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


def _texts(texts: pa.Array, kind: Kind) -> ParsedColumn:
    """Texts as they are, but for what a spreadsheet has left where the value was lost."""
    lost = lost_texts(texts, kind)
    if not pc.any(lost).as_py():
        return ParsedColumn(texts)
    values = pc.if_else(lost, pa.scalar(None, pa.string()), texts)
    return ParsedColumn(values, _problems(texts, values, text_faults))


def _distinct(
    texts: pa.Array,
    kind: pa.DataType,
    value: Callable[[str], object],
    faults: Callable[[list[str]], dict[str, tuple[str, str]]],
) -> ParsedColumn:
    """Parse each distinct text once: a ledger of a million lines has some thousand days."""
    encoded = texts.dictionary_encode()
    values = pa.array([value(text) for text in encoded.dictionary.to_pylist()], kind)
    values = values.take(encoded.indices)
    return ParsedColumn(values, _problems(texts, values, faults))


def _problems(
    texts: pa.Array,
    values: pa.Array,
    faults: Callable[[list[str]], dict[str, tuple[str, str]]],
) -> tuple[Problem, ...]:
    bad = np.flatnonzero(pc.and_(pc.is_valid(texts), pc.is_null(values)).to_numpy(False)).tolist()
    if not bad:
        return ()
    found = texts.take(pa.array(bad, pa.int64())).to_pylist()
    known = faults(list(dict.fromkeys(found)))
    return tuple(Problem(row, *known[text]) for row, text in zip(bad, found, strict=True))


def _flag_reader(fmt: Format) -> Callable[[str], bool | None]:
    flags = dict.fromkeys((text.casefold() for text in fmt.true_texts), True)
    flags |= dict.fromkeys((text.casefold() for text in fmt.false_texts), False)
    return lambda text: flags.get(text.casefold())
