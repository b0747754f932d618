"""The page with every chapter, made from what is really found in a small demo company: one training."""

import datetime as dt
import re
from pathlib import Path

import pytest
import yaml

import icpfit
from icpfit.company import company_settings
from icpfit.data.demo.company import write_demo_company
from icpfit.data.tables import read_tables
from icpfit.delivery.report.page import report_html
from icpfit.delivery.report.strategy_page import with_findings
from icpfit.delivery.report.trial_report import trial_report
from icpfit.economics.outcome import joined_accounts
from icpfit.evidence.trial import trial
from icpfit.icp.profile import read_profile
from icpfit.insight.explanation import explanation
from icpfit.insight.strategy import strategy

pytestmark = pytest.mark.slow

HOSTILE = "<script>alert(1)</script> & Söhne “GmbH”"
CHAPTERS = [
    "redefinition", "segments", "service", "profit", "what-tells", "order", "trust",
    "calibration", "succession", "method",
]  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Accounts, and the whole page with names shown and hidden; every account's name is hostile."""
    root = tmp_path_factory.mktemp("whole page")
    write_demo_company(root / "data" / "demo", customers=900, prospects=100)
    conf = Path(icpfit.__file__).parents[1] / "conf"
    values = yaml.safe_load((conf / "data/demo.yaml").read_text("utf-8"))
    # The books are those of the whole demo company; its pools say what the teams can do.
    values["controls"] = {"pools": values["controls"]["pools"]}
    settings = company_settings(values)
    tables = read_tables(settings.data, root, lambda _: None)
    accounts = joined_accounts(tables, settings.data, settings.economics)
    accounts.dates["name"] = [f"{HOSTILE} {n}" for n in range(len(accounts.dates))]
    current = read_profile(conf / "icp/demo.yaml")
    tried = trial(accounts, current, company="demo", evidence="quick", seed=0, threads=1)
    explained = explanation(tried)
    found = strategy(
        accounts, tried, explained, tables=tables, data=settings.data,
        economics=settings.economics, current=current, evidence="quick",
    )  # fmt: skip
    facts = trial_report(
        accounts, company="demo", objective="margin", generated_on=dt.date(2026, 10, 1),
        profile=current, trial=tried, explanation=explained,
    )  # fmt: skip
    pages = {
        names: report_html(with_findings(facts, accounts, found, tried.recalibration, names))
        for names in ("show", "hide")
    }
    return accounts, pages


def test_every_chapter_stands_in_its_place(made):
    _, pages = made
    for page in pages.values():
        assert re.findall(r'<section id="([\w-]+)" class="chapter"', page) == CHAPTERS
        assert [name for name in re.findall(r'<li><a href="#([\w-]+)">', page)] == CHAPTERS  # noqa: C416


def test_the_page_is_small_and_holds_no_script(made):
    _, pages = made
    for page in pages.values():
        assert len(page.encode()) < 3_000_000
        assert "<script" not in page
        assert "http" not in re.sub(r'xmlns(:\w+)?="http[^"]*"|http-equiv', "", page)


def test_nothing_in_a_picture_is_cut(made):
    _, pages = made
    pictures = re.findall(r"<svg.*?</svg>", pages["show"], re.DOTALL)
    assert len(pictures) >= 12
    assert [svg for svg in pictures if "…" in svg] == []


def test_one_word_for_each_of_the_two_profiles(made):
    _, pages = made
    words = re.sub(r"<svg.*?</svg>|<[^>]+>", " ", pages["show"], flags=re.DOTALL)
    assert "current ICP" in words
    assert "proposed ICP" in words
    for other in ("profile in use", "ICP in use", "proposed profile"):
        assert other not in words


def test_hostile_names_are_shown_as_names_or_not_at_all(made):
    accounts, pages = made
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages["show"]
    assert "alert(1)" not in pages["hide"]
    words = set(
        re.findall(
            r"\w+", re.sub(r"<svg.*?</svg>|<style.*?</style>", " ", pages["hide"], flags=re.DOTALL)
        )
    )
    assert words & set(accounts.dates.index) == set()
    assert "names of accounts hidden" in pages["hide"]


def test_links_and_labels_have_their_targets(made):
    _, pages = made
    for page in pages.values():
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        targets = re.findall(r'(?:aria-labelledby|href)="#?([\w-]+)"', page)
        assert set(targets) <= set(ids)
        labels = re.findall(r'role="region" tabindex="0" aria-label="([^"]+)"', page)
        assert len(labels) == len(set(labels))
