"""The settings of a company's economics: what serving costs, and what makes a profitable fit."""

from __future__ import annotations

from dataclasses import dataclass, field

from icpfit.economics.label import LabelRule
from icpfit.economics.loyalty import LoyaltySpec
from icpfit.economics.rate_card import RateCard

__all__ = ["EconomicsSpec"]


@dataclass(frozen=True)
class EconomicsSpec:
    """How the ledgers become an outcome.

    Parameters
    ----------
    rate_card : RateCard
        What the activities cost.
    label : LabelRule
        What makes an account a profitable fit.
    discount_rate : float
        A year, from 0 to below 1.
    loyalty : LoyaltySpec
        How loyalty observations are read.
    min_covered : float
        Share of an account's horizon that each log must cover, 0 to 1.
    """

    rate_card: RateCard = field(default_factory=RateCard)
    label: LabelRule = field(default_factory=LabelRule)
    discount_rate: float = 0.10
    loyalty: LoyaltySpec = field(default_factory=LoyaltySpec)
    min_covered: float = 0.95

    def __post_init__(self) -> None:
        if not 0 <= self.discount_rate < 1:
            raise ValueError(
                f"discount_rate: expected 0 to below 1 (.1 is 10 %), found {self.discount_rate:g}"
            )
        if not 0 <= self.min_covered <= 1:
            raise ValueError(f"min_covered: expected 0 to 1, found {self.min_covered:g}")
