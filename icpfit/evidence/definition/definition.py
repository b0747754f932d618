"""What each assumption behind the label does, and the warning where the list hinges on one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from icpfit.economics.label_variants import ALL_TOGETHER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.economics.label_variants import Ambiguity
    from icpfit.measure.estimate import Estimate

__all__ = ["Sensitivity", "VariantFinding", "definition_banner"]

SENSITIVE_BELOW = 0.7
SAME_OVERLAP = 0.05
MOVED_FLIPPED, MOVED_OTHER_LIST = 0.05, 0.9
"""A list of the model that changes more than the accounts did shows a weak model, not the label."""


@dataclass(frozen=True)
class VariantFinding:
    """What one other assumption does.

    Parameters
    ----------
    name, assumption : str
        As in `LabelVariant`.
    n : int
        Accounts with a label both as defined and under the variant.
    flipped : int
        Of these, those whose label is another.
    prevalence : float
        Share of profitable fits among them, under the variant.
    auc : Estimate
        Of out-of-fold scores against the variant's label, on the training accounts.
    retrained : bool
        Whether these scores come from a model of the variant; else from one of the label as
        defined.
    earned_overlap : float
        Jaccard index of the best fifth by margin and that as defined (with objective fit: of the
        profitable fits themselves).
    model_overlap : float or None
        The same of the best fifths in the order of the small models, out of fold; None where no
        model was trained on the variant.
    """

    name: str
    assumption: str
    n: int
    flipped: int
    prevalence: float
    auc: Estimate
    retrained: bool
    earned_overlap: float
    model_overlap: float | None = None

    @property
    def flipped_share(self) -> float:
        """Share of the labels that flip."""
        return self.flipped / self.n if self.n else float("nan")

    @property
    def moves_accounts(self) -> bool:
        """Whether it changes the outcomes themselves, and not only what a model makes of them."""
        return self.flipped_share >= MOVED_FLIPPED or self.earned_overlap < MOVED_OTHER_LIST

    @property
    def overlap(self) -> float:
        """The model's overlap, or where there is none that of what the accounts earned."""
        return self.earned_overlap if self.model_overlap is None else self.model_overlap


@dataclass(frozen=True)
class Sensitivity:
    """The table of all variants, and what to make of it.

    Parameters
    ----------
    objective : {"margin", "fit"}
        The number that ranks.
    variants : tuple of VariantFinding
        The label as defined first.
    ambiguity : Ambiguity or None
        Accounts close to the hurdle.
    seed_overlap : float or None
        Overlap of the small model's list with that of another seed: what luck alone does. None
        where no variant was trained.
    banner : str
        Not empty when the list depends on the definition; names the shakiest assumption.
    notes : tuple of str
        What was not done, and why.
    """

    objective: Literal["margin", "fit"]
    variants: tuple[VariantFinding, ...]
    ambiguity: Ambiguity | None
    seed_overlap: float | None
    banner: str
    notes: tuple[str, ...] = ()


def definition_banner(
    variants: Sequence[VariantFinding],
    luck: float | None = None,
    objective: Literal["margin", "fit"] = "margin",
) -> str:
    """Say that the list depends on the definition, and on which assumption most.

    Parameters
    ----------
    variants : sequence of VariantFinding
        The label as defined first.
    luck : float, optional
        Overlap of the lists of two seeds of the same model; a model's list must do worse than this
        to count.
    objective : {"margin", "fit"}
        The number that ranks.

    Returns
    -------
    str
        Empty when every list has an overlap of .7 or more with that of the label as defined, or
        where one has not because the model is unsteady: the accounts themselves must have moved
        (5 % of the labels, or a tenth of the best fifth by what was earned).

    Examples
    --------
    >>> from icpfit.measure.estimate import Estimate
    >>> auc = Estimate(0.7)
    >>> found = [
    ...     VariantFinding("as defined", "", 200, 0, 0.4, auc, False, 1.0),
    ...     VariantFinding(
    ...         "cost of visits 20 % higher", "the cost of visits", 200, 50, 0.2, auc, False, 0.5
    ...     ),
    ... ]
    >>> print(definition_banner(found))
    Definition-sensitive: the list hinges on the cost of visits. With the cost of visits 20 %
    higher only 67 % of the best fifth would stay in it (overlap 0.50), and 25 % of the labels flip.
    Settle this before acting on the list.
    """

    def is_sensitive(one: VariantFinding) -> bool:
        by_chance = luck if one.model_overlap is not None and luck is not None else 1.0
        return one.moves_accounts and one.overlap < min(SENSITIVE_BELOW, by_chance)

    shaky = [one for one in variants[1:] if is_sensitive(one)]
    if not shaky:
        return ""
    least = min(one.overlap for one in shaky)
    near = [one for one in shaky if one.overlap <= least + SAME_OVERLAP]
    # One rate among all of them says more than all of them together.
    single = [one for one in near if one.assumption != f"the {ALL_TOGETHER}"] or near
    worst = min(single, key=lambda one: (round(one.overlap, 9), -one.flipped_share, one.name))
    kept = 2 * worst.overlap / (1 + worst.overlap)
    those = "of the best fifth would stay in it"
    if objective == "fit" and worst.model_overlap is None:
        those = "of the profitable fits would be the same"
    others = sorted({one.assumption for one in shaky} - {worst.assumption})
    also = f" It depends on {', '.join(others)} as well." if others else ""
    stands_alone = worst.name.startswith(("without ", "over "))
    with_it = (
        f"{worst.name[0].upper()}{worst.name[1:]}" if stands_alone else f"With the {worst.name}"
    )
    return (
        f"Definition-sensitive: the list hinges on {worst.assumption}. {with_it} only"
        f" {100 * kept:.0f} % {those} (overlap {worst.overlap:.2f}), and"
        f" {100 * worst.flipped_share:.0f} % of the labels flip.{also} Settle this before acting on"
        " the list."
    )
