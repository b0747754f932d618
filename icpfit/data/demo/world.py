"""What is planted in the demo company: the groups, the drivers, and the economics behind them.

Nordlicht Systems GmbH of Flensburg sells connected sensors for cold rooms and machines, and the
software that watches them by subscription. Its customers are mid-sized companies in northern and
central Europe. All of it is made up. What is written here is the truth that the exports hide:
nothing that reads exports may know it, but tests and benchmarks compare against it.

Groups are written in the form that a profile in ``conf/icp/`` has, so that a proposed ICP can
be laid beside them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "AS_OF",
    "COSTLY_BY_NATURE",
    "COSTLY_BY_REMEDIAL",
    "COUNTRIES",
    "DRIVERS",
    "FIRST_DAY",
    "GOOD_SEGMENTS",
    "INDUSTRIES",
    "IRRELEVANT",
    "LEAD_SOURCES",
    "NEVER_SOLD_TO",
    "QUARTERS",
    "RATES",
    "SHIFTED",
    "WORLD",
    "Industry",
    "World",
]

FIRST_DAY = dt.date(2022, 7, 1)
"""The first day on which a customer of the export may start."""
AS_OF = dt.date(2026, 6, 30)
"""The day on which the exports are drawn."""
QUARTERS = 16
"""Quarters from FIRST_DAY to AS_OF, each drawn by itself: a later one changes no earlier."""

GOOD_SEGMENTS: dict[str, dict[str, Any]] = {
    "regulated cold chain": {
        "industry": ["Pharma", "Medical Devices", "Food Production"],
        "employees": {"from": 100, "below": 800},
        "has_it_team": True,
    },
    "northern logistics": {
        "industry": ["Logistics", "Wholesale"],
        "country": ["NL", "DK", "SE"],
    },
    "single-plant makers": {
        "industry": ["Machinery", "Chemicals"],
        "sites": {"from": 1, "below": 3},
        "custom_integration": False,
    },
}
"""Where the money is: they pay more, need less, and stay."""

COSTLY_BY_NATURE: dict[str, Any] = {"industry": ["Agency"]}
"""The biggest buyers. They run equipment at their own clients' sites and need visits and support
for each of them: planned service, so they lose money also with every remedial cost removed."""

COSTLY_BY_REMEDIAL: dict[str, Any] = {"country": ["AT", "CH"]}
"""Delivered through the southern hub, whose carrier damages one shipment in a few: returns, rework
and complaints, all remedial, most of it caused by logistics. Without that they would earn far more
than the average customer."""

DRIVERS = ("industry", "country", "employees", "sites", "has_it_team", "custom_integration")
"""Attributes that drive the expected margin, the strongest ones; they must be found again."""

IRRELEVANT = ("ownership", "erp_system", "founded_on", "web_shop")
"""Attributes that nothing depends on. (``revenue_band`` only repeats ``employees``, roughly.)"""

NEVER_SOLD_TO = ("BR", "JP", "AU")
"""Countries that stand in the prospect list and that no customer is from."""

RATES: dict[str, float] = {
    "support": 1.4,
    "complaint_handling": 1.4,
    "onboarding": 92.0,
    "service_visit": 92.0,
    "rework_visit": 92.0,
}
"""EUR per minute (tickets) and per hour (work orders), as ``conf/data/demo.yaml`` has them too.
Returns carry their own amount."""


@dataclass(frozen=True)
class Industry:
    """What an industry buys and needs, beside the average company of the same size.

    ``share`` of the market; ``staff`` and ``site_factor`` are multiples of the usual headcount and
    number of sites; ``equipment`` and ``subscription`` of the usual price; ``visit_hours`` are
    hours per site and year, ``tickets`` a multiple of the usual number; ``win`` the log-odds of
    winning.
    """

    share: float
    staff: float = 1.0
    site_factor: float = 1.0
    equipment: float = 1.0
    subscription: float = 1.0
    visit_hours: float = 12.0
    tickets: float = 1.0
    win: float = 0.0


INDUSTRIES: dict[str, Industry] = {
    "Food Production": Industry(0.14, visit_hours=13.0),
    "Pharma": Industry(0.09, staff=1.3, subscription=1.15, visit_hours=14.0, tickets=0.9),
    "Medical Devices": Industry(0.07, subscription=1.05, tickets=0.9),
    "Logistics": Industry(0.12, site_factor=1.3, equipment=1.1, visit_hours=14.0),
    "Wholesale": Industry(0.09, site_factor=1.1, subscription=0.9, visit_hours=10.0),
    "Machinery": Industry(0.14, staff=1.1, subscription=0.95),
    "Automotive Supplier": Industry(0.08, staff=1.7, equipment=1.2, tickets=2.0, win=0.2),
    "Chemicals": Industry(0.07, staff=1.2),
    "Retail Chain": Industry(
        0.07, staff=1.6, site_factor=2.6, equipment=1.3, subscription=1.2, visit_hours=40.0, win=0.4
    ),
    "Hospitality": Industry(0.06, staff=0.6, site_factor=1.8, visit_hours=20.0, tickets=1.2),
    "Agency": Industry(
        0.06,
        staff=0.9,
        site_factor=1.6,
        equipment=2.2,
        subscription=2.2,
        visit_hours=138.0,
        tickets=4.2,
        win=0.5,
    ),
    "Public Sector": Industry(0.01, staff=1.5, subscription=0.8),
}
"""Industries by name; their shares sum to 1."""

COUNTRIES: dict[str, float] = {
    "DE": 0.49,
    "AT": 0.09,
    "CH": 0.06,
    "NL": 0.09,
    "DK": 0.08,
    "SE": 0.05,
    "PL": 0.06,
    "CZ": 0.04,
    "BE": 0.03,
    "NA": 0.01,  # Namibia: two letters that careless readers take for "not available"
}
"""Countries sold to, with their shares of the market, which sum to 1."""

LEAD_SOURCES: dict[str, tuple[float, float]] = {
    "Trade Fair": (0.20, 3_400.0),
    "Outbound": (0.25, 2_900.0),
    "Website": (0.25, 1_500.0),
    "Partner": (0.13, 2_000.0),
    "Referral": (0.17, 700.0),
}
"""Share of the market and EUR to win one customer of average size, by lead source."""


@dataclass(frozen=True)
class World:
    """The strengths of what is planted; another world is the same company after a change.

    Attributes
    ----------
    damage : float
        How bad the southern hub is: 1 as planted, 0 mended.
    no_it_support : float
        Tickets of a customer without an IT team, as a multiple of one with.
    custom_support : float
        Further multiple where an integration was made to order, without an IT team.
    premium : float
        Price of the good segments, as a multiple.
    industries : Mapping[str, Industry]
        The industries.
    """

    damage: float = 1.0
    no_it_support: float = 2.1
    custom_support: float = 2.0
    premium: float = 1.35
    industries: Mapping[str, Industry] = field(default_factory=lambda: INDUSTRIES)


WORLD = World()
"""The demo company as it is."""

SHIFTED = replace(
    WORLD,
    damage=0.1,
    premium=1.0,
    industries={
        **INDUSTRIES,
        "Machinery": replace(INDUSTRIES["Machinery"], visit_hours=22.0, tickets=2.5),
        "Pharma": replace(INDUSTRIES["Pharma"], subscription=0.6),
        "Retail Chain": replace(INDUSTRIES["Retail Chain"], visit_hours=2.0),
    },
)
"""The same company after its market has turned: for tests of drift and of a worthless champion."""
