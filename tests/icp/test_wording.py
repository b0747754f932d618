"""A profile in sentences and in SQL."""

from __future__ import annotations

import datetime as dt

import pytest

from icpfit.data.contract import Attribute
from icpfit.icp.profile import Profile, Segment
from icpfit.icp.wording import sentence, sentences, sql_where


@pytest.mark.parametrize(
    ("where", "text"),
    [
        (
            {"industry": ["Software", "Fintech"], "employees": {"from": 200, "below": 1000}},
            "Industry is Software or Fintech, and employees from 200 to below 1,000.",
        ),
        ({"country": "DE"}, "Country is DE."),
        ({"country": ["DE", "AT", None]}, "Country is DE, AT or missing."),
        ({"has_shop": True}, "Has shop is yes."),
        ({"has_shop": [False, None]}, "Has shop is no or missing."),
        ({"share": {"below": 0.15}}, "Share below 0.15."),
        ({"employees": {"from": 1e6}}, "Employees at least 1,000,000."),
        ({"founded": {"from": dt.date(2010, 1, 1)}}, "Founded from 2010-01-01 on."),
        ({"founded": {"below": dt.date(2010, 1, 1)}}, "Founded before 2010-01-01."),
        (
            {"founded": {"from": dt.date(2010, 1, 1), "below": dt.date(2012, 1, 1)}},
            "Founded from 2010-01-01 to before 2012-01-01.",
        ),
        (
            {"a": ["x"], "b": ["y"], "c": {"from": -5}},
            "A is x, b is y, and c at least -5.",
        ),
    ],
)
def test_sentence(where, text):
    assert sentence(Segment("s", where)) == text


def test_units_are_told_unless_they_repeat_the_name():
    attributes = {
        "turnover": Attribute("turnover", "number", "before_sale", unit="EUR"),
        "employees": Attribute("employees", "number", "before_sale", unit="employees"),
    }
    segment = Segment("s", {"turnover": {"from": 1000}, "employees": {"below": 50}})
    assert sentence(segment, attributes) == "Turnover at least 1,000 EUR, and employees below 50."


def test_sentences_name_each_group_and_its_role():
    profile = Profile(
        "ICP",
        1,
        dt.date(2025, 1, 1),
        (Segment("a", {"x": ["1"]}), Segment("b", {"x": ["2"]}, "second")),
        (Segment("c", {"x": ["3"]}),),
        (Segment("d", {"x": ["4"]}),),
    )
    assert sentences(profile) == [
        "a (first priority): X is 1.",
        "b (second priority): X is 2.",
        "c (fix first, no target until then): X is 3.",
        "d (avoid): X is 4.",
    ]


def test_quotes_are_doubled():
    profile = Profile("ICP", 1, dt.date(2025, 1, 1), (Segment("s", {'a"b': ["O'Neill"]}),))
    assert sql_where(profile) == """((("a""b" IN ('O''Neill'))))"""
