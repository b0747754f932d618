"""Reasons in words with values, and their sum against the number."""

from __future__ import annotations

import datetime as dt

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.fit.features import Feature, FeatureContract, feature_matrix
from icpfit.fit.model import Model
from icpfit.fit.money import MarginRanges
from icpfit.insight.contributions import Contributions, contributions
from icpfit.insight.reasons import reasons

CONTRACT = FeatureContract(
    (
        Feature("employees", "number", unit="people", low=3.0, high=900.0, column=0),
        Feature("industry", "category", levels=("Food", "Software"), column=1),
        Feature(
            "country", "category", levels=("DE", "FR", "other"), rare_levels=("Malta",), column=2
        ),
        Feature("has_webshop", "flag", column=3),
        Feature("founded", "date", low=0.0, high=60.0, column=4),
    ),
    {},
)
DAY = dt.date(2026, 1, 1)


def row(**given_facts):
    facts = {
        "employees": 240.0,
        "industry": "Software",
        "country": "DE",
        "has_webshop": 1.0,
        "founded": pd.Timestamp("2013-09-14"),
        **given_facts,
    }
    return pd.DataFrame([facts]).astype({"industry": object, "country": object})


def said(values, facts=None, unit="EUR", which="margin", **options):
    facts = row() if facts is None else facts
    found = Contributions(np.atleast_2d(np.array(values, dtype=float)), 50.0, unit, which)
    return reasons(found, facts, feature_matrix(facts, DAY, CONTRACT), CONTRACT, **options)


def test_words_with_values():
    pro, con = said([3412, 2100, -640, 1249, -85])
    assert pro == [
        "employees 240 people: +3,400 EUR; industry Software: +2,100 EUR; has webshop yes: +1,200 EUR"
    ]
    assert con == ["country DE: -640 EUR; founded 12.3 years before the sale: -85 EUR"]


@pytest.mark.parametrize(
    ("facts", "feature", "phrase"),
    [
        ({"employees": np.nan}, 0, "employees not known"),
        ({"employees": 12.3456}, 0, "employees 12.3 people"),
        ({"employees": 1234567.0}, 0, "employees 1,234,567 people"),
        ({"industry": None}, 1, "industry not known"),
        ({"country": "Malta"}, 2, "country Malta (rare)"),
        ({"country": "NA"}, 2, "country NA (never served)"),
        ({"has_webshop": 0.0}, 3, "has webshop no"),
        ({"has_webshop": np.nan}, 3, "has webshop not known"),
        ({"founded": pd.Timestamp("2026-07-02")}, 4, "founded not known"),
        ({"founded": pd.NaT}, 4, "founded not known"),
    ],
)
def test_facts_in_words(facts, feature, phrase):
    values = np.zeros(5)
    values[feature] = -800.0
    assert said(values, row(**facts)) == ([""], [f"{phrase}: -800 EUR"])


def test_a_rare_level_without_a_pool_is_rare_and_not_unseen():
    # Too few rare accounts for a level "other": the matrix holds a missing value.
    contract = FeatureContract(
        (Feature("country", "category", levels=("DE", "FR"), rare_levels=("Malta",)),), {}
    )
    facts = pd.DataFrame({"country": pd.Series(["Malta", "NA"], dtype=object)})
    matrix = feature_matrix(facts, DAY, contract)
    assert np.isnan(matrix).all()
    found = Contributions(np.array([[5.0], [5.0]]), 0.0, "EUR", "margin")
    # To the model both are what is missing, which speaks for nobody.
    assert reasons(found, facts, matrix, contract)[0] == ["", ""]
    against = Contributions(np.array([[-5.0], [-5.0]]), 0.0, "EUR", "margin")
    assert reasons(against, facts, matrix, contract)[1] == [
        "country Malta (rare): -5 EUR",
        "country NA (never served): -5 EUR",
    ]


def test_an_absent_column_is_not_known():
    facts = row().drop(columns=["employees", "country"])
    assert said([-300, 0, -200, 0, 0], facts)[1] == [
        "employees not known: -300 EUR; country not known: -200 EUR"
    ]


