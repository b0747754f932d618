"""How much of a market a list of prospects holds, and of how many of these the model can speak."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from icpfit.icp.selection import is_selected, undefined_share
from icpfit.insight.market.similar import mean_estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.fit.model import Model
    from icpfit.icp.profile import Profile
    from icpfit.measure.estimate import Estimate

__all__ = ["MarketProspects", "market_prospects"]


@dataclass(frozen=True)
class MarketProspects:
    """What of a list belongs to a market.

    Parameters
    ----------
    name : str
        What the list is called.
    n : int
        Rows of the list.
    n_matching : int
        Those that match the idea.
    open_share : float
        Share of the list for which missing facts leave open whether it matches, 0 to 1.
    n_supported : int or None
        Matching rows that the model can speak of; None without a model.
    expected : Estimate or None
        Mean margin that it expects of these if won, per account, in currency units.
    cautions : tuple of (str, int)
        What is most often said of the others, and of how many.
    model : str
        Its label, or empty.
    """

    name: str
    n: int
    n_matching: int
    open_share: float
    n_supported: int | None = None
    expected: Estimate | None = None
    cautions: tuple[tuple[str, int], ...] = ()
    model: str = ""


def market_prospects(
    idea: Profile,
    facts: pd.DataFrame,
    *,
    name: str,
    opened_on: pd.Series | None = None,
    absent: Sequence[str] = (),
    model: Model | None = None,
    seed: int = 0,
) -> MarketProspects:
    """Count the prospects of a market, and those that the model has support for.

    Parameters
    ----------
    idea : Profile
        The market.
    facts : pandas.DataFrame, shape (n, any)
        The list's facts, one row per prospect.
    name : str
        What the list is called.
    opened_on : pandas.Series of dates, optional
        As of when each row is scored; by default the model's day.
    absent : sequence of str
        Attributes that the list has no column for.
    model : Model, optional
        The model in use.
    seed : int
        Of the bootstrap.

    Returns
    -------
    MarketProspects
        The interval of `expected` is that of the mean over these prospects; it does not hold the
        model's own error.

    Raises
    ------
    SettingsError
        If a condition is on an attribute that the facts don't have, or of another kind.
    """
    from icpfit.fit.features import feature_matrix
    from icpfit.fit.scores import scores
    from icpfit.fit.support import support

    matching = is_selected(idea, facts).to_numpy(dtype=bool)
    n_matching, open_share = int(matching.sum()), undefined_share(idea, facts)
    if model is None:
        return MarketProspects(name, len(facts), n_matching, open_share)
    rows = facts.loc[matching]
    day = dt.date.fromisoformat(model.as_of)
    decided_on: pd.Series | dt.date = day
    if opened_on is not None:
        decided_on = opened_on.loc[rows.index].fillna(pd.Timestamp(day))
    matrix = feature_matrix(rows, decided_on, model.contract)
    missing = [one for one in model.contract.names if one in absent or one not in rows]
    found = support(matrix, rows, model.contract, model.driver_shares, missing)
    kept = ~found.abstain
    expected = None
    if kept.any():
        money = scores(model, matrix[kept]).margin_if_won
        expected = mean_estimate(pd.Series(money, index=rows.index[kept]), seed=seed)
    counts = Counter(
        text for text, rated in zip(found.cautions, kept.tolist(), strict=True) if not rated
    )
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return MarketProspects(
        name,
        len(facts),
        n_matching,
        open_share,
        int(kept.sum()),
        expected,
        tuple(ordered[:3]),
        model.version,
    )
