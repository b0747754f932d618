"""How like an idea each customer is: which of its conditions are met, and how far off the rest."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from icpfit.errors import SettingsError
from icpfit.icp.conditions import is_range
from icpfit.icp.profile import Profile, Segment
from icpfit.icp.selection import is_selected, parted
from icpfit.icp.wording import sentence
from icpfit.insight.market.distance import condition_gaps, condition_weights

if TYPE_CHECKING:
    from collections.abc import Mapping

    from icpfit.data.contract import Attribute

__all__ = [
    "ConditionMet",
    "Likeness",
    "likeness",
    "require_before_sale",
]

_HINTS = 2


@dataclass(frozen=True)
class ConditionMet:
    """One condition of an idea, and who ever met it.

    Parameters
    ----------
    segment : str
        The group of the idea that asks for it.
    attribute : str
        The fact that it is on.
    words : str
        The condition in words, such as "country is JP".
    weight : float
        What it counts in the distance, 0 to 1 within its group.
    n_known : int
        Customers of whom the fact is known.
    n_met : int
        Customers that meet this condition, whatever the others say.
    never_seen : tuple of str
        Values that it names and that no customer has.
    near : tuple of str
        Values that customers have and that are written nearly like those never seen.
    served : str
        For a range that nobody meets: from where to where the customers lie, else empty.
    """

    segment: str
    attribute: str
    words: str
    weight: float
    n_known: int
    n_met: int
    never_seen: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    served: str = ""


@dataclass(frozen=True, eq=False)
class Likeness:
    """How like an idea each account is.

    Parameters
    ----------
    distance : Series of float
        0 where an account meets all conditions of a group, 1 where it meets none of them in any.
    unmet : Series of tuple of str
        Of the nearest group: the attributes whose conditions the account doesn't meet.
    is_matching : Series of bool
        As `icpfit.icp.selection.is_selected` has it.
    conditions : tuple of ConditionMet
        Group by group, in the idea's order.
    impossible : tuple of str
        Groups with a condition that no customer meets.
    """

    distance: pd.Series
    unmet: pd.Series
    is_matching: pd.Series
    conditions: tuple[ConditionMet, ...]
    impossible: tuple[str, ...]


def require_before_sale(idea: Profile, attributes: Mapping[str, Attribute], where: str) -> None:
    """Refuse an idea that asks for what nobody can see of a prospect, or what isn't declared.

    Parameters
    ----------
    idea : Profile
        The market that someone is considering.
    attributes : mapping of str to Attribute
        What the company declares.
    where : str
        The idea's file, for the message.

    Raises
    ------
    SettingsError
        In one line that names the file, the group and the attribute.
    """
    for segment in (*idea.segments, *idea.fix, *idea.avoid):
        for name in segment.where:
            place = f"{where}: segment '{segment.name}', where.{name}"
            if name not in attributes:
                near = difflib.get_close_matches(name, list(attributes), n=1)
                hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(attributes)}"
                raise SettingsError(f"{place}: there is no such attribute; {hint}")
            known = attributes[name].known
            if known != "before_sale":
                raise SettingsError(
                    f"{place}: is known {known}, so it can't tell whom to win; use facts that are "
                    "known before_sale"
                )


def likeness(
    idea: Profile,
    facts: pd.DataFrame,
    attributes: Mapping[str, Attribute],
    shares: Mapping[str, float],
) -> Likeness:
    """Return how like an idea each account is, and who ever met each of its conditions.

    The distance to a group is the weighted mean of the gaps of its conditions,
    ``d = sum_a w_a gap_a / sum_a w_a`` (Gower's, over what the idea asks for); an account's
    distance is that to its nearest group. Who is in a group to avoid is at distance 1.

    Parameters
    ----------
    idea : Profile
        The market that someone is considering; its `segments` and `fix` are looked for.
    facts : pandas.DataFrame, shape (n, any)
        All customers, one row each.
    attributes : mapping of str to Attribute
        The declared attributes, for words and units.
    shares : mapping of str to float
        See `condition_weights`.

    Returns
    -------
    Likeness
        In the order of `facts`; of two groups equally near the earlier one counts.

    Raises
    ------
    SettingsError
        If a condition is on an attribute that the facts don't have, or of another kind.

    Notes
    -----
    Facts that the idea says nothing about don't count: it isn't known what such companies would
    be there.
    """
    # First, so that a wrong condition is refused in the words of the profile.
    matching = is_selected(idea, facts)
    best = np.full(len(facts), np.inf)
    unmet: list[tuple[str, ...]] = [()] * len(facts)
    conditions: list[ConditionMet] = []
    impossible = []
    for segment in idea.segments:
        weights = condition_weights(list(segment.where), shares)
        total = sum(weights.values())
        gaps = {name: condition_gaps(facts[name], form) for name, form in segment.where.items()}
        distance = np.zeros(len(facts))
        for name, gap in gaps.items():
            distance += weights[name] / total * gap
        for row in np.flatnonzero(distance < best).tolist():
            best[row] = distance[row]
            unmet[row] = tuple(name for name, gap in gaps.items() if gap[row] > 0)
        found = [
            _condition_met(
                segment,
                name,
                facts[name],
                met=gap == 0,
                weight=weights[name] / total,
                attributes=attributes,
            )
            for name, gap in gaps.items()
        ]
        conditions += found
        if any(condition.n_met == 0 for condition in found):
            impossible.append(segment.name)
    # Whoever the idea would fix or avoid is no part of it, however near otherwise.
    best[parted(idea, facts).isin(["fix", "avoid"]).to_numpy(bool)] = 1.0
    return Likeness(
        pd.Series(best, index=facts.index, name="distance"),
        pd.Series(unmet, index=facts.index, name="unmet", dtype=object),
        matching,
        tuple(conditions),
        tuple(impossible),
    )


def _condition_met(
    segment: Segment,
    name: str,
    column: pd.Series,
    *,
    met: npt.NDArray[np.bool_],
    weight: float,
    attributes: Mapping[str, Attribute],
) -> ConditionMet:
    form = segment.where[name]
    words = sentence(Segment(name, {name: form}), attributes).removesuffix(".")
    known = column.dropna()
    unseen: list[str] = []
    near: list[str] = []
    served = ""
    if is_range(form):
        if not met.any() and len(known):
            served = f"{_shown(known.min())} to {_shown(known.max())}"
    elif not pd.api.types.is_numeric_dtype(column.dtype):
        levels = sorted({str(level) for level in known})
        unseen = [value for value in form if value is not None and value not in set(levels)]
        folded = {level.casefold(): level for level in levels}
        for value in unseen:
            close = difflib.get_close_matches(value.casefold(), list(folded), n=_HINTS)
            near += [folded[text] for text in close if folded[text] not in near]
    else:
        seen = set(known.astype(float))
        unseen = [_shown(v) for v in form if v is not None and float(v) not in seen]
    return ConditionMet(
        segment.name,
        name,
        words[:1].lower() + words[1:] if words[1:2].islower() else words,
        weight,
        len(known),
        int(met.sum()),
        tuple(unseen),
        tuple(near),
        served,
    )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return f"{float(value):,.4g}" if abs(float(value)) < 1000 else f"{float(value):,.0f}"