def test_what_is_not_known_never_speaks_for_a_row():
    facts = row(employees=np.nan, industry=None)
    assert said([900, 800, 70, 0, -60], facts) == (
        ["country DE: +70 EUR"],
        ["founded 12.3 years before the sale: -60 EUR"],
    )
    assert said([900, -800, 0, 0, 0], facts) == ([""], ["industry not known: -800 EUR"])


def test_log_odds_carry_a_word_for_their_strength():
    pro, con = said([0.62, 0.5, 0.2, 0.05, -0.31], unit="log-odds", which="fit", top=4)
    assert pro == [
        "employees 240 people: strongly (+0.62 log-odds); industry Software: strongly (+0.5 log-odds); country DE: somewhat (+0.2 log-odds); has webshop yes: slightly (+0.05 log-odds)"
    ]
    assert con == ["founded 12.3 years before the sale: somewhat (-0.31 log-odds)"]


def test_only_the_strongest_are_given():
    assert said([1, 2, 3, 4, 5])[0] == [
        "founded 12.3 years before the sale: +5 EUR; has webshop yes: +4 EUR; country DE: +3 EUR"
    ]
    assert said([1, 2, 3, 4, 5], top=1)[0] == ["founded 12.3 years before the sale: +5 EUR"]


def test_less_than_one_per_cent_of_all_is_no_reason():
    # The sum is 1000 + 9.9 = 1009.9 and 1 % of it is 10.099; with 10.2 it is 10.102.
    assert said([1000, -9.9, 0, 0, 0])[1] == [""]
    assert said([1000, -10.2, 0, 0, 0])[1] == ["industry Software: -10 EUR"]


def test_ties_stand_by_name():
    assert said([7, 7, 7, 7, 7], top=2)[0] == ["country DE: +7 EUR; employees 240 people: +7 EUR"]


def test_many_ties_stand_by_name():
    # More columns than numpy's other sorts keep in order by luck.
    names = [f"f{j:02}" for j in range(60)]
    features = tuple(Feature(name, "number", column=59 - j) for j, name in enumerate(names))
    facts = pd.DataFrame(1.0, index=[0], columns=names)
    found = Contributions(np.where(np.arange(60) % 3 == 0, 5.0, 4.0)[None, :], 0.0, "EUR", "margin")
    pro, _ = reasons(found, facts, np.ones((1, 60)), FeatureContract(features, {}), top=20)
    assert [part.split(" ")[0] for part in pro[0].split("; ")] == [
        name for j, name in enumerate(names) if (59 - j) % 3 == 0
    ]


def test_nothing_moves_nothing_said():
    assert said([0, 0, 0, 0, 0]) == ([""], [""])


def test_an_empty_list_has_no_reasons():
    assert said(np.zeros((0, 5)), row().iloc[:0]) == ([], [])


def test_rows_that_do_not_match_are_refused():
    with pytest.raises(ValueError, match="hold 1, 1 and 2 rows"):
        said(np.zeros((2, 5)))


def test_the_index_of_the_facts_does_not_matter():
    facts = pd.concat([row(country="Malta"), row(country="FR")])
    facts.index = [7, 7]
    assert said([[0, 0, 9, 0, 0], [0, 0, 9, 0, 0]], facts)[0] == [
        "country Malta (rare): +9 EUR",
        "country FR: +9 EUR",
    ]


def many(n=400, seed=5):
    rng = np.random.default_rng(seed)
    facts = pd.DataFrame(
        {
            "employees": np.where(rng.random(n) < 0.2, np.nan, rng.integers(1, 900, n)),
            "industry": rng.choice(np.array(["Food", "Software", "Mining", None], dtype=object), n),
            "country": rng.choice(np.array(["DE", "FR", "Malta", "NA"], dtype=object), n),
            "has_webshop": rng.choice([0.0, 1.0, np.nan], n),
            "founded": pd.Timestamp("2025-01-01")
            - pd.to_timedelta(rng.integers(0, 20_000, n), unit="D"),
        }
    )
    return rng, facts, feature_matrix(facts, DAY, CONTRACT)


