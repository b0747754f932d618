"""A profile as YAML with comments, as a query, and as words: the same accounts in all of them."""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.icp.profile import Profile, Segment, read_profile
from icpfit.icp.profile_text import profile_list_view, profile_sql, profile_yaml
from icpfit.icp.selection import PARTS, listed, parted

DAY = dt.date(2027, 1, 1)
HOSTILE = st.text(max_size=30) | st.sampled_from(
    ["a\nname: other", "x\u2028y: 1", "tab\there", "# - {}", "\ufeff", "'; DROP TABLE accounts; --"]
)
# Made printable rather than filtered: too much filtering makes too few cases.
NAMES = HOSTILE.map(
    lambda text: "".join(c for c in text if c.isprintable() or c in "\n\u2028\t")
).map(lambda text: text if text.strip() else f"x{text}")
LEVELS = st.sampled_from(["Software", "O'Reilly", 'say "hi" \\', "日本; --", "naïve\nline"])
NUMBERS = st.sampled_from([0, 200, 999.5, 1000, 0.1, 1e300])
CONDITIONS = {
    'in"dustry ü': st.lists(LEVELS | st.none(), min_size=1, max_size=3, unique=True),
    "employees": st.builds(lambda low: {"from": low}, NUMBERS)
    | st.builds(lambda high: {"below": high}, NUMBERS)
    | st.just([None]),
    "has shop": st.sampled_from([[True], [False], [None], [True, None]]),
}
WHERE = st.fixed_dictionaries({}, optional=CONDITIONS).map(
    lambda where: where or {"has shop": [True]}
)


@st.composite
def profiles(draw):
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    groups = [
        Segment(name, draw(WHERE), draw(st.sampled_from(["first", "second"]))) for name in names
    ]
    cuts = sorted(draw(st.tuples(st.integers(1, 6), st.integers(1, 6))))
    return Profile(
        draw(NAMES),
        draw(st.integers(1, 99)),
        DAY,
        tuple(groups[: cuts[0]]),
        tuple(groups[cuts[0] : cuts[1]]),
        tuple(groups[cuts[1] :]),
    )


@settings(max_examples=40, deadline=None)
@given(profiles(), st.lists(HOSTILE, max_size=3), st.lists(HOSTILE, max_size=3))
def test_whatever_the_comments_say_the_profile_is_the_same(
    tmp_path_factory, profile, head, figures
):
    path = tmp_path_factory.mktemp("icp") / "proposal.yaml"
    comments = {group.name: figures for group in (*profile.segments, *profile.avoid)}
    path.write_text(profile_yaml(profile, head, comments), encoding="utf-8", newline="")
    assert read_profile(path) == profile


def without_comments(query):
    """Return a query without the comment that announces the next one."""
    return query.rsplit(";\n", 1)[0]


@settings(max_examples=40, deadline=None)
@given(
    profiles(),
    st.lists(
        st.tuples(LEVELS | st.none(), NUMBERS | st.none(), st.sampled_from([1.0, 0.0, None])),
        min_size=1,
        max_size=12,
    ),
)
def test_the_query_lists_the_same_accounts_with_the_same_segments(profile, rows):
    industry, employees, shop = zip(*rows, strict=True)
    facts = pd.DataFrame(
        {
            'in"dustry ü': pd.Series(industry, dtype=object),
            "employees": pd.Series(employees, dtype=float),
            "has shop": pd.Series(shop, dtype=float),
        }
    )
    named, part = listed(profile, facts), parted(profile, facts)
    with duckdb.connect() as connection:
        connection.register("accounts", facts.assign(row_of_frame=np.arange(len(facts))))
        # One query for each part that has groups: targets, to fix, to avoid.
        queries = ["SELECT *" + text for text in profile_sql(profile).split("SELECT *")[1:]]
        found = [
            connection.execute(
                f"SELECT row_of_frame, icp_group FROM ({without_comments(query)}) ORDER BY 1"
            ).fetchall()
            for query in queries
        ]
    there = [one for one in PARTS if getattr(profile, one)]
    assert found == [
        [(i, named.iloc[i]) for i in np.flatnonzero(part == one).tolist()] for one in there
    ]


def test_the_query_has_its_comments_in_lines_of_their_own():
    profile = Profile("a\nDROP TABLE accounts", 1, DAY, (Segment("s", {"x": ["1"]}),))
    text = profile_sql(profile, 'my "table"')
    assert text.splitlines()[0].startswith("-- a DROP TABLE accounts, version 1. ")
    assert 'FROM "my ""table"""' in text


def test_the_list_view_by_hand():
    profile = Profile(
        "ICP 2027",
        4,
        DAY,
        (
            Segment("second choice", {"sites": {"from": 4}}, "second"),
            Segment("makers", {"industry": ["Machinery", None], "employees": {"below": 500}}),
        ),
        (Segment("hub", {"country": ["AT"]}),),
        (Segment("agencies", {"industry": ["Agency"]}),),
    )
    assert profile_list_view(profile).splitlines() == [
        "ICP 2027, version 4, from 2027-01-01",
        "",
        'An account is a target when it meets every condition of one numbered line above "Fix what makes them costly, then win",',
        "and not every condition of a line below it.",
        "",
        "Win, first priority",
        "  1. makers: Industry is Machinery or missing, and employees below 500.",
        "",
        "Win, second priority",
        "  2. second choice: Sites at least 4.",
        "",
        "Fix what makes them costly, then win",
        "  3. hub: Country is AT.",
        "",
        "Leave",
        "  4. agencies: Industry is Agency.",
    ]
