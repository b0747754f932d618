"""Cells that a spreadsheet would run: found, and made plain text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["is_formula", "neutral_text", "with_neutral_text"]

# A spreadsheet takes a cell that starts so for a formula; also in full width, and behind a tab.
_START = "[=+\\-@\\t\\r\\n＝＋－＠]"
# What starts so and is a number, or a dash for "nothing", is run by nobody.
_PLAIN = "[+-]?[.,]?[0-9][0-9.,'’ \u00a0\u202f]*([eE][+-]?[0-9]+)? ?%?|-+"
_FORMULA = re.compile(_START)
_NUMBER = re.compile(_PLAIN)
# First bytes of those signs in UTF-8.
_BYTES = {sign.encode()[0] for sign in "=+-@\t\r\n＝＋－＠"}
_FIRST = np.array([byte in _BYTES for byte in range(256)])


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet would take a text for a formula.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    bool
        True where it starts with ``= + - @``, a tab or an end of line, also in full width, and is
        neither a number nor a dash.

    Examples
    --------
    >>> [is_formula(text) for text in ("=1+1", "-12.50", "+49 30 1234", "+49-30-1234", "-", "a=b")]
    [True, False, False, True, False, False]
    """
    return bool(_FORMULA.match(text)) and not _NUMBER.fullmatch(text)


def neutral_text(text: str) -> str:
    """Return a text as no spreadsheet runs it: with an apostrophe in front where it has to be.

    Parameters
    ----------
    text : str
        A cell.

    Returns
    -------
    str
        The cell.

    Examples
    --------
    >>> neutral_text("=SUM(A1:A9) Handels GmbH"), neutral_text("-12.50")
    ("'=SUM(A1:A9) Handels GmbH", '-12.50')
    """
    return f"'{text}" if is_formula(text) else text


def with_neutral_text(table: pa.Table) -> tuple[pa.Table, int]:
    """Return columns of text without a cell that a spreadsheet would run, and how many there were.

    Parameters
    ----------
    table : pyarrow.Table
        Text columns.

    Returns
    -------
    tuple of pyarrow.Table and int
        The same columns, each such cell as `neutral_text` gives it.

    Examples
    --------
    >>> import pyarrow as pa
    >>> safe, found = with_neutral_text(pa.table({"a": ["=1+1", "-1", None]}))
    >>> safe["a"].to_pylist(), found
    (["'=1+1", '-1', None], 1)
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    found = 0
    for position, name in enumerate(table.column_names):
        column = table.column(position)
        if not any(_may_start(chunk) for chunk in column.chunks):
            continue
        starts = pc.match_substring_regex(column, f"^{_START}")
        if not pc.any(starts).as_py():
            continue
        plain = pc.match_substring_regex(column, f"\\A(?:{_PLAIN})\\z")
        runs = pc.and_not(starts, plain)
        found += pc.sum(runs).as_py() or 0
        quoted = pc.binary_join_element_wise(pa.scalar("'"), column.cast(pa.string()), "")
        table = table.set_column(position, name, pc.if_else(runs, quoted, column.cast(pa.string())))
    return table, found


def _may_start(cells: pa.Array) -> bool:
    """Return whether any cell begins with a byte that a formula may begin with."""
    import pyarrow as pa

    if cells.type != pa.string() or not len(cells):
        return bool(len(cells))
    _, offsets, content = cells.buffers()
    if content is None or not content.size:
        return False
    ends = np.frombuffer(offsets, dtype=np.int32)[cells.offset : cells.offset + len(cells) + 1]
    first = ends[:-1][ends[1:] > ends[:-1]]
    return bool(_FIRST[np.frombuffer(content, dtype=np.uint8)[first]].any())
