"""Whom a profile selects: by hand, and row by row against its own SQL on DuckDB."""

from __future__ import annotations

import datetime as dt

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.errors import SettingsError
from icpfit.icp.profile import Profile, Segment
from icpfit.icp.selection import is_selected, listed, parted, selected, undefined_share
from icpfit.icp.wording import sql_where


def profile_of(segments=(), fix=(), avoid=()):
    def part(wheres, name):
        return tuple(Segment(f"{name} {i}", where) for i, where in enumerate(wheres))

    return Profile(
        "ICP", 1, dt.date(2025, 1, 1), part(segments, "win"), part(fix, "fix"), part(avoid, "avoid")
    )


def facts_of(**columns):
    kinds = {
        name: object if any(isinstance(value, str) for value in values) else float
        for name, values in columns.items()
    }
    frame = pd.DataFrame({name: pd.Series(v, dtype=kinds[name]) for name, v in columns.items()})
    return frame.set_axis([f"a{i}" for i in range(len(frame))])


def rows_by_sql(profile, facts, part="segments"):
    with duckdb.connect() as connection:
        connection.register("facts_frame", facts.assign(row_of_frame=range(len(facts))))
        found = connection.execute(
            f"SELECT row_of_frame FROM facts_frame WHERE {sql_where(profile, part)} ORDER BY 1"
        ).fetchall()
    return [row for (row,) in found]


def test_by_hand():
    profile = profile_of(
        segments=[
            {"industry": ["Software", None], "employees": {"from": 200, "below": 1000}},
            {"industry": ["Software"]},
        ],
        fix=[{"industry": ["Retail"]}],
        avoid=[{"employees": {"from": 5000}}],
    )
    facts = facts_of(
        industry=["Software", None, "Software", "Retail", "Retail", "Agency", None, "Software"],
        employees=[200, 999, 1000, 10, 5000, 300, np.nan, np.nan],
    )
    found = selected(profile, facts)
    # The first segment that fits; 1000 is no longer below 1000; who is to be fixed is no target;
    # unknown employees meet no range.
    assert found.tolist() == ["win 0", "win 0", "win 1", None, None, None, None, "win 1"]
    # Who is avoided is taken out of what is to be fixed, too.
    assert listed(profile, facts).tolist() == [
        "win 0", "win 0", "win 1", "fix: fix 0", "avoid: avoid 0", None, None, "win 1",
    ]  # fmt: skip
    assert found.index.tolist() == facts.index.tolist()
    assert is_selected(profile, facts).tolist() == [True] * 3 + [False] * 4 + [True]
    # Account 7 has no employees to be avoided for: NOT (NULL) must not lose it in SQL.
    assert rows_by_sql(profile, facts) == [0, 1, 2, 7]
    assert (rows_by_sql(profile, facts, "fix"), rows_by_sql(profile, facts, "avoid")) == ([3], [4])
    # Open: account 6, whose employees decide both on win 0 and on being avoided. Account 7 is in
    # win 1, but would be avoided if it were large, and 1 to be fixed if it were a retailer.
    assert undefined_share(profile, facts) == 3 / 8


def test_dates_and_flags():
    profile = profile_of(
        segments=[
            {"founded": {"from": dt.date(2010, 1, 1), "below": dt.date(2020, 1, 1)}, "shop": [True]}
        ]
    )
    for unit in ("s", "us"):
        days = ["2010-01-01", "2019-12-31", "2020-01-01", "2015-05-05", None, "2015-05-05"]
        facts = pd.DataFrame(
            {
                "founded": pd.to_datetime(days).astype(f"datetime64[{unit}]"),
                "shop": [1.0, 1.0, 1.0, 0.0, 1.0, np.nan],
            }
        )
        assert is_selected(profile, facts).tolist() == [True, True, False, False, False, False]
        assert undefined_share(profile, facts) == pytest.approx(2 / 6)


def test_texts_as_pandas_strings():
    facts = pd.DataFrame({"country": pd.Series(["NA", None, "DE"], dtype="str")})
    profile = profile_of(segments=[{"country": ["NA", None]}])
    assert is_selected(profile, facts).tolist() == [True, True, False]


def test_a_column_without_any_value_meets_only_null():
    facts = pd.DataFrame({"country": pd.Series([None, None], dtype=object), "n": [np.nan, np.nan]})
    assert not is_selected(profile_of([{"country": ["DE"], "n": {"from": 1}}]), facts).any()
    assert is_selected(profile_of([{"country": [None], "n": [None]}]), facts).all()
    assert undefined_share(profile_of([{"country": [None], "n": [None]}]), facts) == 0
    assert undefined_share(profile_of([{"country": ["DE"]}]), facts) == 1


def test_no_rows():
    facts = facts_of(n=[1.0]).iloc[:0]
    assert selected(profile_of([{"n": {"from": 1}}]), facts).empty
    assert undefined_share(profile_of([{"n": {"from": 1}}]), facts) == 0.0


@pytest.mark.parametrize(
    ("where", "said"),
    [
        (
            {"colour": ["red"]},
            "segment 'win 0', where.colour: the data have no such attribute; declared are founded, industry, n",
        ),
        (
            {"industry": {"from": 3}},
            "where.industry: from and below need a number or a date, this is a category",
        ),
        (
            {"industry": [62]},
            "where.industry: the attribute is a text, the condition says 62; write '62' in quotes",
        ),
        ({"industry": [True]}, "where.industry: the attribute is a text, the condition says True"),
        ({"n": ["12"]}, "where.n: the attribute is a number, the condition says '12'"),
        ({"n": {"from": dt.date(2020, 1, 1)}}, "where.n: the attribute is a number"),
        (
            {"founded": {"from": 2020}},
            "where.founded: the attribute is a date, the condition says 2020",
        ),
    ],
)
def test_conditions_that_do_not_suit_the_data(where, said):
    facts = pd.DataFrame(
        {
            "industry": pd.Series(["a"], dtype=object),
            "n": [1.0],
            "founded": pd.to_datetime(["2020-01-01"]),
        }
    )
    for part in ("segments", "avoid"):
        profile = profile_of(**{"segments": [{"n": {"from": 0}}], part: [where]})
        with pytest.raises(SettingsError) as caught:
            selected(profile, facts)
        assert said.replace("win 0", "avoid 0" if part == "avoid" else "win 0") in str(caught.value)


