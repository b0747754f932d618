"""Whether the drivers are those of these accounts by luck: refits on accounts drawn again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from icpfit.fit.features import feature_matrix
from icpfit.fit.regrowth import grown_again
from icpfit.fit.stopping import LearningRows
from icpfit.insight.contributions import contributions
from icpfit.insight.driver_groups import group_shares
from icpfit.measure.association import partial_spearman
from icpfit.measure.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from icpfit.economics.outcome import Accounts
    from icpfit.evidence.trial import Trial
    from icpfit.fit.contract import FeatureContract
    from icpfit.insight.driver_groups import DriverGroup

__all__ = ["REFITS", "DriverStability", "DriverStanding", "driver_stability"]

Floats = npt.NDArray[np.float64]

REFITS: dict[Literal["quick", "full"], int] = {"quick": 8, "full": 30}
"""How many refits each level of evidence takes."""
TOP, IN_TOP, SAME_SIGN = 8, 0.8, 0.9
"""Stable: among the first (8 at most) in 80 % of the refits, pointing the same way in 90 %."""
EXPLAINED = 500
"""SHAP values of at most so many accounts are compared."""
_ONE_DIRECTION = 0.5


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
        How many count as the first: as many as carry the model, ``1 / sum of squared shares``
        rounded up, at most 8 and two thirds of the groups.
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

    Each refit is made as the model was (`icpfit.fit.regrowth.grown_again`: for the margin a teacher
    and its student, for the fit the forests and curves) with what cross-validation had chosen, so
    that it costs none; SHAP values are those of the accounts that judged the model.

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
    the accounts, so refits are noisier than the model: the interval errs on the wide side, and the
    weakest drivers have more of it in the refits than in the model. The interval isn't stretched:
    the model's own share may lie outside it, by luck for one driver in ten.

    References
    ----------
    Meinshausen and Buehlmann (2010), Stability selection. Journal of the Royal Statistical
    Society B 72, for the idea. Laakso and Taagepera (1979), Comparative Political Studies 12, for
    the number of drivers that carry a model.
    """
    if refits < 2:
        raise ValueError(f"refits: expected 2 or more, found {refits}")
    model, (rows, is_fit) = trial.model, _rows(accounts, trial)
    n = len(rows.target)
    shown = trial.matrix[_spread(len(trial.matrix))]
    base = contributions(model, shown).values
    columns = [group.columns for group in groups]
    top = _counted([group.share for group in groups])
    draw = np.random.default_rng(seed)
    shares, signs = np.empty((refits, len(groups))), np.zeros((refits, len(groups)), dtype=bool)
    single = np.empty((refits, shown.shape[1]))
    for number in range(refits):
        if progress is not None:
            progress(f"refit {number + 1} of {refits}")
        drawn = np.sort(draw.integers(0, n, n))
        again = grown_again(
            model, trial.trained.growth, _drawn(rows, drawn), is_fit[drawn], seed + number
        )
        values = contributions(again, shown).values
        shares[number] = group_shares(values, columns)[0]
        single[number] = group_shares(values, [(j,) for j in range(shown.shape[1])])[0]
        signs[number] = [_agrees(values, base, shown, one, model.contract) for one in columns]
    places = np.argsort(np.argsort(-shares, axis=1, kind="stable"), axis=1)
    standings = [
        DriverStanding(
            group,
            _share(group.share, shares[:, g], n),
            float((places[:, g] < top).mean()),
            float(signs[:, g].mean()),
        )
        for g, group in enumerate(groups)
    ]
    names = model.contract.names
    return DriverStability(tuple(standings), refits, top, names, single, n)


def _rows(accounts: Accounts, trial: Trial) -> tuple[LearningRows, Floats]:
    """Return what the model learned from, in account_id order as it did, and who was a fit."""
    order = np.argsort(trial.split.train.to_numpy().astype(str), kind="stable")
    learned = trial.split.train[order]
    facts, dates = accounts.facts.loc[learned], accounts.dates.loc[learned, "decided_on"]
    outcome = accounts.outcomes.loc[learned, trial.model.objective].to_numpy(dtype=np.float64)
    contract = trial.model.contract
    matrix = feature_matrix(facts, dates, contract)
    is_fit = accounts.outcomes.loc[learned, "fit"].to_numpy(dtype=np.float64)
    return LearningRows(matrix, outcome, trial.trained.folds[order], contract), is_fit


def _counted(shares: Sequence[float]) -> int:
    """Return how many drivers count as the first.

    Where two carry the model, what luck gave the third place keeps it in every draw of the same
    accounts: among the first 8 of 14 columns, 2 of 12 that meant nothing were stable.
    """
    together = sum(share**2 for share in shares)
    carrying = math.ceil(1 / together - 1e-9) if together > 0 else 1
    return max(1, min(TOP, carrying, math.ceil(2 * len(shares) / 3)))


def _drawn(rows: LearningRows, drawn: npt.NDArray[np.intp]) -> LearningRows:
    return LearningRows(rows.matrix[drawn], rows.target[drawn], rows.folds[drawn], rows.contract)


def _spread(n: int) -> npt.NDArray[np.intp]:
    """Return which accounts are explained: all, or as many as are enough, evenly picked."""
    if n <= EXPLAINED:
        return np.arange(n)
    return np.unique(np.linspace(0, n - 1, EXPLAINED).round().astype(np.intp))


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
    # Never stretched to hold the model's own share: one outside its refits must be seen.
    low, high = np.quantile(refitted, [0.05, 0.95])
    return Estimate(value, float(low), float(high), 0.9, n)
