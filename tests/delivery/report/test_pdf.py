"""A page printed to A4: by a browser where there is one, and one clear line where it fails."""

import re
import shutil

import pytest

from icpfit.delivery.report.pdf import chromium, write_pdf
from icpfit.errors import OutputError


def test_the_first_browser_of_the_path_prints():
    assert chromium({"google-chrome": "/b", "chromium-browser": "/a"}.get) == "/a"
    assert chromium({}.get) is None


def test_a_browser_that_fails_leaves_the_old_file(tmp_path):
    page, out = tmp_path / "a.html", tmp_path / "a.pdf"
    page.write_text("<p>x", encoding="utf-8")
    out.write_text("old", encoding="utf-8")
    for program in (shutil.which("false"), str(tmp_path / "nothing here")):
        with pytest.raises(OutputError, match="could not print the page"):
            write_pdf(page, out, program)
    assert out.read_text(encoding="utf-8") == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "a.pdf"]


@pytest.mark.slow
def test_it_prints_to_a4(tmp_path, missing):
    program = chromium() or missing("Chromium is not installed")
    page, out = tmp_path / "Bericht (Q3).html", tmp_path / "Bericht (Q3).pdf"
    page.write_text("<!doctype html><style>@page{size:A4}</style><p>x", encoding="utf-8")
    write_pdf(page, out, program)
    printed = out.read_bytes()
    assert printed.startswith(b"%PDF-")
    # 210 x 297 mm is 595 x 842 points.
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert [round(float(end)) for end in box.groups()] in ([595, 842], [594, 841], [595, 841])