def trained_margin():
    rng, facts, matrix = many()
    target = (
        40 * np.nan_to_num(matrix[:, 0])
        - 9000 * (matrix[:, 2] == 1)
        + rng.normal(0, 3000, len(facts))
    )
    quiet = {
        "verbosity": -1,
        "num_threads": 1,
        "deterministic": True,
        "force_col_wise": True,
        "num_leaves": 6,
    }
    data = lgb.Dataset(matrix, target, categorical_feature=[1, 2], params=quiet)
    booster = lgb.train({**quiet, "min_data_per_group": 5}, data, 40)
    model = Model(
        contract=CONTRACT,
        fit_boosters=(),
        margin_boosters=(booster,),
        margin_scale=1.1,
        margin_shift=-120.0,
        ranges=MarginRanges((), (-1.0,), (1.0,)),
        objective="margin",
        currency="EUR",
        horizon="12mo",
        as_of="2026-01-01",
        company="demo",
        label_text="",
        trained_on=len(facts),
        driver_shares={},
    )
    margin_if_won = 1.1 * booster.predict(matrix, raw_score=True, num_threads=1) - 120.0
    return model, facts, matrix, margin_if_won


def test_all_reasons_and_the_base_add_up_to_the_number():
    model, facts, matrix, margin_if_won = trained_margin()
    found = contributions(model, matrix)
    np.testing.assert_allclose(
        found.base + np.sum(found.values, axis=1), margin_if_won, rtol=1e-9, atol=1e-6
    )
    # In words: with every feature given, the rounded amounts of both sides and the base come back to
    # the number, up to two-digit rounding of each amount (5 %) and the 1 % of each that is left out.
    pro, con = reasons(found, facts, matrix, CONTRACT, top=5)
    slack = 0.06 * np.abs(found.values).sum(axis=1) + 1.0
    total = np.array([sum(amounts(a)) + sum(amounts(b)) for a, b in zip(pro, con, strict=True)])
    # What is not known is never said to speak for a row, and belongs to the number all the same.
    total += np.where(unheard(facts), np.maximum(found.values, 0.0), 0.0).sum(axis=1)
    assert (np.abs(found.base + total - margin_if_won) <= slack).all()
    # And this check is sharp enough to see one feature go missing.
    largest = np.abs(found.values).argmax(axis=1)
    without = total - np.take_along_axis(found.values, largest[:, None], axis=1)[:, 0]
    assert (np.abs(found.base + without - margin_if_won) > slack).all()


def unheard(facts):
    """Return which facts are not known, or levels that were never served."""
    found = facts[[f.name for f in sorted(CONTRACT.features, key=lambda f: f.column)]].isna()
    for feature in CONTRACT.features:
        if feature.kind == "category":
            served = {*feature.levels, *feature.rare_levels}
            found[feature.name] = [fact not in served for fact in facts[feature.name]]
    return found.to_numpy()


def amounts(text):
    parts = [part.rsplit(": ", 1)[1] for part in text.split("; ")] if text else []
    return [float(part.removesuffix(" EUR").replace(",", "")) for part in parts]


def test_a_rows_reasons_do_not_depend_on_its_neighbours():
    model, facts, matrix, _ = trained_margin()
    pro, con = reasons(contributions(model, matrix), facts, matrix, CONTRACT)
    for i in (0, 17, 399):
        alone = reasons(contributions(model, matrix[[i]]), facts.iloc[[i]], matrix[[i]], CONTRACT)
        assert alone == ([pro[i]], [con[i]])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_signs_order_and_count(seed, top):
    rng, facts, matrix = many(20, seed)
    values = rng.normal(0, 1000, (20, 5)) * (rng.random((20, 5)) < 0.7)
    pro, con = reasons(Contributions(values, 0.0, "EUR", "margin"), facts, matrix, CONTRACT, top)
    # What is not known never speaks for a row.
    values[unheard(facts) & (values > 0)] = 0
    for sign, texts in ((1, pro), (-1, con)):
        for text, row_values in zip(texts, values, strict=True):
            found = [sign * amount for amount in amounts(text)]
            assert all(amount > 0 for amount in found)
            assert found == sorted(found, reverse=True)
            worth = row_values[sign * row_values >= 0.01 * np.abs(row_values).sum()]
            assert len(found) == min(top, (worth != 0).sum())
    assert all(text.isascii() for text in pro + con)
