"""A quarter later: the next model is held or promoted as it deserves, and going back restores the same bytes."""

import csv
import datetime as dt
import json
import shutil
import sqlite3
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.special import xlogy

from icpfit.data.demo.company import known_truth, write_demo_company

pytestmark = pytest.mark.slow

FIRST = ("data.controls=null",)
LATER = ("data.controls=null", "data.as_of=2026-09-30")


def logged(root, name):
    text = (root / "mlruns" / f"{name}-demo.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def runner(icpfit_here, root):
    def run(job, *words, code=0):
        quick = ("evidence=quick",) if job == "train" else ()
        done = icpfit_here(job, "data=demo", *quick, *words, cwd=root)
        if code is not None:
            assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


def truly(root, scored):
    """What the scores are worth by the known truth: expected log-loss, and margin of the first fifth."""
    truth = known_truth(root / "data" / "demo")
    truth = truth[truth["set"] == "prospect"]
    with (root / scored).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["fit_grade"] != "unrated"]
    assert len(rows) > 250
    known = truth.loc[[row["Prospect ID"].strip() for row in rows]]
    p = np.array([float(row["fit_if_won"]) for row in rows])
    q = known["fit_probability"].to_numpy(dtype=float)
    first = np.argsort([-float(row["margin_if_won"]) for row in rows])[: len(rows) // 5]
    return SimpleNamespace(
        loss=float(-(xlogy(q, p) + xlogy(1 - q, 1 - p)).mean()),
        margin=float(known["expected_margin"].to_numpy()[first].mean()),
    )


@pytest.fixture(scope="module")
def quarter(icpfit_here, challenger, tmp_path_factory):
    """Two trainings a quarter apart on the same truth, the verdict, and the way back."""
    root = tmp_path_factory.mktemp("quarter") / "copy"
    shutil.copytree(challenger, root)
    exports = root / "data" / "demo"
    run = runner(icpfit_here, root)
    no_way_back = run("rollback", code=1)
    run("promote", *FIRST)
    as_of = write_demo_company(exports, customers=1000, prospects=300, later_quarters=1).as_of
    assert as_of.isoformat() == "2026-09-30"
    listed = "prospects=data/demo/prospects.csv"
    run("score", listed, "out=before.csv")
    run("train", *LATER)
    run("score", listed, "out=challenger.csv", "model=challenger")
    held = run("promote", *LATER, code=None)
    verdict = logged(root, "promotions")[-1]
    refused = None
    if verdict["decision"] == "HOLD":
        refused = run("promote", *LATER, "force=true", code=1)
        run("promote", *LATER, "force=true", "by=Zoë, Sales", "reason=board (3 March), a=b")
    run("score", listed, "out=between.csv")
    run("rollback", "reason=odd, list")
    run("score", listed, "out=after.csv")
    again = run("promote", *LATER, code=3)
    return SimpleNamespace(
        root=root, held=held, verdict=verdict, refused=refused, again=again, no_way_back=no_way_back
    )


def test_the_verdict_on_a_new_cohort_is_right(quarter):
    champion, challenger = (truly(quarter.root, f"{name}.csv") for name in ("before", "challenger"))
    gain = champion.loss - challenger.loss
    # The same truth and a twelfth more accounts: there is next to nothing to be gained, and a
    # verdict is wrong if it puts a worse model in use or holds one that is better by far.
    if quarter.verdict["decision"] == "HOLD":
        assert quarter.held.returncode == 3
        assert gain < 0.02
    else:
        assert quarter.held.returncode == 0
        assert gain > -0.002


def test_both_are_compared_on_accounts_that_neither_learned_from(quarter):
    figures = quarter.verdict["figures"]
    compared = figures["comparison"]
    assert compared["n"] >= 150
    assert figures["learned_from_by_champion"] == 0
    assert figures["changed_exports"] == []
    looks = [(line["job"], line["accounts"]) for line in logged(quarter.root, "looks")]
    assert looks[1:3] == [("train", compared["n"]), ("promote", compared["n"])]
    assert "Look 2 at this hold-out" in quarter.held.stdout


def test_every_figure_that_decided_is_kept_in_mlflow(quarter):
    artifacts = quarter.root / "mlruns" / "artifacts"
    first = sorted(artifacts.rglob("verdict-*"))[1]
    assert {path.name for path in first.iterdir()} == {
        "verdict.json", "verdict.html", "grade_changes.csv",
    }  # fmt: skip
    page = (first / "verdict.html").read_text(encoding="utf-8")
    compared = quarter.verdict["figures"]["comparison"]
    assert "probabilities were better in" in page
    assert f"{compared['log_loss_challenger']['value']:.3f}" in page
    assert 'href="http' not in page
    store = sqlite3.connect(quarter.root / "mlruns" / "mlflow.db")
    try:
        metrics = dict(store.execute("select key, value from metrics").fetchall())
    finally:
        store.close()
    assert metrics["against_champion.n"] == compared["n"]
    assert metrics["against_champion.log_loss_difference.low"] == pytest.approx(
        compared["log_loss_difference"]["low"]
    )
    slope = [metrics[f"calibration_slope{end}"] for end in (".low", "", ".high")]
    assert slope == sorted(slope)


def test_force_needs_a_reason_and_is_recorded(quarter):
    if quarter.refused is None:
        pytest.skip("the challenger was promoted, there is nothing to force")
    assert "force=true needs one" in quarter.refused.stderr
    [forced] = [line for line in logged(quarter.root, "promotions") if line["decision"] == "FORCE"]
    assert (forced["by"], forced["reason"]) == ("Zoë, Sales", "board (3 March), a=b")


def test_going_back_restores_the_same_bytes(quarter):
    before, between, after = (
        (quarter.root / f"{name}.csv").read_bytes() for name in ("before", "between", "after")
    )
    assert after == before != between
    assert "no previous model" in quarter.no_way_back.stderr
    assert [line["decision"] for line in logged(quarter.root, "promotions")][-2:] == [
        "ROLLBACK", "HOLD",
    ]  # fmt: skip
    assert "This version was taken out of use before" in quarter.again.stderr


def test_after_a_shift_the_champion_is_replaced_and_that_is_right(icpfit_here, tmp_path):
    """The champion learned before the market turned; five quarters later the next one has seen it turn."""
    run = runner(icpfit_here, tmp_path)
    write_demo_company(
        tmp_path / "data" / "demo", customers=1600, prospects=300, shifted_from=dt.date(2024, 1, 1)
    )
    then = ("data.controls=null", "data.as_of=2025-02-28")
    run("train", *then)
    run("promote", *then)
    run("score", "prospects=data/demo/prospects.csv", "out=old.csv")
    run("train", *FIRST)
    run("promote", *FIRST)
    assert logged(tmp_path, "promotions")[-1]["decision"] in {"PROMOTE", "REFRESH"}
    run("score", "prospects=data/demo/prospects.csv", "out=new.csv")
    old, new = truly(tmp_path, "old.csv"), truly(tmp_path, "new.csv")
    assert new.loss < old.loss
    assert new.margin > old.margin
