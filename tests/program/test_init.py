"""`icpfit init`: from a folder of exports to settings; unattended, asked, and a second time."""

import csv
import importlib.util
import sys
from pathlib import Path

import pytest
import yaml

from icpfit.company import company_settings
from icpfit.data.exports.draft import Draft, Question
from icpfit.data.table_spec import data_spec
from icpfit.data.tables import read_tables
from icpfit.delivery.console import questions
from icpfit.delivery.console.terminal import Terminal
from icpfit.pipelines import dispatch

PLACE = Path(__file__).parent / "made_up_exports.py"
WORDS = ["init", "data_folder=the exports, all of them", "company=acme", "yes=true"]


def write_exports(folder, **sizes):
    spec = importlib.util.spec_from_file_location("made_up_exports", PLACE)
    made_up = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made_up)
    folder.mkdir()
    made_up.write_exports(folder, **sizes)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("company")
    write_exports(root / "the exports, all of them", accounts=80)
    assert dispatch.main([*WORDS, f"root={root}"]) == 0
    return root, (root / "conf/data/acme.yaml").read_text(encoding="utf-8")


def again(made, text, capsys):
    """Run init a second time on another text of the settings; what it then is, and what was said."""
    root, before = made
    file = root / "conf/data/acme.yaml"
    file.write_text(text, encoding="utf-8")
    try:
        code = dispatch.main([*WORDS, f"root={root}"])
        return code, file.read_text(encoding="utf-8"), capsys.readouterr()
    finally:
        file.write_text(before, encoding="utf-8")
        file.with_name("acme.yaml.bak").unlink(missing_ok=True)


@pytest.mark.slow
def test_every_export_finds_its_place_and_its_customers(made):
    root, text = made
    values = yaml.safe_load(text)
    company = company_settings(values)
    sources = values["sources"]
    found = {name: (s["preset"], s.get("match", {}).get("to")) for name, s in sources.items()}
    assert found == {
        "accounts": ("salesforce_accounts", None),
        "netsuite_invoices": ("netsuite_invoices", "Name"),
        "quickbooks_sales": ("quickbooks_sales", "Name"),
        "stripe_invoices": ("stripe_invoices", "Name"),
        "zendesk_export": ("zendesk_tickets", "Name"),
        "delighted": ("delighted_responses", "Website"),
        "qualtrics": ("qualtrics_responses", "AccountNumber"),
        "surveymonkey": ("surveymonkey_responses", "AccountNumber"),
        "deals": ("salesforce_opportunities", None),
    }
    # The accounts beside the deals say with whom those are open that are not won.
    assert sources["deals"]["tables"] == {"accounts": "Account.csv"}
    assert values["prospects"] == {
        "preset": "salesforce_leads",
        "lists": {"lead": {"files": "Lead.csv"}},
    }
    assert (values["currency"], values["as_of"].year) == ("EUR", 2025)
    tables = read_tables(company.data, root)
    assert sum(read.rejected for read in tables.reads) == 0
    ids = set(tables.typed["accounts"]["account_id"].to_pylist())
    assert len(ids) == 80
    for table in ("revenue", "costs", "loyalty", "opportunities"):
        assert set(tables.typed[table]["account_id"].to_pylist()) <= ids


@pytest.mark.slow
def test_a_column_is_learned_from_only_where_its_name_is_safe(made):
    values = yaml.safe_load(made[1])
    known = {name: one["known"] for name, one in values["attributes"].items()}
    assert known["billing_country"] == known["industry"] == "before_sale"
    assert known["number_of_employees"] == "before_sale"
    assert known["health_score"] == "after_sale"
    assert not {"name", "id", "website", "owner_id"} & set(known)


@pytest.mark.slow
def test_every_guess_stands_in_the_file_with_its_reason(made):
    _, text = made
    lines = {
        line.strip().partition(":")[0]: line for line in text.splitlines() if "# guess:" in line
    }
    assert {"currency", "as_of", "horizon", "lag", "rate", "remedial", "caused_by", "known"} <= set(
        lines
    )
    assert "shows later" in next(line for line in text.splitlines() if "'health'" in line)
    assert "100 % filled; 4 levels: " in text
    for file in ("hubspot-companies.csv", "hubspot-deals.csv", "opportunity-report.csv"):
        assert f"#   {file}: " in text


