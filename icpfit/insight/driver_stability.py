"""Whether the drivers are those of these accounts by luck: refits on accounts drawn again."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from icpfit.fit.boosting import forest
from icpfit.fit.features import feature_matrix
from icpfit.fit.money import margin_target
from icpfit.insight.contributions import contributions
from icpfit.insight.driver_groups import group_shares
from icpfit.measure.association import partial_spearman
from icpfit.measure.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.trial import Trial
    from icpfit.fit.contract import FeatureContract
    from icpfit.fit.model import Model
    from icpfit.insight.driver_groups import DriverGroup

__all__ = ["REFITS", "DriverStability", "DriverStanding", "driver_stability"]

Floats = npt.NDArray[np.float64]

REFITS: dict[Literal["quick", "full"], int] = {"quick": 8, "full": 30}
"""How many refits each level of evidence takes."""
TOP, IN_TOP, SAME_SIGN = 8, 0.8, 0.9
"""Stable: among the first 8 in 80 % of the refits, and pointing the same way in 90 % of them."""
EXPLAINED = 500
"""SHAP values of at most so many accounts are compared."""
_ONE_DIRECTION = 0.5
_GIVEN_APART = ("num_iterations", "categorical_feature")


@dataclass(frozen=True)
class DriverStanding:
    """One driver over the refits.

    Parameters
    ----------
    group : DriverGroup
        The driver, or drivers that go together.
    share : Estimate
        Its share in the model, and where the middle 90 % of the refits lie.
    in_top : float
        Share of refits in which it is among the first, 0 to 1.
    same_sign : float
        Share of refits in which it points the same way, 0 to 1.
    """

    group: DriverGroup
    share: Estimate
    in_top: float
    same_sign: float

    @property
    def is_stable(self) -> bool:
        """Among the first in 80 % of the refits, and pointing the same way in 90 %."""
        return self.in_top >= IN_TOP and self.same_sign >= SAME_SIGN


@dataclass(frozen=True, eq=False)
class DriverStability:
    """The drivers over refits on accounts drawn again.

    Parameters
    ----------
    standings : tuple of DriverStanding
        The strongest first.
    refits : int
        How many models they rest on.
    top : int
        How many count as the first: 8, or two thirds of the groups where they are fewer than 12.
    names : tuple of str
        The columns of `column_shares`.
    column_shares : numpy.ndarray of float64, shape (refits, p)
        Share of each single column in each refit.
    trained_on : int
        Accounts that each refit drew.
    """

    standings: tuple[DriverStanding, ...]
    refits: int
    top: int
    names: tuple[str, ...]
    column_shares: Floats
    trained_on: int


def driver_stability(
    accounts: Accounts,
    trial: Trial,
    groups: Sequence[DriverGroup],
    *,
    refits: int,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> DriverStability:
    """Train the model again on accounts drawn with replacement, and look at its drivers each time.

    Each refit has the model's own settings and number of trees, so it costs no cross-validation;
    SHAP values are those of the accounts that judged the model.

    Parameters
    ----------
    accounts : Accounts
        Facts and outcomes, joined.
    trial : Trial
        The challenger.
    groups : sequence of DriverGroup
        From `icpfit.insight.driver_groups.driver_groups`.
    refits : int
        At least 2; 30 under full evidence, fewer under quick.
    seed : int
        Of the draws and forests.
    progress : callable, optional
        Told which refit is under way.

    Returns
    -------
    DriverStability
        The same accounts and seed give the same figures.

    Raises
    ------
    ValueError
        For fewer than 2 refits.

    Notes
    -----
    "Points the same way": for a single ordered column whose values and SHAP values correlate by
    rank with .5 or more in the model, the sign of that correlation; for all others, that the SHAP
    values of refit and model rise and fall together. A draw with replacement holds about 63 % of
    the accounts, so refits are noisier than the model: the interval errs on the wide side. It is
    stretched to hold the model's own share.

    References
    ----------
    Meinshausen and Buehlmann (2010), Stability selection. Journal of the Royal Statistical
    Society B 72, for the idea.
    """
    if refits < 2:
        raise ValueError(f"refits: expected 2 or more, found {refits}")
    model, learned = trial.model, trial.split.train.sort_values()
    facts, dates = accounts.facts.loc[learned], accounts.dates.loc[learned, "decided_on"]
    matrix = feature_matrix(facts, dates, model.contract)
    target = _target(accounts, learned, model)
    shown = trial.matrix[_spread(len(trial.matrix))]
    base = contributions(model, shown).values
    columns = [group.columns for group in groups]
    top = min(TOP, max(1, -(-2 * len(groups) // 3)))
    draw = np.random.default_rng(seed)
    shares, signs = np.empty((refits, len(groups))), np.zeros((refits, len(groups)), dtype=bool)
    single = np.empty((refits, shown.shape[1]))
    for number in range(refits):
        if progress is not None:
            progress(f"refit {number + 1} of {refits}")
        rows = draw.integers(0, len(learned), len(learned))
        again = _refit(model, matrix[rows], target[rows], seed + number)
        values = contributions(again, shown).values
        shares[number] = group_shares(values, columns)[0]
        single[number] = group_shares(values, [(j,) for j in range(shown.shape[1])])[0]
        signs[number] = [_agrees(values, base, shown, one, model.contract) for one in columns]
    places = np.argsort(np.argsort(-shares, axis=1, kind="stable"), axis=1)
    standings = [
        DriverStanding(
            group,
            _share(group.share, shares[:, g], len(learned)),
            float((places[:, g] < top).mean()),
            float(signs[:, g].mean()),
        )
        for g, group in enumerate(groups)
    ]
    names = model.contract.names
    return DriverStability(tuple(standings), refits, top, names, single, len(learned))


def _target(accounts: Accounts, learned: Any, model: Model) -> Floats:
    if model.objective == "fit":
        fits: Floats = accounts.outcomes.loc[learned, "fit"].to_numpy(dtype=np.float64)
        return fits
    return margin_target(accounts.outcomes.loc[learned, "margin"].to_numpy(np.float64)).values


def _spread(n: int) -> npt.NDArray[np.intp]:
    """Return which accounts are explained: all, or as many as are enough, evenly picked."""
    if n <= EXPLAINED:
        return np.arange(n)
    return np.unique(np.linspace(0, n - 1, EXPLAINED).round().astype(np.intp))


def _refit(model: Model, matrix: Floats, target: Floats, seed: int) -> Model:
    """Grow one forest of the number that ranks, as the model's first was grown."""
    ranks = "margin_boosters" if model.objective == "margin" else "fit_boosters"
    first = getattr(model, ranks)[0]
    # A booster that was read back also holds what is given apart here.
    told = {key: value for key, value in first.params.items() if key not in _GIVEN_APART}
    grown = forest(matrix, target, model.contract, {**told, "seed": seed}, first.num_trees())
    again: Model = dataclasses.replace(model, **{ranks: (grown,)})  # type: ignore[arg-type]
    return again


def _agrees(
    values: Floats,
    base: Floats,
    matrix: Floats,
    columns: tuple[int, ...],
    contract: FeatureContract,
) -> bool:
    """Return whether a driver points the same way in a refit as in the model."""
    first = columns[0]
    kinds = {feature.column: feature.kind for feature in contract.features}
    if len(columns) == 1 and kinds[first] != "category":
        known = ~np.isnan(matrix[:, first])
        if known.sum() >= 10:
            x = matrix[known, first]
            was, is_now = (
                partial_spearman(x, one[known, first]).rho.value for one in (base, values)
            )
            if abs(was) >= _ONE_DIRECTION:
                return bool(was * is_now > 0)
    sums = [one[:, list(columns)].sum(axis=1) for one in (base, values)]
    return partial_spearman(*sums).rho.value > 0


def _share(value: float, refitted: Floats, n: int) -> Estimate:
    low, high = np.quantile(refitted, [0.05, 0.95])
    return Estimate(value, min(float(low), value), max(float(high), value), 0.9, n)
