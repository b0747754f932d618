"""What all tests share: where the real data lie, how whole commands are run, and what is made once."""

import contextlib
import io
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]

# Where Python is told to keep no byte code, every process that a test starts would compile icpfit anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The files that take longest, longest first: a process that begins one last would end long after the other.
LONGEST = (
    "program/test_init.py",
    "program/test_succession.py",
    "program/test_demo_run.py",
    "program/test_jobs.py",
    "program/test_adopt.py",
    "docs/test_data_page.py",
    "program/test_olist.py",
    "delivery/lists/test_score_command.py",
    "delivery/registry/test_tracking.py",
    "program/test_mistakes.py",
    "economics/test_outcome.py",
    "benchmarks/test_speed.py",
    "insight/test_driver_stability.py",
    "insight/service/test_recovery.py",
)


def pytest_configure(config):
    """Let the order of the files stand: pytest-xdist would begin with those of the most tests."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Put the longest files first, then the other slow ones, then the rest as they were."""
    places = [PROJECT / "tests" / name for name in LONGEST]
    slow = {item.path for item in items if item.get_closest_marker("slow")}

    def place(item):
        if item.path in places:
            return places.index(item.path)
        return len(places) + (item.path not in slow)

    items.sort(key=place)


@pytest.fixture(scope="session")
def missing():
    """Say what a test lacks: skips visibly on a bare machine, fails under CI."""

    def lacks(what):
        if os.environ.get("CI") == "true":
            pytest.fail(f"{what} (under CI=true this must be there)")
        pytest.skip(what)

    return lacks


@pytest.fixture(scope="session")
def olist(missing):
    """The folder of the Olist tables, which are licensed for use and not shipped."""
    folder = os.environ.get("ICPFIT_OLIST")
    places = [Path(folder)] if folder else []
    places += [PROJECT / "data" / "olist", PROJECT.parent / "shared" / "data" / "olist"]
    for place in places:
        if (place / "olist_closed_deals_dataset.csv").is_file():
            return place.resolve()
    return missing("the Olist tables are not here: set ICPFIT_OLIST to their folder")


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    """A maker of folders that are made one time for all processes of a run; who changes one copies it."""
    from filelock import FileLock

    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # each process has a folder of its own in it

    def folder(name, make):
        made, ready = base / "made once" / name, base / "made once" / f"{name}.ready"
        made.parent.mkdir(exist_ok=True)
        with FileLock(f"{made}.lock"):
            if not ready.exists():
                shutil.rmtree(made, ignore_errors=True)  # one whose making failed
                made.mkdir()
                make(made)
                ready.touch()
        return made

    return folder


@pytest.fixture(scope="session")
def icpfit():
    """Run the console script as a user would; returns the completed process."""

    def run(*words, cwd, timeout=540, env=None):
        return subprocess.run(
            [str(Path(sys.executable).parent / "icpfit"), *map(str, words)],
            cwd=cwd,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **(env or {})},
        )

    return run


@pytest.fixture(scope="session")
def icpfit_here():
    """Run a job as `icpfit` does, in this process: without the seconds that its libraries take to load."""

    def run(*words, cwd):
        from icpfit.pipelines.dispatch import main

        out, err = io.StringIO(), io.StringIO()
        with (
            contextlib.chdir(cwd),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")  # as the command itself does
            code = main([str(word) for word in words])
        return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())

    return run