# Few levels, so that conditions are often met; the odd one is anything at all.
TEXTS = st.sampled_from(["Software", "O'Reilly", 'say "hi" \\', "日本; --"])
ODD = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=4)
LEVELS = TEXTS | TEXTS | TEXTS | ODD.filter(str.strip)
NUMBERS = st.sampled_from([0, 200, 999.5, 1000, 0.1, 0.30000000000000004, 1e300, 2**53 + 2])
DATES = st.dates(dt.date(2000, 1, 1), dt.date(2000, 1, 9))


def ranges(ends):
    both = (
        st.lists(ends, min_size=2, max_size=2, unique=True)
        .map(sorted)
        .map(lambda p: {"from": p[0], "below": p[1]})
    )
    return both | ends.map(lambda e: {"from": e}) | ends.map(lambda e: {"below": e})


CONDITIONS = {
    'in"dustry ü': st.lists(LEVELS | st.none(), min_size=1, max_size=3, unique=True),
    "employees": ranges(NUMBERS)
    | st.lists(NUMBERS | st.none(), min_size=1, max_size=2, unique=True),
    "has shop": st.sampled_from([[True], [False], [None], [True, None], [True, False]]),
    "founded": ranges(DATES) | st.just([None]),
}
WHERE = st.fixed_dictionaries({}, optional=CONDITIONS).filter(bool)
ROWS = st.lists(
    st.tuples(
        LEVELS | st.none(),
        NUMBERS | st.none(),
        st.sampled_from([1.0, 0.0, None]),
        DATES | st.none(),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=50, deadline=None)
@given(
    ROWS,
    st.lists(WHERE, min_size=1, max_size=3),
    st.lists(WHERE, max_size=2),
    st.lists(WHERE, max_size=2),
)
def test_the_sql_selects_the_same_rows(rows, segments, fix, avoid):
    industry, employees, shop, founded = zip(*rows, strict=True)
    facts = pd.DataFrame(
        {
            'in"dustry ü': pd.Series(industry, dtype=object),
            "employees": pd.Series(employees, dtype=float),
            "has shop": pd.Series(shop, dtype=float),
            "founded": pd.Series(pd.to_datetime(pd.Series(founded, dtype=object))).astype(
                "datetime64[us]"
            ),
        }
    )
    profile = profile_of(segments, fix, avoid)
    with duckdb.connect() as connection:
        # DuckDB guesses what an object column holds; a table with types, as a CRM has, does not.
        connection.execute(
            'CREATE TABLE facts (row_number INT, "in""dustry ü" VARCHAR, employees DOUBLE, '
            '"has shop" BOOLEAN, founded DATE)'
        )
        table = [
            (i, name, size, None if has is None else bool(has), day)
            for i, (name, size, has, day) in enumerate(rows)
        ]
        connection.executemany("INSERT INTO facts VALUES (?, ?, ?, ?, ?)", table)
        condition = sql_where(profile)
        by_sql = connection.execute(
            f"SELECT row_number FROM facts WHERE {condition} ORDER BY 1"
        ).fetchall()
        # Without CASE, SQL's own three-valued logic says where the rule is open.
        wanted = " OR ".join(f"({sql_where(profile_of([s]))})" for s in segments)
        out = [*fix, *avoid]
        avoided = " OR ".join(f"({sql_where(profile_of([s]))})" for s in out) or "FALSE"
        [(open_rows,)] = connection.execute(
            f"SELECT count(*) FROM facts WHERE (({wanted}) AND NOT ({avoided})) IS NULL"
        ).fetchall()
    chosen = np.flatnonzero(is_selected(profile, facts)).tolist()
    assert [i for (i,) in by_sql] == chosen
    # The same on the very frame that the selection read, part by part.
    parts = parted(profile, facts)
    for part in ("segments", "fix", "avoid"):
        assert rows_by_sql(profile, facts, part) == np.flatnonzero(parts == part).tolist()
    assert undefined_share(profile, facts) == open_rows / len(rows)
    assert (selected(profile, facts).notna() == is_selected(profile, facts)).all()


@settings(max_examples=30, deadline=None)
@given(ROWS, st.lists(WHERE, min_size=1, max_size=3), st.randoms(use_true_random=False))
def test_a_row_depends_on_itself_alone(rows, segments, random):
    industry, employees, shop, founded = zip(*rows, strict=True)
    facts = pd.DataFrame(
        {
            'in"dustry ü': pd.Series(industry, dtype=object),
            "employees": pd.Series(employees, dtype=float),
            "has shop": pd.Series(shop, dtype=float),
            "founded": pd.to_datetime(pd.Series(founded, dtype=object)).astype("datetime64[s]"),
        }
    )
    order = list(range(len(rows)))
    random.shuffle(order)
    profile = profile_of(segments)
    whole = selected(profile, facts)
    assert selected(profile, facts.iloc[order]).tolist() == whole.iloc[order].tolist()
    one = order[0]
    assert selected(profile, facts.iloc[[one]]).tolist() == [whole.iloc[one]]
