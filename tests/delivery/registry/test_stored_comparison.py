"""Which accounts two stored models are compared on, and what is said of it."""

import dataclasses
import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from icpfit.delivery.registry.account_roles import ACCOUNTS_FILE, recorded_roles
from icpfit.delivery.registry.registered_model import RegisteredModel
from icpfit.delivery.registry.stored_comparison import (
    changed_exports,
    verdict_files,
    verdict_metrics,
)
from icpfit.errors import ModelError
from icpfit.evidence.promotion import Verdict
from icpfit.evidence.succession.champion_challenger import champion_challenger

N = 400


@pytest.fixture(scope="module")
def accounts(facts):
    ids = pd.Index([f"a{i:03}" for i in range(N)], name="account_id")
    rows = facts(N, 5).set_index(ids)
    rng = np.random.default_rng(6)
    margin = 40 * rows["employees"].fillna(300) - 12000 + rng.normal(0, 4000, N)
    return SimpleNamespace(
        facts=rows,
        dates=pd.DataFrame({"decided_on": pd.Timestamp("2026-06-30"), "name": "x"}, index=ids),
        outcomes=pd.DataFrame({"margin": margin, "fit": (margin > 0).astype(object)}, index=ids),
        used=ids[:-10],
        label_text="margin above 0 and stayed",
        horizon="12mo",
        currency="EUR",
    )


def roles(train, holdout):
    ids = [f"a{i:03}" for i in (*train, *holdout)]
    role = ["train"] * len(train) + ["holdout"] * len(holdout)
    return pd.DataFrame(
        {"role": role, "fit_if_won": np.nan, "margin_if_won": np.nan}, index=pd.Index(ids)
    )


def compared(accounts, one, two, champion_roles, challenger_roles):
    return champion_challenger(
        accounts, one, two, champion_roles=champion_roles, challenger_roles=challenger_roles, n_boot=40
    )  # fmt: skip


def test_accounts_that_the_champion_learned_from_or_that_are_gone_are_left_out(
    accounts, small_model
):
    found = compared(
        accounts, small_model, small_model,
        roles(range(220), range(220, 300)), roles(range(200), range(200, N)),
    )  # fmt: skip
    assert (found.candidates, found.seen, found.gone) == (200, 20, 10)
    assert found.comparison.n == 170
    assert found.comparison.log_loss_difference.value == 0.0
    assert found.changes.empty
    # 90 accounts came since the champion was judged: enough to see whether it drifted.
    assert found.drift.n_other == 90
    assert found.notes == ()


def test_without_a_hold_out_those_take_its_place_that_neither_learned_from(accounts, small_model):
    found = compared(
        accounts, small_model, small_model, roles(range(150), ()), roles(range(230), ())
    )
    assert (found.candidates, found.seen, found.comparison.n) == (160, 0, 160)
    none = compared(accounts, small_model, small_model, roles(range(50), ()), roles(range(N), ()))
    assert none.comparison is None
    assert none.candidates == 0


def test_an_older_champion_s_accounts_are_unknown(accounts, small_model):
    found = compared(accounts, small_model, small_model, None, roles(range(200), range(200, N)))
    assert found.unknown
    assert found.comparison is None


def test_another_definition_and_lost_facts_are_said(accounts, small_model):
    other = dataclasses.replace(small_model, label_text="margin above 500", objective="fit")
    fewer = SimpleNamespace(**{**vars(accounts), "facts": accounts.facts.drop(columns="has_shop")})
    found = compared(fewer, other, small_model, roles(range(200), ()), roles((), range(200, N)))
    text = " ".join(found.notes)
    assert "The model in use was trained for another definition of what a fit is" in text
    assert "reads has_shop, which the data don't have any more (1 of its 4 facts)" in text
    assert "ranks by the probability of a fit, the challenger by expected margin" in text


def test_the_order_of_the_roles_does_not_matter(accounts, small_model):
    parts = roles(range(100), range(100, 200)), roles(range(150), range(150, N))
    mixed = [part.sample(frac=1.0, random_state=3) for part in parts]
    assert compared(accounts, small_model, small_model, *parts).comparison == (
        compared(accounts, small_model, small_model, *mixed).comparison
    )


def _registered(folder):
    return RegisteredModel("icpfit-acme", 1, "r", "challenger", folder / "bundle", folder, {})


def test_changed_new_and_missing_exports_are_named(tmp_path):
    then = {"a.csv": "1", "b.csv": "2", "c.csv": "3"}
    (tmp_path / "data_digests.json").write_text(json.dumps(then))
    now = {"a.csv": "1", "b.csv": "9", "d.csv": "4"}
    assert changed_exports(_registered(tmp_path), now) == ["b.csv", "c.csv", "d.csv"]
    assert changed_exports(_registered(tmp_path), then) == []
    (tmp_path / "data_digests.json").write_text("3")
    with pytest.raises(ModelError, match=r"the digests of icpfit-acme v1 .* are damaged"):
        changed_exports(_registered(tmp_path), now)


def test_roles_come_back_or_are_said_to_be_damaged(tmp_path):
    assert recorded_roles(_registered(tmp_path)) is None
    kept = roles(range(2), range(2, 4))
    kept.to_parquet(tmp_path / ACCOUNTS_FILE)
    pd.testing.assert_frame_equal(recorded_roles(_registered(tmp_path)), kept)
    (tmp_path / ACCOUNTS_FILE).write_bytes(b"PAR1 no more")
    with pytest.raises(ModelError, match=r"accounts\.parquet: which accounts"):
        recorded_roles(_registered(tmp_path))


def test_every_change_of_grade_is_kept_with_the_verdict(accounts, small_model):
    lower = dataclasses.replace(
        small_model,
        grading=dataclasses.replace(
            small_model.grading, cuts=tuple(cut - 3000 for cut in small_model.grading.cuts)
        ),
    )
    found = compared(accounts, small_model, lower, roles(range(200), ()), roles((), range(200, N)))
    assert len(found.changes) > 20
    assert set(found.changes["because"]) == {"cut-offs"}
    files = verdict_files(Verdict("HOLD", ("so",), figures={"n": 3}), found)
    assert json.loads(files["verdict.json"])["figures"] == {"n": 3}
    header, *lines = files["grade_changes.csv"].splitlines()
    assert header.startswith("account_id,grade_before,grade_after,because")
    assert len(lines) == len(found.changes)
    assert set(verdict_files(Verdict("HOLD", ("so",)))) == {"verdict.json"}
    metrics = verdict_metrics(found)
    assert metrics["against_champion.n"] == 190
    assert metrics["against_champion.grade_changes"] == len(found.changes)
    assert metrics["against_champion.log_loss_difference"].value == 0.0
    assert all(not isinstance(value, str) for value in metrics.values())
    assert verdict_metrics(None) == {}
