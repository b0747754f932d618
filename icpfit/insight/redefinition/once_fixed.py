"""What the margin would be, were the groups to fix fixed, and won as well."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from icpfit.insight.redefinition.rule_comparison import rule_comparison

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from icpfit.insight.redefinition.rule_comparison import RuleComparison

__all__ = ["ONCE_FIXED", "with_once_fixed"]

ONCE_FIXED = "margin_once_fixed"


def with_once_fixed(
    compared: RuleComparison,
    current: ArrayLike,
    later: ArrayLike,
    values: Mapping[str, ArrayLike],
    *,
    n_boot: int,
    seed: int,
) -> RuleComparison:
    """Add the margin without the remedial cost of the groups to fix, who are then targets as well.

    Parameters
    ----------
    compared : RuleComparison
        The two profiles as they are today.
    current : ndarray of float, shape (n,)
        The current ICP's tiers; it gains by the repair as well.
    later : ndarray of float, shape (n,)
        The proposed ICP's tiers once its groups to fix are fixed: these are called last.
    values : Mapping of str to ndarray of float, shape (n,)
        With ``margin_once_fixed``, currency units.
    n_boot, seed : int
        Of the bootstrap.

    Returns
    -------
    RuleComparison
        With that figure at both volumes. At equal volume each takes as many accounts as the smaller
        choice has, those to fix counted in.
    """
    note = compared.equal["margin"].difference.note
    fixed = rule_comparison(
        current, later, {ONCE_FIXED: values[ONCE_FIXED]}, note=note, n_boot=n_boot, seed=seed
    )
    return dataclasses.replace(
        compared,
        equal={**compared.equal, ONCE_FIXED: fixed.equal[ONCE_FIXED]},
        own={**compared.own, ONCE_FIXED: fixed.own[ONCE_FIXED]},
    )
