"""The demo company: the same each time, dirty as promised, and true to what was planted."""

import dataclasses
import datetime as dt
import inspect
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from icpfit.data.demo import names, world
from icpfit.data.demo.cohorts import cohort
from icpfit.data.demo.companies import companies, in_segment
from icpfit.data.demo.company import known_truth, write_demo_company
from icpfit.data.demo.crm_exports import ATTRIBUTE_LABELS
from icpfit.data.demo.dirt import STRANGERS
from icpfit.data.demo.folder import write_folder
from icpfit.data.demo.names import HOSTILE_NAMES, account_numbers
from icpfit.data.demo.truth import expected_margin, first_year, fit_probability
from icpfit.data.table_spec import data_spec
from icpfit.data.tables import read_tables
from icpfit.economics.outcome import joined_accounts
from icpfit.economics.spec import EconomicsSpec
from icpfit.errors import OutputError
from icpfit.icp.profile import read_profile
from icpfit.icp.selection import is_selected
from icpfit.settings import settings

CONF = Path(__file__).parents[2] / "conf"
CONTRIBUTION = ["revenue", "direct_cost", "planned_cost", "remedial_cost", "margin"]


@pytest.fixture(scope="module")
def yaml_settings():
    return yaml.safe_load((CONF / "data" / "demo.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return write_demo_company(tmp_path_factory.mktemp("root") / "demo")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return write_demo_company(tmp_path_factory.mktemp("small") / "demo", 3, 400, 100)


@pytest.fixture(scope="module")
def accounts(demo, yaml_settings):
    """The company as the pipeline sees it."""
    own = {
        key: value for key, value in yaml_settings.items() if key not in {"company", "economics"}
    }
    spec = data_spec({**own, "folder": str(demo.folder)})
    economics = settings(EconomicsSpec, yaml_settings["economics"], "data.economics")
    return joined_accounts(read_tables(spec, demo.folder), spec, economics)


@pytest.fixture(scope="module")
def outcomes(accounts, demo):
    """Realised outcomes of the mature accounts beside the truth."""
    used = accounts.outcomes.loc[accounts.used]
    figures = used[CONTRIBUTION].astype(float).assign(fit=used["fit"].astype(float))
    return figures.join(known_truth(demo.folder), how="inner")


def _bytes(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def _starts(demo):
    """Start of each customer, subsidiaries and repeated rows left out."""
    crm = _export(demo, "accounts.csv").drop_duplicates()
    crm = crm[crm["Parent Account Number"] == ""]
    return crm.set_index("Account Number")["Contract Start Date"]


def _export(demo, name, **options):
    return pd.read_csv(demo.folder / name, dtype=str, keep_default_na=False, **options)


# The same each time ------------------------------------------------------------------------------


def test_equal_seeds_give_equal_bytes(small, tmp_path):
    again = write_demo_company(tmp_path / "again", 3, 400, 100)
    assert _bytes(again.folder) == _bytes(small.folder)
    assert again.rows == small.rows
    assert again.controls == small.controls


def test_another_seed_gives_another_company():
    one, other = cohort(3, 0, 400, None), cohort(4, 0, 400, None)
    assert (one.names != other.names).any()
    assert not np.array_equal(one.life.invoices["amount"], other.life.invoices["amount"])


def test_a_quarter_later_the_same_customers_go_on(small, tmp_path):
    later = write_demo_company(
        tmp_path / "later", 3, 400, 100, later_quarters=1, shifted_from=dt.date(2026, 7, 1)
    )
    assert later.as_of == dt.date(2026, 9, 30)
    before, after = known_truth(small.folder), known_truth(later.folder)
    started, started_later = _starts(small), _starts(later)
    old = started.index[started <= "2026-06-30"]
    assert len(old) == 400
    pd.testing.assert_frame_equal(after.loc[old], before.loc[old])
    assert (started_later <= "2026-09-30").sum() == 425  # a sixteenth of 400 came in the quarter
    invoices = [_export(company, "invoices_2025.csv") for company in (small, later)]
    pd.testing.assert_frame_equal(*invoices)
    assert later.rows["invoices_2026.csv"] > small.rows["invoices_2026.csv"]


def test_a_shift_changes_only_what_comes_after_it():
    facts = companies(4000, world.WORLD, np.random.default_rng(5))
    usual = expected_margin(first_year(facts, world.WORLD))
    turned = expected_margin(first_year(facts, world.SHIFTED))
    hub = in_segment(world.COSTLY_BY_REMEDIAL, facts)
    assert turned[hub].mean() > usual[hub].mean() + 8000  # the hub was mended
    machinery = (facts["industry"] == "Machinery").to_numpy() & ~hub
    assert turned[machinery].mean() < usual[machinery].mean() - 3000


# Sizes -------------------------------------------------------------------------------------------


def test_sizes(demo, accounts):
    assert demo.as_of == dt.date(2026, 6, 30)
    starts = accounts.dates["started_on"]
    assert (starts <= pd.Timestamp(demo.as_of)).sum() == 3000
    assert demo.rows["prospects.csv"] == 2001  # one company stands in the list twice
    assert 2080 <= accounts.dates["is_mature"].sum() <= 2160
    assert 0.30 <= accounts.outcomes.loc[accounts.used, "fit"].astype(float).mean() <= 0.50
    assert {f"invoices_{year}.csv" for year in range(2022, 2027)} < set(demo.rows)


@pytest.mark.parametrize(
    ("size", "value"), [("customers", 399), ("prospects", 99), ("seed", -1), ("later_quarters", 17)]
)
def test_a_size_out_of_bounds_is_refused(tmp_path, size, value):
    with pytest.raises(ValueError, match=f"{size}: expected"):
        write_demo_company(tmp_path / "demo", **{size: value})
    assert not list(tmp_path.iterdir())


def test_account_numbers_are_unique_and_tell_no_order():
    index = np.arange(20_000) * 44  # up to 879,956: customers, lost deals and strangers
    numbers = account_numbers(index)
    assert len(set(numbers)) == len(index)
    assert math.gcd(names._STEP, names._MODULUS) == 1  # so no two of all indices share a number
    assert {len(number) for number in numbers} == {8}
    assert all(number.startswith("00") for number in numbers)
    first = account_numbers(np.arange(3000)).astype(int)
    assert abs(np.corrcoef(np.arange(3000), first)[0, 1]) < 0.05


# Dirt --------------------------------------------------------------------------------------------


def test_the_crm_is_dirty(demo):
    crm = _export(demo, "accounts.csv")
    assert crm["Account Number"].str.fullmatch(r"00\d{6}").all()
    assert crm.duplicated().sum() == 1
    assert set(HOSTILE_NAMES) <= set(crm["Account Name"])
    assert crm["Account Name"].str.contains("[äöüß]").any()
    assert (crm["Billing Country Code"] == "NA").sum() >= 10
    branches = crm[crm["Parent Account Number"] != ""]
    assert len(branches) == 12
    assert set(branches["Parent Account Number"]) <= set(crm["Account Number"])
    assert (crm["Employees"] == "1.250,00").sum() == 1
    assert (crm["Contract Start Date"] > "2026-06-30").any()
    for label in set(ATTRIBUTE_LABELS.values()) - {
        "Industry",
        "Billing Country Code",
        "Custom Integration Requested",
    }:
        assert 0.01 < (crm[label] == "").mean() < 0.25, label


def test_the_ledgers_are_dirty(demo):
    invoices = [_export(demo, f"invoices_{year}.csv") for year in range(2022, 2027)]
    for year in invoices:
        assert year["Date"].iloc[-1] == "Total"
        assert set(year["Account Number"]) & set(STRANGERS)
        assert year["Num"].iloc[:-1].duplicated().sum() == 1
        assert year["Account Number"].str.startswith(" ").any()
    assert invoices[2]["Amount"].str.contains(",").sum() == 2
    assert (
        pd.concat(invoices)
        .query("`Transaction Type` == 'Credit Memo'")["Amount"]
        .str.startswith("-")
        .all()
    )
    assert invoices[4]["Date"].str.endswith(".07.2026").any()
    tickets = _export(demo, "tickets.csv", sep=";")
    assert tickets["Subject"].str.contains("\n").sum() == 2
    assert tickets["Minutes worked [dec]"].str.contains(",").sum() == 2
    assert (tickets["Created at"] == "2025-02-31 10:00:00").sum() == 1
    assert (demo.folder / "returns.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (_export(demo, "nps.csv")["Score"] == "n/a").sum() == 1
    assert _export(demo, "nps.csv")["Comment"].str.contains("<script>").any()
    assert (_export(demo, "customer_success.csv")["Event"] == "upsell call").sum() == 1
    prospects = _export(demo, "prospects.csv")
    assert prospects["Billing Country Code"].isin(world.NEVER_SOLD_TO).mean() > 0.02
    assert not _export(demo, "accounts.csv")["Billing Country Code"].isin(world.NEVER_SOLD_TO).any()
    assert prospects["Company"].str.contains("<script>").any()


def test_the_dirt_costs_little_and_is_all_told(accounts):
    ledger = {table.table: table for table in accounts.ledger.tables}
    assert ledger["accounts"].set_aside == {"identical to another row": 1}
    assert ledger["revenue"].set_aside == {"repeated line_id": 5, "total line": 5}
    assert ledger["revenue"].rejected == 2
    assert ledger["costs"].rejected == 6
    money = ledger["revenue"].money["amount"]
    assert 0 < money["unmatched"] < 0.02 * money["read"]
    assert ledger["revenue"].after_as_of > 0
    assert set(ledger["revenue"].unmatched_examples) <= set(STRANGERS)


def test_every_total_line_is_the_sum_of_its_file(demo):
    total = 0.0
    for year in range(2022, 2027):
        amounts = _export(demo, f"invoices_{year}.csv")["Amount"]
        plain = amounts.where(
            ~amounts.str.contains(","), amounts.str.replace(".", "").str.replace(",", ".")
        ).astype(float)
        assert plain.iloc[:-1].sum() == pytest.approx(plain.iloc[-1], abs=0.005)
        total += plain.iloc[-1]
    assert demo.controls["revenue_total"] == pytest.approx(total, abs=0.01)


# The settings ------------------------------------------------------------------------------------


def test_no_source_reads_the_truth(yaml_settings, demo):
    named = yaml.safe_dump(yaml_settings)
    assert "truth" not in named
    globs = [s["files"] for s in yaml_settings["sources"].values() if "files" in s]
    read = {path.name for pattern in globs for path in demo.folder.glob(pattern)}
    assert "truth.csv" not in read
    labels = (demo.folder / "accounts.csv").read_text(encoding="utf-8").splitlines()[0]
    assert not {"expected_margin", "fit_probability", "group"} & set(labels.split(","))


def test_the_settings_say_what_the_company_is(yaml_settings, demo):
    assert yaml_settings["as_of"] == world.AS_OF
    before = {n for n, a in yaml_settings["attributes"].items() if a["known"] == "before_sale"}
    assert before == set(ATTRIBUTE_LABELS)
    assert {a["known"] for a in yaml_settings["attributes"].values()} == {
        "before_sale",
        "at_signing",
        "after_sale",
    }
    for name, label in ATTRIBUTE_LABELS.items():
        assert yaml_settings["attributes"][name]["column"] == label
    activities = yaml_settings["economics"]["rate_card"]["activities"]
    assert {n: a["rate"] for n, a in activities.items() if "rate" in a} == world.RATES
    stated = {key: yaml_settings["controls"][key] for key in ("revenue_total", "pools")}
    assert stated == demo.controls


def test_the_defaults_are_those_of_the_demo():
    given = inspect.signature(write_demo_company).parameters
    assert (given["seed"].default, given["customers"].default) == (7, 3000)
    assert given["prospects"].default == 2000


# The truth ---------------------------------------------------------------------------------------


def test_what_happens_is_what_was_expected(outcomes):
    """Realised less expected is noise: its mean lies within 3.5 standard errors of zero."""
    for realised, expected in (("margin", "expected_margin"), ("fit", "fit_probability")):
        surplus = outcomes[realised] - outcomes[expected]
        assert abs(surplus.mean()) < 3.5 * surplus.std() / len(surplus) ** 0.5, realised


def test_margin_without_remedial_cost_is_what_was_expected(outcomes):
    surplus = outcomes["margin"] + outcomes["remedial_cost"] - outcomes["expected_margin_if_fixed"]
    assert abs(surplus.mean()) < 3.5 * surplus.std() / len(surplus) ** 0.5


def test_the_truth_ranks_fits_as_well_as_it_should(outcomes):
    rank = outcomes["fit_probability"].rank()
    fits = outcomes["fit"] == 1
    n, m = fits.sum(), (~fits).sum()
    auc = (rank[fits].sum() - n * (n + 1) / 2) / (n * m)  # Mann-Whitney
    assert 0.77 <= auc <= 0.85


def test_one_group_is_too_costly_by_nature(outcomes):
    group = outcomes[outcomes["group"] == "costly by nature"]
    assert len(group) > 100
    assert group["revenue"].mean() > 1.4 * outcomes["revenue"].mean()  # attractive
    assert (group["direct_cost"] + group["planned_cost"]).mean() > group["revenue"].mean()
    assert (group["margin"] + group["remedial_cost"]).mean() < -8000  # fixing doesn't help
    assert group["expected_margin_if_fixed"].mean() < 0


def test_one_group_is_too_costly_by_remedial_cost_only(outcomes):
    group = outcomes[outcomes["group"] == "costly by remedial"]
    others = outcomes[outcomes["group"] != "costly by remedial"]
    assert len(group) > 200
    assert group["margin"].mean() < -2000
    fixed = group["margin"] + group["remedial_cost"]
    assert fixed.mean() > 6000
    assert fixed.mean() > (others["margin"] + others["remedial_cost"]).mean() + 3000
    assert group["revenue"].mean() > outcomes["revenue"].mean()  # attractive


def test_remedial_cost_of_that_group_is_logistics_doing(accounts, outcomes):
    group = outcomes.index[outcomes["group"] == "costly by remedial"]
    costs = accounts.activity_costs
    remedial = costs[costs["account_id"].isin(group) & costs["remedial"]]
    by_cause = remedial.groupby("caused_by")["amount"].sum()
    assert by_cause["logistics"] > 0.8 * by_cause.sum()


def test_the_good_segments_are_good(outcomes):
    for name in world.GOOD_SEGMENTS:
        group = outcomes[outcomes["group"] == name]
        assert len(group) > 60, name
        assert group["margin"].mean() > outcomes["margin"].mean() + 5000, name
        assert group["fit"].mean() > outcomes["fit"].mean() + 0.15, name


def test_the_current_icp_is_right_by_revenue_and_wrong_by_margin(accounts, outcomes):
    profile = read_profile(CONF / "icp" / "demo.yaml")
    chosen = is_selected(profile, accounts.facts.loc[outcomes.index]).to_numpy(dtype=bool)
    assert 0.15 < chosen.mean() < 0.30
    inside, outside = outcomes[chosen], outcomes[~chosen]
    assert inside["revenue"].mean() > 1.5 * outside["revenue"].mean()
    assert inside["margin"].mean() < outside["margin"].mean() - 2000
    assert inside["fit"].mean() < outside["fit"].mean()
    best = outcomes.nlargest(chosen.sum(), "expected_margin")
    assert best["expected_margin"].mean() > inside["expected_margin"].mean() + 12_000


def test_irrelevant_attributes_change_nothing():
    facts = companies(500, world.WORLD, np.random.default_rng(8))
    usual = first_year(facts, world.WORLD)
    turned = facts.copy()
    for name in (*world.IRRELEVANT, "revenue_band"):
        turned[name] = facts[name].to_numpy()[::-1]
    after = first_year(turned, world.WORLD)
    for rate in dataclasses.fields(usual):
        np.testing.assert_array_equal(getattr(after, rate.name), getattr(usual, rate.name))
    for name in world.DRIVERS:
        turned = facts.copy()
        turned[name] = facts[name].to_numpy()[::-1]
        moved = expected_margin(first_year(turned, world.WORLD)) - expected_margin(usual)
        assert np.abs(moved).mean() > 1000, name


def test_fit_probability_is_a_share_and_follows_the_margin():
    facts = companies(1500, world.WORLD, np.random.default_rng(9))
    year = first_year(facts, world.WORLD)
    fit = fit_probability(year, np.random.default_rng(1), draws=60)
    assert fit.min() >= 0
    assert fit.max() <= 1
    margin = pd.Series(expected_margin(year))
    assert margin.rank().corr(pd.Series(fit).rank()) > 0.75


def test_shares_sum_to_one():
    assert sum(i.share for i in world.INDUSTRIES.values()) == pytest.approx(1)
    assert sum(world.COUNTRIES.values()) == pytest.approx(1)
    assert sum(share for share, _ in world.LEAD_SOURCES.values()) == pytest.approx(1)


# The folder --------------------------------------------------------------------------------------

EXPORTS = {
    "accounts.csv": pd.DataFrame({"Account Number": ["00100000"]}),
    "truth.csv": pd.DataFrame({"id": ["00100000"]}),
}


def test_other_files_of_the_folder_stay(tmp_path):
    folder = tmp_path / "demo"
    write_folder(folder, {**EXPORTS, "invoices_2027.csv": pd.DataFrame({"Num": ["1"]})})
    (folder / "scored.csv").write_text("kept")
    (folder / "notes").mkdir()
    (folder / "notes" / "mine.txt").write_text("kept too")
    write_folder(folder, EXPORTS)
    assert (folder / "scored.csv").read_text() == "kept"
    assert (folder / "notes" / "mine.txt").read_text() == "kept too"
    assert {path.name for path in folder.iterdir()} == {*EXPORTS, "scored.csv", "notes"}
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_a_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "accounts.csv").write_text("my own")
    with pytest.raises(OutputError, match="no demo company"):
        write_demo_company(tmp_path, 3, 400, 100)
    with pytest.raises(OutputError, match="is a file"):
        write_demo_company(tmp_path / "accounts.csv", 3, 400, 100)
    assert [path.name for path in tmp_path.iterdir()] == ["accounts.csv"]


def test_a_full_disk_leaves_the_former_company(tmp_path, monkeypatch):
    folder = tmp_path / "demo"
    write_folder(folder, EXPORTS)
    former = _bytes(folder)
    written = pd.DataFrame.to_csv

    def full(frame, path, *args, **options):
        if path.name == "truth.csv":
            raise OSError(28, "No space left on device")
        written(frame, path, *args, **options)

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_folder(folder, {name: frame.iloc[:0] for name, frame in EXPORTS.items()})
    assert _bytes(folder) == former
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]
