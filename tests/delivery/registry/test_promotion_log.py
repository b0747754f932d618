"""The promotion log is only ever added to."""

import json

import pytest

from icpfit.delivery.registry.promotion_log import (
    Promotion,
    champions,
    promotion,
    promotions,
    record_promotion,
    taken_out_of_use,
)
from icpfit.errors import ModelError, OutputError
from icpfit.evidence.promotion import Verdict


def _line(to, decision="PROMOTE", start=None):
    return Promotion("acme", decision, start, to, to, ("besser",), "Mö", "Quartal")


def test_lines_are_added_and_earlier_ones_stay(tmp_path):
    log = tmp_path / "promotions-acme.jsonl"
    first = record_promotion(log, _line(1))
    before = log.read_bytes()
    second = record_promotion(log, _line(2, start=1))
    assert log.read_bytes().startswith(before)
    assert promotions(log) == [first, second]
    assert second.time.endswith("+00:00")
    assert json.loads(log.read_text(encoding="utf-8").splitlines()[1])["from_version"] == 1


def test_no_log_holds_nothing(tmp_path):
    assert promotions(tmp_path / "none.jsonl") == []


def test_a_torn_line_does_not_swallow_the_next(tmp_path):
    log = tmp_path / "log.jsonl"
    record_promotion(log, _line(1))
    log.write_bytes(log.read_bytes() + b'{"company": "ac')
    record_promotion(log, _line(2))
    lines = log.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3
    assert json.loads(lines[2])["to_version"] == 2
    with pytest.raises(ModelError, match=r"log\.jsonl, line 2: the promotion log is damaged"):
        promotions(log)


def test_a_log_that_can_t_be_written_says_that_nothing_moved(tmp_path):
    with pytest.raises(OutputError, match="no alias was moved"):
        record_promotion(tmp_path, _line(1))


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict("HOLD", ("the ICP did better",), exploratory=True),
        {"decision": "HOLD", "reasons": ["the ICP did better"], "exploratory": True},
    ],
)
def test_a_verdict_to_hold_changes_no_champion(verdict):
    found = promotion("acme", verdict, champion=4, challenger=5, by="mo", reason="try")
    assert (found.from_version, found.to_version, found.challenger_version) == (4, 4, 5)
    assert found.reasons == ("the ICP did better",)
    assert found.figures["exploratory"] is True


def test_a_forced_promotion_says_so_and_keeps_the_verdict_s_figures():
    held = Verdict("HOLD", ("lower in 55 of 100",), headline="it stays", figures={"n": 462})
    found = promotion("acme", held, champion=4, challenger=5, by="mo", reason="board", force=True)
    assert (found.decision, found.from_version, found.to_version) == ("FORCE", 4, 5)
    assert (found.figures["n"], found.figures["headline"]) == (462, "it stays")
    # Nothing is overruled where the verdict says the same.
    agreed = promotion("acme", Verdict("PROMOTE", ()), champion=4, challenger=5, by="m", force=True)
    assert agreed.decision == "PROMOTE"


def _line_of(decision, start, to):
    return Promotion("acme", decision, start, to, to, (), "mo", "why", "2026-01-02T03:04:05+00:00")


def test_the_log_knows_what_lies_below_the_champion():
    log = [_line_of("PROMOTE", None, 1), _line_of("HOLD", 1, 1), _line_of("REFRESH", 1, 3)]
    log.append(_line_of("PROMOTE", 3, 4))
    assert champions(log) == [1, 3, 4]
    log.append(_line_of("ROLLBACK", 4, 3))
    assert champions(log) == [1, 3]
    assert taken_out_of_use(log, 4) == "2026-01-02 by mo, why"
    log.append(_line_of("FORCE", 3, 4))
    assert champions(log) == [1, 3, 4]
    assert taken_out_of_use(log, 4) == ""
    # After a log that starts in the middle the way back is all that is known.
    assert champions([_line_of("ROLLBACK", 9, 8)]) == [8]


def test_a_verdict_to_promote_names_both():
    found = promotion("acme", Verdict("PROMOTE", ()), champion=None, challenger=1, by="mo")
    assert (found.from_version, found.to_version) == (None, 1)
