"""A list of any length: read, scored and written piece by piece, in the same memory."""

from __future__ import annotations

import codecs
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from icpfit.data.fact_columns import fact_columns
from icpfit.data.sources.plain_csv import list_pieces
from icpfit.delivery.lists.csv_rows import csv_header, csv_rows
from icpfit.delivery.lists.list_columns import added_names
from icpfit.delivery.lists.scored_batch import scored_batch
from icpfit.delivery.whole_file import whole_file
from icpfit.errors import SettingsError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from icpfit.data.sources.reader import TextTable
    from icpfit.data.table_spec import DataSpec
    from icpfit.delivery.lists.scored_batch import Scorer

__all__ = ["StreamedList", "streamed_list"]


@dataclass(frozen=True)
class StreamedList:
    """What was scored.

    Attributes
    ----------
    rows : int
        Prospects.
    grades : dict of str to int
        How many have each grade.
    cautions : int
        Rows with a caution.
    neutral : int
        Cells of the list itself that were made plain text.
    absent : tuple of str
        Attributes that the list has no column for.
    notes : tuple of str
        What a reader should know.
    """

    rows: int
    grades: dict[str, int]
    cautions: int
    neutral: int
    absent: tuple[str, ...]
    notes: tuple[str, ...] = field(default=())


def streamed_list(
    path: Path,
    out: Path,
    scorer: Scorer,
    spec: DataSpec,
    *,
    shown: str = "",
    progress: Callable[[str], None] | None = None,
) -> StreamedList:
    """Score a CSV and write it with the added columns behind its own; all of it, or nothing.

    Parameters
    ----------
    path : Path
        The list, a CSV.
    out : Path
        The scored list, a CSV in the list's own delimiter and encoding.
    scorer : Scorer
        From `icpfit.delivery.lists.scored_batch.scorer`.
    spec : DataSpec
        Its ``prospects`` and ``attributes`` say which column is what.
    shown : str
        Name of the list in messages; by default its path.
    progress : callable, optional
        Told after each piece how many rows are done, and how many a second.

    Returns
    -------
    StreamedList
        Counts of what was written.

    Raises
    ------
    SettingsError
        When the settings don't say which column is the id.
    SourceError
        When the list is no CSV, ragged, damaged, or has no id column.
    OutputError
        When the list can't be written; what was there before stays.

    Notes
    -----
    A row's cells are those that `scored_frame` gives, to the byte. What depends on the whole list
    (relations between its rows, the order of calls) is not added. About 65,000 rows are held at
    a time, so the memory doesn't grow with the list.
    """
    if spec.prospects is None:
        raise SettingsError("data.prospects: is missing; add id: and the name of the id column")
    name = shown or str(path)
    grades: Counter[str] = Counter()
    rows = cautions = neutral = blank = 0
    absent: tuple[str, ...] = ()
    notes: list[str] = []
    began = time.monotonic()
    with whole_file(out) as part, part.open("wb") as file:
        encoder = None
        pieces = list_pieces(path, spec.prospects.format, name, [spec.prospects.id])
        for piece, is_plain in pieces:
            if encoder is None:
                encoder = _encoder(piece)
                _check(piece, name, spec.prospects.id)
                names = added_names([*piece.columns.column_names, *piece.header])
                header = csv_header([*piece.header, *names.values()], piece.delimiter)
                file.write(encoder.encode(header.decode()))
            _check_whole(piece, name)
            facts = fact_columns(piece, spec)
            scored = scored_batch(
                scorer,
                facts.batch,
                opened_on=facts.opened_on,
                absent=facts.absent,
                unreadable=facts.unreadable,
            )
            lines, changed = csv_rows(
                piece.columns,
                scored,
                piece.delimiter,
                spec.prospects.format.decimal,
                is_plain=is_plain,
                numbers=facts.numbers,
            )
            file.write(lines if _is_utf8(piece) else encoder.encode(bytes(lines).decode()))
            for found in pc.value_counts(scored["fit_grade"]).to_pylist():
                grades[found["values"]] += found["counts"]
            rows, neutral, absent = rows + scored.num_rows, neutral + changed, facts.absent
            cautions += scored.num_rows - scored["caution"].null_count
            blank += piece.blank
            notes += piece.notes
            if progress is not None:
                pace = rows / max(time.monotonic() - began, 1e-6)
                progress(f"{rows:,} rows, {pace:,.0f} a second")
    if blank:
        notes.append(f"{blank:,} empty lines left out")
    return StreamedList(rows, dict(sorted(grades.items())), cautions, neutral, absent, tuple(notes))


def _is_utf8(piece: TextTable) -> bool:
    return piece.encoding.lower().replace("_", "-").startswith(("utf-8", "utf8"))


def _encoder(piece: TextTable) -> codecs.IncrementalEncoder:
    # One encoder for the whole file: a byte-order mark stands at its beginning only.
    return codecs.getincrementalencoder(piece.encoding or "utf-8")("replace")


def _check(piece: TextTable, name: str, id_column: str) -> None:
    if piece.kind != "csv":
        raise SourceError(f"{name}: is no CSV; a list that is scored piece by piece is one")
    if id_column not in piece.columns.column_names:
        there = ", ".join(f"'{column}'" for column in piece.columns.column_names[:5])
        raise SourceError(
            f"{name}: has no column '{id_column}' (data.prospects.id); it has {there}"
        )


def _check_whole(piece: TextTable, name: str) -> None:
    if piece.ragged:
        raise SourceError(
            f"{name}, line {piece.ragged[0].line}: other than {len(piece.header)} cells, as the"
            " header has; quote cells that hold the delimiter, or complete the row"
        )
