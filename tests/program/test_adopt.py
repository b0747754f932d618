"""A proposal is adopted, and from then on every job compares against it."""

import csv
import json
import re
import shutil

import pytest

from icpfit.icp.profile import read_profile

pytestmark = pytest.mark.slow

PROPOSAL = """\
# written by hand
name: ICP 2027
version: 1
effective_from: 2026-12-01
segments:
  - name: regulated cold chain
    where:
      industry: [Pharma, Medical Devices, Food Production]
      employees: {from: 100, below: 800}
  - name: northern logistics
    priority: second
    where: {industry: [Logistics, Wholesale], country: [NL, DK, SE]}
fix:
  - name: southern hub
    where: {country: [AT, CH]}
avoid:
  - name: agencies
    where: {industry: [Agency]}
"""


@pytest.fixture
def trained(challenger, tmp_path):
    """A root with a small company, its challenger, and a proposal that somebody wrote."""
    root = tmp_path / "adopting, once"
    shutil.copytree(challenger, root)
    (root / "mine (v2), final.yaml").write_text(PROPOSAL, encoding="utf-8")
    return root


def judged_against(root):
    """Return the profiles that the trainings compared with, oldest first."""
    kept = (root / "mlruns/artifacts/demo").glob("*/artifacts/judgement.json")
    ordered = sorted(kept, key=lambda path: path.stat().st_mtime_ns)
    read = [json.loads(path.read_text(encoding="utf-8")) for path in ordered]
    return [one["judgement"]["against_icp"]["profile_name"] for one in read]


def test_adopted_checked_trained_and_scored_again(trained, icpfit_here):
    root = trained

    def run(job, *words, code=0):
        done = icpfit_here(job, "data=demo", "data.controls=null", *words, cwd=root)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done

    def segments_of(file):
        with (root / file).open(encoding="utf-8", newline="") as text:
            return {row["icp_current"] for row in csv.DictReader(text)} - {""}

    # icp= takes a proposal wherever it takes the current ICP.
    mine = "icp=mine (v2), final.yaml"
    assert judged_against(root) == ["ICP 2023"]
    # (the file says version 1, from 2026-12-01, which is after the data's as_of)
    to_come = "the current ICP selects (ICP 2027, version 1, from 2026-12-01 on)"
    assert to_come in run("check", mine).stdout
    assert "the current ICP selects (ICP 2023, version 1)" in run("check").stdout
    run("report", mine, "model=challenger", "out=before.html")
    before = (root / "before.html").read_text(encoding="utf-8")
    banner = re.compile(r'<p id="since">([^<]*)</p>')
    assert banner.search(before)[1].startswith("The current ICP is now ICP 2027, version 1.")
    listed = ["prospects=data/demo/prospects.csv", "model=challenger"]
    run("score", mine, *listed, "out=mine.csv")
    assert "regulated cold chain" in segments_of("mine.csv")

    # What the training proposed lies with its run; nothing need be said of where.
    [judgement] = (root / "mlruns/artifacts/demo").glob("*/artifacts/judgement.json")
    (judgement.parent / "proposal.yaml").write_text(PROPOSAL, encoding="utf-8")
    (judgement.parent / "redefinition.json").write_text(
        json.dumps(
            {
                "decision": "change",
                "sentence": "Change the ICP: so and so.",
                "n": 7,
                "current": {"name": "ICP 2023", "version": 1},
            }
        ),
        encoding="utf-8",
    )
    words = ["by=Zoë, Head of Sales", "reason=board (3 March), a=b", "effective=2027-01-01"]
    said = run("adopt", *words).stdout
    assert "ICP 2027, version 2, from 2027-01-01" in said
    assert "Change the ICP: so and so." in said

    adopted = read_profile(root / "data/icp/demo.yaml")
    run_id = judgement.parent.parent.name
    assert (adopted.version, adopted.approved_by) == (2, "Zoë, Head of Sales")
    assert (adopted.evidence_run, adopted.reason) == (run_id, "board (3 March), a=b")
    assert read_profile(root / "data/icp/demo.v1.yaml").name == "ICP 2023"
    [line] = (root / "mlruns/adoptions-demo.jsonl").read_text(encoding="utf-8").splitlines()
    logged = json.loads(line)
    assert (logged["by"], logged["reason"]) == ("Zoë, Head of Sales", "board (3 March), a=b")
    assert (logged["evidence_run"], logged["evidence"]["decision"]) == (run_id, "change")
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", logged["time"])

    # From now on it is the one that everything is compared with, and its first day is named.
    adopted_now = "the current ICP selects (ICP 2027, version 2, from 2027-01-01 on)"
    assert adopted_now in run("check").stdout
    run("promote", "force=true", "by=mo", "reason=to have one in use")
    looks = (root / "mlruns/looks-demo.jsonl").read_text(encoding="utf-8")
    now = "The current ICP is now ICP 2027, version 2."
    assert now in run("report", "out=between.html").stdout
    between = (root / "between.html").read_text(encoding="utf-8")
    assert banner.search(between)[1] == (
        f"{now} The figures below are against ICP 2023, version 1: train again to see the new one"
        " judged."
    )
    run("train", "evidence=quick")
    assert judged_against(root) == ["ICP 2023", "ICP 2027"]
    # The model in use is still the former one, so its page still says so; the new one's does not.
    run("report", "out=between.html")
    assert now in (root / "between.html").read_text(encoding="utf-8")
    run("promote", "force=true", "by=mo", "reason=judged against the new one")
    run("report", "out=after.html")
    after = (root / "after.html").read_text(encoding="utf-8")
    assert banner.search(after)[1] == ""
    words = re.sub(r"<[^>]+>", "", after)
    assert "The current ICP, ICP 2027, version 2, from 2027-01-01, signed off by Zoë" in words
    # Each report is a look, too; a first promotion was none, as it compares nothing.
    later = (root / "mlruns/looks-demo.jsonl").read_text(encoding="utf-8")
    jobs = [json.loads(line)["job"] for line in later.removeprefix(looks).splitlines()]
    assert jobs == ["report", "train", "report", "promote", "report"]
    assert "Look 7 at this hold-out: exploratory" in after


def test_a_company_with_a_folder_of_its_own_keeps_its_profile_there(company, icpfit_here):
    conf = company / "conf"
    before = (conf / "icp/demo.yaml").read_bytes()
    (company / "mine.yaml").write_text(PROPOSAL, encoding="utf-8")
    done = icpfit_here(
        "adopt", "--config-dir", conf, "data=mine", "proposal=mine.yaml", "by=mo", "reason=why not",
        "name=ICP, northern", cwd=company,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "no training proposed these rules" in done.stderr
    found = read_profile(conf / "icp/demo.yaml")
    assert (found.name, found.version, found.evidence_run) == ("ICP, northern", 2, None)
    assert (conf / "icp/demo.v1.yaml").read_bytes() == before
    assert not (company / "data/icp").exists()
    checked = icpfit_here("check", "--config-dir", conf, "data=mine", cwd=company)
    assert "the current ICP selects (ICP, northern, version 2, from" in checked.stdout, (
        checked.stderr
    )
