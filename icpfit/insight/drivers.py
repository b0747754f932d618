"""Drivers: which facts tell accounts apart, how much, and in which direction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.fit.features import POOLED
from icpfit.fit.phrases import amount_phrase

if TYPE_CHECKING:
    from icpfit.fit.features import Feature, FeatureContract
    from icpfit.insight.contributions import Contributions

__all__ = ["drivers"]

_COLUMNS = [
    "feature",
    "label",
    "mean_abs",
    "share",
    "direction",
    "rank_correlation",
    "n",
    "most_with",
    "least_with",
    "sentence",
]
# Below this rank correlation a direction would be contradicted by too many accounts to be named.
_ONE_DIRECTION = 0.5
# Facts that nothing depends on reach shares of 1 to 2 %; which way they point is luck.
_TOO_SMALL = 0.02
# A level on fewer accounts than this is not named as the best or the worst.
_LEVEL_MIN = 5
_NAMED = 2
_WORDS = {"margin": ("more margin", "less margin"), "fit": ("a better fit", "a worse fit")}


def drivers(
    contributions: Contributions, matrix: npt.NDArray[np.float64], contract: FeatureContract
) -> pd.DataFrame:
    """Return the features in the order of their mean absolute SHAP value.

    ``mean_abs_j = mean over accounts of |phi_ij|``, ``share_j = mean_abs_j / sum of mean_abs``.

    Parameters
    ----------
    contributions : Contributions
        Of the hold-out, or of any accounts like those to be scored.
    matrix : numpy.ndarray, shape (n, p)
        The rows that the contributions belong to.
    contract : FeatureContract
        What its columns are.

    Returns
    -------
    pandas.DataFrame
        One row per feature, the strongest first:

        - ``feature``: its name, and ``label``: what readers call it;
        - ``mean_abs``: mean absolute SHAP value, in the contributions' unit;
        - ``share``: its share of all, 0 to 1;
        - ``direction``: in words: "higher goes with more margin", "lower goes with more margin"
          ("older", "younger" for a date's age; "yes", "no" for a flag), "mixed", for a category
          "by level", "too small to say" below a share of 2 %, and "none" where the model does not
          use it;
        - ``rank_correlation``: Spearman's, of value against contribution over the accounts where
          the value is known, -1 to 1; NaN for categories and constants;
        - ``n``: accounts where the value is known;
        - ``most_with``, ``least_with``: a category's levels with the highest and the lowest mean
          contribution, at most two of each, on 5 accounts or more; empty for the others;
        - ``sentence``: all this for a reader.

    Raises
    ------
    ValueError
        When contributions and matrix are not of the same shape, or hold no row.

    Notes
    -----
    Ties in `mean_abs` stand in the order of their names, so the order never depends on that of
    the columns. Missing values count in `mean_abs` (not knowing a fact moves the number too) but
    not in the rank correlation; for a category they are the level "not known". A direction is
    named from a rank correlation of .5 on; weaker ones are "mixed". The sentences speak of
    association: nothing here says what would happen if an account changed.

    References
    ----------
    Lundberg et al. (2020), From local explanations to global understanding with explainable AI
    for trees. Nature Machine Intelligence 2.

    Examples
    --------
    >>> from icpfit.fit.features import Feature, FeatureContract
    >>> from icpfit.insight.contributions import Contributions
    >>> contract = FeatureContract((Feature("employees", "number"),), {})
    >>> found = Contributions(np.array([[-90.0], [10.0], [80.0]]), 500.0, "EUR", "margin")
    >>> frame = drivers(found, np.array([[5.0], [20.0], [70.0]]), contract)
    >>> print(frame[["feature", "mean_abs", "share", "direction"]].to_csv(index=False))
    feature,mean_abs,share,direction
    employees,60.0,1.0,higher goes with more margin
    """
    values = contributions.values  # noqa: PD011 - SHAP values, no Series
    if values.shape != matrix.shape or len(matrix) == 0:
        raise ValueError(f"contributions {values.shape} and matrix {matrix.shape} must match")
    mean_abs = np.abs(values).mean(axis=0)
    total = float(mean_abs.sum())
    rows = []
    for feature in sorted(contract.features, key=lambda f: (-mean_abs[f.column], f.name)):
        size = float(mean_abs[feature.column])
        share = size / total if total > 0 else 0.0
        column, effect = matrix[:, feature.column], values[:, feature.column]
        correlation = np.nan if feature.kind == "category" else _spearman(column, effect)
        most, least = _levels(feature, column, effect)
        direction = _direction(feature, correlation, size, share, contributions.which)
        weight = f"{_percent(share)} of what tells accounts apart"
        if total > 0:
            weight += f", {amount_phrase(size)} {contributions.unit} on average"
        rows.append(
            (
                feature.name,
                feature.words,
                size,
                share,
                direction,
                correlation,
                int((~np.isnan(column)).sum()),
                ", ".join(most),
                ", ".join(least),
                f"{feature.words} ({weight}): "
                + _sentence(feature, direction, most, least, contributions.which),
            )
        )
    return pd.DataFrame(rows, columns=_COLUMNS)


def _percent(share: float) -> str:
    return "under 1 %" if 0 < share < 0.005 else f"{share:.0%}".replace("%", " %")


def _spearman(column: npt.NDArray[np.float64], effect: npt.NDArray[np.float64]) -> float:
    known = ~np.isnan(column)
    ranks = [pd.Series(x[known]).rank().to_numpy() for x in (column, effect)]
    if known.sum() < 3 or any(np.ptp(rank) == 0 for rank in ranks):
        return float("nan")
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _levels(
    feature: Feature, column: npt.NDArray[np.float64], effect: npt.NDArray[np.float64]
) -> tuple[list[str], list[str]]:
    if feature.kind != "category":
        return [], []
    codes = np.where(np.isnan(column), len(feature.levels), column).astype(np.int64)
    counts = np.bincount(codes, minlength=len(feature.levels) + 1)
    sums = np.bincount(codes, weights=effect, minlength=len(feature.levels) + 1)
    names = [*(_level_name(feature, level) for level in feature.levels), "not known"]
    means = [
        (float(sums[code] / counts[code]), name)
        for code, name in enumerate(names)
        if counts[code] >= _LEVEL_MIN
    ]
    most = sorted((pair for pair in means if pair[0] > 0), key=lambda pair: (-pair[0], pair[1]))
    least = sorted((pair for pair in means if pair[0] < 0), key=lambda pair: (pair[0], pair[1]))
    return [name for _, name in most[:_NAMED]], [name for _, name in least[:_NAMED]]


def _level_name(feature: Feature, level: str) -> str:
    return "rare levels" if level == POOLED and feature.rare_levels else level


def _direction(feature: Feature, correlation: float, size: float, share: float, which: str) -> str:
    if size == 0:
        return "none"
    if share < _TOO_SMALL:
        return "too small to say"
    if feature.kind == "category":
        return "by level"
    # A NaN correlation compares false: a value that never varies has no direction.
    if not abs(correlation) >= _ONE_DIRECTION:
        return "mixed"
    words = {"number": ("higher", "lower"), "date": ("older", "younger"), "flag": ("yes", "no")}
    return f"{words[feature.kind][correlation < 0]} goes with {_WORDS[which][0]}"


def _sentence(
    feature: Feature, direction: str, most: list[str], least: list[str], which: str
) -> str:
    more, less = _WORDS[which]
    if direction == "none":
        return "the model does not use it."
    if direction == "too small to say":
        return "its share is too small to say which values go with more or less."
    if direction == "by level":
        parts = [
            f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} associated with {words}"
            for names, words in ((most, more), (least, less))
            if names
        ]
        said = ", ".join(parts) or f"some levels are associated with {more}, others with {less}"
        return f"among accounts like these, {said}."
    if direction == "mixed":
        said = f"it is associated with {more} for some and {less} for others, in no one direction"
        return f"among accounts like these, {said}."
    word = direction.split(" ", 1)[0]
    subject = {"yes": "having it", "no": "not having it"}.get(word, f"{word} values")
    if feature.kind == "date":
        subject = f"{'an earlier' if word == 'older' else 'a later'} date"
    verb = "are" if subject.endswith("values") else "is"
    return f"among accounts like these, {subject} {verb} associated with {more}."
