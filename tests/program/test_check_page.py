"""`icpfit check` on bad exports: a page all the same, the stop first, the exit code as ever."""

import re

import pytest

pytestmark = pytest.mark.slow


def checked(icpfit_here, company, *words):
    done = icpfit_here("check", "--config-dir", company / "conf", "data=mine", *words, cwd=company)
    page = company / "data/checked/demo.html"
    return done, re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")) if page.is_file() else ""


def test_good_exports_are_good(company, icpfit_here):
    done, page = checked(icpfit_here, company)
    assert done.returncode == 0, done.stderr
    assert "Yes, there is enough to train" in page
    assert "enough to train?" in done.stdout
    assert "1. " in done.stdout
    assert not (company / "mlruns").exists()


def edited(company, old, new):
    path = company / "conf/data/mine.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_where_no_id_matches_the_page_shows_the_money(company, icpfit_here):
    invoices = "files: invoices_*.csv"
    path = company / "conf/data/mine.yaml"
    before, _, after = path.read_text(encoding="utf-8").partition(invoices)
    after = after.replace("account_id: Account Number", "account_id: Transaction Type", 1)
    path.write_text(before + invoices + after, encoding="utf-8")
    done, page = checked(icpfit_here, company)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("icpfit: revenue: none of")
    assert "Not yet: revenue: none of" in page
    assert "What was read and joined" in page
    assert "What is known of them before the sale" in page


def test_a_one_sided_label_is_told_before_training(company, icpfit_here):
    done, page = checked(icpfit_here, company, "data.economics.label.hurdle=1000000000")
    assert done.returncode == 0, done.stderr
    assert "nothing to tell apart" in page
    assert "stops" in done.stdout


def test_where_no_row_can_be_read_file_and_column_are_named(company, icpfit_here):
    edited(company, 'format: {dates: "%d.%m.%Y"}', "format: {}")
    done, page = checked(icpfit_here, company)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    for words in ("invoices_20", "'Date'", 'dates: "%d.%m.%Y"'):
        assert words in last, last
    assert "Not yet: revenue" in page
    assert "rejected" in done.stderr


def test_a_missing_file_still_gives_a_page(company, icpfit_here):
    (company / "data/demo/nps.csv").unlink()
    done, page = checked(icpfit_here, company)
    assert done.returncode == 1
    assert "nps.csv" in page


def test_the_page_goes_where_it_is_sent_and_nowhere_else(company, icpfit_here):
    done, page = checked(icpfit_here, company, "out=my page, v1.html")
    assert done.returncode == 0, done.stderr
    assert (company / "my page, v1.html").is_file()
    assert page == ""
    done, _ = checked(icpfit_here, company, "out=data/demo/nps.csv")
    assert done.returncode == 1
    assert "html" in done.stderr.strip().splitlines()[-1]
