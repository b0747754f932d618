"""The truth benchmark's plumbing and its generated companies; no threshold on what is luck."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks.market import CATEGORIES
from benchmarks.nearness import margin_of_top
from benchmarks.truth import jobs, main
from benchmarks.truth_table import lines
from benchmarks.worlds import WORLDS, best_auc, boxes, company, shuffled


@pytest.mark.parametrize("world", WORLDS)
def test_a_company_is_to_the_recipe(world):
    drawn = company(world, 20_000, seed=3)
    kinds = [attribute.kind for attribute in drawn.attributes.values()]
    assert (kinds.count("number"), kinds.count("category")) == (12, 8)
    assert max(drawn.facts[c].nunique() for c in CATEGORIES) == 25
    assert drawn.facts.isna().any().sum() >= 8
    # Truths over 20,000 rows: standard errors of about .002 each.
    assert abs(drawn.probability.mean() - 0.35) < 0.01
    assert abs(best_auc(drawn.probability) - 0.80) < 0.01
    assert 0.35 < (drawn.margin < 0).mean() < 0.45


def test_outcomes_follow_the_truth():
    drawn = company("B", 50_000, seed=1)
    z = (drawn.is_fit - drawn.probability) / np.sqrt(drawn.probability * (1 - drawn.probability))
    assert abs(z.mean()) * np.sqrt(len(z)) < 4
    high = drawn.expected_margin > np.median(drawn.expected_margin)
    for half in (high, ~high):
        gap = drawn.margin[half] - drawn.expected_margin[half]
        assert abs(gap.mean()) < 4 * gap.std() / np.sqrt(half.sum())


def test_the_same_arguments_give_the_same_customers_and_another_draw_others():
    one, same, other = company("A", 50, 1), company("A", 50, 1), company("A", 50, 1, draw=1)
    assert one.facts.equals(same.facts)
    assert np.array_equal(one.margin, same.margin)
    assert not one.facts.equals(other.facts)


def test_every_box_lifts_the_fit_rate():
    drawn = company("C", 20_000, seed=2)
    inside = boxes(drawn.facts, seed=2)
    for k in range(3):
        assert drawn.probability[inside[:, k]].mean() > 1.5 * drawn.probability.mean()


def test_shuffling_keeps_outcome_and_margin_together_and_leaves_nothing_to_know():
    drawn = company("A", 500, seed=1)
    dealt = shuffled(drawn, seed=1)
    assert sorted(zip(dealt.is_fit, dealt.margin, strict=True)) == sorted(
        zip(drawn.is_fit, drawn.margin, strict=True)
    )
    assert len(set(dealt.probability)) == 1
    assert not np.array_equal(dealt.margin, drawn.margin)


def test_auc_in_expectation_is_the_mean_over_drawn_outcomes():
    rng = np.random.default_rng(1)
    p = rng.random(300)
    score = np.round(p + rng.normal(0, 0.3, 300), 1)
    drawn = []
    for _ in range(200):
        fit = rng.random(300) < p
        above = score[fit][:, None] - score[~fit][None, :]
        drawn.append(((above > 0) + (above == 0) / 2).mean())
    # A ratio of expectations against an expectation of ratios: they differ by about 1 / n.
    assert abs(np.mean(drawn) - best_auc(p, score)) < 0.005


def test_margin_of_the_top_shares_ties():
    assert margin_of_top(np.zeros(10), np.arange(10.0), 0.2) == pytest.approx(9.0)


def test_the_table_says_what_is_met_and_what_is_short():
    runs = [
        {
            "part": "nearness", "world": w, "n": 300, "seed": s, "best_auc": 0.8,
            "auc": {"icpfit": 0.72, "LightGBM": 0.70, "logistic": 0.71},
            "margin_top": 0.5, "margin_top_by_fit": 0.4, "margin_top_at_random": 0.2,
            "signal": "signal", "cpu_seconds": 1.0,
        }
        for w in WORLDS for s in range(2)
    ]  # fmt: skip
    told = "\n".join(lines(runs))
    auc = next(line for line in told.splitlines() if line.startswith("AUC / optimum "))
    assert auc.split() == ["AUC", "/", "optimum", ">=0.854", "0.900", "0.000", "met"]
    money = next(line for line in told.splitlines() if line.startswith("margin of the top"))
    assert money.endswith("short by 0.210")


def test_jobs_are_all_that_was_asked_for():
    found = jobs(["nearness", "promotion"], [300, 1_000], range(2), quick=False)
    assert len(found) == 2 * 3 * 2 + 2 * 3
    assert found[0][0] == "promotion"


@pytest.mark.slow
def test_a_quick_run_prints_the_table_and_writes_the_runs(tmp_path, capsys):
    out = tmp_path / "runs.json"
    assert main(["--quick", "--processes", "1", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "AUC / optimum" in printed
    assert "shuffled outcomes, 1 runs" in printed
    runs = json.loads(out.read_text())["runs"]
    assert {run["part"] for run in runs} == {
        "nearness", "coverage", "shuffled", "segments", "shuffled segments",
    }  # fmt: skip
    for run in runs:
        if run["part"] == "nearness":
            assert 0.4 < run["auc"]["icpfit"] <= run["best_auc"]
