"""A quarter later: the next model is held or promoted, and going back restores the same bytes."""

import json

import pytest

from icpfit.data.demo.company import write_demo_company

pytestmark = pytest.mark.slow


def test_the_next_quarter_is_compared_forced_and_gone_back_on(icpfit, tmp_path):
    exports = tmp_path / "data" / "demo"

    def run(job, *words, code=0):
        done = icpfit(job, "data=demo", *words, cwd=tmp_path)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done

    def logged(name):
        text = (tmp_path / "mlruns" / f"{name}-demo.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    listed = ["prospects=list.csv"]
    first = ["data.controls=null"]
    write_demo_company(exports, customers=1400, prospects=100)
    (tmp_path / "list.csv").write_bytes((exports / "prospects.csv").read_bytes())
    run("train", *first)
    assert "no previous model" in run("rollback", code=1).stderr
    run("promote", *first)
    run("score", *listed, "out=before.csv")

    later = ["data.controls=null", "data.as_of=2026-09-30"]
    as_of = write_demo_company(exports, customers=1400, prospects=100, later_quarters=1).as_of
    assert as_of.isoformat() == "2026-09-30"
    run("train", *later)
    held = icpfit("promote", "data=demo", *later, cwd=tmp_path)
    verdict = logged("promotions")[-1]
    assert verdict["decision"] in {"HOLD", "PROMOTE", "REFRESH"}
    assert held.returncode == (3 if verdict["decision"] == "HOLD" else 0), held.stderr
    compared = verdict["figures"]["comparison"]
    assert compared["n"] >= 150
    assert verdict["figures"]["learned_from_by_champion"] == 0
    assert verdict["figures"]["changed_exports"] == []
    assert [(line["job"], line["accounts"]) for line in logged("looks")][1:] == [
        ("train", compared["n"]), ("promote", compared["n"]),
    ]  # fmt: skip
    assert "Look 2 at this hold-out" in held.stdout
    kept = list((tmp_path / "mlruns" / "artifacts").rglob("grade_changes.csv"))
    assert len(kept) == 1

    if verdict["decision"] == "HOLD":
        refused = run("promote", *later, "force=true", code=1)
        assert "force=true needs one" in refused.stderr
        run("promote", *later, "force=true", "by=Zoë, Sales", "reason=board (3 March), a=b")
        assert logged("promotions")[-1]["decision"] == "FORCE"
        assert logged("promotions")[-1]["by"] == "Zoë, Sales"
    run("score", *listed, "out=between.csv")
    run("rollback", "reason=odd, list")
    run("score", *listed, "out=after.csv")
    before, between, after = (
        (tmp_path / f"{name}.csv").read_bytes() for name in ("before", "between", "after")
    )
    assert after == before != between
    assert logged("promotions")[-1]["decision"] == "ROLLBACK"
    again = run("promote", *later, code=3)
    assert "This version was taken out of use before" in again.stderr
