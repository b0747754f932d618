"""The inspection before training: each kind of leak by name, and peace for honest columns."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from icpfit.data.contract import Attribute
from icpfit.data.demo.companies import companies, with_gaps
from icpfit.data.demo.world import WORLD
from icpfit.data.joining.history import DatedFact
from icpfit.data.typical_prospects import TypicalProspects
from icpfit.errors import FeatureError
from icpfit.evidence.leakage.decision_dates import date_gates, dated_gates
from icpfit.evidence.leakage.empty_for_prospects import empty_for_prospects
from icpfit.evidence.leakage.identifiers import identifier_gates
from icpfit.evidence.leakage.inspection import check_inspection, inspection, left_out
from icpfit.evidence.leakage.model_gates import drop_one_gates, purged_gate, time_gate
from icpfit.evidence.leakage.personal_data import personal_gates
from icpfit.evidence.leakage.repeated_rows import repeated_rows_gate
from icpfit.evidence.leakage.telling_names import name_gates, words_of
from icpfit.fit.contract import Feature, FeatureContract


class Company:
    """Accounts whose margin follows from three facts and luck."""

    def __init__(self, n=900, seed=1) -> None:
        self.rng = rng = np.random.default_rng(seed)
        self.n = n
        index = pd.Index([f"a{i:05}" for i in range(n)], name="account_id")
        self.facts = pd.DataFrame(
            {
                "employees": np.exp(rng.normal(4, 1, n)).round(),
                "industry": rng.choice(["retail", "food", "it", None], n).astype(object),
                "has_shop": np.where(rng.random(n) < 0.1, np.nan, rng.random(n) < 0.5),
                "founded_on": pd.Timestamp("1990-01-01")
                + pd.to_timedelta(rng.integers(0, 9000, n), "D"),
            },
            index=index,
        )
        started = pd.Timestamp("2022-01-01") + pd.to_timedelta(
            np.sort(rng.integers(0, 800, n)), "D"
        )
        self.dates = pd.DataFrame(
            {"started_on": started, "decided_on": started - pd.Timedelta(days=90)}, index=index
        )
        drive = (
            0.5 * np.log(self.facts["employees"]).sub(4).to_numpy()
            + 0.8 * (self.facts["industry"] == "it").to_numpy()
            + 0.5 * self.facts["has_shop"].fillna(0.5).to_numpy()
        )
        self.margin = 1000 * (drive + rng.normal(0, 1, n))
        self.retained = drive + rng.normal(0, 1.5, n) > -0.8
        self.outcomes = pd.DataFrame(
            {
                "fit": (self.margin > 0) & self.retained,
                "margin": self.margin,
                "retained": self.retained,
            },
            index=index,
        )
        self.attributes = {
            "employees": Attribute("employees", "number", "before_sale"),
            "industry": Attribute("industry", "category", "before_sale"),
            "has_shop": Attribute("has_shop", "flag", "before_sale"),
            "founded_on": Attribute("founded_on", "date", "before_sale"),
        }

    def add(self, name, values, kind="number", **more):
        self.facts[name] = values
        self.attributes[name] = Attribute(name, kind, "before_sale", **more)

    def gates(self, **more):
        return inspection(self.facts, self.dates, self.outcomes, self.attributes, **more)

    def found(self, name):
        return [gate for gate in self.gates() if gate.name == f"column {name}"]


def stops(gate):
    return not gate.passed and not gate.warned


def needs_a_reason(gate):
    return not gate.passed and gate.warned


def test_honest_columns_pass_and_training_goes_on():
    [gate] = Company().gates()
    assert gate.passed
    check_inspection([gate])


# One planted leak of each kind, caught by name.


def test_a_copy_of_the_margin_stops():
    company = Company()
    company.add("bonus_paid", company.margin * 0.02 + 30, reason="they say so")
    [gate] = company.found("bonus_paid")
    assert stops(gate)
    with pytest.raises(FeatureError, match=r"'bonus_paid' alone tells .* with an AUC of 1.00"):
        check_inspection(company.gates())


def test_a_ticket_count_stops_by_its_name_and_by_its_column():
    company = Company()
    company.add("service_load", company.rng.poisson(3, company.n), column="Tickets Last 90 Days")
    [gate] = company.found("service_load")
    assert stops(gate)
    assert "the word 'tickets' tells of what happens after the sale" in gate.text
    company.add("open_tickets", company.rng.poisson(3, company.n).astype(float))
    with pytest.raises(FeatureError, match="also stopped: column open_tickets"):
        check_inspection(company.gates())


def test_a_ticket_count_under_another_name_stops_by_its_figure():
    company = Company()
    company.add("contacts_by_phone", company.rng.poisson(np.exp(2 - company.margin / 500)) * 1.0)
    assert any(stops(gate) for gate in company.found("contacts_by_phone"))


def test_a_column_back_filled_after_signing_tells_by_being_missing():
    # Sales ops filled it in for customers that stayed: 85 % of them, 20 % of the others.
    company = Company()
    filled = company.rng.random(company.n) < np.where(company.retained, 0.95, 0.15)
    company.add("fleet_size", np.where(filled, company.rng.poisson(9, company.n), np.nan))
    [gate] = company.found("fleet_size")
    assert stops(gate)
    assert gate.text.startswith("Whether 'fleet_size' is missing tells \"retained\"")


def test_a_column_filled_for_customers_only_is_left_out():
    company = Company()
    company.add("segment", company.rng.choice(["a", "b"], company.n).astype(object), "category")
    listed = company.facts.sample(300, random_state=1).reset_index(drop=True)
    listed["segment"] = None
    typical = TypicalProspects(listed, "the list 'fairs' of 300 prospects")
    found = left_out(company.facts, company.attributes, None, typical)
    assert list(found.columns) == ["segment"]
    assert found.gates[0].warned
    assert found.gates[0].text == (
        "Column 'segment' is filled for 100 % of the customers and 0 % of the prospects (the list "
        "'fairs' of 300 prospects): it is not learned from."
    )
    again = left_out(company.facts, company.attributes, ["employees"], typical)
    assert again.columns == {}


def test_an_id_with_order_in_it_needs_a_reason():
    company = Company()
    number = 40_000 + 7 * np.arange(company.n) + company.rng.integers(0, 300, company.n)
    company.add("crm_record", number.astype(float))
    [gate] = company.found("crm_record")
    assert needs_a_reason(gate)
    assert "identifier with order in it" in gate.text
    company.add("crm_record", number.astype(float), reason="counted by the chamber of commerce")
    [gate] = company.found("crm_record")
    assert (gate.passed, gate.warned) == (True, True)


def test_an_id_written_as_text_is_named_and_not_learned_from():
    company = Company()
    company.add("ref", [f"C-{i:06}" for i in range(company.n)], "category")
    [gate] = company.found("ref")
    assert (gate.passed, gate.warned) == (True, True)
    assert "900 different values in 900 accounts, its digits run with the start" in gate.text


def test_an_unordered_number_is_an_id_by_its_name_only():
    company = Company()
    numbers = company.rng.permutation(10_000)[: company.n].astype(float)
    company.add("chamber_id", numbers)
    company.add("square_metres", numbers)
    assert needs_a_reason(company.found("chamber_id")[0])
    assert company.found("square_metres") == []
    facts = company.facts[["chamber_id"]][:29]
    assert identifier_gates(facts, company.dates["started_on"], company.attributes) == ()


def share_flagged(gates, names):
    blocked = {gate.name for gate in gates if stops(gate)}
    warned = {gate.name for gate in gates if gate.warned} - blocked
    return len(blocked) / len(names), len(warned) / len(names)


@pytest.mark.parametrize("n", [300, 1500])
def test_of_200_honest_columns_hardly_any_is_flagged(n):
    rng = np.random.default_rng(n)
    company = Company(n, seed=n)
    market = with_gaps(companies(n, WORLD, rng), rng).drop(columns="founded_on")
    for name in market:
        number = name in ("employees", "sites", "systems")
        values = market[name].astype(float if number else object).to_numpy()
        kind = "number" if number else "category"
        company.add(f"{name}_", values, kind)
    drawn = {}
    while company.facts.shape[1] + len(drawn) < 200:
        strength = rng.choice([0, 0, 0.15, 0.3])  # at .3 a column alone has an AUC of about .6
        values = strength * company.margin / 1000 + rng.normal(size=n)
        name = f"column {len(drawn)}".replace(" ", "_")
        kind = ("number", "category", "flag", "date")[len(drawn) % 4]
        if kind == "category":
            values = pd.qcut(values, int(rng.integers(2, 25)), labels=False).astype(str)
            values = values.astype(object)
        elif kind == "flag":
            values = (values > rng.normal()).astype(float)
        elif kind == "date":
            values = pd.Timestamp("2000-01-01") + pd.to_timedelta((300 * values).round(), "D")
        column = pd.Series(values, index=company.facts.index)
        if rng.random() < 0.5:
            column = column.mask(rng.random(n) < rng.uniform(0, 0.5))
        drawn[name] = column
        company.attributes[name] = Attribute(name, kind, "before_sale")
    company.facts = pd.concat([company.facts, pd.DataFrame(drawn)], axis=1)
    blocked, warned = share_flagged(company.gates(), company.facts.columns)
    assert blocked <= 0.01
    assert warned <= 0.05


def test_names_count_by_whole_words():
    assert words_of("closestOfficeKM") == ["closest", "office", "km"]
    for name in ("closest_office", "healthcare", "wonder", "tierra", "marginal_tax", "lead_source"):
        assert name_gates([Attribute(name, "number", "before_sale")]) == ()
    for name in ("Close Date", "nps", "churnRisk", "tier2", "csm_name", "renewals", "won_by"):
        [gate] = name_gates([Attribute(name, "number", "before_sale")])
        assert stops(gate)
    [gate] = name_gates([Attribute("tier", "category", "before_sale", allow="of the city")])
    assert (gate.passed, gate.warned) == (True, True)
    assert gate.text.endswith("known before the sale: of the city")
    [gate] = name_gates([Attribute("discount", "number", "at_signing", allow="yes")])
    assert stops(gate)


@pytest.mark.parametrize(
    ("name", "values", "sign"),
    [
        ("mailbox", ["info@acme.de", "b@c.fr", "x@y.org"] + ["none"] * 40, "e-mail addresses in 3"),
        ("reach", ["+49 89 1234567", "089/123456", "(0044) 20 7946"] * 5, "phone numbers in 15 of"),
        ("who", ["Herr Schulze", "Frau Dr. Roth", "Mr. Jones", "x"], "names with a title in 3"),
        ("partner", ["Anna Roth", "Peter Kahn", "Maria Ruiz", "Acme AG"], "names of persons in 3"),
        ("code_1", ["m", "f", "f", None], "gender"),
        ("creed", ["Catholic", "Muslim", "other"], "religion"),
        ("buyer_age", ["a"], "its name"),
        ("age", ["a"], "its name"),
        ("gender", ["a"], "its name"),
        ("Contact Name", ["a"], "its name"),
        ("last_name", ["a"], "its name"),
        ("email", ["a"], "its name"),
    ],
)
def test_data_of_persons_stop_unless_allowed(name, values, sign):
    facts = pd.DataFrame({name: pd.Series(values, dtype=object)})
    [gate] = personal_gates(facts, {name: Attribute(name, "category", "before_sale", reason="r")})
    assert stops(gate)
    assert f"({sign}" in gate.text
    allowed = {name: Attribute(name, "category", "before_sale", allow="it is a ship's")}
    [gate] = personal_gates(facts, allowed)
    assert (gate.passed, gate.warned) == (True, True)


@pytest.mark.parametrize(
    ("name", "kind", "values"),
    [
        ("company_age", "number", [3.0]),
        ("has_email_marketing", "flag", [1.0]),
        ("company_name", "category", ["Acme AG"]),
        ("band", "category", ["1000-4999", "0-9", "10-49"] * 5),
        ("first_seen", "category", ["01.02.2024"] * 9),
        ("zip", "category", ["01067", "80331", "0012345678"] * 5),
        ("size", "category", ["s", "m", "l"] * 5),
        ("line", "category", ["John Deere dealers"] + ["Retail Trade"] * 40),
        ("nothing", "category", [None, None]),
    ],
)
def test_data_of_companies_pass(name, kind, values):
    facts = pd.DataFrame({name: pd.Series(values, dtype=object if kind == "category" else float)})
    assert personal_gates(facts, {name: Attribute(name, kind, "before_sale")}) == ()


@pytest.mark.parametrize(("late", "stopped"), [(0, None), (1, False), (2, False), (3, True)])
def test_a_date_after_the_decision_by_hand(late, stopped):
    # 200 accounts with both days: more than 2 of them are more than 1 %.
    decided = pd.Series(pd.Timestamp("2024-03-01"), index=range(210))
    days = pd.Series(pd.Timestamp("2024-03-01"), index=range(210))
    days[:late] = pd.Timestamp("2024-03-02")
    days[200:] = pd.NaT
    asked = {"audited_on": Attribute("audited_on", "date", "before_sale")}
    gates = date_gates(pd.DataFrame({"audited_on": days}), decided, asked)
    assert [stops(gate) for gate in gates] == ([] if stopped is None else [stopped])
    if gates:
        assert f"in {late} of 200 accounts" in gates[0].text
        assert needs_a_reason(gates[0]) is not stopped


def test_values_of_today_are_marked_and_history_mends_it():
    asked = {"staff": Attribute("staff", "number", "before_sale", current_only=True)}
    [gate] = dated_gates(["staff"], asked, {})
    assert (gate.passed, gate.warned) == (True, True)
    [gate] = dated_gates(["staff"], asked, {"staff": DatedFact(400, 380, 4)})
    assert (gate.passed, gate.warned) == (True, True)
    [gate] = dated_gates(["staff"], asked, {"staff": DatedFact(400, 380, 0)})
    assert (gate.passed, gate.warned) == (True, False)
    [gate] = dated_gates(["staff"], asked, {"staff": DatedFact(400, 380, 5)})
    assert needs_a_reason(gate)


def test_what_is_never_used_and_what_is_allowed_is_recorded():
    company = Company()
    company.attributes["industry"] = Attribute(
        "industry", "category", "before_sale", allow="of the register"
    )
    company.attributes["has_shop"] = Attribute("has_shop", "flag", "before_sale", never_use=True)
    found = left_out(company.facts, company.attributes)
    assert found.columns == {"has_shop": "listed under never_use"}
    assert "data.never_use" in found.gates[0].text
    texts = [gate.text for gate in company.gates()]
    assert "Column 'industry' is allowed, and no check spoke against it: of the register" in texts
    with pytest.raises(FeatureError, match=r"'has_shop' is listed under data\.never_use"):
        left_out(company.facts, company.attributes, ["has_shop"])


def test_too_short_a_list_says_nothing():
    customers = pd.DataFrame({"a": [1.0] * 40})
    assert empty_for_prospects(customers, pd.DataFrame({"a": [np.nan] * 29})) == {}
    # Exactly half of the customers, exactly a tenth of the prospects; a column that isn't there.
    half = pd.DataFrame({"a": [1.0, np.nan] * 20, "b": [1.0] * 40})
    tenth = pd.DataFrame({"a": [1.0] * 3 + [np.nan] * 27})
    assert sorted(empty_for_prospects(half, tenth)) == ["a", "b"]
    assert sorted(empty_for_prospects(half[1:], tenth)) == ["b"]


def test_a_company_that_stands_twice():
    company = Company(400)
    folds = np.arange(400) % 5
    names = pd.Series(
        [f"Firm {'abcdefghijklmnopqrst'[i % 20] * (1 + i // 20)}" for i in range(400)]
    )
    assert not repeated_rows_gate(company.facts, names, folds).warned
    # 10 accounts of the first fold stand in the second again, one fact changed.
    names.iloc[1:50:5] = [f"{name.upper()} GmbH & Co. KG" for name in names.iloc[0:50:5]]
    same_name = repeated_rows_gate(company.facts, names, folds)
    assert not same_name.warned  # two firms may have one name
    company.facts.iloc[1:50:5] = company.facts.iloc[0:50:5].to_numpy()
    company.facts["region"] = [str(i % 7) for i in range(400)]
    gate = repeated_rows_gate(company.facts, names, folds)
    assert (gate.passed, gate.warned) == (True, True)
    assert "20 of 400 accounts have a twin in another fold (the same name and facts" in gate.text
    assert not repeated_rows_gate(company.facts, names, np.zeros(400, dtype=np.int64)).warned


def test_the_same_facts_without_a_name():
    company = Company(400)
    company.facts.iloc[1:50:5] = company.facts.iloc[0:50:5].to_numpy()
    nameless = pd.Series([None] * 400)
    assert (
        "the same facts in all 4 columns"
        in repeated_rows_gate(company.facts, nameless, np.arange(400) % 5).text
    )
    # Few flags repeat in half the rows by chance alone.
    flags = pd.DataFrame(np.random.default_rng(0).random((400, 4)) < 0.5, dtype=float)
    assert not repeated_rows_gate(flags, nameless, np.arange(400) % 5).warned


def test_a_column_that_carries_the_model_alone():
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(600, 3))
    is_fit = matrix[:, 1] + rng.normal(0, 0.6, 600) > 0
    contract = FeatureContract(
        tuple(Feature(name, "number", column=i) for i, name in enumerate("abc")), {}
    )
    asked = {name: Attribute(name, "number", "before_sale") for name in "abc"}
    folds = np.arange(600) % 5

    def gates():
        return drop_one_gates(
            matrix, is_fit, folds, contract, attributes=asked, shares={"b": 0.8, "a": 0.1}
        )

    [gate] = gates()
    assert needs_a_reason(gate)
    assert gate.text.startswith("Without column 'b' the AUC falls by 0.")
    asked["b"] = Attribute("b", "number", "before_sale", reason="of the register")
    assert gates()[0].passed
    is_fit = rng.random(600) < 0.5
    [gate] = gates()
    assert gate.passed
    assert not gate.warned


def test_time_and_purging_are_said():
    assert not time_gate(0.75, float("nan")).warned
    assert time_gate(0.80, 0.74).warned
    gate = purged_gate(None, "cohort split, not purged: too few", None)
    assert gate.passed
    assert gate.text == "Cohort split, not purged: too few."
