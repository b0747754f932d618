"""The rules told before training are those that the training itself holds to."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from icpfit.data.contract import Attribute
from icpfit.economics.label import check_label
from icpfit.errors import IcpfitError
from icpfit.evidence.quality.readiness import readiness


def accounts(n=900, fits=300, attributes=None, **facts):
    ids = pd.Index([f"a{i:04}" for i in range(n)])
    starts = pd.Timestamp("2022-01-01") + pd.to_timedelta(np.arange(n), unit="D")
    fit = np.zeros(n, dtype=bool)
    fit[np.random.default_rng(1).permutation(n)[:fits]] = True
    columns = facts or {"size": np.random.default_rng(2).normal(size=n)}
    declared = attributes or {name: Attribute(name, "number", "before_sale") for name in columns}
    return SimpleNamespace(
        facts=pd.DataFrame(columns, index=ids),
        dates=pd.DataFrame({"started_on": starts, "decided_on": starts}, index=ids),
        outcomes=pd.DataFrame({"fit": pd.Series(fit, index=ids, dtype=object)}),
        used=ids,
        attributes=declared,
        dated={},
    )


def by_name(found):
    return {rule.name: rule for rule in found.rules}


def test_enough_of_all_is_a_yes():
    found = readiness(accounts())
    assert found.answer == "yes"
    assert found.stop == ""


@pytest.mark.parametrize("fits", [0, 20, 49, 50, 450, 851, 900])
def test_the_label_rule_is_the_one_that_training_applies(fits):
    made = accounts(fits=fits)
    try:
        check_label(made.outcomes["fit"])
        stop = ""
    except IcpfitError as error:
        stop = str(error)
    found = readiness(made)
    assert found.stop == stop
    assert (by_name(found)["enough of both outcomes"].verdict == "stops") == bool(stop)


def test_too_few_for_a_later_quarter_weakens_but_does_not_stop():
    found = readiness(accounts(n=400, fits=150))
    assert found.answer == "yes, but"
    assert by_name(found)["later accounts to judge on"].verdict == "weaker"


def test_no_attribute_known_before_the_sale_stops():
    made = accounts(
        attributes={"size": Attribute("size", "number", "after_sale")}, size=np.ones(900)
    )
    assert by_name(readiness(made))["facts to learn from"].verdict == "stops"


def test_a_column_of_persons_stops_and_one_excused_does_not():
    mails = np.array([f"p{i % 90}@a.example" for i in range(900)], dtype=object)
    plain = Attribute("contact", "category", "before_sale")
    found = readiness(accounts(attributes={"contact": plain}, contact=mails))
    assert found.answer == "no"
    assert "contact" in found.stop
    excused = dataclasses.replace(plain, allow="the firm's desk, no person's")
    assert readiness(accounts(attributes={"contact": excused}, contact=mails)).answer == "yes"


def test_a_number_that_runs_with_the_start_asks_for_a_reason():
    found = readiness(accounts(record_no=np.arange(900.0)))
    assert found.answer == "yes, but"
    assert "record_no" in by_name(found)["columns that may be used"].found


def test_the_outcome_is_not_looked_at_by_column():
    """A column that copies the outcome is for the training to find: no figure here depends on it."""
    made = accounts()
    made.facts["size"] = made.outcomes["fit"].astype(float)
    assert readiness(made).gates == ()


def test_nobody_used_is_said():
    made = accounts()
    made.used = made.used[:0]
    assert "no account has an outcome" in readiness(made).stop
