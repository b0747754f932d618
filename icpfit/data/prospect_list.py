"""A list of companies to score: kept as it is, with what could be read of each beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import pandas as pd
import pyarrow as pa

from icpfit.data.fact_values import fact_values
from icpfit.data.prospect_file import list_file, require_id, require_whole, selected_list
from icpfit.data.sources.cells import CANONICAL, arrow_type, parsed, parsed_mixed, trimmed
from icpfit.data.sources.reader import text_table
from icpfit.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from icpfit.data.contract import Kind
    from icpfit.data.sources.reader import TextTable
    from icpfit.data.table_spec import DataSpec, ProspectSpec

__all__ = ["ProspectList", "read_prospects"]

_KINDS: dict[str, str] = {
    "number": "a number",
    "flag": "true or false",
    "date": "a date",
}


@dataclass(frozen=True)
class ProspectList:
    """A list of prospects.

    Parameters
    ----------
    original : pyarrow.Table
        The list as it was read, every row and column in order: text for CSV, typed for Parquet.
    header : tuple of str
        Its header as it stands in the file.
    ids : list of str or None
        Trimmed id of each row; ``None`` where it is empty.
    facts : DataFrame, shape (rows, attributes)
        Every declared attribute, default index: text or None, float64 (a flag 1 or 0) with NaN,
        or datetime64[s] with NaT.
    opened_on : Series or None
        When each opportunity was opened, datetime64[s]; ``None`` without such a column.
    names : list of str or None
        Each company's name.
    absent : list of str
        Attributes that the list has no column for.
    unreadable : dict of int to list of str
        Row to what could not be read of it and is taken as missing.
    kind : {"csv", "parquet"}
        What it was; a workbook counts as a CSV.
    delimiter, encoding : str
        Of a CSV; ``,`` and ``utf-8`` for the result of a SELECT.
    digests : dict of str to str
        SHA-256 of each file.
    notes : list of str
        What a reader should know.
    decimal : {".", ","}
        Decimal sign of the list's numbers, as declared.
    id_column : str
        The column that `ids` are from.
    name_column : str or None
        The column that `names` are from; None where the list has none.
    columns : dict of str to str
        Attribute to the list's column that it was read from.
    """

    original: pa.Table
    header: tuple[str, ...]
    ids: list[str | None]
    facts: pd.DataFrame
    opened_on: pd.Series | None
    names: list[str | None]
    absent: list[str]
    unreadable: dict[int, list[str]]
    kind: str
    delimiter: str
    encoding: str
    digests: dict[str, str]
    notes: list[str]
    decimal: Literal[".", ","] = "."
    id_column: str = ""
    name_column: str | None = None
    columns: dict[str, str] = field(default_factory=dict)


def read_prospects(spec: DataSpec, prospects: str, root: Path) -> ProspectList:
    """Read a list of prospects; only its id column must be there.

    Parameters
    ----------
    spec : DataSpec
        Its ``prospects`` and ``attributes`` say which column is what.
    prospects : str
        A name under ``prospects.lists``, else a path relative to the current folder or `root`.
    root : Path
        What ``spec.folder`` is relative to.

    Returns
    -------
    ProspectList
        The list untouched, and the facts read from it.

    Raises
    ------
    SettingsError
        When the settings don't say which column is the id.
    SourceError
        When the file is missing, unreadable, ragged, or has no id column.

    Notes
    -----
    A cell that can't be read is missing, and noted for its row. A list without rows is allowed. A
    ragged row stops the reading: the list could not be handed back whole.
    """
    if spec.prospects is None:
        raise SettingsError("data.prospects: is missing; add id: and the name of the id column")
    text, digests = _text(spec, spec.prospects, prospects, root)
    require_whole(text)
    columns = text.columns
    asked = spec.prospects
    require_id(text, asked.id)
    ids = trimmed(columns[asked.id]).to_pylist()
    unreadable: dict[int, list[str]] = {}
    facts: dict[str, pd.Series] = {}
    absent = []
    read_from = {}
    notes = [*text.notes, *_blank_note(text)]
    if not columns.num_rows:
        notes.append(f"{text.file}: has a header and no rows; there is nothing to score")
    for name, attribute in spec.attributes.items():
        column = asked.columns.get(name, attribute.source_column)
        if column not in columns.column_names:
            absent.append(name)
            if column in text.unreadable:
                notes.append(f"column '{column}' holds {text.unreadable[column]}: taken as absent")
            nothing = pa.chunked_array([pa.nulls(columns.num_rows, arrow_type(attribute.kind))])
            facts[name] = fact_values(nothing, attribute.kind)
            continue
        read_from[name] = column
        before = sum(map(len, unreadable.values()))
        values = _values(text, column, attribute.kind, asked, name=name, unreadable=unreadable)
        facts[name] = fact_values(values, attribute.kind)
        lost = sum(map(len, unreadable.values())) - before
        if lost > len(values) - values.null_count:
            # Single bad cells are the row's own affair; a whole column is a setting.
            notes.append(
                f"column '{column}': {lost:,} of {len(values):,} cells can't be read as a "
                f"{attribute.kind}; how they are written is set by data.prospects.format "
                "(decimal, thousands, dates)"
            )
    opened_on = None
    if asked.opened_on is not None and asked.opened_on in columns.column_names:
        values = _values(
            text, asked.opened_on, "date", asked, name="opened_on", unreadable=unreadable
        )
        opened_on = fact_values(values, "date")
    names: list[str | None] = [None] * columns.num_rows
    name_column = asked.name if asked.name in columns.column_names else None
    if name_column is not None:
        names = trimmed(columns[name_column]).to_pylist()
    return ProspectList(
        original=columns if text.original is None else text.original,
        header=text.header,
        ids=ids,
        facts=pd.DataFrame(facts, index=pd.RangeIndex(columns.num_rows)),
        opened_on=opened_on,
        names=names,
        absent=absent,
        unreadable=dict(sorted(unreadable.items())),
        kind="csv" if text.kind == "workbook" else text.kind,
        delimiter=text.delimiter or ",",
        encoding=text.encoding or ("utf-8-sig" if text.kind == "workbook" else "utf-8"),
        digests=digests,
        notes=notes,
        decimal=asked.format.decimal,
        id_column=asked.id,
        name_column=name_column,
        columns=read_from,
    )


def _text(
    spec: DataSpec, asked: ProspectSpec, prospects: str, root: Path
) -> tuple[TextTable, dict[str, str]]:
    named = asked.lists.get(prospects)
    if named is not None and named.files is None:
        return selected_list(spec, asked, prospects, root)
    path, shown = list_file(spec, asked, prospects, root)
    text = text_table(path, asked.format, shown, [asked.id])
    return text, {text.file: text.digest}


def _values(
    text: TextTable,
    column: str,
    kind: Kind,
    asked: ProspectSpec,
    *,
    name: str,
    unreadable: dict[int, list[str]],
) -> pa.ChunkedArray:
    cells = text.columns[column]
    if column in text.typed:
        result = parsed_mixed(cells, text.typed[column], kind, asked.format)
    else:
        result = parsed(cells, kind, CANONICAL if column in text.native else asked.format)
    for problem in result.problems:
        value = (cells[problem.row].as_py() or "").strip()
        shown = value if len(value) <= 40 else value[:40] + "…"
        what = f"is not {_KINDS[kind]}" if kind in _KINDS else problem.problem
        unreadable.setdefault(problem.row, []).append(f"{name} '{shown}' {what}")
    return pa.chunked_array([result.values])  # noqa: PD011 - not pandas


def _blank_note(text: TextTable) -> list[str]:
    return [f"{text.blank:,} empty lines left out"] if text.blank else []
