"""The jobs on real data that nobody here made; nothing is tuned to make the figures look better."""

import json
import re

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.olist]


@pytest.fixture(scope="module")
def trained(olist, icpfit_here, tmp_path_factory):
    root = tmp_path_factory.mktemp("olist")
    done = icpfit_here("train", "data=olist", f"data.folder={olist}", cwd=root)
    return root, done, f"data.folder={olist}"


def test_check_counts_the_accounts(olist, icpfit_here, tmp_path):
    done = icpfit_here("check", "data=olist", f"data.folder={olist}", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"accounts read, mature, used +842, 648, 648", done.stdout)
    assert re.search(r"accounts rows +842 ", done.stdout)


def test_train_says_how_little_can_be_known(trained):
    root, done, _ = trained
    assert done.returncode in (0, 3), done.stderr
    assert re.search(r"judged on +(later hold-out|cross-validation)", done.stdout)
    assert re.search(r"AUC of the fit +0\.\d\d \(90 %: 0\.\d\d", done.stdout)
    judged = json.loads(next((root / "mlruns/artifacts").rglob("judgement.json")).read_text())
    auc = judged["judgement"]["auc"]
    # The signal is weak but real; anything much better would be a leak.
    assert 0.5 < auc["value"] < 0.75
    assert auc["high"] - auc["low"] > 0.1


def test_what_is_not_known_is_not_registered(trained, icpfit_here):
    root, done, folder = trained
    # P = .79, .80 is asked for: whoever changes the fit and gets here has to look at Olist again.
    assert done.returncode == 3, done.stdout + done.stderr
    assert re.search(r"signal +none", done.stdout)
    for job in (
        ("promote",),
        ("score", "model=challenger", "prospects=young", f"out={root / 'young.csv'}"),
        ("score", "model=challenger", "prospects=leads", f"out={root / 'leads.csv'}"),
    ):
        refused = icpfit_here(job[0], "data=olist", folder, *job[1:], cwd=root)
        assert refused.returncode == 1, refused.stdout + refused.stderr
        assert refused.stderr.strip().count("\n") == 0 or "icpfit train" in refused.stderr
        assert "challenger" in refused.stderr
    assert not list(root.glob("*.csv"))


def test_the_report_says_that_it_cannot_tell(trained, icpfit_here):
    root, _, folder = trained
    done = icpfit_here("report", "data=olist", folder, "out=olist.html", cwd=root)
    assert done.returncode == 0, done.stderr
    assert "No model is registered" in done.stdout
    page = (root / "olist.html").read_text(encoding="utf-8")
    words = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Cannot tell yet, so keep the current ICP (established online resellers" in words
    # What would be enough, what there was, and what the definition hinges on.
    assert re.search(r"Enough to learn from would be about [\d,]+ accounts", words)
    assert "648 of 842 accounts read were used." in words
    assert "Definition-sensitive: what counts as a profitable fit hinges on the hurdle" in words
    assert "No model is registered: the training that drew this page found" in words
