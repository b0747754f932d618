"""The label: which accounts were a profitable fit, and when too few say so to learn from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from icpfit.data.joining.periods import Period, period_text
from icpfit.data.joining.reconciliation import share_text
from icpfit.economics.loyalty import Weights
from icpfit.errors import EvidenceRefused, OutcomeError, SettingsError

__all__ = ["LabelRule", "check_label", "label_text", "profitable_fit", "size_bands"]

FEWEST_OF_A_CLASS = 50
LOWEST_PREVALENCE, HIGHEST_PREVALENCE = 0.05, 0.90


@dataclass(frozen=True)
class LabelRule:
    """What makes an account a profitable fit.

    Parameters
    ----------
    kind : str
        ``margin_and_loyalty``: the margin reaches the hurdle and the account is loyal;
        ``threshold``: the margin reaches the hurdle; ``ratio``: it is at least `ratio` of the
        revenue, and not below 0; ``quantile``: it is among the top `quantile` of its cohort-year;
        ``peer_relative``: it lies above the median of accounts of its size and cohort-year.
    hurdle : float
        Currency units. At a hurdle of 0 the margin must be above it: who left nothing was no
        profit.
    ratio, quantile : float
        Shares, 0 to 1.
    peers : str or None
        Attribute that tells the size, for ``peer_relative``.
    retained_at, loyal_at : float
        Loyal is who has a retention and a composite of at least these.
    weights : Weights
        Of the components of the composite.
    """

    kind: Literal["margin_and_loyalty", "threshold", "ratio", "quantile", "peer_relative"] = (
        "margin_and_loyalty"
    )
    hurdle: float = 0.0
    ratio: float = 0.10
    quantile: float = 0.40
    peers: str | None = None
    retained_at: float = 0.5
    loyal_at: float = 0.6
    weights: Weights = field(default_factory=Weights)

    def __post_init__(self) -> None:
        if not np.isfinite(self.hurdle):
            raise ValueError(f"hurdle: expected an amount of money, found {self.hurdle}")
        for name in ("ratio", "quantile", "retained_at", "loyal_at"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name}: expected 0 to 1, found {getattr(self, name):g}")
        if not 0 < self.quantile < 1:
            raise ValueError(f"quantile: expected more than 0, less than 1; found {self.quantile}")
        if self.kind == "peer_relative" and self.peers is None:
            raise ValueError("peers: is missing; name the attribute that tells an account's size")


def profitable_fit(
    outcomes: pd.DataFrame,
    rule: LabelRule,
    *,
    cohort: pd.Series | None = None,
    peers: pd.Series | None = None,
) -> pd.Series:
    """Which accounts were a profitable fit.

    Parameters
    ----------
    outcomes : DataFrame, shape (n, ...)
        ``margin`` and ``revenue`` (currency units; NaN where unknown), ``retention`` and
        ``loyalty`` (0 to 1).
    rule : LabelRule
        The rule.
    cohort : Series, shape (n,), optional
        Year of the start; for ``quantile`` and ``peer_relative``.
    peers : Series, shape (n,), optional
        Attribute that tells the size; for ``peer_relative``.

    Returns
    -------
    Series of boolean (with NA), shape (n,)
        NA where the margin is unknown.

    Raises
    ------
    OutcomeError
        When the rule asks for loyalty and there is none.

    Notes
    -----
    Margins are compared to a ten-thousandth of the currency unit. Ties at the quantile are all in
    or all out, by their average rank.

    Examples
    --------
    >>> outcomes = pd.DataFrame({"margin": [500.0, -20.0, None], "revenue": [900.0, 80.0, None]})
    >>> profitable_fit(outcomes, LabelRule(kind="threshold")).tolist()
    [True, False, <NA>]
    """
    margin = outcomes["margin"].astype("float64").round(4)
    known = margin.notna()
    if rule.kind in ("margin_and_loyalty", "threshold"):
        fits = _reaches(margin, rule.hurdle)
        if rule.kind == "margin_and_loyalty":
            fits &= _loyal(outcomes, known, rule)
    elif rule.kind == "ratio":
        revenue = outcomes["revenue"].astype("float64").round(4)
        fits = (margin >= 0) & (revenue > 0) & (margin >= rule.ratio * revenue - 1e-9)
    else:
        years = _given(cohort, "cohort", outcomes.index)
        if rule.kind == "quantile":
            rank = margin.groupby(years).rank(method="average", ascending=False)
            size = margin.groupby(years).transform("count")
            fits = (rank - 0.5) / size <= rule.quantile
        else:
            bands = size_bands(_given(peers, "peers", outcomes.index), known)
            fits = margin > margin.groupby([years, bands]).transform("median")
    labels = pd.array(fits.to_numpy(dtype=bool), dtype="boolean")
    labels[~known.to_numpy(dtype=bool)] = pd.NA
    return pd.Series(labels, index=outcomes.index, name="fit")


def _reaches(margin: pd.Series, hurdle: float) -> pd.Series:
    return margin > 0 if hurdle == 0 else margin >= hurdle


def _loyal(outcomes: pd.DataFrame, known: pd.Series, rule: LabelRule) -> pd.Series:
    loyalty = outcomes["loyalty"].astype("float64")
    if known.any() and loyalty[known].isna().all():
        raise OutcomeError(
            "data.economics.label.kind: margin_and_loyalty needs a table of loyalty, and no source"
            " has table: loyalty; map one, or set kind: threshold"
        )
    # A composite of exactly the threshold must not fail by its last binary digit.
    return (outcomes["retention"] >= rule.retained_at) & (loyalty >= rule.loyal_at - 1e-9)


def _given(values: pd.Series | None, name: str, index: pd.Index) -> pd.Series:
    if values is None:
        raise SettingsError(f"data.economics.label: this kind needs {name}")
    return values.reindex(index)


def size_bands(values: pd.Series, among: pd.Series) -> pd.Series:
    """Bands of a size: quarters of a number, or the categories themselves.

    Parameters
    ----------
    values : Series, shape (n,)
        A number or a category.
    among : Series of bool, shape (n,)
        The accounts whose quartiles are the limits.

    Returns
    -------
    Series of str, shape (n,)
        Missing values are a band of their own.

    Examples
    --------
    >>> sizes = pd.Series([1.0, 2.0, 3.0, 4.0, None])
    >>> size_bands(sizes, sizes.notna()).tolist()
    ['1', '2', '3', '4', 'missing']
    """
    if not pd.api.types.is_numeric_dtype(values):
        return values.astype("object").where(values.notna(), "missing").astype(str)
    limits = values[among].quantile([0.25, 0.5, 0.75]).to_numpy()
    band = np.searchsorted(limits, values.to_numpy("float64"), side="left") + 1
    return pd.Series(band, index=values.index).astype(str).where(values.notna(), "missing")


def check_label(fit: pd.Series) -> None:
    """Refuse to learn from a label that carries too little.

    Parameters
    ----------
    fit : Series, shape (n,)
        True, False or missing.

    Raises
    ------
    OutcomeError
        When no account has a label, or all have the same.
    EvidenceRefused
        When fewer than 5 % or more than 90 % are a fit, or fewer than 50 are in the smaller class.

    Examples
    --------
    >>> check_label(pd.Series([True, False] * 50))
    """
    labels = fit.dropna().astype(bool)
    n, fits = len(labels), int(labels.sum())
    if n == 0:
        raise OutcomeError("no account has an outcome; see why each is excluded with icpfit check")
    key = "data.economics.label"
    if fits in (0, n):
        which = "a profitable fit" if fits else "no profitable fit"
        raise OutcomeError(
            f"all {n:,} accounts are {which}: there is nothing to tell apart; change {key}"
        )
    share = fits / n
    if not LOWEST_PREVALENCE <= share <= HIGHEST_PREVALENCE:
        raise EvidenceRefused(
            f"{share_text(share, 1)} of {n:,} accounts are a profitable fit, outside"
            f" {share_text(LOWEST_PREVALENCE)} to {share_text(HIGHEST_PREVALENCE)}: too one-sided"
            f" to learn from; change {key}"
        )
    if min(fits, n - fits) < FEWEST_OF_A_CLASS:
        raise EvidenceRefused(
            f"{fits:,} of {n:,} accounts are a profitable fit: fewer than {FEWEST_OF_A_CLASS} in"
            f" the smaller class are too few to learn from; bring more accounts, or change {key}"
        )


def label_text(rule: LabelRule, horizon: Period, discount_rate: float, currency: str) -> str:
    """Say in one sentence what a profitable fit is.

    Parameters
    ----------
    rule : LabelRule
        The rule.
    horizon : Period
        Over which the margin is summed.
    discount_rate : float
        A year, such as .10.
    currency : str
        Of the hurdle.

    Returns
    -------
    str
        The sentence.

    Examples
    --------
    >>> label_text(LabelRule(kind="threshold", hurdle=500), Period(12, "mo"), 0.1, "EUR")
    'A profitable fit left a margin of at least 500 EUR over 12 months after all it cost to serve,
    discounted at 10 % a year.'
    """
    hurdle = (
        f"at least {rule.hurdle:,.10g} {currency}" if rule.hurdle else f"more than 0 {currency}"
    )
    over = f"over {period_text(horizon)} after all it cost to serve"
    if discount_rate:
        over += f", discounted at {discount_rate * 100:.4g} % a year"
    says = {
        "margin_and_loyalty": f"stayed loyal (a composite of at least {rule.loyal_at:g}) and left"
        f" a margin of {hurdle} {over}",
        "threshold": f"left a margin of {hurdle} {over}",
        "ratio": f"left a margin of at least {rule.ratio * 100:.4g} % of its revenue {over}",
        "quantile": f"is among the {rule.quantile * 100:.4g} % of its cohort-year that left most"
        f" margin {over}",
        "peer_relative": f"left more margin than the median of accounts of its {rule.peers} and"
        f" cohort-year {over}",
    }
    return f"A profitable fit {says[rule.kind]}."
