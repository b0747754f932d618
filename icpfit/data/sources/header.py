"""Where the header of a CSV stands, and which delimiter it is written with."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from icpfit.data.sources.source_spec import DELIMITERS
from icpfit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

__all__ = ["HeaderPlace", "header_place", "header_record"]

_SHOWN = {"\t": "tab"}
_RECORDS_LOOKED_AT = 20


@dataclass(frozen=True)
class HeaderPlace:
    """The header's record (0 = first), its delimiter, and how many filled records lie above it."""

    record: int
    delimiter: str
    passed_over: int = 0


def header_place(
    head: Sequence[str], declared: str | None, expected: Collection[str], shown: str
) -> HeaderPlace:
    """Find the header among the first lines of a CSV.

    It is the first record with most of the expected columns, where there are any; else the first
    that isn't blank. The delimiter is the declared one, that of a ``sep=`` line, or the one under
    which the header has the most columns.

    Parameters
    ----------
    head : sequence of str
        The first lines.
    declared : str or None
        The declared delimiter.
    expected : collection of str
        Columns that the header should hold.
    shown : str
        Name of the file, for messages.

    Returns
    -------
    HeaderPlace
        Its place.

    Raises
    ------
    SourceError
        When there is no header, or two delimiters fit as well.

    Examples
    --------
    >>> header_place(["Export of 2026", "", "id;price", "1;2,5"], None, ["id"], "a.csv")
    HeaderPlace(record=2, delimiter=';', passed_over=1)
    """
    first = 0
    if head and head[0].lower().startswith("sep=") and len(head[0].strip("\r\n")) == 5:
        declared = declared or head[0][4]
        first = 1
    found: dict[str, tuple[int, int, int, int]] = {}
    for delimiter in (declared,) if declared else DELIMITERS:
        records = _records(head, delimiter)
        place = header_record(records, expected, first)
        if place is not None:
            record, above, known = place
            found[delimiter] = (known, len(records[record]), record, above)
    if not found:
        raise SourceError(f"{shown}: is empty; export it again")
    top = max(value[:2] for value in found.values())
    fitting = [delimiter for delimiter, value in found.items() if value[:2] == top]
    if len(fitting) > 1 and top[1] > 1:
        named = " and ".join(_SHOWN.get(delimiter, delimiter) for delimiter in fitting)
        raise SourceError(
            f"{shown}: {named} fit its header as well as each other; set format: {{delimiter: ...}}"
        )
    _, _, record, above = found[fitting[0]]
    return HeaderPlace(record, fitting[0], above)


def header_record(
    records: Sequence[Sequence[str]], expected: Collection[str], first: int = 0
) -> tuple[int, int, int] | None:
    """Find the header among records.

    Parameters
    ----------
    records : sequence of sequence of str
        The first records of a file.
    expected : collection of str
        Columns that the header should hold.
    first : int
        The first record that may be it.

    Returns
    -------
    (int, int, int) or None
        Its place, how many filled records lie above it, and how many expected columns it holds;
        the first filled record where none holds any.

    Examples
    --------
    >>> header_record([["Q3"], [], ["id", "price"], ["id", "1"]], ["id", "price"])
    (2, 1, 2)
    """
    filled = [i for i, r in enumerate(records) if i >= first and any(c.strip() for c in r)]
    if not filled:
        return None
    # Without case: a slip in a name is told by the column that is missing, not by the header.
    wanted = {name.strip().casefold() for name in expected}
    known = [len(wanted & {c.strip().casefold() for c in records[i]}) for i in filled]
    above = known.index(max(known))
    return filled[above], above, known[above]


def _records(head: Sequence[str], delimiter: str) -> list[list[str]]:
    records = []
    try:
        for record in csv.reader(head, delimiter=delimiter):
            records.append(record)
            if len(records) == _RECORDS_LOOKED_AT:
                break
    except csv.Error:  # a quote left open; the strict pass names its line
        pass
    return records
