"""What all tests share: where the real data lie, and how whole commands are run."""

import contextlib
import io
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]


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
