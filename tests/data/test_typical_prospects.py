"""Which list is the typical one, and what is said where none is."""

from __future__ import annotations

import pytest

from icpfit.data.table_spec import data_spec
from icpfit.data.typical_prospects import typical_prospects
from icpfit.errors import SettingsError, SourceError


def spec(prospects, **more):
    values = {
        "folder": ".",
        "as_of": "2026-06-30",
        "horizon": "12mo",
        "lag": "60d",
        "currency": "EUR",
        "attributes": {"size": {"kind": "number", "known": "before_sale"}},
        "sources": {"crm": {"table": "accounts", "files": "crm.csv"}},
        "prospects": prospects,
    }
    return data_spec({**values, **more})


LISTS = {"fair": {"files": "fair.csv"}, "web": {"files": "web.csv"}}


def test_the_list_that_is_named_or_the_only_one(tmp_path):
    (tmp_path / "fair.csv").write_text("id,size\n1,5\n2,\n", encoding="utf-8")
    for asked in (
        {"id": "id", "lists": {"fair": LISTS["fair"]}},
        {"id": "id", "lists": LISTS, "typical": "fair"},
    ):
        found = typical_prospects(spec(asked), tmp_path)
        assert found.facts["size"].notna().tolist() == [True, False]
        assert found.note == "the list 'fair' of 2 prospects"


def test_no_list_is_no_check(tmp_path):
    assert typical_prospects(spec(None), tmp_path).note == "data.prospects names no list"
    assert typical_prospects(spec({"id": "id"}), tmp_path).facts is None
    several = typical_prospects(spec({"id": "id", "lists": LISTS}), tmp_path)
    assert several.facts is None
    assert "several lists are named (fair, web)" in several.note
    gone = typical_prospects(spec({"id": "id", "lists": {"fair": LISTS["fair"]}}), tmp_path)
    assert gone.facts is None
    assert "fair.csv" in gone.note


def test_a_list_that_is_named_must_be_there(tmp_path):
    with pytest.raises(SourceError, match="fair"):
        typical_prospects(spec({"id": "id", "lists": LISTS, "typical": "fair"}), tmp_path)
    with pytest.raises(SettingsError, match="typical: there is no list 'fairs' under lists"):
        spec({"id": "id", "lists": LISTS, "typical": "fairs"})


def test_allow_and_never_use_stand_in_their_attributes():
    attributes = {
        "size": {"kind": "number", "known": "before_sale", "reason": "r"},
        "buyer": {"kind": "category", "known": "before_sale"},
    }
    read = spec(
        None, attributes=attributes, allow={"size": "of the register"}, never_use=["buyer"]
    ).attributes
    assert (read["size"].allow, read["size"].written_reason) == ("of the register",) * 2
    assert read["buyer"].never_use
    assert not read["size"].never_use
    own = {"size": {**attributes["size"], "allow": "asked"}}
    assert spec(None, attributes=own).attributes["size"].written_reason == "asked"


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"allow": {"sise": "x"}}, r"data\.allow\.sise: .*did you mean 'size'\?"),
        ({"never_use": ["sise"]}, r"data\.never_use\.sise: .*did you mean 'size'\?"),
        ({"allow": {"size": " "}}, r"data\.allow\.size: is empty"),
        ({"allow": ["size"]}, r"data\.allow: expected keys and values"),
        ({"never_use": "size"}, r"data\.never_use: expected a list"),
        ({"allow": {"size": "x"}, "never_use": ["size"]}, "never_use and allow: both are given"),
    ],
)
def test_slips_in_the_rules_are_named(more, text):
    with pytest.raises(SettingsError, match=text):
        spec(None, **more)
