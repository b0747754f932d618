"""What the cells of a column are: how they are written, how many, how many different ones."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from icpfit.data.sources.cells import parsed, trimmed
from icpfit.data.sources.notation import number_pattern
from icpfit.data.sources.source_spec import Format

__all__ = ["ColumnFacts", "column_facts", "profile_line"]

_LOOKED_AT = 3_000  # cells that are parsed; the counts are of all
_READS = 0.97  # share of the filled cells that must be read for a column to be of a kind
_NUMBERS: tuple[dict[str, Any], ...] = (
    {},
    {"thousands": ","},
    {"decimal": ","},
    {"decimal": ",", "thousands": "."},
    {"thousands": " "},
    {"thousands": "'"},
    {"thousands": ",", "negatives": "parentheses", "currency_sign": "$"},
    {"decimal": ",", "thousands": ".", "currency_sign": "€"},
)
_DAYS = (
    "%Y-%m-%d",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d/%m/%Y",
    "%d.%m.%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %I:%M %p",
    "%m/%d/%Y %I:%M:%S %p",
    "%Y/%m/%d",
    "%Y%m%d",
    "%d-%b-%Y",
    "%b %d, %Y",
)


@dataclass(frozen=True)
class ColumnFacts:
    """What the cells of one column are.

    Parameters
    ----------
    name : str
        The column.
    kind : {"date", "number", "flag", "text"}
        What at least 97 % of the filled cells are read as.
    rows, filled, distinct : int
        Cells, those that hold something, and how many different ones.
    notation : dict
        Keys of ``format:`` with which they are read; empty where none is needed.
    ambiguous : bool
        Whether the days are read as well with day and month the other way round.
    levels : list of (str, int)
        The most frequent texts and how often each is there.
    quantiles : list of float
        Lowest, quarter, half, three quarters, highest; for numbers.
    earliest, latest : date or None
        For days.
    """

    name: str
    kind: Literal["date", "number", "flag", "text"]
    rows: int
    filled: int
    distinct: int
    notation: dict[str, Any] = field(default_factory=dict)
    ambiguous: bool = False
    levels: list[tuple[str, int]] = field(default_factory=list)
    quantiles: list[float] = field(default_factory=list)
    earliest: dt.date | None = None
    latest: dt.date | None = None

    @property
    def fill(self) -> float:
        """Share of the cells that hold something, 0 to 1."""
        return self.filled / self.rows if self.rows else 0.0

    @property
    def is_key(self) -> bool:
        """Whether every filled cell is different, and nearly all are filled."""
        return self.filled > 0 and self.distinct == self.filled and self.fill >= 0.99


def column_facts(name: str, column: pa.ChunkedArray) -> ColumnFacts:
    """Look at the cells of a column.

    Parameters
    ----------
    name : str
        Its name.
    column : pyarrow.ChunkedArray of string
        Its cells.

    Returns
    -------
    ColumnFacts
        Kind, notation, counts. Of more than 3,000 filled cells every so many-th is parsed.

    Examples
    --------
    >>> import pyarrow as pa
    >>> facts = column_facts("Amount", pa.chunked_array([["1.200,50", "7,00", ""]]))
    >>> facts.kind, facts.notation, facts.filled
    ('number', {'decimal': ',', 'thousands': '.'}, 2)
    """
    cells = trimmed(column).drop_null()
    counts = Counter(cells.to_pylist())
    filled = len(cells)
    common: dict[str, Any] = {"rows": len(column), "filled": filled, "distinct": len(counts)}
    levels = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:200]
    if not filled:
        return ColumnFacts(name, "text", **common)
    step = max(1, filled // _LOOKED_AT)
    seen = cells.take(np.arange(0, filled, step)).to_pylist()
    if len(counts) <= 2 and _rate(seen, "flag", {}) >= _READS and {*counts} - {"0", "1"}:
        return ColumnFacts(name, "flag", levels=levels, **common)
    days = [{"dates": dates} if dates != _DAYS[0] else {} for dates in _DAYS]
    # 20240131 is a day only if all of them are; six digits of a postal code never are.
    notation, rate = _best(seen, "date", days)
    if rate >= _READS:
        read = [_day(text, notation.get("dates", _DAYS[0])) for text in seen]
        values = [day for day in read if day]
        if all(dt.date(1900, 1, 1) <= value <= dt.date(2100, 1, 1) for value in values):
            swapped = {"dates": notation.get("dates", "").replace("%d/%m", "%m/%d")}
            if "%m/%d" in notation.get("dates", ""):
                swapped = {"dates": notation["dates"].replace("%m/%d", "%d/%m")}
            other = bool(swapped["dates"]) and swapped != notation
            return ColumnFacts(
                name,
                "date",
                notation=notation,
                ambiguous=other and _rate(seen, "date", swapped) >= rate,
                earliest=min(values),
                latest=max(values),
                levels=levels,
                **common,
            )
    notation, rate = _best(seen, "number", list(_NUMBERS))
    if rate >= _READS:
        plain = [text for text in seen if re.match(number_pattern(Format(**notation)), text)]
        numbers = parsed(pa.array(plain), "number", Format(**notation)).values.to_numpy()
        marks = [float(q) for q in np.quantile(numbers, [0, 0.25, 0.5, 0.75, 1])]
        return ColumnFacts(
            name, "number", notation=notation, quantiles=marks, levels=levels, **common
        )
    return ColumnFacts(name, "text", levels=levels, **common)


def _best(
    seen: list[str], kind: str, notations: list[dict[str, Any]]
) -> tuple[dict[str, Any], float]:
    best: tuple[dict[str, Any], float] = ({}, -1.0)
    for notation in notations:
        # Most notations fail on the first cells already.
        if _rate(seen[:20], kind, notation) < 0.5:
            continue
        rate = _rate(seen, kind, notation)
        if rate > best[1]:
            best = (notation, rate)
    return best


def _rate(seen: list[str], kind: str, notation: dict[str, Any]) -> float:
    """Share of the texts that are read; the reader itself would also explain each that isn't."""
    fmt = Format(**notation)
    if kind == "number":
        pattern = re.compile(number_pattern(fmt))
        good = sum(pattern.match(text) is not None for text in seen)
    elif kind == "flag":
        good = sum(text.casefold() in {*fmt.true_texts, *fmt.false_texts} for text in seen)
    else:
        good = sum(_day(text, fmt.dates) is not None for text in seen)
    return good / max(len(seen), 1)


