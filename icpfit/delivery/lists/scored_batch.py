"""Facts in, the columns of a scored list out: the one function that scores, batch by batch.

The command, MLflow's pyfunc and any other engine hand their rows to `scored_batch`; a row's cells
depend on that row and the scorer only, so it doesn't matter how a list was cut up.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from icpfit.delivery.lists.scored_list import ADDED_COLUMNS, UNRATED
from icpfit.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd

    from icpfit.fit.grades import Grading
    from icpfit.fit.model import Model
    from icpfit.fit.support import Support
    from icpfit.icp.profile import Profile

__all__ = ["BATCH_ROWS", "SCORED_SCHEMA", "Scorer", "scored_batch", "scorer"]

BATCH_ROWS = 65_536
"""Rows that are worked on at once; bounds the memory and changes no cell."""

SCORED_SCHEMA = pa.schema(
    [
        (name, pa.string() if decimals is None else pa.float64())
        for name, decimals in ADDED_COLUMNS.items()
    ]
)
"""The added columns, in the order of the list."""


@dataclass(frozen=True, eq=False)
class Scorer:
    """All that a row's cells depend on, besides the row.

    Attributes
    ----------
    model : Model
        Graded.
    grading : Grading
        The model's.
    label : str
        What stands in ``model_version``.
    current_icp, proposed_icp : Profile or None
        Profiles whose segments are named.
    """

    model: Model
    grading: Grading
    label: str
    current_icp: Profile | None = None
    proposed_icp: Profile | None = None


def scorer(
    model: Model,
    *,
    current_icp: Profile | None = None,
    proposed_icp: Profile | None = None,
    label: str | None = None,
) -> Scorer:
    """Return a model made ready to score.

    Parameters
    ----------
    model : Model
        A graded model.
    current_icp, proposed_icp : Profile, optional
        Profiles whose segments are named in ``icp_current`` and ``icp_proposed``.
    label : str, optional
        Stands in ``model_version`` of every row; by default the model's own version.

    Returns
    -------
    Scorer
        For `scored_batch`.

    Raises
    ------
    ModelError
        If the model was never graded.
    """
    if model.grading is None:
        raise ModelError(f"{model.version or model.company}: was never graded; train it again")
    said = label if label is not None else model.version or f"icpfit-{model.company}"
    return Scorer(model, model.grading, said, current_icp, proposed_icp)


def scored_batch(
    scorer: Scorer,
    batch: pa.RecordBatch,
    *,
    opened_on: pa.Array | None = None,
    absent: Collection[str] = (),
    unreadable: Mapping[int, Sequence[str]] | None = None,
) -> pa.RecordBatch:
    """Return what icpfit adds to each row.

    Parameters
    ----------
    scorer : Scorer
        From `scorer`.
    batch : pyarrow.RecordBatch
        A column per attribute, n rows: text (also as a dictionary), numbers, true and false, or
        days; null where a fact is missing. An attribute without a column is missing in every row.
    opened_on : pyarrow.Array of days, optional
        The day on which each opportunity was opened; null, or no array: the model's ``as_of``.
    absent : collection of str
        Attributes that the list has no column for, whatever stands in `batch` under their name.
    unreadable : mapping of int to sequence of str, optional
        Row of the batch to what couldn't be read in it.

    Returns
    -------
    pyarrow.RecordBatch, n rows
        The columns of `SCORED_SCHEMA`; null where there is nothing to say. Money is rounded to two
        decimals, a probability to four, a score to none. Where icpfit abstains the grade is
        ``unrated``, numbers and reasons are null, and ``caution`` says why.

    Raises
    ------
    FeatureError
        If a column holds something else than its attribute.
    SettingsError
        If a profile has a condition on an attribute that doesn't exist.

    Notes
    -----
    A row's cells depend on that row and the scorer only. What is not a feature is looked at for
    the profiles only.
    """
    from icpfit.fit.arrow_matrix import level_states, matrix_of
    from icpfit.fit.grades import fit_score, graded
    from icpfit.fit.support import support_of
    from icpfit.insight.contributions import scores_and_contributions
    from icpfit.insight.reason_columns import reason_columns

    model, contract, n = scorer.model, scorer.model.contract, batch.num_rows
    there = set(batch.schema.names)
    gone = {name for name in contract.names if name in absent or name not in there}
    # An attribute without a column is missing to a profile as well.
    kinds: dict[str, str] = dict.fromkeys(absent, "category")
    kinds |= {feature.name: feature.kind for feature in contract.features}
    matrix = matrix_of(batch, _decided_on(model, opened_on), contract)
    found, moved = scores_and_contributions(model, matrix)
    levels = {
        feature.name: level_states(feature, batch.column(feature.name))
        for feature in contract.features
        if feature.kind == "category" and feature.name not in gone
    }
    likeness = support_of(matrix, contract, model.driver_shares, levels, gone)
    pros, cons = reason_columns(moved, batch, matrix, contract, levels=levels)
    grades = graded(found.ranking, found.margin_if_won, scorer.grading)
    rated = pa.array(~likeness.abstain)
    numbers = {
        "fit_score": fit_score(found.ranking, scorer.grading),
        "margin_if_won": found.margin_if_won,
        "margin_p10": found.margin_p10,
        "margin_p90": found.margin_p90,
        "fit_if_won": found.fit_if_won,
    }
    columns = {
        "fit_grade": pc.if_else(rated, pa.array(grades, pa.string()), UNRATED),
        **{name: _rounded(name, values, likeness.abstain) for name, values in numbers.items()},
        "currency": pa.repeat(pa.scalar(model.currency), n),
        "horizon": pa.repeat(pa.scalar(model.horizon), n),
        "reasons_for": pc.if_else(rated, pros, pa.scalar(None, pa.string())),
        "reasons_against": pc.if_else(rated, cons, pa.scalar(None, pa.string())),
        "icp_current": _segments(scorer.current_icp, batch, kinds),
        "icp_proposed": _segments(scorer.proposed_icp, batch, kinds),
        "caution": _cautions(likeness, unreadable or {}),
        "model_version": pa.repeat(pa.scalar(scorer.label), n),
    }
    return pa.record_batch([columns[name] for name in SCORED_SCHEMA.names], schema=SCORED_SCHEMA)


def _decided_on(model: Model, opened_on: pa.Array | None) -> pa.Array | dt.date:
    as_of = dt.date.fromisoformat(model.as_of)
    if opened_on is None:
        return as_of
    days = opened_on.cast(pa.date32(), safe=False)
    return pc.fill_null(days, pa.scalar(as_of, pa.date32()))


def _rounded(name: str, values: Any, silent: np.ndarray[Any, Any]) -> pa.Array:
    # Adding zero turns a "-0.00" that rounding left into "0.00".
    rounded = np.round(np.asarray(values, dtype=np.float64), ADDED_COLUMNS[name] or 0) + 0.0
    return pa.array(rounded, mask=silent)


def _cautions(likeness: Support, unreadable: Mapping[int, Sequence[str]]) -> pa.Array:
    said: list[str | None] = [text or None for text in likeness.cautions]
    for row, texts in unreadable.items():
        own = said[row]
        said[row] = "; ".join([*([own] if own else []), *texts]) or None
    return pa.array(said, pa.string())


def _segments(profile: Profile | None, batch: pa.RecordBatch, kinds: Mapping[str, str]) -> pa.Array:
    import pandas as pd

    from icpfit.icp.selection import listed

    if profile is None:
        return pa.nulls(batch.num_rows, pa.string())
    groups = (*profile.segments, *profile.fix, *profile.avoid)
    asked = {name for group in groups for name in group.where}
    # `listed` itself says which attribute it doesn't find.
    there = sorted(name for name in asked if name in batch.schema.names or name in kinds)
    columns = {name: _fact_values(name, batch, kinds) for name in there}
    facts = pd.DataFrame(columns, index=pd.RangeIndex(batch.num_rows))
    return pa.array(listed(profile, facts).tolist(), pa.string())


def _fact_values(name: str, batch: pa.RecordBatch, kinds: Mapping[str, str]) -> pd.Series:
    from icpfit.data.fact_values import fact_values

    is_there = name in batch.schema.names
    column = batch.column(name) if is_there else pa.nulls(batch.num_rows)
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_null(kind):
        found = kinds.get(name, "category")
    elif pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        found = "date"
    else:
        found = "category" if pa.types.is_string(kind) else "number"
    return fact_values(pa.chunked_array([column]), found)
