"""The label under test, as the report says it."""

import dataclasses

import pytest

from icpfit.delivery.registry.label_record import SENSITIVITY_FILE, with_label_test
from icpfit.delivery.registry.training_record import TrainingRecord
from icpfit.delivery.report.first_page import trust_sentences
from icpfit.delivery.report.label_tables import label_findings, sensitivity_table
from icpfit.delivery.report.page import report_html
from icpfit.economics.label_variants import Ambiguity
from icpfit.evidence.definition.budget import evidence_budget
from icpfit.evidence.definition.definition import Sensitivity, VariantFinding, definition_banner
from icpfit.measure.estimate import Estimate


def findings(*, models=True, objective="margin"):
    variants = (
        VariantFinding("as defined", "", 800, 0, 0.41, Estimate(0.71, 0.68, 0.74), False, 1.0),
        VariantFinding(
            "cost of <b>visits</b> 20 % higher",
            "the cost of <b>visits</b>",
            800,
            120,
            0.3,
            Estimate(0.69, 0.66, 0.73),
            models,
            0.55,
            0.5 if models else None,
        ),
        VariantFinding(
            "hurdle at −1,000 EUR", "the hurdle", 800, 40, 0.97, Estimate(0.6), False, 1.0
        ),
    )
    return Sensitivity(
        objective,
        variants,
        Ambiguity(31, 790, 470.0),
        0.9 if models else None,
        definition_banner(variants, 0.9 if models else None),
    )


def test_every_figure_has_its_unit_and_every_luck_its_interval():
    found = sensitivity_table(findings())
    assert [heading for heading, _ in found.columns][-1] == "Overlap of the model's best fifth"
    assert found.rows == (
        ("as defined", "–", "41 %", "0.71\n0.68–0.74", "–", "–"),
        (
            "cost of <b>visits</b> 20 % higher",
            "120\n15 %",
            "30 %",
            "0.69\n0.66–0.73; trained anew",
            "0.55",
            "0.50",
        ),
        ("hurdle at −1,000 EUR", "40\n5 %", "97 %", "0.60\ntoo few", "1.00", "–"),
    )


def test_without_models_their_column_is_left_out():
    found = sensitivity_table(findings(models=False, objective="fit"))
    assert len(found.columns) == len(found.rows[0]) == 5
    assert found.columns[-1][0] == "Overlap of the profitable fits"


def test_the_sentences():
    found = label_findings(findings(), evidence_budget("full"), "EUR")
    assert found.left_out == ()
    near, most, luck = found.sentences
    assert near == (
        "31 accounts of 790 (4 %) lie within 470 EUR of the hurdle: a small error in any cost"
        " decides their label."
    )
    assert most == (
        "Most labels flip with the cost of <b>visits</b> (cost of <b>visits</b> 20 % higher): 120"
        " of 800, 15 %."
    )
    assert "keeps an overlap of 0.90" in luck


@pytest.mark.parametrize("level", ["quick", "full"])
def test_the_report_shows_banner_table_and_what_was_left_out(report_facts, level):
    budget = evidence_budget(level)
    page = report_html(report_facts(sensitivity=label_findings(findings(), budget, "EUR")))
    assert "Definition-sensitive: the list hinges on the cost of &lt;b&gt;visits" in page
    assert "<b>visits" not in page
    assert "trained anew" in page
    assert ("evidence=quick" in page) is (level == "quick")
    for sentence in budget.left_out:
        assert sentence.split(":")[0][:40] in page


def test_the_first_page_names_the_shakiest_assumption_also_where_it_is_calm(report_facts):
    calm = dataclasses.replace(findings(), banner="")
    facts = report_facts(sensitivity=label_findings(calm, evidence_budget("full"), "EUR"))
    [said] = [text for text in trust_sentences(facts) if "assumption" in text]
    assert said == (
        "No assumption tested moves three in ten of the fits or, beyond luck, of the list; most"
        " labels flip with the cost of <b>visits</b> (cost of <b>visits</b> 20 % higher: 15 %)."
    )
    assert "Stable" not in said


def test_a_report_without_a_model_has_no_such_section(report_facts):
    assert "rests on</h3>" not in report_html(report_facts())


def test_mlflow_keeps_the_table_and_says_what_was_left_out():
    quick, full = (
        with_label_test(TrainingRecord("", tags={"a": "b"}), findings(), evidence_budget(level))
        for level in ("quick", "full")
    )
    assert quick.tags["icpfit.evidence"] == "quick"
    assert "shorter horizon" in quick.tags["icpfit.left_out"]
    assert full.tags == {
        "a": "b",
        "icpfit.evidence": "full",
        "icpfit.definition_sensitive": "true",
    }
    assert '"assumption": "the hurdle"' in full.texts[SENSITIVITY_FILE]
