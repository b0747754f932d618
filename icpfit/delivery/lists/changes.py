"""What became of a list's grades since it was scored before, and by what."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from icpfit.data.fact_columns import fact_columns
from icpfit.data.prospect_source import prospect_source
from icpfit.data.sources.cells import trimmed
from icpfit.delivery.lists.excel_file import SHEET
from icpfit.delivery.lists.list_columns import own_name
from icpfit.errors import SettingsError, SourceError
from icpfit.fit.phrases import number_phrase

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from icpfit.data.fact_columns import FactColumns
    from icpfit.data.table_spec import DataSpec

__all__ = ["Changes", "EarlierList", "earlier_list"]

_NAMED = 3
_MOST_ROWS = 1_000_000
_OPENED = "opened on"
_SCORED = ("fit_grade", "fit_score", "model_version")


@dataclass(frozen=True)
class Changes:
    """What became of some rows since an earlier list.

    Parameters
    ----------
    grade_before : pyarrow.Array of text
        Null where the earlier list doesn't have the row, or has its id more than once.
    changed_because : pyarrow.Array of text
        What differs; null where the grade is the same or there was none.
    score_before : pyarrow.Array of float64
        Null where there was none.
    """

    grade_before: pa.Array
    changed_because: pa.Array
    score_before: pa.Array


@dataclass(frozen=True, eq=False)
class EarlierList:
    """A list that icpfit scored earlier.

    Parameters
    ----------
    places : dict of str to int
        Row of each id that stands in it once.
    scored : pyarrow.Table
        Its grades, scores and model versions, as text.
    facts : pyarrow.Table
        The facts that the model reads, as far as it has them, and when each was opened.
    """

    places: dict[str, int]
    scored: pa.Table
    facts: pa.Table

    def changes(
        self,
        ids: pa.Array,
        times: Sequence[int],
        scored: pa.RecordBatch,
        facts: FactColumns,
        features: Sequence[str],
    ) -> Changes:
        """Return some rows' grades in this list, and why they aren't the same any more.

        Parameters
        ----------
        ids : pyarrow.Array of text, length n
            Of the rows as they are now.
        times : sequence of int, length n
            How often each id stands in the list now.
        scored : pyarrow.RecordBatch, n rows
            From `scored_batch`.
        facts : FactColumns
            The rows' facts.
        features : sequence of str
            The facts that the model reads, in the order in which they are named.

        Returns
        -------
        Changes
            Rows are found again by their id.

        Notes
        -----
        Facts that differ are named as they are written, three at most; then another model. Where
        both differ, which of them moved the grade is not told apart. Where nothing in the two
        lists differs, it says so.
        """
        names = ids.to_pylist()
        rows = [
            self.places.get(name) if name and times[k] == 1 else None
            for k, name in enumerate(names)
        ]
        grades, scores, models = (
            self.scored[name].take(pa.array(rows, pa.int64())).to_pylist() for name in _SCORED
        )
        latest, version = scored["fit_grade"].to_pylist(), scored["model_version"].to_pylist()
        because: list[str | None] = [None] * len(rows)
        for at, row in enumerate(rows):
            if row is None or grades[at] in (None, latest[at]):
                continue
            said = self._differences(facts, at, row, features)
            if models[at] is not None and models[at] != version[at]:
                said.append(f"the model, {models[at]} → {version[at]}")
            because[at] = "; ".join(said) or "neither facts nor model differ in the two lists"
        return Changes(
            pa.array(grades, pa.string()),
            pa.array(because, pa.string()),
            pa.array([_score(score) for score in scores], pa.float64()),
        )

    def _differences(
        self, facts: FactColumns, at: int, row: int, features: Sequence[str]
    ) -> list[str]:
        said = []
        now: dict[str, Any] = {name: facts.batch[name] for name in facts.batch.schema.names}
        for name in features:
            old = _said(self.facts[name][row].as_py() if name in self.facts.column_names else None)
            new = _said(now[name][at].as_py() if name in now else None)
            if old != new:
                said.append(f"{name.replace('_', ' ')} {old} → {new}")
        there = _OPENED in self.facts.column_names
        opened = [
            _said(self.facts[_OPENED][row].as_py() if there else None),
            _said(None if facts.opened_on is None else facts.opened_on[at].as_py()),
        ]
        if opened[0] != opened[1]:
            said.append(f"opened on {opened[0]} → {opened[1]}")
        more = [f"{len(said) - _NAMED} more facts"] if len(said) > _NAMED else []
        return [*said[:_NAMED], *more]


def earlier_list(spec: DataSpec, before: str, root: Path, features: Sequence[str]) -> EarlierList:
    """Read a list that icpfit scored earlier, in whatever form it was written.

    Parameters
    ----------
    spec : DataSpec
        How the company's lists are read.
    before : str
        The list.
    root : Path
        What relative paths may also be relative to.
    features : sequence of str
        The facts that the model reads.

    Returns
    -------
    EarlierList
        Of a workbook, the sheet of the list. It is held in memory.

    Raises
    ------
    SourceError
        When it can't be read, or has no grades.
    SettingsError
        For more than a million rows.
    """
    if spec.prospects is not None and before.casefold().endswith(".xlsx"):
        form = replace(spec.prospects.format, sheet=SHEET)
        spec = replace(spec, prospects=replace(spec.prospects, format=form))
    source = prospect_source(spec, before, root)
    names = {added: own_name(source.names, added) for added in _SCORED}
    if names["fit_grade"] is None:
        raise SourceError(
            f"{before}: has no column 'fit_grade'; give before= a list that icpfit score wrote"
        )
    columns = [name for name in names.values() if name is not None]
    asked = [source.columns[name] for name in features if name in source.columns]
    if spec.prospects is not None and spec.prospects.opened_on is not None:
        asked.append(spec.prospects.opened_on)
    wanted = {source.id_column, *columns, *asked}
    ids: list[str | None] = []
    scored, facts = [], []
    for piece in source.pieces(wanted, wanted):
        if len(ids) + piece.rows > _MOST_ROWS:
            raise SettingsError(
                f"before: '{before}' has more than {_MOST_ROWS:,} rows, which are held in memory;"
                " give an earlier list of the rows that matter"
            )
        text = piece.text.columns
        ids += trimmed(text[source.id_column]).to_pylist()
        nothing = pa.nulls(piece.rows, pa.string())
        told = {
            added: nothing if name is None else trimmed(text[name]) for added, name in names.items()
        }
        scored.append(pa.table(told))
        found = fact_columns(piece.text, spec)
        kept = {
            name: _plain(found.batch[name]) for name in features if name in found.batch.schema.names
        }
        if found.opened_on is not None:
            kept[_OPENED] = found.opened_on
        facts.append(pa.table(kept) if kept else pa.table({"(none)": pa.nulls(piece.rows)}))
    times = Counter(ids)
    places = {name: row for row, name in enumerate(ids) if name and times[name] == 1}
    return EarlierList(
        places,
        pa.concat_tables(scored).combine_chunks(),
        pa.concat_tables(facts).combine_chunks(),
    )


def _plain(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _said(value: Any) -> str:
    if value is None:
        return "not known"
    if isinstance(value, dt.date):
        return value.isoformat()
    return number_phrase(float(value)) if isinstance(value, int | float) else f"'{value}'"


def _score(text: str | None) -> float | None:
    # A spreadsheet may have written 87 as 87.0 or 87,0.
    if text is None or not text.replace(",", ".").replace(".", "", 1).isdigit():
        return None
    return float(np.float64(text.replace(",", ".")))