def _day(text: str, form: str) -> dt.date | None:
    try:
        if form == _DAYS[0]:  # with or without a time, as the reader takes it
            rest = text[10:11]
            return dt.date.fromisoformat(text[:10]) if rest in ("", "T", " ", "Z") else None
        return dt.datetime.strptime(text, form).date()  # noqa: DTZ007 - only the day counts
    except ValueError:
        return None


def profile_line(facts: ColumnFacts) -> str:
    """Say what a column holds, in one line.

    Parameters
    ----------
    facts : ColumnFacts
        The column.

    Returns
    -------
    str
        Fill, then levels with their share, or the range.

    Examples
    --------
    >>> profile_line(ColumnFacts("Industry", "text", 4, 4, 2, levels=[("IT", 3), ("Law", 1)]))
    '100 % filled; 2 levels: IT 75 %, Law 25 %'
    """
    said = f"{100 * facts.fill:.0f} % filled"
    if facts.kind == "number":
        low, first, middle, third, high = facts.quantiles
        said += f"; {low:,.6g} to {high:,.6g}, half between {first:,.6g} and {third:,.6g}"
        return f"{said}, median {middle:,.6g}"
    if facts.kind == "date":
        return f"{said}; {facts.earliest} to {facts.latest}"
    top = ", ".join(f"{text[:40]} {100 * n / facts.filled:.0f} %" for text, n in facts.levels[:5])
    more = ", …" if facts.distinct > 5 else ""
    return f"{said}; {facts.distinct:,} levels: {top}{more}"
