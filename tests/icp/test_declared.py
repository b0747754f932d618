"""A profile may only ask for what is declared, and known before the sale."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from icpfit.data.contract import Attribute
from icpfit.errors import SettingsError
from icpfit.icp.declared import check_declared
from icpfit.icp.profile import Profile, Segment

DECLARED = {
    "country": Attribute("country", "category", "before_sale"),
    "employees": Attribute("employees", "number", "before_sale"),
    "shop": Attribute("shop", "flag", "before_sale"),
    "founded": Attribute("founded", "date", "before_sale"),
    "plan": Attribute("plan", "category", "at_signing"),
    "tickets": Attribute("tickets", "number", "after_sale"),
}
GOOD = {
    "country": ["DE", None],
    "employees": {"from": 10},
    "shop": [True],
    "founded": {"below": dt.date(2020, 1, 1)},
}


def profile(part, where):
    groups = {"segments": (Segment("good", GOOD),)}
    groups[part] = (*groups.get(part, ()), Segment("mine", where))
    return Profile("ICP", 1, dt.date(2027, 1, 1), **groups)


@pytest.mark.parametrize("part", ["segments", "fix", "avoid"])
@pytest.mark.parametrize(
    ("where", "said"),
    [
        (
            {"contry": ["DE"]},
            "where.contry: no such attribute is declared; did you mean 'country'?",
        ),
        (
            {"zzz": ["DE"]},
            "no such attribute is declared; declared are country, employees, founded",
        ),
        ({"plan": ["gold"]}, "where.plan: is known at signing, so no prospect can be chosen by it"),
        ({"tickets": {"from": 3}}, "where.tickets: is known after sale"),
        ({"country": {"from": 3}}, "where.country: from and below need a number or a date"),
        ({"country": [62]}, "write '62' in quotes"),
        ({"employees": ["many"]}, "the attribute is a number, the condition says 'many'"),
        ({"founded": {"from": 2020}}, "the attribute is a date, the condition says 2020"),
    ],
)
def test_what_it_refuses(part, where, said):
    with pytest.raises(SettingsError) as caught:
        check_declared(profile(part, where), DECLARED)
    assert str(caught.value).startswith("segment 'mine', where.")
    assert said in str(caught.value)


def test_what_it_takes():
    check_declared(profile("fix", {"country": [None]}), DECLARED)


def test_the_sample_idea_is_one_that_the_demo_company_can_be_asked_about():
    import yaml

    from icpfit.company import company_settings
    from icpfit.icp.profile import read_profile

    project = Path(__file__).parents[2]
    values = yaml.safe_load((project / "conf/data/demo.yaml").read_text(encoding="utf-8"))
    idea = read_profile(project / "docs/idea.yaml")
    check_declared(idea, company_settings(values).data.attributes)
    assert idea.segments
