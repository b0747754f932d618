"""Proposals: the right account for dirty names, nothing where two are alike, and a file that Excel keeps."""

import csv
import importlib.util
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from icpfit.data.identity.crosswalk import read_crosswalk
from icpfit.data.identity.identity_spec import Crosswalk
from icpfit.data.identity.proposal_file import COLUMNS, write_proposals
from icpfit.data.identity.proposals import Company, proposals
from icpfit.data.identity.sheet_text import guarded, unguarded
from icpfit.data.identity.strangers import Stranger
from icpfit.data.sources.source_files import DataFolder
from icpfit.data.sources.source_spec import Format
from icpfit.delivery.lists.formulas import is_formula
from icpfit.errors import SourceError

_found = importlib.util.spec_from_file_location(
    "foreign_ids", Path(__file__).with_name("foreign_ids.py")
)
foreign = importlib.util.module_from_spec(_found)
_found.loader.exec_module(foreign)

ACCOUNTS = [
    Company("A1", "Müller & Söhne GmbH & Co. KG", "mueller.de", {"country": "DE"}),
    Company("A2", "Acme Logistik AG", "acme.ch", {"country": "CH"}),
    Company("A3", "Acme Logistik GmbH", "acme.de", {"country": "DE"}),
    Company("A4", "Quantum Pharma Ltd", "quantum.co.uk", {}),
    Company("A5", "Skynet Inc", None, {}),
    Company("A6", "Nordwind Energie", "nordwind.de", {}),
    Company("A7", "Nordwind Handel", "nordwind.de", {}),
]


def stranger(name, domain=None, **facts):
    return Stranger("x", 3, 100.0, name, domain, facts)


def best(one, roots=None):
    [told] = proposals([one], ACCOUNTS, roots or {})
    return (told.account.id if told.account else None, told.looks_like)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (stranger("MUELLER SOEHNE"), ("A1", "the same company")),
        (stranger("Muller und Sohne"), ("A1", "the same company")),
        (stranger("Sky Net"), ("A5", "the same company")),
        (stranger("Qantum Pharma"), ("A4", "the same company")),
        (stranger("Acme Logistik"), (None, "")),  # two are called so
        (stranger("Acme Logistik", country="ch"), ("A2", "the same company")),
        (stranger("Acme Logistik", "acme.de"), ("A3", "the same company")),
        (stranger("Quantum Pharma France"), ("A4", "a subsidiary of it")),
        (stranger("QP Holding", "shop.quantum.co.uk"), ("A4", "a subsidiary of it")),
        (stranger("Pharma Trading"), (None, "")),
        (stranger(None, "nordwind.de"), (None, "")),  # two accounts have the domain
        (stranger("Completely Different"), (None, "")),
        (stranger(None), (None, "")),
    ],
)
def test_what_is_proposed(one, expected):
    assert best(one) == expected


def test_accounts_of_one_parent_are_no_rivals():
    assert best(stranger(None, "nordwind.de"), roots={"A7": "A6"})[0] == "A6"


def test_the_next_nearest_is_told_where_none_is_sure():
    [told] = proposals([stranger("Acme Logistik")], ACCOUNTS, {})
    assert [company.id for company, _ in told.others] == ["A2", "A3"]
    assert told.similarity > 0.9


WORDS = [
    "Falken",
    "Brun",
    "Lindau",
    "Ostrava",
    "Kirchner",
    "Wald",
    "Zeman",
    "Petrov",
    "Hansen",
    "Moor",
]
TRADES = ["Logistik", "Pharma", "Hotels", "Maschinenbau", "Software"]
NAMES = [
    f"{word}{end} {trade}" for word in WORDS for end in ("", "berg", "hof") for trade in TRADES
]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_dirtied_copy_finds_its_own_account_whatever_the_order(seed):
    rng = random.Random(seed)
    names = rng.sample(NAMES, 40)
    ours = [Company(f"A{i:02d}", f"{name} GmbH", None, {}) for i, name in enumerate(names)]
    theirs = [
        Stranger(f"T{i:02d}", 1, None, foreign.dirty(f"{n} GmbH", rng)) for i, n in enumerate(names)
    ]
    told = proposals(theirs, ours, {})
    right = sum(
        one.account is not None and one.account.id[1:] == one.stranger.id[1:] for one in told
    )
    wrong = sum(
        one.account is not None and one.account.id[1:] != one.stranger.id[1:] for one in told
    )
    assert right >= 34
    assert wrong <= 1
    rng.shuffle(ours)
    assert proposals(theirs, ours, {}) == told
    order = rng.sample(range(40), 40)
    assert proposals([theirs[i] for i in order], ours, {}) == tuple(told[i] for i in order)


