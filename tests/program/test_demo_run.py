"""`icpfit demo`: what a newcomer sees and gets."""

import csv
import json
import re
import sqlite3

import duckdb
import pytest

from icpfit.data.demo.world import DRIVERS
from icpfit.delivery.lists.formulas import neutral_text

pytestmark = pytest.mark.slow

ADDED = [
    "fit_grade", "fit_score", "margin_if_won", "margin_p10", "margin_p90", "currency", "horizon",
    "fit_if_won", "reasons_for", "reasons_against", "icp_current", "icp_proposed", "caution", "model_version",
    "next_step", "relation",
]  # fmt: skip


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_closing_table_says_what_was_found_and_where_it_lies(demo):
    root, done = demo
    closing = done.stdout[done.stdout.rindex("the demo company") :]
    for said in (
        "accounts read, mature, used",
        "fit rate",
        "AUC",
        "ICP 2023",
        "the model",
        "scored.csv",
        "report.html",
    ):
        assert said in closing, said
    assert re.search(r"AUC of the fit +0\.\d\d \(90 %: 0\.\d\d", closing)
    assert str(root) in done.stdout


def test_the_checks_counted_in_the_report_are_those_recorded(demo):
    root, _ = demo
    [judged] = (root / "mlruns/artifacts/demo").glob("*/artifacts/judgement.json")
    with duckdb.connect() as connection:
        [(passed, checks)] = connection.execute(
            "select count(*) filter (gate.passed), count(*) from"
            " (select unnest(judgement.gates) gate from read_json(?))",
            [str(judged)],
        ).fetchall()
    page = re.sub(r"<[^>]+>", "", (root / "data/demo/report.html").read_text(encoding="utf-8"))
    assert checks > 5
    assert f"{passed} of {checks} checks passed." in page


def test_progress_goes_to_stderr_and_results_to_stdout(demo):
    _, done = demo
    for step in (
        "reading the exports",
        "training and judging",
        "recording it in MLflow",
        "scoring 2,0",
    ):
        assert step in done.stderr
        assert step not in done.stdout


def test_a_scored_list_keeps_every_row_and_cell(demo):
    root, _ = demo
    before, after = rows(root / "data/demo/prospects.csv"), rows(root / "data/demo/scored.csv")
    assert len(after) == len(before)
    columns = list(before[0])
    assert list(after[0]) == columns + ADDED
    # What a spreadsheet would run as a formula has an apostrophe in front.
    kept = [{c: neutral_text(row[c]) for c in columns} for row in before]
    assert [{c: row[c] for c in columns} for row in after] == kept


def test_grades_keep_their_promises(demo):
    root, _ = demo
    for row in rows(root / "data/demo/scored.csv"):
        assert row["fit_grade"] in {"A", "B", "C", "D", "unrated"}
        assert re.fullmatch(r"icpfit-demo v1", row["model_version"])
        if row["fit_grade"] == "unrated":
            assert row["caution"]
            assert not row["margin_if_won"]
            assert not row["fit_score"]
            continue
        low, mean, high = (float(row[c]) for c in ("margin_p10", "margin_if_won", "margin_p90"))
        assert low <= high
        assert 0 <= float(row["fit_if_won"]) <= 1
        assert row["currency"] == "EUR"
        if row["fit_grade"] in "AB":
            assert mean > 0
        assert row["reasons_for"] or row["reasons_against"]


def test_better_grades_are_truly_better(demo):
    """The truth is known: the expected margin of the prospects graded A lies above that of the others."""
    root, _ = demo
    truth = {
        r["id"]: float(r["expected_margin"])
        for r in rows(root / "data/demo/truth.csv")
        if r["set"] == "prospect"
    }
    by_grade = {}
    for row in rows(root / "data/demo/scored.csv"):
        by_grade.setdefault(row["fit_grade"], []).append(truth[row["Prospect ID"].strip()])
    mean = {grade: sum(values) / len(values) for grade, values in by_grade.items()}
    assert mean["A"] > mean["B"] > mean["C"] > mean["D"]


def test_there_is_a_champion_and_a_log_of_how_it_came_about(demo):
    root, _ = demo
    with sqlite3.connect(root / "mlruns" / "mlflow.db") as store:
        aliases = dict(
            store.execute("select alias, version from registered_model_aliases").fetchall()
        )
        metrics = dict(store.execute("select key, value from metrics").fetchall())
    store.close()
    assert aliases == {"champion": 1}
    assert metrics["auc.low"] < metrics["auc"] < metrics["auc.high"]
    logged = [
        json.loads(line)
        for line in (root / "mlruns/promotions-demo.jsonl").read_text().splitlines()
    ]
    assert [line["decision"] for line in logged] == ["PROMOTE"]
    assert logged[0]["reasons"]


def test_planted_drivers_are_among_the_first(demo):
    root, _ = demo
    found = next((root / "mlruns" / "artifacts").rglob("drivers.csv"))
    first = [row["feature"] for row in rows(found)][: len(DRIVERS) + 2]
    assert len(set(DRIVERS) & set(first)) >= len(DRIVERS) - 1


def test_the_models_choice_earns_more_than_the_current_icps(demo):
    root, _ = demo
    judged = json.loads(next((root / "mlruns" / "artifacts").rglob("judgement.json")).read_text())[
        "judgement"
    ]
    difference = judged["against_icp"]["difference"]
    assert difference["value"] > 0
    assert difference["low"] < difference["value"] < difference["high"]
    assert judged["holdout"] is True


def test_no_column_known_after_the_sale_reached_the_model(demo):
    root, _ = demo
    model = json.loads(next((root / "mlruns" / "artifacts").rglob("model.json")).read_text())
    names = {feature["name"] for feature in model["features"]}
    assert names
    assert not names & {"contract_discount", "tickets_last_90d", "health_score"}
    assert not any("ticket" in n or "health" in n or "discount" in n for n in names)


def test_truth_is_never_read(company, icpfit_here):
    """Without truth.csv the check is the same: no pipeline reads it."""
    (company / "data/demo/truth.csv").unlink()
    assert icpfit_here("check", "data=demo", "data.controls=null", cwd=company).returncode == 0
