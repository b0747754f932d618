"""The rate card: what one unit of each activity costs, and who serves and who causes it."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - settings() looks the field types up
import math
from dataclasses import dataclass, field, replace

from icpfit.errors import SettingsError

__all__ = ["Activity", "CausedBy", "Rate", "RateCard", "scaled"]

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Rate:
    """Cost of one unit, in the company's currency, from a day on."""

    rate: float
    valid_from: dt.date

    def __post_init__(self) -> None:
        _check_rate(self.rate)


@dataclass(frozen=True)
class Activity:
    """What one unit of an activity costs, and whose doing it is.

    Parameters
    ----------
    unit : str
        What its ``quantity`` counts, such as ``minute``.
    rate : float, list of Rate, or None
        Cost of one unit; a list where it changed; None where every row brings its own amount.
    remedial : bool
        Whether it makes up for something that went wrong.
    served_by, caused_by : str
        The groups that give it and that cause it, where the row and its topic don't say.
    meaning : str
        For the reader.
    """

    unit: str = "event"
    rate: float | list[Rate] | None = None
    remedial: bool = False
    served_by: str = UNKNOWN
    caused_by: str = UNKNOWN
    meaning: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.rate, list):
            if not self.rate:
                raise ValueError("rate: the list is empty; give a rate, or leave it out")
            days = [one.valid_from for one in self.rate]
            twice = sorted({day for day in days if days.count(day) > 1})
            if twice:
                raise ValueError(f"rate: two rates are valid from {twice[0]}; keep one of them")
        elif self.rate is not None:
            _check_rate(self.rate)

    @property
    def rates(self) -> list[Rate]:
        """The dated rates, oldest first; empty where the rate never changed or there is none."""
        dated = self.rate if isinstance(self.rate, list) else []
        return sorted(dated, key=lambda one: one.valid_from)


@dataclass(frozen=True)
class CausedBy:
    """Which group causes the cost of rows with a topic, or of an activity."""

    topic: dict[str, str] = field(default_factory=dict)
    activity: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RateCard:
    """The activities, and the causes of their cost.

    Parameters
    ----------
    activities : dict of str to Activity
        By the name that the cost rows use.
    caused_by : CausedBy
        Topic to group and activity to group; the latter stands for an activity's own
        ``caused_by``.
    """

    activities: dict[str, Activity] = field(default_factory=dict)
    caused_by: CausedBy = field(default_factory=CausedBy)

    def cause_of(self, activity: str) -> str:
        """Group that causes an activity, where the row and its topic don't say."""
        listed = self.activities.get(activity, Activity())
        return self.caused_by.activity.get(activity, listed.caused_by)


def _check_rate(rate: float) -> None:
    if not (math.isfinite(rate) and rate >= 0):
        raise ValueError(f"rate: expected a cost of 0 or more, found {rate:g}")


def scaled(card: RateCard, activity: str | None, factor: float) -> RateCard:
    """Rate card with the rates of one activity, or of all, multiplied.

    Amounts that rows bring themselves don't depend on the card and stay as they are.

    Parameters
    ----------
    card : RateCard
        The card.
    activity : str or None
        The activity; None scales all of them.
    factor : float
        0 or more.

    Returns
    -------
    RateCard
        A new card.

    Raises
    ------
    SettingsError
        For an activity that isn't on the card.

    Examples
    --------
    >>> card = RateCard({"ticket": Activity(rate=10.0), "visit": Activity(rate=80.0)})
    >>> {name: one.rate for name, one in scaled(card, "visit", 1.5).activities.items()}
    {'ticket': 10.0, 'visit': 120.0}
    """
    if activity is not None and activity not in card.activities:
        known = ", ".join(sorted(card.activities)) or "none"
        raise SettingsError(f"rate card: there is no activity {activity!r}; known: {known}")
    activities = {}
    for name, one in card.activities.items():
        rate = one.rate
        if activity in (None, name) and rate is not None:
            rate = (
                [replace(dated, rate=dated.rate * factor) for dated in rate]
                if isinstance(rate, list)
                else rate * factor
            )
        activities[name] = replace(one, rate=rate)
    return replace(card, activities=activities)
