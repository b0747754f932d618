"""Who comes in, leaves and moves, and how many prospects there are: by hand and in SQL."""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import pandas as pd
import pytest

from icpfit.icp.profile import Profile, Segment
from icpfit.icp.wording import sql_where
from icpfit.insight.redefinition.market import market_counts
from icpfit.insight.redefinition.moves import moves

DAY = dt.date(2027, 1, 1)
OLD = Profile(
    "old",
    1,
    DAY,
    (
        Segment("large", {"employees": {"from": 100}}),
        Segment("DACH", {"country": ["DE"]}, "second"),
    ),
)
NEW = Profile(
    "new",
    2,
    DAY,
    (Segment("DACH", {"country": ["DE", "AT"]}),),
    (Segment("costly", {"employees": {"from": 500}}),),
    (Segment("agencies", {"industry": ["Agency"]}),),
)


def facts_of(rows):
    frame = pd.DataFrame(rows, columns=["country", "employees", "industry"])
    frame = frame.astype({"country": object, "employees": float, "industry": object})
    return frame.set_axis([f"a{i}" for i in range(len(frame))])


FACTS = facts_of(
    [
        ("DE", 50, None),  # second before, first now: moved
        ("DE", 150, None),  # first both times: kept, though the segment has another name
        ("AT", 50, None),  # in
        ("FR", 150, None),  # out
        ("FR", 600, None),  # first before, to be fixed now
        ("DE", 150, "Agency"),  # avoided: out
        ("FR", 50, None),  # neither
        (None, np.nan, None),  # neither: nothing is known of it
    ]
)


def test_moves_by_hand():
    found = moves(OLD, NEW, FACTS)
    assert found["move"].to_dict() == {
        "a0": "moved", "a1": "kept", "a2": "in", "a3": "out", "a4": "to fix", "a5": "out",
    }  # fmt: skip
    assert found.loc["a1", ["current", "proposed"]].tolist() == ["large", "DACH"]
    assert found.loc["a4", ["current_place", "proposed_place"]].tolist() == ["first priority", None]
    assert found.loc[["a4", "a5"], "proposed"].tolist() == ["fix: costly", "avoid: agencies"]
    assert found.loc["a2", "current_place"] is None


def test_moves_dont_depend_on_the_order_of_the_rows():
    shuffled = FACTS.iloc[[5, 2, 7, 0, 3, 6, 1, 4]]
    pd.testing.assert_frame_equal(moves(OLD, NEW, FACTS), moves(OLD, NEW, shuffled))


def test_without_a_profile_everybody_is_taken_so_accounts_only_leave():
    found = moves(None, NEW, FACTS)
    assert found["move"].to_dict() == {
        "a0": "kept", "a1": "kept", "a2": "kept", "a3": "out", "a4": "to fix", "a5": "out",
        "a6": "out", "a7": "out",
    }  # fmt: skip
    assert found["current"].isna().all()


def test_the_market_by_hand():
    found = market_counts(FACTS, OLD, NEW)
    assert (found.n, found.current, found.proposed, found.both) == (8, 5, 3, 2)
    assert found.by_segment == {"DACH": 3}
    assert found.by_part == {"segments": 3, "fix": 1, "avoid": 1}
    assert found.overlap == pytest.approx(2 / 6)
    # Open for the old one: only the last, of whom nothing is known. For the new one also the three
    # that are in, since their industry, which is missing, may be Agency.
    assert found.current_undefined == pytest.approx(1 / 8)
    assert found.proposed_undefined == pytest.approx(4 / 8)


def test_the_market_in_sql():
    rng = np.random.default_rng(1)
    n = 500
    facts = facts_of(
        zip(
            rng.choice(["DE", "AT", "FR", None], n),
            np.where(rng.random(n) < 0.1, np.nan, rng.integers(1, 900, n)),
            rng.choice(["Agency", "Software", None], n),
            strict=True,
        )
    )
    found = market_counts(facts, OLD, NEW)
    with duckdb.connect() as connection:
        connection.register("prospects", facts)

        def counted(where):
            return connection.execute(f"SELECT count(*) FROM prospects WHERE {where}").fetchone()[0]

        old, new = sql_where(OLD), sql_where(NEW)
        assert found.current == counted(old)
        assert found.proposed == counted(new)
        assert found.both == counted(f"({old}) AND ({new})")
        for part in ("segments", "fix", "avoid"):
            assert found.by_part[part] == counted(sql_where(NEW, part))
    assert sum(found.by_segment.values()) == found.proposed


def test_a_list_without_a_column_meets_no_such_condition():
    found = market_counts(FACTS.drop(columns=["employees", "industry"]), OLD, NEW)
    assert found.absent == ("employees", "industry")
    assert (found.current, found.proposed) == (2 + 1, 2 + 2)
    assert found.by_segment == {"DACH": 4}


def test_profiles_that_arent_there_arent_counted():
    found = market_counts(FACTS, None, NEW)
    assert (found.current, found.both, found.proposed) == (None, None, 3)
    assert np.isnan(found.overlap)
    assert market_counts(FACTS, OLD, None).by_segment == {}
