"""Drift: how far a list, or the latest accounts, are from those that the model learned from."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.evidence.drift.column_drift import ColumnDrift, column_drift
from icpfit.evidence.drift.likeness import Likeness, likeness
from icpfit.evidence.drift.shifted_estimate import ShiftedEstimate, shifted_estimate
from icpfit.fit.features import feature_matrix
from icpfit.fit.reference import Reference, compared_columns
from icpfit.fit.support import support

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from icpfit.fit.contract import FeatureContract
    from icpfit.fit.model import Model

__all__ = ["Drift", "Listed", "Unseen", "drift", "list_drift"]

_BATCH = 50_000


class Listed(Protocol):
    """A list as it was read.

    Attributes
    ----------
    facts : pandas.DataFrame
        One row per row of the list.
    opened_on : pandas.Series or None
        The day on which each opportunity was opened, where the list says so.
    absent : sequence of str
        Attributes that the list has no column for.
    """

    @property
    def facts(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def opened_on(self) -> pd.Series | None: ...  # noqa: D102
    @property
    def absent(self) -> Sequence[str]: ...  # noqa: D102


@dataclass(frozen=True)
class Unseen:
    """Levels of a category that no account learned from had.

    Parameters
    ----------
    feature : str
        The category's name, and `words`: what readers call it.
    words : str
        What readers call it.
    rows : int
        Rows of the list that have such a level.
    levels : tuple of (str, int)
        Each with its rows, the most frequent first.
    """

    feature: str
    words: str
    rows: int
    levels: tuple[tuple[str, int], ...]


@dataclass(frozen=True, eq=False)
class Drift:
    """A list, or the latest accounts, against the accounts learned from.

    Parameters
    ----------
    what : str
        What is compared, such as "the list prospects.csv".
    model : str
        The model's name and version.
    n_learned, n_rows : int
        Accounts learned from that were kept for this, and rows compared.
    columns : tuple of ColumnDrift
        Each column that is there, the furthest moved first.
    absent : tuple of (str, float)
        What readers call a feature that has no column, and its share of the drivers.
    unseen : tuple of Unseen
        Categories with levels never served, those on most rows first.
    likeness : Likeness or None
        None where there are too few rows to tell.
    estimate : ShiftedEstimate or None
        What judged accounts like these earned; only where the list is not alike.
    cautioned, unrated : int
        Rows that the model scores with a caution, and that it does not rate; they are apart.
    currency, horizon : str
        Of the estimate's money.
    is_list : bool
        Whether the rows are prospects, and not accounts won already.
    """

    what: str
    model: str
    n_learned: int
    n_rows: int
    columns: tuple[ColumnDrift, ...]
    absent: tuple[tuple[str, float], ...]
    unseen: tuple[Unseen, ...]
    likeness: Likeness | None
    estimate: ShiftedEstimate | None
    cautioned: int
    unrated: int
    currency: str
    horizon: str
    is_list: bool = True


def drift(
    model: Model,
    kept: Reference,
    facts: pd.DataFrame,
    decided_on: pd.Series | dt.date,
    *,
    what: str,
    absent: Collection[str] = (),
    is_list: bool = True,
    seed: int = 0,
) -> Drift:
    """Hold a list, or the latest accounts, against the accounts that a model learned from.

    Parameters
    ----------
    model : Model
        The model in use.
    kept : Reference
        What was kept when it was trained.
    facts : pandas.DataFrame, shape (n, any)
        One row per row to compare, an attribute a column.
    decided_on : pandas.Series of dates, or one date for all rows
        The day as of which each row is scored; a Series has the index of `facts`.
    what : str
        What the rows are, for the reader.
    absent : collection of str
        Attributes that the list has no column for.
    is_list : bool
        Whether the rows are prospects, and not accounts won already.
    seed : int
        Of forests and bootstrap.

    Returns
    -------
    Drift
        Figures of the whole list; nothing in it belongs to one row.

    Notes
    -----
    The order of the rows doesn't matter. Without rows there is nothing but the absent columns.
    """
    contract = model.contract
    gone = [n for n in contract.names if n in set(absent) or n not in facts.columns]
    learned = kept.rows(kept.is_learned).columns
    now = compared_columns(facts, decided_on, contract)
    shares = model.driver_shares
    columns = column_drift(learned, now, contract, shares, gone) if len(now) else ()
    judged = kept.rows(kept.is_judged)
    # Judged accounts that were also learned from are told apart by forests that haven't seen them.
    apart = not bool((kept.is_learned & kept.is_judged).any())
    told = likeness(
        learned, now, contract, absent=gone, asked=judged.columns if apart else None, seed=seed
    )
    cautioned, unrated = _support_states(model, facts, decided_on, gone)
    estimate = None
    if told is not None and told.band != "alike":
        estimate = shifted_estimate(
            judged.is_fit,
            judged.margin,
            judged.ranking,
            told.ratio,
            without_like=float((unrated | _is_unseen(now, contract)).mean()),
            seed=seed,
        )
    words = {feature.name: feature.words for feature in contract.features}
    missing = sorted(((words[n], float(shares.get(n, 0.0))) for n in gone), key=lambda a: -a[1])
    return Drift(
        what=what,
        model=model.version or f"icpfit-{model.company}",
        n_learned=len(learned),
        n_rows=len(facts),
        columns=columns,
        absent=tuple(missing),
        unseen=_unseen(facts, contract, gone),
        likeness=told,
        estimate=estimate,
        cautioned=int((cautioned & ~unrated).sum()),
        unrated=int(unrated.sum()),
        currency=model.currency,
        horizon=model.horizon,
        is_list=is_list,
    )


def list_drift(model: Model, kept: Reference, listed: Listed, *, what: str, seed: int = 0) -> Drift:
    """Hold a list of prospects against the accounts that a model learned from.

    Parameters
    ----------
    model : Model
        The model that would score it.
    kept : Reference
        What was kept when it was trained.
    listed : Listed
        The list.
    what : str
        What it is called.
    seed : int
        Of forests and bootstrap.

    Returns
    -------
    Drift
        Figures of the whole list.

    Notes
    -----
    As when it is scored, a row without a day is taken as opened on the model's ``as_of``.
    """
    as_of = dt.date.fromisoformat(model.as_of)
    days: pd.Series | dt.date = as_of
    if listed.opened_on is not None:
        days = listed.opened_on.fillna(pd.Timestamp(as_of))
    return drift(model, kept, listed.facts, days, what=what, absent=set(listed.absent), seed=seed)


def _support_states(
    model: Model, facts: pd.DataFrame, decided_on: pd.Series | dt.date, gone: list[str]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which rows get a caution, and which are not rated."""
    cautioned, unrated = np.zeros((2, len(facts)), dtype=bool)
    for start in range(0, len(facts), _BATCH):
        rows = facts.iloc[start : start + _BATCH]
        days = decided_on.loc[rows.index] if isinstance(decided_on, pd.Series) else decided_on
        matrix = feature_matrix(rows, days, model.contract)
        said = support(matrix, rows, model.contract, model.driver_shares, gone)
        unrated[start : start + _BATCH] = said.abstain
        cautioned[start : start + _BATCH] = [bool(text) for text in said.cautions]
    return cautioned, unrated


def _is_unseen(now: npt.NDArray[np.float64], contract: FeatureContract) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(now), dtype=bool)
    for feature in contract.features:
        if feature.kind == "category":
            found |= now[:, feature.column] == len(feature.levels)
    return found


def _unseen(facts: pd.DataFrame, contract: FeatureContract, gone: list[str]) -> tuple[Unseen, ...]:
    found = []
    for feature in contract.features:
        if feature.kind != "category" or feature.name in gone:
            continue
        given = facts[feature.name].dropna()
        counts = given[~given.isin([*feature.levels, *feature.rare_levels])].value_counts()
        if len(counts):
            levels = sorted(
                ((str(k), int(v)) for k, v in counts.items()), key=lambda c: (-c[1], c[0])
            )
            rows = sum(n for _, n in levels)
            found.append(Unseen(feature.name, feature.words, rows, tuple(levels)))
    return tuple(sorted(found, key=lambda u: (-u.rows, u.feature)))
