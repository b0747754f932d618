"""The profile as YAML: strict in, the same out, and never half written."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.errors import OutputError, SettingsError
from icpfit.icp.profile import Profile, Segment, read_profile, write_profile

GOOD = """
name: ICP 2025
version: 3
effective_from: 2025-01-01
approved_by: A. Person
segments:
  - name: mid-market software
    priority: second
    where: {industry: [Software, Fintech, null], employees: {from: 200, below: 1000}}
  - name: Nordics
    where: {country: [NO, SE], has_shop: true, founded: {below: 2015-06-01}}
fix:
  - name: returns too much
    where: {industry: Retail}
avoid:
  - name: agencies
    where: {industry: [Agency]}
"""


def read(tmp_path, text):
    path = tmp_path / "acme.yaml"
    path.write_text(text, encoding="utf-8")
    return read_profile(path)


def test_a_good_profile(tmp_path):
    found = read(tmp_path, GOOD)
    assert (found.name, found.version, found.approved_by) == ("ICP 2025", 3, "A. Person")
    assert found.effective_from == dt.date(2025, 1, 1)
    first, second = found.segments
    assert (first.name, first.priority) == ("mid-market software", "second")
    assert first.where == {
        "industry": ["Software", "Fintech", None],
        "employees": {"from": 200, "below": 1000},
    }
    # NO is Norway, not false; true is true.
    assert second.where == {
        "country": ["NO", "SE"],
        "has_shop": [True],
        "founded": {"below": dt.date(2015, 6, 1)},
    }
    assert second.priority == "first"
    assert found.fix[0].where == {"industry": ["Retail"]}
    assert found.avoid[0].name == "agencies"


WHERE = "where: {industry: [Software, Fintech, null], employees: {from: 200, below: 1000}}"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "priority: second",
            "prioritty: second",
            "segments[0].prioritty: there is no such key; did you mean 'priority'?",
        ),
        (
            "priority: second",
            "priority: third",
            "segments[0].priority: expected one of first, second; found 'third'",
        ),
        ("name: ICP 2025", "nmae: ICP 2025", "nmae: there is no such key; did you mean 'name'?"),
        ("version: 3", "", "version: is missing; add it"),
        ("version: 3", "version: 0", "version: expected 1 or more, found 0"),
        ("version: 3", "version: 3.5", "version: expected a whole number, found 3.5"),
        ("version: 3", "version: 3\nversion: 4", "line 4: the key 'version' is given twice"),
        ("2025-01-01", "soon", "effective_from: expected a date such as 2026-06-30, found 'soon'"),
        (WHERE, "where: {}", "segments[0]: where: is empty, so every account would be in it"),
        (WHERE, "", "segments[0].where: is missing; add it"),
        (WHERE, "where: [1]", "segments[0].where: expected keys and values, found [1]"),
        (
            WHERE,
            "where: {a: {from: 5, below: 5}}",
            "segments[0]: where.a: from 5 is not lower than below 5",
        ),
        (
            WHERE,
            "where: {a: {from: 6, below: 5}}",
            "segments[0]: where.a: from 6 is not lower than below 5",
        ),
        (WHERE, "where: {a: {form: 5}}", "segments[0]: where.a.form: there is no such key"),
        (
            WHERE,
            "where: {a: {}}",
            "segments[0]: where.a: give from (inclusive), below (exclusive) or both",
        ),
        (
            WHERE,
            "where: {a: {from: ten}}",
            "where.a.from: expected a number or a date such as 2026-06-30, found 'ten'",
        ),
        (WHERE, "where: {a: {from: true}}", "where.a.from: expected a number or a date"),
        (WHERE, "where: {a: {from: .inf}}", "where.a.from: expected a number or a date"),
        (WHERE, "where: {a: {from: 2020-01-01, below: 5}}", "where.a: from and below must both be"),
        (WHERE, "where: {a: []}", "where.a: the list is empty, so nothing meets it"),
        (WHERE, "where: {a: [x, 2]}", "where.a: the list mixes numbers and text"),
        (WHERE, "where: {a: [true, x]}", "where.a: the list mixes text and true/false"),
        (WHERE, "where: {a: [x, y, x]}", "where.a: 'x' stands in the list twice"),
        (WHERE, "where: {a: ['  ']}", "where.a: found an empty text; write null for missing"),
        (WHERE, "where: {a: [2020-01-01]}", "where.a: a date (2020-01-01) can't be in a list"),
        (WHERE, "where: {a: [[x]]}", "where.a: expected a text, number, true, false or null"),
        (WHERE, "where: {a: [.nan]}", "where.a: nan is no number to compare with"),
        ("- name: Nordics", "- name: agencies", "the name 'agencies' is used twice"),
        ("- name: Nordics", "- name: ''", "segments[1]: name: is empty"),
        ("avoid:", "avoid: {", "this is no YAML"),
    ],
)
def test_mistakes_are_one_line_that_names_file_and_key(tmp_path, old, new, said):
    assert old in GOOD
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, GOOD.replace(old, new, 1))
    text = str(caught.value)
    assert text.startswith(str(tmp_path / "acme.yaml"))
    assert said in text
    assert "\n" not in text


@pytest.mark.parametrize(
    "text", ["", "- a", "just text", "name: x\nversion: 1\neffective_from: 2025-01-01"]
)
def test_nothing_to_select_is_a_mistake(tmp_path, text):
    with pytest.raises(SettingsError, match=r"acme\.yaml: "):
        read(tmp_path, text)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(SettingsError, match="there is no such file"):
        read_profile(tmp_path / "none.yaml")
    with pytest.raises(SettingsError, match="can't be read"):
        read_profile(tmp_path)
    (tmp_path / "latin.yaml").write_bytes("name: Müller".encode("latin-1"))
    with pytest.raises(SettingsError, match="it is not UTF-8 text"):
        read_profile(tmp_path / "latin.yaml")


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12
).map(lambda text: text if text.strip() else f"x{text}")
TRICKY = st.sampled_from(
    [
        "NO",
        "true",
        "null",
        "~",
        "62",
        "007",
        "1e3",
        "2020-01-01",
        "a: b",
        "#x",
        "'",
        '"',
        "ü,[]{}",
        "- x",
        "=",
        "<<",
    ]
)
TEXTS = NAMES | TRICKY
DATES = st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1))
NUMBERS = st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False)


def ranges(ends):
    both = (
        st.lists(ends, min_size=2, max_size=2, unique=True)
        .map(sorted)
        .map(lambda p: {"from": p[0], "below": p[1]})
    )
    return both | ends.map(lambda e: {"from": e}) | ends.map(lambda e: {"below": e})


CONDITIONS = (
    st.lists(TEXTS | st.none(), min_size=1, max_size=4, unique=True)
    | st.sampled_from([[True], [False], [True, None], [True, False]])
    | ranges(NUMBERS)
    | ranges(DATES)
)
SEGMENTS = st.builds(
    Segment,
    name=TEXTS,
    where=st.dictionaries(TEXTS, CONDITIONS, min_size=1, max_size=3),
    priority=st.sampled_from(["first", "second"]),
)


@st.composite
def profiles(draw):
    segments = draw(st.lists(SEGMENTS, min_size=1, max_size=5, unique_by=lambda s: s.name))
    cuts = sorted(draw(st.tuples(st.integers(1, 5), st.integers(1, 5))))
    return Profile(
        name=draw(TEXTS),
        version=draw(st.integers(1, 99)),
        effective_from=draw(DATES),
        segments=tuple(segments[: cuts[0]]),
        fix=tuple(segments[cuts[0] : cuts[1]]),
        avoid=tuple(segments[cuts[1] :]),
        approved_by=draw(TEXTS | st.none()),
        reason=draw(TEXTS | st.none()),
    )


@settings(max_examples=50, deadline=None)
@given(profiles())
def test_written_and_read_it_is_the_same(tmp_path_factory, profile):
    path = tmp_path_factory.mktemp("icp") / "conf" / "acme.yaml"
    write_profile(profile, path)
    assert read_profile(path) == profile
    text = path.read_bytes()
    write_profile(read_profile(path), path)
    assert path.read_bytes() == text
    assert [p.name for p in path.parent.iterdir()] == ["acme.yaml"]


def test_a_failed_write_touches_nothing(tmp_path, monkeypatch):
    profile = read(tmp_path, GOOD)
    before = (tmp_path / "acme.yaml").read_text(encoding="utf-8")

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    with pytest.raises(OutputError, match=r"acme\.yaml: can't be written \(No space left"):
        write_profile(profile, tmp_path / "acme.yaml")
    assert (tmp_path / "acme.yaml").read_text(encoding="utf-8") == before
    assert [p.name for p in tmp_path.iterdir()] == ["acme.yaml"]


def test_a_folder_in_the_way_is_one_line(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="can't be written"):
        write_profile(read(tmp_path, GOOD), tmp_path / "file" / "acme.yaml")
