"""Rows of an export that are no data: blank lines, sums, footers, headings, deals still open."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.sources.cells import ParsedColumn, trimmed
from icpfit.data.sources.source_spec import TOTAL_TEXTS, Source

if TYPE_CHECKING:
    from icpfit.data.sources.row_pieces import RaggedRow
    from icpfit.data.sources.source_columns import Field
    from icpfit.data.sources.text_parts import TextPart

__all__ = ["ACCEPTED", "ASIDE", "REJECTED_ROW", "ragged_reason", "row_status"]

ACCEPTED, REJECTED_ROW, _BLANK, _TOTAL, _OPEN, _FOOTER, _HEADING = range(7)
ASIDE = {
    _BLANK: "blank line",
    _TOTAL: "total line",
    _OPEN: "deal still open",
    _FOOTER: "footer line",
    _HEADING: "heading line",
}
# What stands below the rows of a report: of Salesforce, and of accounting programs.
_FOOTER_TEXT = (
    r"(?i)^(?:copyright\b.*|©.*|\(c\) ?(?:19|20)[0-9]{2}.*|confidential information\b.*"
    r"|.*\ball rights reserved\.?|.*\b(?:accrual|cash) basis\b.*)$"
)
_TOTAL_TEXT = r"(?i)^(?:grand |sub-?)?totals?(?: for .+| \([0-9][0-9., ]*(?: records?)?\))$"


def row_status(
    source: Source, asked: tuple[Field, ...], part: TextPart, values: dict[str, ParsedColumn]
) -> np.ndarray:
    """Status of each row before its cells are judged.

    Parameters
    ----------
    source : Source
        The settings of the source.
    asked : tuple of Field
        The columns of its table.
    part : TextPart
        The rows.
    values : dict of str to ParsedColumn
        Their parsed cells.

    Returns
    -------
    ndarray of int8, shape (rows,)
        ``ACCEPTED`` (so far), or why the row is no data, a key of ``ASIDE``.

    Notes
    -----
    A customer may be called Total or Copyright House: a row that is complete is never taken for a
    sum or a footer. ``total_rows`` of the settings are taken at their word.
    """
    rows = part.columns.num_rows
    status = np.full(rows, ACCEPTED, dtype=np.int8)
    if rows == 0:
        return status
    if source.table == "opportunities":
        status[_still_open(asked, values, rows)] = _OPEN
    incomplete = np.zeros(rows, dtype=bool)
    for field in asked:
        if field.required:
            incomplete |= values[field.name].values.is_null().to_numpy(zero_copy_only=False)
    _mark_sums(status, source, asked, part, incomplete)
    blank = np.ones(rows, dtype=bool)
    for column in part.columns.columns:
        blank &= trimmed(column).is_null().to_numpy(zero_copy_only=False)
        if not blank.any():
            break
    status[blank] = _BLANK
    return status


def _mark_sums(
    status: np.ndarray,
    source: Source,
    asked: tuple[Field, ...],
    part: TextPart,
    incomplete: np.ndarray,
) -> None:
    """Mark total, footer and heading lines in `status`."""
    names = part.columns.column_names
    id_column = next(f.column for f in asked if f.name == "account_id")
    for name in sorted({names[0], id_column or names[0]}):
        mark = trimmed(part.columns[name])
        if incomplete.any():
            is_total = _is_any(mark, TOTAL_TEXTS) | _like(mark, _TOTAL_TEXT)
            status[is_total & incomplete] = _TOTAL
        if source.total_rows:
            status[_is_any(mark, source.total_rows)] = _TOTAL
    if incomplete.any():
        status[_filled_only(part, names[:1], incomplete, _FOOTER_TEXT)] = _FOOTER
        nameless = [name for name in names if re.fullmatch(r"\(column \d+\)", name)]
        used = {field.column for field in asked}
        if nameless and not used & set(nameless):
            heading = _filled_only(part, nameless, incomplete & (status == ACCEPTED))
            status[heading] = _HEADING


def ragged_reason(source: Source, row: RaggedRow) -> str | None:
    """Say why a row that doesn't fit the header is no data, if it is none.

    Parameters
    ----------
    source : Source
        The settings of the source.
    row : RaggedRow
        The row.

    Returns
    -------
    str or None
        ``total line``, ``footer line``, or ``None`` for a row to be rejected.

    Examples
    --------
    >>> from icpfit.data.sources.row_pieces import RaggedRow
    >>> ragged_reason(Source("revenue", files="r.csv"), RaggedRow(9, ("Grand Totals (8 records)",)))
    'total line'
    """
    first = row.cells[0].strip()
    totals = {text.strip().casefold() for text in (*TOTAL_TEXTS, *source.total_rows)}
    if first.rstrip(": ").casefold() in totals or re.match(_TOTAL_TEXT, first):
        return ASIDE[_TOTAL]
    return ASIDE[_FOOTER] if re.match(_FOOTER_TEXT, first) else None


def _still_open(asked: tuple[Field, ...], values: dict[str, ParsedColumn], rows: int) -> np.ndarray:
    is_open = np.ones(rows, dtype=bool)
    for field in asked:
        if field.name in ("closed_on", "won"):
            empty = values[field.name].values.is_null().to_numpy(zero_copy_only=False)
            bad = [problem.row for problem in values[field.name].problems]
            empty[bad] = False
            is_open &= empty
    return is_open


def _filled_only(
    part: TextPart, names: list[str], among: np.ndarray, pattern: str | None = None
) -> np.ndarray:
    """Rows of `among` that have nothing but in these columns, there in the form of `pattern`."""
    places = np.flatnonzero(among)
    rows = part.columns.take(pa.array(places, pa.int64()))
    kept = np.zeros(len(places), dtype=bool)
    for name in names:
        texts = trimmed(rows[name])
        kept |= _like(texts, pattern) if pattern else texts.is_valid().to_numpy(False)
    for name in rows.column_names:
        if name not in names:
            kept &= trimmed(rows[name]).is_null().to_numpy(zero_copy_only=False)
    found = np.zeros(len(among), dtype=bool)
    found[places[kept]] = True
    return found


def _like(cells: pa.Array, pattern: str) -> np.ndarray:
    found = pc.fill_null(pc.match_substring_regex(cells, pattern=pattern), False)
    return np.asarray(found.to_numpy(zero_copy_only=False), bool)


def _is_any(cells: pa.Array, texts: list[str] | tuple[str, ...]) -> np.ndarray:
    folded = pc.utf8_rtrim(pc.utf8_lower(cells), characters=": ")
    wanted = pa.array([text.strip().lower().rstrip(": ") for text in texts], pa.string())
    return np.asarray(pc.is_in(folded, value_set=wanted).to_numpy(zero_copy_only=False), bool)
