"""Where the current ICP is looked for: the company's own folder, what was adopted, then ours."""

import datetime as dt

import pytest

from icpfit.company import icp_file
from icpfit.icp.profile import Profile, Segment, write_profile
from icpfit.pipelines import dispatch


@pytest.fixture
def folders(tmp_path, monkeypatch):
    ours = tmp_path / "ours"
    monkeypatch.setattr(dispatch.importlib.resources, "files", lambda _: ours)
    own, root = tmp_path / "own", tmp_path / "root"
    places = {"own": own, "adopted": root / "data", "ours": ours}
    return root, (own, ours), places


def put(folder, name):
    profile = Profile(name, 1, dt.date(2027, 1, 1), (Segment("s", {"x": ["1"]}),))
    write_profile(profile, folder / "icp" / "acme.yaml")


def test_what_was_adopted_comes_before_ours_and_after_the_companys_own(folders):
    root, given, places = folders
    found = dispatch._profile_folders(given, {"root": str(root)})
    assert found == (places["own"], places["adopted"], places["ours"])
    for place in ("ours", "adopted", "own"):
        put(places[place], place)
        assert icp_file(None, "acme", found) == places[place] / "icp" / "acme.yaml"


def test_without_a_folder_of_its_own_a_company_adopts_under_its_root(folders):
    root, given, places = folders
    assert dispatch._profile_folders(given[1:], {"root": str(root)})[0] == places["adopted"]


def test_the_root_is_taken_as_the_jobs_take_it(folders, tmp_path, monkeypatch):
    _, given, _ = folders
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    found = dispatch._profile_folders(given[1:], {"root": "."})
    assert found[0] == (tmp_path / "here" / "data").resolve()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["by=mo"], "adopt: reason: why?"),
        (["reason=so"], "adopt: by: who signs it off?"),
        (["by= ", "reason=so"], "adopt: by: who signs it off?"),
        (["by=mo", "reason=so", "effective=soon"], "adopt.effective: expected a date such as"),
        (["by=mo", "reason=so", "effective=2027"], "adopt.effective: expected a date such as"),
        (
            ["by=mo", "reason=so", "proposal=none (v2).yaml"],
            "none (v2).yaml: there is no such file",
        ),
        (["by=mo", "reason=so"], "proposal: no model of 'demo'"),
        (["by=mo", "reason=so", "icp=x.yaml"], "icp: there is no such key"),
    ],
)
def test_a_mistake_is_one_line_and_changes_nothing(words, said, tmp_path, capsys):
    assert dispatch.main(["adopt", "data=demo", f"root={tmp_path}", *words]) == 1
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith("icpfit: ")
    assert said in last
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("company: acme\n", "company: there is no such key"),
        ("just words\n", "expected keys and values"),
        (
            (
                "name: x\nversion: 1\neffective_from: 2027-01-01\n"
                "segments:\n- {name: s, where: {industri: [Agency]}}\n"
            ),
            "where.industri: no such attribute is declared; did you mean 'industry'?",
        ),
        (
            (
                "name: x\nversion: 1\neffective_from: 2027-01-01\n"
                "segments:\n- {name: s, where: {industry: {from: 3}}}\n"
            ),
            "from and below need a number or a date",
        ),
    ],
)
def test_what_is_no_profile_of_this_company_is_refused(text, said, tmp_path, capsys):
    proposal = tmp_path / "a, b.yaml"
    proposal.write_text(text, encoding="utf-8")
    words = ["data=demo", f"root={tmp_path}", "by=mo", "reason=so", f"proposal={proposal}"]
    assert dispatch.main(["adopt", *words]) == 1
    assert said in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["a, b.yaml"]


def test_it_is_adopted_and_found_again(tmp_path, capsys):
    proposal = tmp_path / "a, b.yaml"
    proposal.write_text(
        "name: ICP 2027\nversion: 1\neffective_from: 2026-12-01\n"
        "segments:\n- {name: s, where: {industry: [Logistics]}}\n",
        encoding="utf-8",
    )
    words = ["data=demo", f"root={tmp_path}", "by=Zoë, Sales", "reason=a=b (3 March)"]
    words += [f"proposal={proposal}", "effective=2027-01-01"]
    assert dispatch.main(["adopt", *words]) == 0
    said = capsys.readouterr().out
    assert "ICP 2027, version 2, from 2027-01-01" in said
    assert "ICP 2023, version 1" in said
    written = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*") if p.is_file()}
    assert {"data/icp/demo.yaml", "data/icp/demo.v1.yaml", "mlruns/adoptions-demo.jsonl"} <= written
    assert dispatch.main(["adopt", *words]) == 1
    assert "has the rules of the current ICP (ICP 2027, version 2)" in capsys.readouterr().err
