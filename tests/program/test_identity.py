"""`icpfit check` on a help desk with ids of its own: proposals, a person's yes, and the same join as ever."""

import csv
import hashlib
import importlib.util
import re
from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from icpfit.company import company_settings
from icpfit.data.demo.company import write_demo_company
from icpfit.data.identity.sheet_text import guarded, unguarded
from icpfit.data.tables import read_tables
from icpfit.economics.joined_ledgers import joined_ledgers

pytestmark = pytest.mark.slow

_place = Path(__file__).parents[1] / "data" / "identity" / "foreign_ids.py"
_found = importlib.util.spec_from_file_location("foreign_ids", _place)
foreign = importlib.util.module_from_spec(_found)
_found.loader.exec_module(foreign)

CUSTOMERS = """
    customers: {files: organizations.csv, id: Id, name: Name, domain: Domains, same: {country: Country}}"""
CROSSWALK = "\n    crosswalk: {files: ../matches/demo/tickets.csv}"


@pytest.fixture(scope="module")
def exports(made_once):
    """The exports of a demo company that is smaller still: here nothing is learned from it."""
    sizes = {"customers": 400, "prospects": 100}
    return (
        made_once("smaller", lambda folder: write_demo_company(folder / "demo", **sizes)) / "demo"
    )


def joined(root):
    """SHA-256 of the accounts, and of what each ledger holds of them, byte for byte."""
    text = (root / "conf/data/mine.yaml").read_text(encoding="utf-8")
    company = company_settings(yaml.safe_load(text))
    found = joined_ledgers(read_tables(company.data, root), company.data, company.economics)
    digest = hashlib.sha256()
    for frame in (found.rows.frame, found.revenue.rows, found.costs.rows, found.loyalty.rows):
        table = pa.Table.from_pandas(frame).replace_schema_metadata(None).combine_chunks()
        with pa.BufferOutputStream() as out:
            with pa.ipc.new_stream(out, table.schema) as writer:
                writer.write_table(table)
            digest.update(out.getvalue())
    return digest.hexdigest(), found.ledger


def add(root, text):
    path = root / "conf/data/mine.yaml"
    before, mark, after = path.read_text(encoding="utf-8").partition(
        "    tables: {tickets: tickets.csv}"
    )
    assert mark
    path.write_text(f"{before}{mark}{text}{after}", encoding="utf-8")


def checked(icpfit_here, root):
    done = icpfit_here("check", "--config-dir", root / "conf", "data=mine", cwd=root)
    page = (root / "data/checked/demo.html").read_text(encoding="utf-8")
    return done, " ".join(re.sub(r"<[^>]+>", " ", page).split())


def cells(path):
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def test_check_confirm_check(company, icpfit_here):
    before, ledger = joined(company)
    assert ledger.matching == ()  # nothing but equal ids was asked for
    truth = foreign.give_own_ids(company / "data/demo")
    add(company, CUSTOMERS)
    done, page = checked(icpfit_here, company)
    assert done.returncode == 1  # the desk's money belongs to nobody yet
    path = company / "data/matches/demo/tickets.csv"
    assert str(path) in done.stderr.replace("\n", "")
    assert "crosswalk: {files: ../matches/demo/tickets.csv}" in page
    rows = cells(path)
    proposed = {
        unguarded(r["their_id"]): unguarded(r["account_id"]) for r in rows if r["account_id"]
    }
    right = sum(truth.get(theirs) == ours for theirs, ours in proposed.items())
    listed = sum(unguarded(r["their_id"]) in truth for r in rows)
    assert right >= 0.9 * listed, f"{right} of {listed}"
    assert len(proposed) - right <= 0.02 * len(proposed)
    assert not any(r["confirm"] for r in rows)
    money = [abs(float(r["money"])) for r in rows]
    assert money == sorted(money, reverse=True)

    # A person says yes or no, writes down the others, and saves it as a German Excel does.
    with path.open("w", encoding="cp1252", errors="replace", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), delimiter=";")
        writer.writeheader()
        for row in rows:
            ours = truth.get(unguarded(row["their_id"]))
            known = {"account_id": guarded(ours), "confirm": "yes"} if ours else {"confirm": "no"}
            writer.writerow(row | known)

    # Answered and not named, it counts for nothing, and that is said.
    done, page = checked(icpfit_here, company)
    assert "name it as the crosswalk now" in " ".join((done.stdout + done.stderr).split())
    assert "until then no answer counts" in page

    add(company, CROSSWALK)
    saved = path.read_bytes()
    done, page = checked(icpfit_here, company)
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    # One ticket had its number with a slip of the desk's own from the first.
    assert re.search(r"matched: tickets: by id 1 row .* by crosswalk [\d,]+ rows", told)
    assert "tickets by crosswalk" in page
    assert path.read_bytes() == saved
    after, ledger = joined(company)
    assert after == before
    [desk] = [one for one in ledger.matching if one.source == "tickets"]
    assert [step.way for step in desk.steps] == ["id", "crosswalk"]
    assert sum(step.rows for step in desk.steps) + desk.unmatched.rows == desk.rows
    money = sum(step.money for step in desk.steps) + desk.unmatched.money
    assert money == pytest.approx(desk.money)
