"""What must be said of a list whose facts the model has mostly never met."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icpfit.delivery.lists.scored_list import Prospects
    from icpfit.fit.model import Model

__all__ = ["unserved_notes"]

_SHARE = 0.2
_NAMED = 3


def unserved_notes(model: Model, prospects: Prospects) -> list[str]:
    """Return a line for each fact of which many rows hold a level that was never served.

    Parameters
    ----------
    model : Model
        The model that scores the list.
    prospects : Prospects
        The list.

    Returns
    -------
    list of str
        One for each category of which a fifth or more of the known cells are such, in the model's
        order, with the most frequent levels. Each row has its own caution beside.
    """
    lines = []
    for feature in model.contract.features:
        if feature.kind != "category" or feature.name not in prospects.facts:
            continue
        given = prospects.facts[feature.name].dropna()
        strange = given[~given.isin([*feature.levels, *feature.rare_levels])]
        if not len(strange) or len(strange) < _SHARE * len(given):
            continue
        counts = strange.value_counts()
        # Ties by name: the order of rows must not show.
        levels = sorted(counts.index, key=lambda level: (-counts[level], level))
        named = ", ".join(f"'{level}'" for level in levels[:_NAMED])
        more = f" and {len(levels) - _NAMED:,} more" if len(levels) > _NAMED else ""
        lines.append(
            f"{feature.words}: {len(strange):,} of {len(given):,} rows hold what was never served"
            f" before ({named}{more}); to the model it is as good as missing"
        )
    return lines
