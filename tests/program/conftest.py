"""Whole commands, run as a user runs them, on the demo company and on a small one."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from icpfit.data.demo.company import write_demo_company

SMALL = {"customers": 1000, "prospects": 300}


@pytest.fixture(scope="session")
def demo(icpfit, made_once):
    """A root in which `icpfit demo` has run, as a newcomer runs it; tests that change anything copy it."""

    def make(root):
        done = icpfit("demo", cwd=root)
        assert done.returncode == 0, done.stderr
        said = {"stdout": done.stdout, "stderr": done.stderr}
        (root / "said.json").write_text(json.dumps(said), encoding="utf-8")

    root = made_once("demo root, with a comma", make)
    said = json.loads((root / "said.json").read_text(encoding="utf-8"))
    return root, SimpleNamespace(**said)


@pytest.fixture
def demo_copy(demo, tmp_path):
    """The demo's root, to be changed."""
    copy = tmp_path / "copy"
    # other tests may be scoring there
    shutil.copytree(demo[0], copy, ignore=shutil.ignore_patterns("scored-demo", ".lock"))
    return copy


@pytest.fixture(scope="session")
def challenger(icpfit_here, made_once):
    """A root with the exports of a small demo company and its first training; never changed, only copied."""

    def make(root):
        write_demo_company(root / "data" / "demo", **SMALL)
        done = icpfit_here("train", "data=demo", "data.controls=null", "evidence=quick", cwd=root)
        assert done.returncode == 0, done.stderr

    return made_once("small, trained", make)


@pytest.fixture(scope="session")
def exports(made_once):
    """The exports of the small demo company; never changed, only copied."""
    return made_once("small", lambda folder: write_demo_company(folder / "demo", **SMALL)) / "demo"


@pytest.fixture
def company(exports, tmp_path):
    """A copy of the small demo company's exports alone, to be damaged, with its conf folder."""
    shutil.copytree(exports, tmp_path / "data" / "demo")
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
