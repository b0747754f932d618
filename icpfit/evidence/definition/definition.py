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

    def fits_overlap(self, defined: VariantFinding) -> float:
        """Jaccard index of the profitable fits under the variant and those as defined.

        Of two sets with a and b members of which f are in one only, it is (a + b - f) / (a + b +
        f); 1 where neither has any.
        """
        both = defined.prevalence + self.prevalence
        apart = self.flipped_share
        return (both - apart) / (both + apart) if both + apart > 0 else 1.0

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
    """Say that list or label depend on the definition, and on which assumption most.

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
        Empty when under every assumption both the list and the profitable fits have an overlap of
        .7 or more with those as defined. A list that has not, because the model is unsteady,
        doesn't count: the accounts themselves must have moved (5 % of the labels, or a tenth of the
        best fifth by what was earned). Whichever of list and label overlaps least is told first.

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

    An order by margin never depends on the hurdle, what counts as a fit does:

    >>> found[1] = VariantFinding("hurdle at 5 EUR", "the hurdle", 200, 80, 0.1, auc, False, 1.0)
    >>> print(definition_banner(found))
    Definition-sensitive: what counts as a profitable fit hinges on the hurdle. With the hurdle at 5
    EUR 40 % of the labels flip: 10 % instead of 40 % would be fits. Settle this before acting on
    fit rates or probabilities.
    """

    def is_sensitive(one: VariantFinding) -> bool:
        by_chance = luck if one.model_overlap is not None and luck is not None else 1.0
        return one.moves_accounts and one.overlap < min(SENSITIVE_BELOW, by_chance)

    shaky = [one for one in variants[1:] if is_sensitive(one)]
    label = _label_banner(variants)
    if not shaky:
        return label[0]
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
    if label[1] < worst.overlap and label[2] != worst.assumption:
        return (
            f"{label[0]} The list hinges on {worst.assumption} as well (overlap"
            f" {worst.overlap:.2f})."
        )
    return (
        f"Definition-sensitive: the list hinges on {worst.assumption}. {with_it} only"
        f" {100 * kept:.0f} % {those} (overlap {worst.overlap:.2f}), and"
        f" {100 * worst.flipped_share:.0f} % of the labels flip.{also} Settle this before acting on"
        " the list."
    )


def _label_banner(variants: Sequence[VariantFinding]) -> tuple[str, float, str]:
    """Give what is said of the label, its least overlap, and the assumption; empty if none."""
    overlaps = [(one.fits_overlap(variants[0]), one.name, one) for one in variants[1:]]
    shaky = [found for found in overlaps if found[0] < SENSITIVE_BELOW]
    if not shaky:
        return "", 1.0, ""
    least, _, worst = min(shaky, key=lambda found: found[:2])
    with_it = f"With the {worst.name}"
    if worst.name.startswith(("without ", "over ")):
        with_it = f"{worst.name[0].upper()}{worst.name[1:]}"
    said = (
        f"Definition-sensitive: what counts as a profitable fit hinges on {worst.assumption}."
        f" {with_it} {100 * worst.flipped_share:.0f} % of the labels flip:"
        f" {100 * worst.prevalence:.0f} % instead of {100 * variants[0].prevalence:.0f} % would be"
        " fits. Settle this before acting on fit rates or probabilities."
    )
    return said, least, worst.assumption
