"""Current against proposed on companies whose truth is known, and in SQL."""

from __future__ import annotations

import dataclasses

import duckdb
import numpy as np
import pandas as pd
import pytest

from icpfit.icp.profile import Segment
from icpfit.icp.wording import sql_where
from icpfit.insight.redefinition.redefinition import redefinition

QUICK = {"n_boot": 300, "seed": 1}


@pytest.fixture
def found(world):
    accounts = world.accounts(1500, 4)
    return accounts, redefinition(
        accounts, world.trial(accounts), world.by_size, world.makers, **QUICK
    )


def test_a_better_profile_is_seen(found):
    _, it = found
    assert (it.decision, it.why) == ("change", "better")
    assert (it.independent, it.approximate, it.one_account) == (True, False, False)
    assert it.basis == "hold-out of 1500 accounts"
    margin = it.comparison.equal["margin"]
    # The truth: northern makers leave 60; by size, the mean over all, -20 * .25 = -5.
    assert margin.proposed.low < 60 < margin.proposed.high
    assert margin.current.low < -5 < margin.current.high
    assert it.worth.value == pytest.approx(100 * margin.difference.value)
    assert it.worth.low == pytest.approx(100 * margin.difference.low)
    assert it.enough.accounts < 1500


def test_every_figure_can_be_found_again_in_sql(found, world):
    accounts, it = found
    table = accounts.facts.join(accounts.outcomes.astype({"retained": bool, "fit": bool}))
    table = table.rename_axis("account_id").reset_index()
    sides = {"current": world.by_size, "proposed": world.makers}
    with duckdb.connect() as connection:
        connection.register("accounts", table)
        for side, profile in sides.items():
            n, margin, cost, fit, stayed, loyal = connection.execute(
                "SELECT count(*), avg(margin), avg(cost_to_serve), avg(fit::int),"
                " avg(retained::int), avg(CASE WHEN isnan(loyalty) THEN NULL ELSE loyalty END)"
                f" FROM accounts WHERE {sql_where(profile)}"
            ).fetchone()
            own = {name: getattr(one, side).value for name, one in it.comparison.own.items()}
            assert getattr(it.comparison, f"n_{side}") == n
            assert own["margin"] == pytest.approx(margin)
            assert own["cost_to_serve"] == pytest.approx(cost)
            assert own["fit"] == pytest.approx(fit)
            assert own["retained"] == pytest.approx(stayed)
            assert own["loyalty"] == pytest.approx(loyal)
        lost = connection.execute(
            f"SELECT account_id FROM accounts WHERE ({sql_where(world.by_size)}) AND fit"
            f" AND NOT ({sql_where(world.makers)}) ORDER BY margin DESC, account_id"
        ).fetchall()
        gained = connection.execute(
            f"SELECT account_id FROM accounts WHERE ({sql_where(world.makers)}) AND NOT fit"
            f" AND NOT ({sql_where(world.by_size)}) ORDER BY margin, account_id"
        ).fetchall()
    assert it.lost_good.index.tolist() == [one for (one,) in lost]
    assert it.gained_bad.index.tolist() == [one for (one,) in gained]
    assert it.lost_good["name"].iloc[0].startswith("Firm ")


def test_who_is_to_be_fixed_is_no_target_and_counts_once_fixed(found, world):
    accounts, it = found
    own = it.comparison.own
    north, south = it.groups[-3], it.groups[-2]
    assert (north.part, south.part) == ("segments", "fix")
    assert (it.comparison.n_proposed, it.n_to_fix) == (north.n, south.n)
    # Once 80 are gone from each southern maker, these are targets as well.
    table = accounts.facts.join(accounts.outcomes[["margin"]])
    with duckdb.connect() as connection:
        connection.register("accounts", table)
        [(once_fixed,)] = connection.execute(
            f"SELECT avg(margin + CASE WHEN {sql_where(world.makers, 'fix')} THEN 80 ELSE 0 END)"
            f" FROM accounts WHERE ({sql_where(world.makers)})"
            f" OR ({sql_where(world.makers, 'fix')})"
        ).fetchall()
    assert own["margin_once_fixed"].proposed.value == pytest.approx(once_fixed)
    # The current ICP gains by the repair too, and the proposal by none of its targets.
    assert own["margin_once_fixed"].current.value > own["margin"].current.value
    # By size there are more than makers, so all of these are taken, whatever their order.
    assert it.comparison.volume == it.comparison.n_proposed


def test_the_groups_add_up_and_the_avoided_are_told(found):
    accounts, it = found
    by_part = {(group.profile, group.part): group for group in it.groups}
    assert by_part["proposed", "avoid"].n == (accounts.facts["industry"] == "Agency").sum()
    assert by_part["proposed", "avoid"].margin.high < 0
    assert by_part["proposed", "segments"].n == it.comparison.n_proposed
    assert by_part["proposed", "fix"].n == it.n_to_fix > 0


