"""The report as a reader's browser lays it out: nothing is cut off, nothing runs, nothing is fetched."""

import html
import json
import re
import shutil
import subprocess

import pytest

pytestmark = pytest.mark.slow

# A page of ours around the report measures it; the report itself may run no script.
HARNESS = """<!doctype html><body style="margin:0"><iframe id="report" src="report.html"
style="width:{width}px;height:900px;border:0"></iframe><script>
const frame = document.getElementById("report");
frame.onload = () => {{
  const page = frame.contentDocument, root = page.documentElement;
  const wide = [...page.querySelectorAll("main *")].filter(
    (e) => !e.closest("svg") && !e.closest("[tabindex], .scroll, .wide") &&
      e.getBoundingClientRect().right > root.clientWidth + 1);
  document.body.innerHTML = "<pre>" + JSON.stringify({{
    width: root.clientWidth, content: root.scrollWidth, headings: page.querySelectorAll("h1").length,
    charts: page.querySelectorAll("svg").length, scripts: page.querySelectorAll("script").length,
    cut: wide.slice(0, 5).map((e) => e.tagName + "." + e.className),
  }}) + "</pre>";
}};
</script></body>"""


@pytest.fixture(scope="session")
def chromium(missing):
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    return found or missing("Chromium is not installed")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_report_fits_its_window(width, demo, tmp_path, chromium):
    root, _ = demo
    shutil.copy(root / "data/demo/report.html", tmp_path / "report.html")
    (tmp_path / "harness.html").write_text(HARNESS.format(width=width), encoding="utf-8")
    done = subprocess.run(
        [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
            f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=5000", "--dump-dom",
            (tmp_path / "harness.html").as_uri(),
        ],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    measured = json.loads(html.unescape(re.search(r"<pre>(.*)</pre>", done.stdout, re.DOTALL)[1]))
    assert measured["content"] <= measured["width"], measured
    assert measured["cut"] == []
    assert measured["headings"] == 1
    assert measured["charts"] >= 8
    assert measured["scripts"] == 0
