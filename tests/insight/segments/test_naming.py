"""Names that a person would use."""

import datetime as dt

import pytest

from icpfit.data.contract import Attribute
from icpfit.insight.segments.naming import segment_name

ATTRIBUTES = {
    "industry": Attribute("industry", "category", "before_sale"),
    "country": Attribute("country", "category", "before_sale"),
    "sites": Attribute("sites", "number", "before_sale", unit="sites"),
    "growth": Attribute("growth", "number", "before_sale", unit="%"),
    "founded_on": Attribute("founded_on", "date", "before_sale", label="founded"),
    "shop": Attribute("shop", "flag", "before_sale", label="web shop"),
}


@pytest.mark.parametrize(
    ("where", "name"),
    [
        ({"industry": ["Agency"]}, "Agency"),
        ({"industry": ["Pharma", "Food"], "country": ["AT", "CH"]}, "Pharma and Food, country AT and CH"),
        ({"sites": {"from": 1, "below": 2}}, "1 site"),
        ({"sites": {"from": 1, "below": 4}}, "1 to 3 sites"),
        ({"sites": {"below": 1000}}, "Up to 999 sites"),
        ({"sites": {"from": 1000}}, "1,000 or more sites"),
        ({"growth": {"from": 5, "below": 12.5}}, "Growth from 5 to below 12.5 %"),
        ({"growth": {"below": 5}}, "Growth below 5 %"),
        ({"founded_on": {"from": dt.date(2010, 1, 1)}}, "Founded since 2010"),
        ({"founded_on": {"below": dt.date(2010, 1, 1)}}, "Founded before 2010"),
        ({"founded_on": {"from": dt.date(2010, 1, 1), "below": dt.date(2020, 1, 1)}}, "Founded 2010 to 2019"),
        ({"founded_on": {"from": dt.date(2010, 1, 1), "below": dt.date(2011, 1, 1)}}, "Founded in 2010"),
        ({"shop": [False], "industry": [None]}, "No web shop, industry unknown"),
        ({"shop": [True]}, "With web shop"),
        ({"industry": list("ABCDEFG")}, "Industry A, B, C, D and 3 more"),
    ],
)  # fmt: skip
def test_names(where, name):
    assert segment_name(where, ATTRIBUTES, frozenset({"sites"})) == name
