"""`icpfit explore` as a user runs it: a market that was served, one that never was, and mistakes."""

import re

import pytest

from icpfit.data.demo.world import GOOD_SEGMENTS, NEVER_SOLD_TO
from icpfit.pipelines import dispatch

PLANTED = "northern logistics"


def _idea(path, name, where):
    import yaml

    values = {
        "name": name,
        "version": 1,
        "effective_from": "2027-01-01",
        "segments": [{"name": name, "where": where}],
    }
    path.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["Q3 idea (EMEA), v2.yaml", "it's.yaml", "a=b.yaml", "${x}.yaml"])
def test_the_path_of_an_idea_reaches_the_job_to_the_letter(name):
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from omegaconf import OmegaConf

    # icp is also the name of a folder of settings: Hydra must not look for a choice in it
    override = OverridesParser.create().parse_override(dispatch.quoted(f"icp={name}"))
    assert OmegaConf.create({"icp": override.value()}).icp.file == name


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["explore", "data=demo"], "icp: is missing; say icpfit explore icp="),
        (["explore", "data=demo", "icp=no such.yaml"], "icp: there is no file 'no such.yaml'"),
        (["explore", "data=demo", "icp=tickets.yaml"], "is known after_sale"),
        (["explore", "data=demo", "icp=typo.yaml"], "did you mean 'country'?"),
        (["explore", "data=demo", "icp=good.yaml", "out=page.pdf"], "page.pdf: expected a name"),
        (["explore", "data=demo", "icp=good.yaml", "names=none"], "expected one of show, hide"),
    ],
)
def test_a_mistake_is_one_line(words, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _idea(tmp_path / "good.yaml", "good", {"country": ["DE"]})
    _idea(tmp_path / "tickets.yaml", "bad", {"tickets_last_90d": {"from": 3}})
    _idea(tmp_path / "typo.yaml", "bad", {"contry": ["DE"]})
    before = sorted(tmp_path.iterdir())
    assert dispatch.main(words) == 1
    shown = capsys.readouterr().err.strip().splitlines()
    assert said in shown[-1]
    assert "Traceback" not in "\n".join(shown)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.slow
def test_a_planted_segment_speaks(demo, icpfit_here, tmp_path):
    root, _ = demo
    _idea(tmp_path / "idea, planted.yaml", PLANTED, GOOD_SEGMENTS[PLANTED])
    done = icpfit_here(
        "explore", "data=demo", "data.controls=null", f"root={root}", "icp=idea, planted.yaml",
        f"prospects={root / 'data/demo/prospects.csv'}", "out=page.html", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = re.search(r"The (\d+) accounts that match it left ([\d.]+) k EUR \(90 %: ", done.stdout)
    assert said, done.stdout
    assert int(said[1]) >= 30
    assert re.search(r"[\d.]+ k EUR more than other accounts", done.stdout)
    assert re.search(r"field service +onboarding +[\d.]+ k +hour", done.stdout)
    assert re.search(r"prospects +\d+ of 2,0\d\d prospects of prospects.csv match", done.stdout)
    assert re.search(r"The model \(icpfit-demo v\d+\) can speak of \d+ of these", done.stdout)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert page.count("<h1>") == 1
    assert "Half of a condition's weight is the same for all" in page.replace("&#39;", "'")


@pytest.mark.slow
def test_a_country_never_sold_to_does_not(company, icpfit_here, tmp_path):
    where = {"country": list(NEVER_SOLD_TO), "industry": ["Logistics"]}
    _idea(tmp_path / "idea.yaml", "overseas", where)
    words = ["explore", "data=demo", "data.controls=null", "icp=idea.yaml"]
    shown = icpfit_here(*words, "out=shown.html", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "Nothing in your data speaks to “overseas”." in shown.stdout
    said = " ".join(shown.stdout.split())
    assert "No customer was ever won for whom this holds: country is" in said
    assert "What such customers would take of each team." in said
    named = re.search(r"Nearest accounts.*\n.*\n─+\n(.+?)  ", shown.stdout)
    assert named
    hidden = icpfit_here(*words, "names=hide", "out=hidden.html", cwd=tmp_path)
    assert hidden.returncode == 0, hidden.stderr
    assert named[1] in (tmp_path / "shown.html").read_text(encoding="utf-8")
    for text in (hidden.stdout, (tmp_path / "hidden.html").read_text(encoding="utf-8")):
        assert named[1] not in text
        assert "account 1" in text


@pytest.mark.slow
@pytest.mark.olist
def test_a_made_up_market_in_olist_does_not_speak(olist, icpfit_here, tmp_path):
    where = {"business_segment": ["space_travel"], "lead_type": ["online_big"]}
    _idea(tmp_path / "idea.yaml", "space travel", where)
    done = icpfit_here(
        "explore", "data=olist", f"data.folder={olist}", "icp=idea.yaml", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert "there is no champion: all conditions weigh alike" in done.stderr
    assert "Nothing in your data speaks to “space travel”." in done.stdout
    assert "None of 842 customers ever won matches the idea." in " ".join(done.stdout.split())
    assert (tmp_path / "explore.html").is_file()
