"""All that is known of the drivers: their groups, their stability, the service beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from icpfit.insight.driver_groups import driver_groups
from icpfit.insight.driver_shift import shares_since
from icpfit.insight.driver_stability import REFITS, driver_stability
from icpfit.insight.explanation import Explanation, explanation
from icpfit.insight.service_findings import service_findings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from icpfit.economics.outcome import Accounts
    from icpfit.economics.rate_card import RateCard
    from icpfit.evidence.drift.driver_drift import DriverDrift
    from icpfit.evidence.trial import Trial
    from icpfit.fit.contract import FeatureContract
    from icpfit.insight.driver_groups import DriverGroup
    from icpfit.insight.driver_stability import DriverStability
    from icpfit.insight.service_findings import ServiceFindings

__all__ = ["DriverEvidence", "FormerDrivers", "driver_evidence"]


@dataclass(frozen=True)
class FormerDrivers:
    """The drivers of an earlier run, as far as it kept them.

    Parameters
    ----------
    label : str
        What that model is called.
    shares : mapping of str to float
        Its ``driver_shares``: feature to share of the mean absolute SHAP value.
    trained_on : int
        Accounts that it learned from.
    """

    label: str
    shares: Mapping[str, float]
    trained_on: int


@dataclass(frozen=True, eq=False)
class DriverEvidence:
    """Who drives the number that ranks, how sure that is, and what of the service goes with it.

    Parameters
    ----------
    explained : Explanation
        SHAP values of the accounts that judged the model.
    contract : FeatureContract
        What its columns are.
    groups : tuple of DriverGroup
        WHO drivers, known before the sale; columns that go together added up.
    stability : DriverStability
        The same over refits.
    service : ServiceFindings
        HOW-WE-SERVE findings, known after the sale: never a feature.
    drift : DriverDrift or None
        Against an earlier run; None where there is none.
    former : str
        What the earlier model is called, or empty.
    evidence : {"quick", "full"}
        How many refits were taken.
    """

    explained: Explanation
    contract: FeatureContract
    groups: tuple[DriverGroup, ...]
    stability: DriverStability
    service: ServiceFindings
    drift: DriverDrift | None
    former: str
    evidence: Literal["quick", "full"]


def driver_evidence(
    accounts: Accounts,
    trial: Trial,
    *,
    explained: Explanation | None = None,
    card: RateCard | None = None,
    former: FormerDrivers | None = None,
    evidence: Literal["quick", "full"] = "full",
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> DriverEvidence | None:
    """Return the drivers of a challenger with what they rest on.

    Parameters
    ----------
    accounts : Accounts
        Facts and outcomes, joined.
    trial : Trial
        The challenger.
    explained : Explanation, optional
        From `icpfit.insight.explanation.explanation`, where it was computed already.
    card : RateCard, optional
        Tells the activities' units.
    former : FormerDrivers, optional
        The drivers of the model in use, for comparison.
    evidence : {"quick", "full"}
        30 refits under full, 8 under quick.
    seed : int
        Of refits and bootstrap.
    progress : callable, optional
        Told what is being done.

    Returns
    -------
    DriverEvidence or None
        None where the model knows nothing: the drivers of noise are not shown.
    """
    if trial.signal.tier == "none":
        return None
    tell = progress or (lambda _text: None)
    found = explanation(trial) if explained is None else explained
    contract = trial.model.contract
    groups = driver_groups(found.contributions, found.matrix, contract)
    stability = driver_stability(
        accounts, trial, groups, refits=REFITS[evidence], seed=seed, progress=tell
    )
    tell("what of the service goes with the outcome")
    service = service_findings(accounts, trial, card, seed=seed)
    drift = None
    if former is not None:
        drift = shares_since(stability, trial.model, former.shares, former.trained_on)
    return DriverEvidence(
        explained=found,
        contract=contract,
        groups=groups,
        stability=stability,
        service=service,
        drift=drift,
        former="" if former is None else former.label,
        evidence=evidence,
    )
