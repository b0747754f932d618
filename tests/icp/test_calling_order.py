"""In which order accounts are called, and which meet a group whatever the others say."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.icp.calling_order import tiers
from icpfit.icp.profile import Profile, Segment
from icpfit.icp.selection import is_selected, meets

DAY = dt.date(2027, 1, 1)


def test_by_hand():
    profile = Profile(
        "ICP",
        1,
        DAY,
        (Segment("b", {"x": ["2", "3"]}, "second"), Segment("a", {"x": ["1", "2"]})),
        (Segment("c", {"x": ["3", "4", "5"]}),),
        (Segment("d", {"x": ["5"]}),),
    )
    facts = pd.DataFrame({"x": ["1", "2", "3", "4", "5", None]})
    # 2 meets both segments and counts in the first that is written, the second priority; 3 and 4
    # are to be fixed, so no targets until they are; 5 is avoided, fixed or not.
    assert tiers(profile, facts).tolist() == [3, 2, 0, 0, 0, 0]
    assert tiers(profile, facts, once_fixed=True).tolist() == [3, 2, 1, 1, 0, 0]
    assert meets(profile.fix[0], facts).tolist() == [False, False, True, True, True, False]
    assert meets(Segment("e", {"x": [None]}), facts).tolist() == [False] * 5 + [True]


GROUPS = st.lists(st.sampled_from(list("abcd")), min_size=1, max_size=3, unique=True)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(GROUPS, st.sampled_from(["first", "second"])), min_size=1, max_size=3),
    GROUPS,
)
def test_whoever_is_selected_has_a_place_and_nobody_else(segments, fix):
    profile = Profile(
        "ICP",
        1,
        DAY,
        tuple(Segment(f"s{i}", {"x": where}, rank) for i, (where, rank) in enumerate(segments)),
        (Segment("fix", {"x": fix}),),
    )
    facts = pd.DataFrame({"x": ["a", "b", "c", "d", None]})
    order = tiers(profile, facts)
    assert ((order > 0) == is_selected(profile, facts)).all()
    assert set(order) <= {0.0, 2.0, 3.0}
    later = tiers(profile, facts, once_fixed=True)
    assert (later[order > 0] == order[order > 0]).all()
    assert ((later > 0) == meets(profile.fix[0], facts) | (order > 0)).all()
