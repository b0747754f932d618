"""Looks at a hold-out are counted per hold-out and company."""

import json

import pytest

from icpfit.delivery.registry.look_log import (
    holdout_digest,
    holdout_of,
    holdout_tags,
    look_count,
    look_log,
    record_look,
)
from icpfit.delivery.registry.store import open_store
from icpfit.errors import OutputError


def test_looks_are_counted_per_hold_out_and_company(tmp_path):
    acme, beta = open_store(tmp_path, "acme"), open_store(tmp_path, "beta")
    one, two = holdout_digest(["a", "b"]), holdout_digest(["a", "c"])
    assert look_count(acme, one) == 0
    assert [record_look(acme, one, 2, job=job) for job in ("train", "promote")] == [1, 2]
    assert record_look(acme, two, 2, job="train", run_id="r1") == 1
    assert record_look(beta, one, 2, job="train") == 1
    assert (look_count(acme, one), look_count(acme, two), look_count(beta, two)) == (2, 1, 0)
    lines = [json.loads(line) for line in look_log(acme).read_text().splitlines()]
    assert [line["job"] for line in lines] == ["train", "promote", "train"]
    assert (lines[2]["accounts"], lines[2]["run_id"]) == (2, "r1")


def test_no_hold_out_is_no_look(tmp_path):
    store = open_store(tmp_path, "acme")
    assert holdout_of(holdout_tags([])) == ("", 0)
    assert record_look(store, *holdout_of({}), job="train") == 0
    assert not look_log(store).exists()


def test_the_digest_hangs_on_the_accounts_alone():
    assert holdout_digest(["b", "a"]) == holdout_digest(["a", "b"])
    # Ids that differ in where one ends are other accounts.
    assert holdout_digest(["a,b"]) != holdout_digest(["a", "b"])
    assert holdout_digest(['a", "b']) != holdout_digest(["a", "b"])


def test_a_torn_line_counts_for_nobody_and_swallows_nothing(tmp_path):
    store = open_store(tmp_path, "acme")
    one = holdout_digest(["a"])
    record_look(store, one, 1, job="train")
    look_log(store).write_bytes(look_log(store).read_bytes() + b'{"holdout": "' + one.encode())
    assert record_look(store, one, 1, job="promote") == 2
    assert look_count(store, one) == 2


def test_a_log_that_can_t_be_written_is_one_line(tmp_path):
    store = open_store(tmp_path, "acme")
    look_log(store).mkdir(parents=True)
    with pytest.raises(OutputError, match="looks at hold-outs can't be written") as caught:
        record_look(store, holdout_digest(["a"]), 1, job="train")
    assert "\n" not in str(caught.value)
