"""A list of any length: read, scored and written piece by piece, in the same memory."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from icpfit.data.fact_columns import fact_columns, is_number_type
from icpfit.data.sources.cells import trimmed
from icpfit.delivery.lists.call_plan import CallPlan, CallPool, PlannedCalls
from icpfit.delivery.lists.list_columns import LIST_COLUMNS
from icpfit.delivery.lists.next_step import next_steps
from icpfit.delivery.lists.scored_batch import SCORED_SCHEMA, scored_batch
from icpfit.delivery.lists.scored_piece import ScoredPiece
from icpfit.delivery.lists.spool import spooled
from icpfit.errors import SettingsError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy.typing as npt

    from icpfit.data.fact_columns import FactColumns
    from icpfit.data.prospect_source import ListPiece, ProspectSource
    from icpfit.data.table_spec import DataSpec
    from icpfit.delivery.lists.changes import EarlierList
    from icpfit.delivery.lists.list_counts import ListCounts
    from icpfit.delivery.lists.list_keys import ListKeys
    from icpfit.delivery.lists.relation import KnownIndex
    from icpfit.delivery.lists.scored_batch import Scorer
    from icpfit.delivery.lists.spool import Spool

__all__ = ["ListScoring", "added_columns", "scored_pieces"]

_MOST_SORTED = 500_000
_BEFORE = "score before"


@dataclass(frozen=True, eq=False)
class ListScoring:
    """All that a scored list is made of.

    Attributes
    ----------
    source : ProspectSource
        The list.
    keys : ListKeys
        From its first reading.
    scorer : Scorer
        The model made ready.
    spec : DataSpec
        Says which column is what.
    known : KnownIndex or None
        Accounts and open deals; None where they couldn't be read.
    plan : CallPlan
        Calls.
    before : EarlierList or None
        The list as it was scored before.
    is_sheet : bool
        Whether cells are wanted as numbers, too.
    needs_text : bool
        Whether all columns of Parquet are wanted as text.
    """

    source: ProspectSource
    keys: ListKeys
    scorer: Scorer
    spec: DataSpec
    known: KnownIndex | None = None
    plan: CallPlan = field(default_factory=CallPlan)
    before: EarlierList | None = None
    is_sheet: bool = False
    needs_text: bool = True


def added_columns(plan: CallPlan, *, has_before: bool) -> list[str]:
    """Return the columns that are added to a list, in their order.

    Parameters
    ----------
    plan : CallPlan
        Whether there are calls.
    has_before : bool
        Whether there is an earlier list.

    Returns
    -------
    list of str
        Those of the model, then those of sales.

    Examples
    --------
    >>> added_columns(CallPlan(capacity=5), has_before=False)[-4:]
    ['next_step', 'relation', 'call_order', 'call_for']
    """
    left_out: tuple[str, ...] = () if plan.capacity is not None else ("call_order", "call_for")
    left_out += () if has_before else ("grade_before", "changed_because")
    return [*SCORED_SCHEMA.names, *(name for name in LIST_COLUMNS if name not in left_out)]


def scored_pieces(
    asked: ListScoring,
    counts: ListCounts,
    out: Path,
    progress: Callable[[str], None] | None = None,
) -> Iterator[ScoredPiece]:
    """Score a list.

    Parameters
    ----------
    asked : ListScoring
        What, with what.
    counts : ListCounts
        Is told of all that goes by; complete once all pieces were taken.
    out : Path
        The list that will be written, beside which rows wait where there are calls.
    progress : callable, optional
        Told after each piece how many rows are scored, and how many a second.

    Yields
    ------
    ScoredPiece
        All rows in the order of the list, or the called ones first where the plan says so.

    Raises
    ------
    SourceError
        When the list was changed since it was first read.
    SettingsError
        When too many rows are called to be put in order.
    OutputError
        When there is no room beside `out`.

    Notes
    -----
    A row's columns of the model depend on the row and the scorer only. Relations and repeats were
    found when the list was first read. The order of the calls is known when the last row is scored:
    then what was added waits on the disk, and the list is read once more. About 65,000 rows are
    held at a time, so the memory doesn't grow with the list.
    """
    pieces = _scored(asked, counts, progress)
    if asked.plan.capacity is None:
        for each in pieces:
            counts.add_rows(each.added)
            yield each
        return
    with spooled(out.resolve().parent, out) as spool:
        pool = CallPool(asked.plan, asked.scorer.model.objective)
        for each in pieces:
            owners = each.keys[f"own {asked.plan.by}"] if asked.plan.by else None
            pool.add(each.piece.start, each.keys["id"], each.added, owners)
            spool.put(each.added.append_column(_BEFORE, each.score_before))
        calls = pool.calls()
        counts.spare, counts.unowned = calls.calls.spare, calls.unowned
        in_order = _called_first if asked.plan.sort is not None else _replayed
        for each in in_order(asked, spool, calls):
            counts.add_rows(each.added)
            yield each


def _scored(
    asked: ListScoring, counts: ListCounts, progress: Callable[[str], None] | None
) -> Iterator[ScoredPiece]:
    model, began, done = asked.scorer.model, time.monotonic(), 0
    for piece, keys in _read(asked):
        facts = fact_columns(piece.text, asked.spec)
        counts.add_facts(facts, model)
        scored = scored_batch(
            asked.scorer,
            facts.batch,
            opened_on=facts.opened_on,
            absent=facts.absent,
            unreadable=facts.unreadable,
        )
        yield _with_list_columns(asked, piece, keys, facts, scored)
        done += piece.rows
        if progress is not None:
            pace = done / max(time.monotonic() - began, 1e-6)
            progress(f"{done:,} of {asked.keys.rows:,} rows, {pace:,.0f} a second")


def _read(asked: ListScoring) -> Iterator[tuple[ListPiece, pa.RecordBatch]]:
    """Read the list once more, with what was kept of each row beside it."""
    source, keys, rows = asked.source, asked.keys, 0
    text_of = None if asked.needs_text else _text_columns(asked)
    keys.spool.rewind()
    for piece in source.pieces(text_of=text_of):
        rows += piece.rows
        kept = keys.spool.take(piece.rows) if rows <= keys.rows else None
        if kept is None or not _same_ids(piece, kept, source.id_column):
            break
        yield piece, kept
    else:
        if rows == keys.rows:
            return
    raise SourceError(f"{source.shown}: was changed while it was read; score it again")


def _same_ids(piece: ListPiece, keys: pa.RecordBatch, column: str) -> bool:
    if column not in piece.text.columns.column_names:
        return True
    return bool(trimmed(piece.text.columns[column]).equals(keys["id"]))


def _text_columns(asked: ListScoring) -> set[str]:
    """Return the columns of Parquet that are needed as text: facts that are no numbers."""
    spec, source = asked.spec, asked.source
    named = {column: name for name, column in source.columns.items()}
    wanted = {source.id_column}
    for name in source.names:
        kind = spec.attributes[named[name]].kind if name in named else None
        is_number = kind == "number" and is_number_type(source.types.get(name, pa.string()))
        if kind is not None and not is_number:
            wanted.add(name)
    if spec.prospects is not None and spec.prospects.opened_on is not None:
        wanted.add(spec.prospects.opened_on)
    return wanted


def _with_list_columns(
    asked: ListScoring,
    piece: ListPiece,
    keys: pa.RecordBatch,
    facts: FactColumns,
    scored: pa.RecordBatch,
) -> ScoredPiece:
    """Add to what the model says of some rows what the list and the accounts say."""
    n, start = piece.rows, piece.start
    said = {} if asked.known is None else asked.known.relations(keys)
    times = np.ones(n, dtype=np.int64)
    repeated = {}
    for row, told, of_id in asked.keys.repeats.said(start, start + n):
        at = row - start
        said[at] = "; ".join([*([said[at]] if at in said else []), told])
        times[at] = of_id
        if of_id > 1:
            name = keys["id"][at].as_py()
            repeated[at] = f"its id '{name}' stands in {of_id} rows of the list"
    related = np.zeros(n, dtype=bool)
    related[list(said)] = True
    # The step of a row follows from its own caution: a repeat is a relation already.
    columns = {name: scored[name] for name in scored.schema.names}
    columns["next_step"] = next_steps(scored, related)
    columns["relation"] = _sparse_texts(n, said)
    columns["caution"] = _with_more(scored["caution"], repeated)
    score_before = pa.nulls(n, pa.float64())
    if asked.before is not None:
        names = asked.scorer.model.contract.names
        changed = asked.before.changes(keys["id"], times.tolist(), scored, facts, names)
        columns["grade_before"] = changed.grade_before
        columns["changed_because"] = changed.changed_because
        score_before = changed.score_before
    return ScoredPiece(
        piece,
        keys,
        pa.record_batch(columns),
        score_before,
        facts.numbers,
        _sheet_values(asked, facts) if asked.is_sheet else {},
    )


def _sparse_texts(n: int, said: dict[int, str]) -> pa.Array:
    if not said:
        return pa.nulls(n, pa.string())
    return pa.array([said.get(row) for row in range(n)], pa.string())


def _with_more(cautions: pa.Array, more: dict[int, str]) -> pa.Array:
    if not more:
        return cautions
    said = cautions.to_pylist()
    for row, text in more.items():
        said[row] = "; ".join([*([said[row]] if said[row] else []), text])
    return pa.array(said, pa.string())


def _sheet_values(asked: ListScoring, facts: FactColumns) -> dict[str, pa.Array]:
    """Return what the columns of numbers were read as."""
    return {
        column: facts.batch[name]
        for name, column in asked.source.columns.items()
        if name in facts.batch.schema.names and pa.types.is_floating(facts.batch[name].type)
    }


def _replayed(asked: ListScoring, spool: Spool, calls: PlannedCalls) -> Iterator[ScoredPiece]:
    """Give what waits on the disk in the order of the list, with the calls beside it."""
    spool.rewind()
    names = added_columns(asked.plan, has_before=asked.before is not None)
    for piece, keys in _read(asked):
        added = spool.take(piece.rows)
        columns = {name: added[name] for name in added.schema.names}
        columns["call_order"], columns["call_for"] = calls.columns(piece.start, piece.rows)
        numbers, values = frozenset[str](), {}
        if asked.is_sheet:
            facts = fact_columns(piece.text, asked.spec)
            numbers, values = facts.numbers, _sheet_values(asked, facts)
        ordered = pa.record_batch([columns[name] for name in names], names)
        yield ScoredPiece(piece, keys, ordered, columns[_BEFORE], numbers, values)


def _called_first(asked: ListScoring, spool: Spool, calls: PlannedCalls) -> Iterator[ScoredPiece]:
    """Give the called rows by owner in the order of their calls, the others behind as they came."""
    if len(calls.sequence) > _MOST_SORTED:
        raise SettingsError(
            f"sort=call_order: {len(calls.sequence):,} rows are called, more than"
            f" {_MOST_SORTED:,} are not put in order; lower capacity=, or sort by call_order later"
        )
    called = np.sort(calls.sequence)
    parts: list[ScoredPiece] = []
    for each in _replayed(asked, spool, calls):
        here = _rows_within(each.piece, called)
        if len(here) or not parts:
            parts.append(each.take(pa.array(here)))
    yield ScoredPiece.joined(parts).take(pa.array(np.searchsorted(called, calls.sequence)))
    for each in _replayed(asked, spool, calls):
        others = np.delete(np.arange(each.piece.rows), _rows_within(each.piece, called))
        yield each.take(pa.array(others))


def _rows_within(piece: ListPiece, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    first, last = np.searchsorted(rows, (piece.start, piece.start + piece.rows)).tolist()
    return np.asarray(rows[first:last] - piece.start)
