"""The feature contract: which facts a model reads, and how it has seen them in training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Feature", "FeatureContract"]


@dataclass(frozen=True)
class Feature:
    """One column of the feature matrix, as it was seen in the training part.

    Parameters
    ----------
    name : str
        The attribute's name.
    kind : {"category", "number", "flag", "date"}
        A date becomes an age in years at the decision, a flag 1 or 0, a category the code of its
        level.
    meaning, unit : str
        As declared.
    direction : {"+", "-"} or None
        Declared direction; for a date that of its age ("+": the older the better).
    levels : tuple of str
        A category's levels, sorted by name; the code is the position. Rare levels share the level
        ``"other"``, which stands last unless the data have a level of that name themselves.
    rare_levels : tuple of str
        Levels that were seen, but too seldom to be learned from, sorted by name.
    low, high : float or None
        0.5 and 99.5 % quantile of a number, or of a date's age in years; None for the others.
    missing_share : float
        Share of training rows without a value, 0 to 1.
    column : int
        Position in the matrix.
    label : str
        What readers call it; the name with spaces for underscores when empty.
    """

    name: str
    kind: Literal["category", "number", "flag", "date"]
    meaning: str = ""
    unit: str = ""
    direction: Literal["+", "-"] | None = None
    levels: tuple[str, ...] = ()
    rare_levels: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    missing_share: float = 0.0
    column: int = 0
    label: str = ""

    @property
    def words(self) -> str:
        """What readers call it."""
        return self.label or self.name.replace("_", " ")


@dataclass(frozen=True)
class FeatureContract:
    """The features of a model, in the order of the matrix, and what was left out.

    Parameters
    ----------
    features : tuple of Feature
        One for each column of the matrix.
    dropped : dict of str to str
        Attribute → why it isn't a feature.
    """

    features: tuple[Feature, ...]
    dropped: dict[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the features, in the order of the matrix."""
        return tuple(feature.name for feature in self.features)

    @property
    def category_columns(self) -> list[int]:
        """Positions of the categories in the matrix."""
        return [f.column for f in self.features if f.kind == "category"]

    @property
    def directions(self) -> list[int]:
        """Declared direction of each feature: 1, -1 or 0."""
        return [{"+": 1, "-": -1, None: 0}[f.direction] for f in self.features]
