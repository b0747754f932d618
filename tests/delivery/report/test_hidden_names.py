"""Names hidden for sharing: none is left, and nothing else is changed."""

import dataclasses

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.delivery.report.hidden_names import names_hidden, pseudonyms


@dataclasses.dataclass(frozen=True)
class Account:
    account_id: str
    name: str
    margin: float


@dataclasses.dataclass(frozen=True)
class Segment:
    name: str


def frame(ids, names):
    return pd.DataFrame({"name": names, "margin": 1.0}, index=pd.Index(ids, name="account_id"))


@settings(max_examples=50)
@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=6, unique=True))
def test_no_name_and_no_id_is_left_wherever_they_stand(names):
    ids = [f"id-{place}-x" for place in range(len(names))]
    marked = [f"<<{name}>>" for name in names]
    found = {
        "lost": tuple(Account(i, n, 2.0) for i, n in zip(ids, marked, strict=True)),
        "moved": [frame(ids, marked)],
        "table": frame(ids, marked).reset_index(),
    }
    hidden = names_hidden(found, pseudonyms(ids, marked))
    said = f"{hidden['lost']} {hidden['moved'][0].to_csv()} {hidden['table'].to_csv()}"
    assert not [word for word in (*ids, *marked) if word in said]
    assert [one.margin for one in hidden["lost"]] == [2.0] * len(ids)
    assert hidden["moved"][0]["margin"].tolist() == [1.0] * len(ids)


def test_the_same_account_bears_the_same_name_everywhere():
    others = pseudonyms(["b", "a"], ["Miller", "Smith"])
    hidden = names_hidden(
        (Account("b", "Miller", 1.0), frame(["a", "b"], ["Smith", "Miller"])), others
    )
    assert hidden[0].name == hidden[1]["name"].iloc[1] == "account 2"
    assert hidden[1].index.tolist() == ["account 1", "account 2"]


def test_ordinary_words_arrays_and_other_tables_stay():
    others = pseudonyms(["1", "2"], ["Health"])
    table = pd.DataFrame({"name": ["Health", "Retail"], "n": [1, 2]})  # groups, not accounts
    array = np.array([1.0, 2.0])
    found = (Segment("Health"), "industry is Health", table, array, 1)
    segment, text, same, kept, number = names_hidden(found, others)
    assert (segment, text, number) == (Segment("Health"), "industry is Health", 1)
    assert same["name"].tolist() == ["Health", "Retail"]
    assert kept is array


def test_a_quoted_name_in_a_text_is_hidden():
    others = pseudonyms(["7"], ["Miller & Sons"])
    said = "2 accounts have a twin (such as 'Miller & Sons'), not 'another'"
    expected = "2 accounts have a twin (such as 'a hidden name'), not 'another'"
    assert names_hidden(said, others) == expected
