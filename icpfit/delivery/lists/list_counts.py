"""What a scored list holds as a whole, counted while it goes by."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from icpfit.data.sources.parquet_text import hole_notes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.data.fact_columns import FactColumns
    from icpfit.data.table_spec import DataSpec
    from icpfit.fit.model import Model

__all__ = ["ListCounts"]

_SHARE = 0.2
_NAMED = 3
# Levels that were never served are told apart up to so many of each fact.
_LEVELS = 100_000


@dataclass(eq=False)
class ListCounts:
    """Figures of a list, and what must be said of it.

    Attributes
    ----------
    rows, relations, cautions : int
        Prospects; those with a relation; those with a caution.
    grades, steps, calls : Counter of str
        Rows by grade, by next step, by what they are called for.
    moved : int or None
        Rows with another grade than in an earlier list; None where there is none.
    found_before : int
        Rows that stand in that list.
    spare : int
        Calls that the capacity would have allowed, and no row was worth.
    unowned : int
        Calls of rows that nobody owns, where each owner has calls of their own.
    """

    rows: int = 0
    relations: int = 0
    cautions: int = 0
    moved: int | None = None
    found_before: int = 0
    spare: int = 0
    unowned: int = 0
    grades: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    _unreadable: int = 0
    _example: str = ""
    _lost: dict[str, tuple[int, int]] = field(default_factory=dict)
    _holes: Counter[str] = field(default_factory=Counter)
    _strange: dict[str, Counter[str]] = field(default_factory=dict)
    _known: Counter[str] = field(default_factory=Counter)
    _unserved_rows: Counter[str] = field(default_factory=Counter)

    def add_facts(self, facts: FactColumns, model: Model) -> None:
        """Count what was read of some rows.

        Parameters
        ----------
        facts : FactColumns
            Of the rows.
        model : Model
            Says which levels were served.
        """
        if facts.unreadable:
            self._example = self._example or "; ".join(facts.unreadable[min(facts.unreadable)])
            self._unreadable += len(facts.unreadable)
        for column, (bad, good) in facts.lost.items():
            before = self._lost.get(column, (0, 0))
            self._lost[column] = before[0] + bad, before[1] + good
        self._holes.update(facts.holes)
        for feature in model.contract.features:
            if feature.kind != "category" or feature.name not in facts.batch.schema.names:
                continue
            column = facts.batch[feature.name]
            if not pa.types.is_dictionary(column.type):
                column = column.dictionary_encode()
            self._known[feature.name] += len(column) - column.null_count
            served = {*feature.levels, *feature.rare_levels}
            levels = column.dictionary.to_pylist()
            strange = [k for k, level in enumerate(levels) if level not in served]
            if not strange:
                continue
            places = pc.drop_null(column.indices).to_numpy(zero_copy_only=False)
            times = np.bincount(places, minlength=len(levels))
            # All of them count, also those of levels that are not told apart any more.
            self._unserved_rows[feature.name] += int(times[strange].sum())
            counted = self._strange.setdefault(feature.name, Counter())
            for k in strange:
                if len(counted) < _LEVELS or levels[k] in counted:
                    counted[levels[k]] += int(times[k])

    def add_rows(self, added: pa.RecordBatch) -> None:
        """Count some rows that are written.

        Parameters
        ----------
        added : pyarrow.RecordBatch
            Their added columns.
        """
        self.rows += added.num_rows
        self.relations += added.num_rows - added["relation"].null_count
        self.cautions += added.num_rows - added["caution"].null_count
        counted = {"fit_grade": self.grades, "next_step": self.steps, "call_for": self.calls}
        for name, counter in counted.items():
            if name in added.schema.names:
                for found in pc.value_counts(added[name]).to_pylist():
                    if found["values"] is not None:
                        counter[found["values"]] += found["counts"]
        if "changed_because" in added.schema.names:
            moved = added.num_rows - added["changed_because"].null_count
            self.moved = (self.moved or 0) + moved
            self.found_before += added.num_rows - added["grade_before"].null_count

    def add_counts(self, other: ListCounts) -> None:
        """Count what was counted elsewhere, of the rows that follow.

        Parameters
        ----------
        other : ListCounts
            Of other rows of the same list.
        """
        added_up = ("rows", "relations", "cautions", "found_before", "spare", "unowned")
        for name in (*added_up, "_unreadable"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        if other.moved is not None:
            self.moved = (self.moved or 0) + other.moved
        for name in ("grades", "steps", "calls", "_holes", "_known", "_unserved_rows"):
            getattr(self, name).update(getattr(other, name))
        self._example = self._example or other._example
        for column, (bad, good) in other._lost.items():
            before = self._lost.get(column, (0, 0))
            self._lost[column] = before[0] + bad, before[1] + good
        for name, levels in other._strange.items():
            counted = self._strange.setdefault(name, Counter())
            for level, times in levels.items():
                if len(counted) < _LEVELS or level in counted:
                    counted[level] += times

    def warnings(self, model: Model, spec: DataSpec) -> list[str]:
        """Return what must be said about the list, once all of it was read.

        Parameters
        ----------
        model : Model
            The model that scored it.
        spec : DataSpec
            Says what the columns are.

        Returns
        -------
        list of str
            A line for NaN, for an earlier list that has none of the rows, for calls that nobody
            owns or that are left over, for each column of which more than half can't be read, for
            cells that can't be read, for each fact of which a fifth or more of the known cells
            hold a level that was never served, with the most frequent ones, and for each fact of
            which levels differ from served ones in case, spaces or width of letters alone.
        """
        lines = list(hole_notes(self._holes))
        columns = spec.prospects.columns if spec.prospects is not None else {}
        kinds = {columns.get(n, a.source_column): a.kind for n, a in spec.attributes.items()}
        for column, (bad, good) in self._lost.items():
            if bad > good:
                # Single bad cells are the row's own affair; a whole column is a setting.
                lines.append(
                    f"column '{column}': {bad:,} of {self.rows:,} cells can't be read as a"
                    f" {kinds[column]}; how they are written is set by data.prospects.format"
                    " (decimal, thousands, dates)"
                )
        if self._unreadable:
            many = f"{self._unreadable:,} row{' has' if self._unreadable == 1 else 's have'}"
            lines.append(
                f"{many} cells that can't be read and are taken as not known; the column caution"
                f" says which, such as: {self._example}"
            )
        lines += [*self._unserved(model), *self._written_otherwise(model)]
        if self.moved is not None and self.rows and not self.found_before:
            lines.append(
                "before: none of the list's ids stands in the earlier list, so no grade can be held"
                " against one; is it the right list, and are its ids the same?"
            )
        if self.unowned:
            lines.append(
                f"{self.unowned:,} calls are of rows that nobody owns (capacity_by): they are a"
                " queue of their own, behind those of the owners"
            )
        if self.spare:
            lines.append(
                f"{self.spare:,} calls of the capacity are left over: no other row of the list is"
                " to be called or explored"
            )
        return lines

    def _unserved(self, model: Model) -> list[str]:
        lines = []
        for feature in model.contract.features:
            counts = self._strange.get(feature.name, Counter())
            strange, known = self._unserved_rows[feature.name], self._known[feature.name]
            if not strange or strange < _SHARE * known:
                continue
            named = _most_frequent({level: f"'{level}'" for level in counts}, counts)
            lines.append(
                f"{feature.words}: {strange:,} of {known:,} rows hold what was never served"
                f" before ({named}); to the model it is as good as missing"
            )
        return lines

    def _written_otherwise(self, model: Model) -> list[str]:
        lines = []
        for feature in model.contract.features:
            counts = self._strange.get(feature.name, Counter())
            served = {_spelled(level): level for level in (*feature.rare_levels, *feature.levels)}
            same = {
                level: f"'{level}' for '{served[spelled]}'"
                for level, times in counts.items()
                if times and (spelled := _spelled(level)) in served
            }
            if not same:
                continue
            rows = sum(counts[level] for level in same)
            lines.append(
                f"{feature.words}: {rows:,} of {self._known[feature.name]:,} rows write a level"
                f" otherwise than the accounts do ({_most_frequent(same, counts)}); to the model it"
                " was never served: write them alike in the list"
            )
        return lines


def _most_frequent(told: Mapping[str, str], counts: Mapping[str, int]) -> str:
    """Return what is told of the most frequent levels, and of how many more."""
    # Ties by name: the order of rows must not show.
    levels = sorted(told, key=lambda level: (-counts[level], level))
    more = f" and {len(levels) - _NAMED:,} more" if len(levels) > _NAMED else ""
    return ", ".join(told[level] for level in levels[:_NAMED]) + more


def _spelled(level: str) -> str:
    """Return a level without case, spaces and width of letters; signs may mean something."""
    return " ".join(unicodedata.normalize("NFKC", level).casefold().split())
