"""A proposal becomes the current profile, signed off; whatever goes wrong, the one in use stays."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import json
from types import SimpleNamespace

import pytest

from icpfit.delivery.console.adoption_summary import adoption_summary, adoption_warnings
from icpfit.delivery.registry import adoption as adopting
from icpfit.delivery.registry.adoption import adopted
from icpfit.delivery.registry.adoption_log import adoption_log, adoptions
from icpfit.delivery.registry.proposal import (
    PROPOSAL_FILE,
    REDEFINITION_FILE,
    Proposal,
    given_proposal,
    proposal_texts,
    recorded_proposal,
    same_rules,
    write_proposal,
)
from icpfit.delivery.registry.store import open_store
from icpfit.errors import ModelError, OutputError, SettingsError
from icpfit.icp.profile import Profile, Segment, read_profile, write_profile

OLD = Profile("ICP 2025", 3, dt.date(2025, 1, 1), (Segment("DACH", {"country": ["DE", "AT"]}),))
NEW = Profile(
    "proposed",
    1,
    dt.date(2026, 12, 1),
    (Segment("makers", {"industry": ["Makers"]}),),
    approved_by="somebody else, once",
)
SIGNED = {"by": "Zoë, Head of Sales", "reason": "board, 3 March"}


@pytest.fixture
def place(tmp_path):
    store = open_store(tmp_path, "acme")
    file = tmp_path / "conf" / "icp" / "acme.yaml"
    write_profile(OLD, file)
    file.write_text("# ours: café\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    return SimpleNamespace(store=store, file=file, log=adoption_log(store))


def adopt(place, profile=NEW, run_id="r1", in_use="", **more):
    proposal = Proposal(profile, "proposal.yaml", run_id, {"decision": "change", "n": 529})
    current = place.file if in_use == "" else in_use
    return adopted(place.store, proposal, in_use=current, file=place.file, **SIGNED, **more)


def test_the_file_carries_the_sign_off_and_the_former_is_kept_to_the_byte(place):
    before = place.file.read_bytes()
    done = adopt(place, effective=dt.date(2027, 1, 1), name="ICP 2027")
    now = read_profile(place.file)
    assert now == Profile(
        "ICP 2027",
        4,
        dt.date(2027, 1, 1),
        NEW.segments,
        approved_by="Zoë, Head of Sales",
        evidence_run="r1",
        reason="board, 3 March",
    )
    kept = place.file.with_name("acme.v3.yaml")
    assert kept.read_bytes() == before
    assert sorted(p.name for p in place.file.parent.iterdir()) == ["acme.v3.yaml", "acme.yaml"]
    [line] = [json.loads(it) for it in place.log.read_text(encoding="utf-8").splitlines()]
    assert {key: line[key] for key in ("name", "version", "from_name", "from_version")} == {
        "name": "ICP 2027", "version": 4, "from_name": "ICP 2025", "from_version": 3,
    }  # fmt: skip
    assert (line["by"], line["reason"]) == (SIGNED["by"], SIGNED["reason"])
    assert (line["evidence_run"], line["evidence"]["n"]) == ("r1", 529)
    assert line["effective_from"] == "2027-01-01"
    assert line["sha256"] == hashlib.sha256(place.file.read_bytes()).hexdigest()
    assert line["kept"] == str(kept)
    when = dt.datetime.fromisoformat(line["time"])
    assert abs(dt.datetime.now(dt.UTC) - when) < dt.timedelta(minutes=5)
    assert adoptions(place.log) == [done]


def test_one_after_the_other_counts_on_and_loses_nothing(place):
    adopt(place)
    third = dataclasses.replace(NEW, segments=(Segment("traders", {"industry": ["Trade"]}),))
    assert adopt(place, third).version == 5
    # Back to the first rules, as a new version.
    assert adopt(place, dataclasses.replace(OLD, effective_from=NEW.effective_from)).version == 6
    assert [line.version for line in adoptions(place.log)] == [4, 5, 6]
    assert [line.from_version for line in adoptions(place.log)] == [3, 4, 5]
    kept = {p.name for p in place.file.parent.iterdir()}
    assert kept == {"acme.yaml", "acme.v3.yaml", "acme.v4.yaml", "acme.v5.yaml"}


def test_a_version_that_the_log_knows_is_not_given_twice(place):
    adopt(place)
    place.file.unlink()
    done = adopt(place, dataclasses.replace(NEW, name="again"), in_use=None)
    assert (done.version, done.from_version, done.kept) == (5, None, None)


def test_another_profile_of_that_version_is_not_written_over(place):
    other = place.file.with_name("acme.v3.yaml")
    other.write_text("another one", encoding="utf-8")
    done = adopt(place)
    assert other.read_text(encoding="utf-8") == "another one"
    assert done.kept == str(place.file.with_name("acme.v3.2.yaml"))


def test_the_first_profile_of_a_company(tmp_path):
    place = SimpleNamespace(
        store=open_store(tmp_path, "acme"), file=tmp_path / "data/icp/acme.yaml"
    )
    done = adopt(place, in_use=None)
    assert (done.version, done.from_name) == (1, None)
    assert read_profile(place.file).effective_from == NEW.effective_from
    assert ("before", "none") in adoption_summary(done)


def test_the_rules_in_use_are_not_adopted_again(place):
    same = Profile(
        "new name", 9, dt.date(2028, 1, 1), (Segment("DACH", {"country": ["AT", "DE"]}),)
    )
    with pytest.raises(SettingsError, match=r"has the rules of the current ICP \(ICP 2025, ver"):
        adopt(place, same)
    with pytest.raises(SettingsError, match="effective: 2024-12-31 is before the current ICP"):
        adopt(place, effective=dt.date(2024, 12, 31))
    assert not place.log.exists()
    assert [p.name for p in place.file.parent.iterdir()] == ["acme.yaml"]


@pytest.mark.parametrize("step", ["log", "rename", "folder"])
def test_whatever_goes_wrong_the_one_in_use_stays(place, monkeypatch, step):
    before = place.file.read_bytes()
    if step == "log":
        place.log.mkdir(parents=True)
    elif step == "rename":

        def refuse(*_):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("icpfit.delivery.whole_file._set_down", refuse)
    else:
        blocked = place.file.parent / "file"
        blocked.write_text("x", encoding="utf-8")
        place.file = blocked / "icp" / "acme.yaml"
    with pytest.raises(OutputError):
        adopt(place, in_use=place.store.root / "conf/icp/acme.yaml")
    assert (place.store.root / "conf/icp/acme.yaml").read_bytes() == before
    assert not list(place.store.root.glob("**/*.part"))


def test_it_is_done_under_the_lock_of_the_store(place, monkeypatch):
    held = []
    real = adopting.locked

    def watched(store):
        held.append(store.company)
        return real(store)

    monkeypatch.setattr(adopting, "locked", watched)
    adopt(place)
    assert held == ["acme"]


def test_a_damaged_log_is_named_and_nothing_is_adopted(place):
    adopt(place)
    with place.log.open("a", encoding="utf-8") as log:
        log.write('{"company": \n')
    third = dataclasses.replace(NEW, segments=(Segment("traders", {"industry": ["Trade"]}),))
    with pytest.raises(ModelError, match=r"adoptions-acme\.jsonl, line 2: the adoption log is dam"):
        adopt(place, third)
    assert read_profile(place.file).version == 4
    place.log.write_text('{"company": "acme"}\n', encoding="utf-8")
    with pytest.raises(ModelError, match="entry 1: the adoption log is damaged"):
        adoptions(place.log)


def run_of(place, name, profile, evidence=None):
    folder = place.store.artifacts / name / "artifacts"
    folder.mkdir(parents=True)
    write_proposal(folder, proposal_texts(profile, head=["proposed"], comments={"makers": ["9"]}))
    if evidence is not None:
        (folder / REDEFINITION_FILE).write_text(json.dumps(evidence), encoding="utf-8")
    return folder


def test_a_file_is_traced_to_the_training_that_proposed_it(place, tmp_path):
    run_of(place, "r7", OLD)
    (run_of(place, "r6", OLD) / PROPOSAL_FILE).write_text("damaged", encoding="utf-8")
    folder = run_of(
        place, "r8", NEW, {"decision": "cannot tell", "worth": {"value": 1}, "groups": []}
    )
    mine = tmp_path / "my, file (v2).yaml"
    mine.write_bytes((folder / PROPOSAL_FILE).read_bytes())
    found = given_proposal(place.store, str(mine))
    assert (found.run_id, found.source) == ("r8", str(mine))
    assert found.evidence == {"decision": "cannot tell", "worth": {"value": 1}}
    # One condition changed by hand: what was measured doesn't speak for it any more.
    text = mine.read_text(encoding="utf-8")
    mine.write_text(text.replace("[Makers]", "[Makers, Trade]"), encoding="utf-8")
    found = given_proposal(place.store, str(mine))
    assert (found.run_id, found.evidence) == (None, {})


def test_what_is_no_profile_is_refused_with_its_name(place, tmp_path):
    wrong = tmp_path / "settings.yaml"
    wrong.write_text("company: acme\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"settings\.yaml: company: there is no such key"):
        given_proposal(place.store, str(wrong))
    with pytest.raises(SettingsError, match="there is no such file"):
        given_proposal(place.store, str(tmp_path / "none.yaml"))


def test_a_model_knows_what_its_training_proposed(place):
    folder = run_of(place, "r8", NEW)
    assert same_rules(recorded_proposal(SimpleNamespace(run_files=folder)), NEW)
    assert recorded_proposal(SimpleNamespace(run_files=folder.parent)) is None


def test_the_summary_warns_where_the_evidence_says_otherwise(place):
    assert adoption_warnings(adopt(place)) == []
    by_hand = dataclasses.replace(adoptions(place.log)[0], evidence_run=None, evidence={})
    assert "no training proposed these rules" in adoption_warnings(by_hand)[0]
    against = dataclasses.replace(by_hand, evidence_run="r1", evidence={"decision": "keep"})
    assert adoption_warnings(against) == ["the evidence of run r1 says 'keep', not 'change'"]
    rows = dict(adoption_summary(against))
    assert rows["signed off"] == "Zoë, Head of Sales: board, 3 March"
    assert rows["before"] == "ICP 2025, version 3"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"x": ["a", "b"]}, {"x": ["b", "a"]}, True),
        ({"x": ["a", None]}, {"x": [None, "a"]}, True),
        ({"x": ["a"]}, {"x": ["a", None]}, False),
        ({"n": {"from": 1, "below": 2}}, {"n": {"below": 2, "from": 1}}, True),
        ({"n": {"from": 1}}, {"n": {"below": 1}}, False),
        ({"n": {"from": 1}}, {"n": {"from": 1.0}}, True),
        ({"x": ["a"], "n": [1]}, {"n": [1], "x": ["a"]}, True),
    ],
)
def test_same_rules(one, other, same):
    def profile(where):
        return Profile("p", 1, dt.date(2027, 1, 1), (Segment("s", where),))

    assert same_rules(profile(one), profile(other)) is same


def test_priority_part_and_name_make_other_rules():
    segment = Segment("s", {"x": ["a"]})
    profile = Profile("p", 1, dt.date(2027, 1, 1), (segment,))
    second = dataclasses.replace(segment, priority="second")
    renamed = dataclasses.replace(segment, name="t")
    assert not same_rules(profile, dataclasses.replace(profile, segments=(second,)))
    assert not same_rules(profile, dataclasses.replace(profile, segments=(renamed,)))
    other = Segment("u", {"x": ["b"]})
    both = dataclasses.replace(profile, segments=(segment, other))
    assert not same_rules(both, dataclasses.replace(profile, fix=(other,)))