@pytest.mark.slow
def test_a_second_run_changes_nothing(made, capsys):
    code, after, said = again(made, made[1], capsys)
    assert (code, after) == (0, made[1])
    assert "nothing: all of it was known" in said.out


@pytest.mark.slow
def test_what_a_person_wrote_is_kept_and_what_is_new_is_added(made, capsys):
    root, text = made
    mine = text.replace("currency: EUR", "currency: CHF   # said Ute").replace(
        "rate: 45.0", "rate: 84.5"
    )
    mine = mine.replace("known: after_sale", "known: at_signing # asked Mo")
    # The person took an attribute and a source out; the export has a column more.
    start = mine.index("  industry:\n")
    mine = mine[:start] + mine[mine.index("  number_of_employees:\n") :]
    start = mine.index("  delighted:\n")
    mine = mine[:start] + mine[mine.index("  qualtrics:\n") :]
    accounts = root / "the exports, all of them" / "Account.csv"
    former = accounts.read_text(encoding="utf-8")
    header, *rows = former.splitlines()
    wider = [header + ",Number_of_Sites__c", *(f"{row},{n % 7}" for n, row in enumerate(rows))]
    accounts.write_text("\n".join(wider) + "\n", encoding="utf-8")
    try:
        code, after, said = again(made, mine, capsys)
    finally:
        accounts.write_text(former, encoding="utf-8")
    assert code == 0, said.err
    before, values = yaml.safe_load(mine), yaml.safe_load(after)
    new = values["attributes"].pop("number_of_sites")
    assert (new["column"], new["known"], new["kind"]) == (
        "Number_of_Sites__c",
        "before_sale",
        "number",
    )
    assert values == before
    marks = [line for line in mine.splitlines() if not line.startswith("# written by")]
    rest = iter(after.splitlines())
    assert all(line in rest for line in marks)  # every line is there, in its order, to the letter
    assert "attributes: number_of_sites" in said.out


@pytest.mark.slow
def test_a_file_that_cannot_be_added_to_is_left_alone(made, capsys):
    mine = made[1][: made[1].index("attributes:")] + "attributes: {}\nsources: {}\n"
    code, after, said = again(made, mine, capsys)
    assert (code, after) == (1, mine)
    assert "attributes is empty or no group; write one entry" in said.err.splitlines()[-1]


@pytest.mark.slow
def test_the_profile_is_a_draft_as_nobody_wrote_one(made):
    root, _ = made
    assert not (root / "conf/icp/acme.yaml").exists()
    draft = (root / "conf/icp/acme.draft.yaml").read_text(encoding="utf-8")
    uncommented = "\n".join(line.removeprefix("# ") for line in draft.splitlines()[3:])
    assert yaml.safe_load(uncommented)["segments"][0]["where"].keys() == {
        "billing_country",
        "industry",
    }


