"""What to do next: what stops first, then by how much each step brings."""

import dataclasses
import datetime as dt

from icpfit.data.contract import Attribute
from icpfit.data.joining.ledger import JoinLedger, TableLedger
from icpfit.data.sources.rejected_groups import RejectedGroup
from icpfit.evidence.quality.attribute_quality import AttributeQuality
from icpfit.evidence.quality.cohorts import Maturing
from icpfit.evidence.quality.next_steps import next_steps

NOTHING = {"stop": "", "rejected": (), "read": {}, "ledger": None, "currency": "EUR"}


def ledger(**changes):
    plain = TableLedger(
        "revenue", 1000, 0, {}, 688, 312, 0, 0, 0, 688, 300, 20,
        {"amount": {"read": 4e6, "unmatched": 1.2e6, "before_start": 0.0, "in_window": 2.8e6}},
        {"amount": 0.3}, ["07", "08"], ["7", "8"], "one side has lost its leading zeros", "export the ids as text",
    )  # fmt: skip
    return JoinLedger((dataclasses.replace(plain, **changes),))


def cells(n, fix="correct it"):
    return RejectedGroup("bills", "revenue", "b.csv", "Amount", fix, n, 7, "1,5", "is not a number")


def test_unmatched_money_is_named_with_cause_and_remedy():
    [step, *_] = next_steps(**{**NOTHING, "ledger": ledger()})
    assert step.kind == "gain"
    assert step.share == 0.3
    for words in ("312 unmatched rows", "1.2 M EUR", "leading zeros", "export the ids as text"):
        assert words in step.text


def test_without_a_likely_cause_the_ids_are_shown():
    odd = ledger(cause="no id of it looks like one of the accounts")
    [step, *_] = next_steps(**{**NOTHING, "ledger": odd})
    assert "'07', '08'" in step.text
    assert "is the accounts export complete?" in step.text


def test_what_stops_comes_first_then_the_largest_share():
    found = next_steps(
        **{
            **NOTHING, "stop": "all is lost", "rejected": (cells(500), cells(10)), "read": {"bills": 1000},
            "ledger": ledger(), "young": (Maturing(dt.date(2026, 8, 1), 40),),
        }
    )  # fmt: skip
    assert found[0].text == "first mend what stops: all is lost"
    gains = [step.share for step in found if step.kind == "gain"]
    # 500 of 1,000 rows, 30 % of the money, 10 rows; 40 accounts beside none that is used: 40.
    assert gains == [40.0, 0.5, 0.3, 0.01]
    order = ["stop", "reason", "gain", "better"]
    assert [order.index(step.kind) for step in found] == sorted(
        order.index(step.kind) for step in found
    )


def test_a_format_is_no_remedy_for_a_few_odd_cells():
    fix = 'set format: {decimal: ","} for this source'
    few, many = (
        next_steps(**{**NOTHING, "rejected": (cells(n, fix),), "read": {"bills": 100}})[0].text
        for n in (2, 99)
    )
    assert "differs from the rest" in few
    assert fix in many


def test_half_empty_attributes_are_named_the_emptiest_first():
    def one(name, filled, known="before_sale"):
        return AttributeQuality(Attribute(name, "category", known), 100, filled, 3)

    given = (one("a", 40), one("b", 10), one("c", 90), one("d", 0, "after_sale"))
    [step, *_] = next_steps(**{**NOTHING, "attributes": given, "has_controls": True})
    assert "b (10 %), a (40 %)" in step.text
    assert "c (" not in step.text
    assert "d (" not in step.text


def test_the_profile_and_the_books_are_asked_for():
    said = " ".join(
        step.text
        for step in next_steps(
            **{**NOTHING, "ledger": ledger()}, has_profile=False, has_controls=False
        )
    )
    assert "conf/icp" in said
    assert "data.controls" in said


def test_with_all_in_order_there_is_nothing_to_do():
    clean = ledger(unmatched=0, matched=1000)
    assert next_steps(**{**NOTHING, "ledger": clean}) == ()
