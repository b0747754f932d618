"""What a rule may ask: the same accounts as the profile's own selection, and the direction kept."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from icpfit.fit.contract import Feature
from icpfit.icp.profile import Profile, Segment
from icpfit.icp.selection import is_selected
from icpfit.insight.segments.selectors import selectors

DAY = dt.date(2025, 1, 1)


def facts(n=200, seed=1):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "size": np.where(rng.random(n) < 0.2, np.nan, np.round(np.exp(rng.normal(4, 1, n)))),
            "line": np.where(rng.random(n) < 0.2, None, rng.choice(list("abcd"), n).astype(object)),
            "shop": np.where(rng.random(n) < 0.2, np.nan, (rng.random(n) < 0.5).astype(float)),
            "founded": pd.Timestamp("1990-01-01") + pd.to_timedelta(rng.integers(0, 9000, n), "D"),
        }
    )


def features(**directions):
    kinds = {"size": "number", "line": "category", "shop": "flag", "founded": "date"}
    return [Feature(n, k, direction=directions.get(n)) for n, k in kinds.items()]


def test_each_condition_holds_the_accounts_that_the_profile_selects():
    known = facts()
    found = selectors(known, features(), wanted=True, fewest=10)
    assert {"size", "line", "shop", "founded"} == set(found.names)
    assert [None] in found.forms
    for i, (name, form) in enumerate(zip(found.names, found.forms, strict=True)):
        profile = Profile("one", 1, DAY, (Segment("one", {name: form}),))
        assert np.array_equal(is_selected(profile, known).to_numpy(), found.holds[:, i] == 1), form


@pytest.mark.parametrize("wanted", [True, False])
def test_a_declared_direction_leaves_one_end(wanted):
    told = features(size="+", shop="-", founded="+")
    found = selectors(facts(), told, wanted=wanted, fewest=10)
    forms = {
        n: [f for m, f in zip(found.names, found.forms, strict=True) if m == n and f != [None]]
        for n in found.names
    }
    # A larger size helps; a higher age is an earlier foundation; a shop hurts.
    assert {tuple(f) for f in forms["size"]} == {("from",) if wanted else ("below",)}
    assert {tuple(f) for f in forms["founded"]} == {("below",) if wanted else ("from",)}
    assert forms["shop"] == [[not wanted]]


def test_rare_conditions_are_left_out_but_levels_may_be_merged():
    known = facts()
    known.loc[known.index[:6], "line"] = "rare"
    known.loc[known.index[6:8], "line"] = "once"
    found = selectors(known, features(), wanted=True, fewest=30)
    levels = {f[0] for n, f in zip(found.names, found.forms, strict=True) if n == "line"}
    assert "rare" in levels
    assert "once" not in levels
    single = np.concatenate(found.levels)
    others = np.setdiff1d(np.arange(len(found.names)), single)
    assert (found.holds[:, others].sum(axis=0) >= 30).all()