@pytest.mark.slow
def test_exports_without_a_preset(tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    write = {
        "customers.csv": ["Customer No;Company;Sector;Staff;Contract Start;Support Tickets"],
        "invoices_2023.csv": ["Invoice;Customer;Date;Net Amount"],
        "invoices_2024.csv": ["Invoice;Customer;Date;Net Amount"],
        "service visits.csv": ["Visit;Customer No;Completed On;Hours;Reason"],
        "readme.csv": ["a", "some words"],
    }
    for n in range(1, 61):
        write["customers.csv"].append(
            f"C{n:03d};Firm {n};{'AB'[n % 2]};{n * 3};{n % 27 + 1:02d}.03.2023;{n % 5}"
        )
        for year in (2023, 2024):
            write[f"invoices_{year}.csv"].append(
                f"I{year}{n};C{n:03d};{n % 27 + 1:02d}.06.{year};1.{n:03d},50"
            )
        write["service visits.csv"].append(
            f"V{n};C{n:03d};{n % 27 + 1:02d}.07.2023;{n % 4 + 1},5;rework"
        )
    for name, lines in write.items():
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert (
        dispatch.main(["init", "data_folder=exports", "company=c", f"root={tmp_path}", "yes=true"])
        == 0
    )
    values = yaml.safe_load((tmp_path / "conf/data/c.yaml").read_text(encoding="utf-8"))
    sources = values["sources"]
    assert sources["accounts"] == {
        "table": "accounts",
        "files": "customers.csv",
        "columns": {"account_id": "Customer No", "started_on": "Contract Start", "name": "Company"},
        "format": {"dates": "%d.%m.%Y"},
    }
    assert sources["invoices"]["files"] == "invoices_*.csv"
    assert sources["invoices"]["format"] == {"dates": "%d.%m.%Y", "decimal": ",", "thousands": "."}
    assert sources["invoices"]["columns"] == {
        "account_id": "Customer", "date": "Date", "amount": "Net Amount", "line_id": "Invoice",
    }  # fmt: skip
    assert sources["service_visits"]["columns"]["quantity"] == "Hours"
    activity = values["economics"]["rate_card"]["activities"]["service_visits"]
    assert (activity["unit"], activity["rate"]) == ("hour", 60.0)
    known = {name: one["known"] for name, one in values["attributes"].items()}
    assert known == {
        "sector": "before_sale",
        "staff": "before_sale",
        "support_tickets": "after_sale",
    }
    tables = read_tables(
        data_spec({k: v for k, v in values.items() if k not in ("company", "economics")}), tmp_path
    )
    assert sum(read.rejected for read in tables.reads) == 0


def test_answers_are_written_and_silence_is_a_guess():
    draft = Draft({"a": {}})
    asked = [
        Question(
            ("a", "known"),
            "when?",
            "after_sale",
            "its name",
            ("before_sale", "at_signing", "after_sale"),
        ),
        Question(("a", "rate"), "what?", 25.0, "nobody said"),
        Question(("a", "remedial"), "wrong?", False, "its name"),
        Question(("a", "by"), "who?", "unknown", "nobody said"),
    ]
    draft.questions += asked
    typed = iter(["soon", "be", "a lot", "nan", "84", "", "Ops: 2"])
    terminal = Terminal(open_nowhere(), open_nowhere())
    questions.answer_questions(draft, terminal, unattended=False, asked=lambda _: next(typed))
    assert draft.values["a"] == {
        "known": "before_sale",
        "rate": 84.0,
        "remedial": False,
        "by": "Ops: 2",
    }
    assert draft.remarks == {("a", "remedial"): "guess: its name"}


def open_nowhere():
    import io

    return io.StringIO()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["company=acme", "yes=true"], "data_folder: is missing; say icpfit init data_folder=…"),
        (["data_folder=x", "company=acme", "yes=true"], "data_folder: there is no folder 'x' in"),
        (["data_folder=.", "company=Acme AG", "yes=true"], "company: expected a short name"),
        (["data_folder=.", "company=acme"], "yes: there is no terminal to ask at; say icpfit init … yes=true"),
        (["data_folder=.", "company=acme", "yes=true"], "data_folder: none of 0 exports is one of customers won"),
        (["data_folder=.", "company=acme", "yes=true", "as_of=x"], "as_of: there is no such key"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_writes_nothing(words, said, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys, "stdin", open_nowhere())
    assert dispatch.main(["init", f"root={tmp_path}", *words]) == 1
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith("icpfit: ")
    assert said in last
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_folder_of_exports_becomes_a_model_without_touching_a_file(icpfit_here, tmp_path):
    exports = tmp_path / "exports"
    write_exports(exports, accounts=480)
    # An account that bought nothing yet, with a deal that is open, and a lead of the same company.
    for name, cells in {
        "Account.csv": '001X,false,"Talking, Inc.",Prospect,,Germany,K9,,Software,90,Web,,',
        "Opportunity.csv": "006X,001X,Talks,Prospecting,5000,2026-01-31,false,false,2025-06-01T09:00:00.000Z",
        "Lead.csv": "00QX,Meier,Ute,TALKING,u@x.example,Germany,Web,Open,Software,90,false,",
    }.items():
        with (exports / name).open("a", encoding="utf-8") as file:
            file.write(cells + "\n")
    done = icpfit_here("init", "data_folder=exports", "company=acme", "yes=true", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    done = icpfit_here("check", "data=acme", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "there is enough to train" in done.stdout.lower()
    done = icpfit_here("train", "data=acme", "evidence=quick", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "icpfit-acme" in done.stdout
    done = icpfit_here(
        "score", "data=acme", "prospects=lead", "model=challenger", "out=s.csv", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    with (tmp_path / "s.csv").open(encoding="utf-8", newline="") as file:
        scored = {row["Id"]: row for row in csv.DictReader(file)}
    assert len(scored) == 81
    related = {key: row["relation"] for key, row in scored.items() if row["relation"]}
    assert related == {"00QX": "open opportunity with 001X (same name)"}
    assert scored["00QX"]["next_step"] == "check"
