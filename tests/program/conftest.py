"""Whole commands, run as a user runs them, on a small demo company."""

import shutil
from pathlib import Path

import pytest

SIZES = ("customers=1400", "prospect_rows=300")


@pytest.fixture(scope="session")
def demo(icpfit, tmp_path_factory):
    """A root in which `icpfit demo` has run; tests that change anything copy it first."""
    root = tmp_path_factory.mktemp("demo root, with a comma")
    done = icpfit("demo", *SIZES, cwd=root)
    assert done.returncode == 0, done.stderr
    return root, done


@pytest.fixture
def company(demo, tmp_path):
    """A copy of the demo company's exports alone, to be damaged, with its conf folder."""
    root, _ = demo
    exports = tmp_path / "data" / "demo"
    exports.parent.mkdir()
    shutil.copytree(root / "data" / "demo", exports)
    for made in ("scored.csv", "report.html"):
        (exports / made).unlink()
    conf = tmp_path / "conf"
    shutil.copytree(Path(__file__).parents[2] / "conf", conf)
    # The totals of the books in demo.yaml are those of the full-sized demo company.
    settings = conf / "data" / "mine.yaml"
    text = (conf / "data" / "demo.yaml").read_text(encoding="utf-8")
    before, _, after = text.partition("\ncontrols:")
    for ours in ("demo.yaml", "olist.yaml"):
        (conf / "data" / ours).unlink()
    settings.write_text(before + "\n" + after[after.index("\neconomics:") :], encoding="utf-8")
    return tmp_path
