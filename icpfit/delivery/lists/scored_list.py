"""The columns that icpfit adds to a list of prospects: grade, margin, reasons, cautions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from icpfit.errors import ModelError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Collection, Mapping, Sequence

    from icpfit.fit.contract import FeatureContract
    from icpfit.fit.model import Model
    from icpfit.icp.profile import Profile

__all__ = ["ADDED_COLUMNS", "UNRATED", "Prospects", "absence_warnings", "scored_frame"]

UNRATED = "unrated"

# Added column -> decimals that are kept of a number; None for text. In the order of the list.
ADDED_COLUMNS: dict[str, int | None] = {
    "fit_grade": None,
    "fit_score": 0,
    "margin_if_won": 2,
    "margin_p10": 2,
    "margin_p90": 2,
    "currency": None,
    "horizon": None,
    "fit_if_won": 4,
    "reasons_for": None,
    "reasons_against": None,
    "icp_current": None,
    "icp_proposed": None,
    "caution": None,
    "model_version": None,
}
_NUMBERS = [name for name, decimals in ADDED_COLUMNS.items() if decimals is not None]
_MISSING: dict[str, Any] = {"number": np.nan, "flag": np.nan, "date": pd.NaT, "category": None}


class Prospects(Protocol):
    """What is scored: the facts of a list, and what its reader has to say about them.

    Attributes
    ----------
    facts : pandas.DataFrame, shape (n, any)
        One row per row of the list, on the default index; typed like the facts of accounts.
    opened_on : pandas.Series or None
        The day on which each opportunity was opened, where the list says so.
    absent : sequence of str
        Attributes that the list has no column for.
    unreadable : mapping of int to list of str
        Row to what couldn't be read in it.
    """

    @property
    def facts(self) -> pd.DataFrame: ...  # noqa: D102
    @property
    def opened_on(self) -> pd.Series | None: ...  # noqa: D102
    @property
    def absent(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def unreadable(self) -> Mapping[int, Sequence[str]]: ...  # noqa: D102


def scored_frame(
    model: Model,
    prospects: Prospects,
    *,
    current_icp: Profile | None = None,
    proposed_icp: Profile | None = None,
    model_label: str | None = None,
    batch_size: int = 50_000,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """Return what icpfit adds to each row of a list.

    Parameters
    ----------
    model : Model
        A graded model.
    prospects : Prospects
        The list, with n rows.
    current_icp, proposed_icp : Profile, optional
        Profiles whose segments are named in ``icp_current`` and ``icp_proposed``.
    model_label : str, optional
        Stands in ``model_version`` of every row; by default the model's own version.
    batch_size : int
        Rows that are worked on at once, at least 1; bounds the memory, changes no cell.
    progress : callable, optional
        Called after each batch with rows done and n.

    Returns
    -------
    pandas.DataFrame, shape (n, 14)
        The columns of `ADDED_COLUMNS` on the default index, in the order of the list. Money in
        currency units, rounded to 2 decimals; ``fit_if_won`` is a probability, 4 decimals;
        ``fit_score`` is 0 to 100. Texts are None where there is nothing to say. Where icpfit
        abstains the grade is ``unrated``, numbers are NaN, reasons None, and ``caution`` says why.

    Raises
    ------
    ModelError
        If the model was never graded.
    SettingsError
        If a profile has a condition on an attribute that doesn't exist.

    Notes
    -----
    A row's cells depend on that row and the model only. An opportunity without a day is taken as
    opened on the model's ``as_of``: the day of the call would change the list from day to day.
    Attributes without a column are missing in every row.
    """
    if model.grading is None:
        raise ModelError(f"{model.version or model.company}: was never graded; train it again")
    facts = _with_absent(prospects, model.contract)
    label = model_label if model_label is not None else model.version or f"icpfit-{model.company}"
    n = len(facts)
    batches = []
    for start in range(0, n, batch_size):
        rows = slice(start, min(start + batch_size, n))
        batches.append(_scored_batch(model, prospects, facts.iloc[rows], start))
        if progress is not None:
            progress(rows.stop, n)
    if not batches:
        return pd.DataFrame({name: _column(name, []) for name in ADDED_COLUMNS})
    scored = {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
    scored["currency"] = np.full(n, model.currency, dtype=object)
    scored["horizon"] = np.full(n, model.horizon, dtype=object)
    scored["icp_current"] = _segments(current_icp, facts)
    scored["icp_proposed"] = _segments(proposed_icp, facts)
    scored["model_version"] = np.full(n, label, dtype=object)
    return pd.DataFrame({name: _column(name, scored[name]) for name in ADDED_COLUMNS})


def absence_warnings(model: Model, absent: Collection[str]) -> list[str]:
    """Return what must be said before anyone trusts the scores of a list that lacks columns.

    Parameters
    ----------
    model : Model
        The model that scores it.
    absent : collection of str
        Attributes that the list has no column for.

    Returns
    -------
    list of str
        At most one line, which names each with its share of the mean absolute SHAP value of the
        number that ranks.
    """
    missing = [name for name in model.contract.names if name in absent]
    if not missing:
        return []
    shares = {name: float(model.driver_shares.get(name, 0.0)) for name in missing}
    ordered = sorted(missing, key=lambda name: (-shares[name], name))
    named = ", ".join(f"{name} ({_percent(shares[name])})" for name in ordered)
    total = sum(shares.values())
    rated = "; no row is rated" if total > 0.5 else ", taken as not known in every row"
    said = (
        f"the list has no column for {len(missing)} of the model's"
        f" {len(model.contract.features)} facts, which carry {_percent(total)} of what moves"
        f" the ranking (mean |SHAP|){rated}: {named}"
    )
    return [said]


def _scored_batch(
    model: Model, prospects: Prospects, facts: pd.DataFrame, start: int
) -> dict[str, np.ndarray[Any, Any]]:
    from icpfit.fit.features import feature_matrix
    from icpfit.fit.grades import fit_score, graded
    from icpfit.fit.scores import scores
    from icpfit.fit.support import support
    from icpfit.insight.contributions import contributions
    from icpfit.insight.reasons import reasons

    contract, grading = model.contract, model.grading
    if grading is None:
        raise ModelError(f"{model.company}: was never graded; train it again")
    matrix = feature_matrix(facts, _decided_on(model, prospects, facts), contract)
    found = scores(model, matrix)
    reasons_for, reasons_against = reasons(contributions(model, matrix), facts, matrix, contract)
    likeness = support(
        matrix, facts, contract, model.driver_shares, _absent_features(prospects, contract)
    )
    unread = prospects.unreadable
    cautions = [
        "; ".join([*([said] if said else []), *unread.get(start + row, ())])
        for row, said in enumerate(likeness.cautions)
    ]
    numbers = {
        "fit_score": fit_score(found.ranking, grading),
        "margin_if_won": found.margin_if_won,
        "margin_p10": found.margin_p10,
        "margin_p90": found.margin_p90,
        "fit_if_won": found.fit_if_won,
    }
    abstains = likeness.abstain
    texts = {"reasons_for": reasons_for, "reasons_against": reasons_against}
    return {
        "fit_grade": np.where(
            abstains, UNRATED, graded(found.ranking, found.margin_if_won, grading)
        ).astype(object),
        **{name: np.where(abstains, np.nan, value) for name, value in numbers.items()},
        **{name: _objects(value, abstains) for name, value in texts.items()},
        "caution": _objects(cautions),
    }


def _decided_on(model: Model, prospects: Prospects, facts: pd.DataFrame) -> pd.Series | dt.date:
    import datetime as dt

    as_of = dt.date.fromisoformat(model.as_of)
    if prospects.opened_on is None:
        return as_of
    opened_on: pd.Series = prospects.opened_on.loc[facts.index]
    return opened_on.fillna(pd.Timestamp(as_of))


def _absent_features(prospects: Prospects, contract: FeatureContract) -> list[str]:
    columns, absent = set(prospects.facts.columns), set(prospects.absent)
    return [name for name in contract.names if name in absent or name not in columns]


def _with_absent(prospects: Prospects, contract: FeatureContract) -> pd.DataFrame:
    """Return the facts with a column for every attribute that a model or profile may ask for."""
    facts = prospects.facts
    kinds: dict[str, str] = {feature.name: feature.kind for feature in contract.features}
    missing = [name for name in (*kinds, *prospects.absent) if name not in facts.columns]
    added = {}
    for name in dict.fromkeys(missing):
        kind = kinds.get(name, "category")
        dtype = {"category": "object", "date": "datetime64[s]"}.get(kind, "float64")
        added[name] = pd.Series(_MISSING[kind], index=facts.index, dtype=dtype)
    return pd.concat([facts, pd.DataFrame(added, index=facts.index)], axis=1) if added else facts


def _segments(profile: Profile | None, facts: pd.DataFrame) -> np.ndarray[Any, Any]:
    from icpfit.icp.selection import listed

    if profile is None:
        return np.full(len(facts), None, dtype=object)
    return _objects(listed(profile, facts).tolist())


def _objects(
    texts: Sequence[Any], silent: np.ndarray[Any, Any] | None = None
) -> np.ndarray[Any, Any]:
    """Return texts as an array; None where there is nothing to say, or nothing must be said."""
    found = np.empty(len(texts), dtype=object)
    found[:] = [text if isinstance(text, str) and text else None for text in texts]
    if silent is not None:
        found[silent] = None
    return found


def _column(name: str, values: Any) -> pd.Series:
    decimals = ADDED_COLUMNS[name]
    if decimals is None:
        return pd.Series(values, dtype="object")
    # Adding zero turns a "-0.00" that rounding left into "0.00".
    return pd.Series(np.round(np.asarray(values, dtype=np.float64), decimals) + 0.0)


def _percent(share: float) -> str:
    return "less than 1 %" if 0 < share < 0.005 else f"{100 * share:.0f} %"