HOSTILE = [
    "0012",
    "12345678901234567890",
    "=1+1",
    "1/2",
    "MAR1",
    "12E5",
    "'t Hart",
    "@x",
    "True",
    "1.0",
    "-",
]


@given(text=st.one_of(st.sampled_from(HOSTILE), st.text(max_size=12)))
@settings(max_examples=50)
def test_guarded_text_comes_back_and_no_formula_is_left(text):
    assert unguarded(guarded(text)) == text
    assert not is_formula(guarded(text))


def proposed(*ids):
    return [
        *proposals(
            [Stranger(one, 3, 12.5, "Qantum; Pharma\n=Ltd") for one in ids], ACCOUNTS, {}
        )
    ]  # fmt: skip


def cells(path):
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def saved_by_excel(path, confirm):
    """The file as a German Excel saves it: semicolons, cp1252, numbers its own way, a column more."""
    rows = cells(path)
    lines = [";".join([*COLUMNS, "note"])]
    for row in rows:
        row |= {
            "similarity": row["similarity"].replace(".", ","),
            **confirm.get(row["their_id"], {}),
        }
        texts = (str(row.get(name, "")) for name in (*COLUMNS, "note"))
        lines.append(";".join(f'"{text.replace(chr(34), chr(34) * 2)}"' for text in texts))
    path.write_bytes("\r\n".join(lines).encode("cp1252"))


def walk(path):
    folder = DataFolder(path.parent, "data")
    known = {one.id for one in ACCOUNTS}
    return read_crosswalk(
        Crosswalk(path.name), Format(), folder, "crosswalk", lambda one: one if one in known else None
    )  # fmt: skip


def test_what_a_person_confirmed_is_kept_and_counts(tmp_path):
    path = tmp_path / "desk.csv"
    assert len(write_proposals(path, proposed("0012", "org2", "org3"))) == 3
    first = cells(path)
    assert [row["their_id"] for row in first] == ["'0012", "org2", "org3"]
    assert first[0]["account_id"] == "A4"
    assert (first[0]["rows"], first[0]["money"], first[0]["confirm"]) == ("3", "12.50", "")
    assert walk(path).accounts == {}  # nothing is joined before a person says so
    saved_by_excel(
        path,
        {
            "'0012": {"confirm": "yes", "note": "Zoë says so"},
            "org2": {"confirm": "no", "account_name": "never"},
        },
    )
    assert walk(path).accounts == {"0012": "A4"}
    # org2 and org3 still match nothing; org4 is new.
    left = write_proposals(path, proposed("org2", "org3", "org4"))
    assert [one.stranger.id for one in left] == ["org3", "org4"]
    again = cells(path)
    assert [row["their_id"] for row in again] == ["org3", "org4", "'0012", "org2"]
    assert again[2]["note"] == "Zoë says so"
    assert again[3]["account_name"] == "never"
    assert walk(path).accounts == {"0012": "A4"}
    before = path.read_bytes()
    assert write_proposals(path, proposed("org2")) == ()
    assert path.read_bytes() == before


def test_another_file_in_its_place_is_left_alone(tmp_path):
    path = tmp_path / "desk.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"desk\.csv: has no column 'their_id'; mend it, or move"):
        write_proposals(path, proposed("org2"))
    assert path.read_text(encoding="utf-8") == "a,b\n1,2\n"