def test_the_order_of_the_rows_changes_nothing(found, world):
    accounts, it = found
    order = np.random.default_rng(9).permutation(len(accounts.facts))
    for name in ("facts", "outcomes", "dates"):
        setattr(accounts, name, getattr(accounts, name).iloc[order])
    again = redefinition(accounts, world.trial(accounts), world.by_size, world.makers, **QUICK)
    assert again.comparison.equal == it.comparison.equal
    assert again.worth == it.worth
    pd.testing.assert_frame_equal(again.moved, it.moved)


def test_a_worse_profile_is_refused(world):
    accounts = world.accounts(1200, 2)
    found = redefinition(accounts, world.trial(accounts), world.makers, world.by_size, **QUICK)
    assert (found.decision, found.why) == ("keep", "worse")


def test_where_nothing_separates_them_the_data_cant_tell(world):
    accounts = world.accounts(600, 3, good=0.0, costly=0.0)
    found = redefinition(accounts, world.trial(accounts), world.by_size, world.makers, **QUICK)
    assert (found.decision, found.why) == ("cannot tell", "spans zero")
    assert found.approximate
    assert found.enough.accounts is None or found.enough.accounts > 600


@pytest.mark.slow
def test_by_chance_a_change_is_asked_for_in_few_of_many_worlds(world):
    """A 90 % interval lies above zero in about 5 of 100 worlds in which there is nothing."""
    asked = 0
    for seed in range(40):
        accounts = world.accounts(400, 100 + seed, good=0.0, costly=60.0)
        found = redefinition(
            accounts, world.trial(accounts), world.by_size, world.makers, n_boot=200, seed=seed
        )
        asked += found.decision == "change"
    assert asked <= 6  # 2 expected; more than 6 has a chance of less than 1 in 100


def test_on_the_accounts_that_it_was_found_on_nothing_is_decided(world):
    accounts = world.accounts(1200, 1)
    trial = world.trial(accounts, basis="none")
    found = redefinition(accounts, trial, world.by_size, world.makers, **QUICK)
    assert (found.decision, found.why) == ("cannot tell", "not independent")
    part = accounts.facts.index[::2]
    found = redefinition(
        accounts, trial, world.by_size, world.makers, judged=part, basis="a half", **QUICK
    )
    assert (found.decision, found.n, found.basis) == ("change", 600, "a half")


def test_without_a_proposal_what_there_is_stays(world):
    accounts = world.accounts(300, 1)
    trial = world.trial(accounts)
    found = redefinition(accounts, trial, world.by_size, None, prospects=accounts.facts, **QUICK)
    assert (found.decision, found.why, found.comparison) == ("keep", "no proposal", None)
    assert found.market.current == found.groups[0].n
    assert found.lost_good.empty
    neither = redefinition(accounts, trial, None, None, **QUICK)
    assert (neither.decision, neither.why) == ("cannot tell", "no proposal")


def test_without_a_profile_the_proposal_is_held_against_everybody(world):
    accounts = world.accounts(1200, 1)
    found = redefinition(accounts, world.trial(accounts), None, world.makers, **QUICK)
    assert found.comparison.n_current == 1200
    assert found.comparison.equal["margin"].current.value == pytest.approx(
        accounts.outcomes["margin"].mean()
    )
    assert found.decision == "change"
    assert set(found.moved["move"]) == {"kept", "out", "to fix"}


def test_the_same_rules_are_the_same_accounts(world):
    accounts = world.accounts(300, 1)
    renamed = dataclasses.replace(world.by_size, name="another", version=9)
    found = redefinition(accounts, world.trial(accounts), world.by_size, renamed, **QUICK)
    assert (found.decision, found.why) == ("keep", "same accounts")
    assert found.overlap == 1.0
    assert found.worth.value == 0.0


def test_a_profile_of_a_few_is_an_anecdote(world):
    accounts = world.accounts(300, 1)
    few = dataclasses.replace(
        world.by_size, segments=(Segment("giants", {"employees": {"from": 985}}),)
    )
    found = redefinition(accounts, world.trial(accounts), world.by_size, few, **QUICK)
    assert 0 < found.comparison.n_proposed < 10
    assert (found.decision, found.why) == ("cannot tell", "too few")
    assert found.worth.note.startswith("insufficient: the proposed ICP selects")
    assert not found.worth.has_interval


def test_loyalty_that_nobody_measured_is_unknown_not_zero(world):
    accounts = world.accounts(300, 1)
    accounts.outcomes["loyalty"] = np.nan
    accounts.outcomes["retained"] = None
    found = redefinition(accounts, world.trial(accounts), world.by_size, world.makers, **QUICK)
    for name in ("loyalty", "retained"):
        assert np.isnan(found.comparison.equal[name].proposed.value)
        assert np.isnan(found.comparison.own[name].difference.value)
