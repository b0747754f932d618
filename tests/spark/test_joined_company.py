"""A company's exports, joined on Spark by the commands that join them."""

import dataclasses
import io
import time

import pandas as pd
import pytest
import yaml

from icpfit.company import company_settings
from icpfit.delivery.cluster.engine import Engine
from icpfit.delivery.console.terminal import Terminal
from icpfit.intake import intake


def test_check_draws_the_same_page(icpfit_here, company, tmp_path):
    pages, said = [], []
    for name, more in (("one", ()), ("spark", ("engine=spark", "engine.master=local[2]"))):
        out = tmp_path / f"{name}.html"
        done = icpfit_here(
            "check", "data=small", f"root={company}", f"out={out}", *more, cwd=company
        )
        assert done.returncode == 0, done.stderr
        pages.append(out.read_bytes())
        said.append(done.stdout.replace(str(out), "").split())
        assert ("on Spark" in done.stderr) == bool(more)
    assert pages[0] == pages[1]
    assert said[0] == said[1]


def test_what_training_learns_from_is_the_same(company):
    values = yaml.safe_load((company / "conf" / "data" / "small.yaml").read_text(encoding="utf-8"))
    settings = company_settings(values)
    words = io.StringIO()
    one, spark = (
        intake(settings, company, Terminal(io.StringIO(), words), engine).accounts
        for engine in (None, Engine("spark", "local[2]"))
    )
    assert "joining them to the accounts on Spark" in words.getvalue()
    for field in dataclasses.fields(one):
        ours, theirs = getattr(one, field.name), getattr(spark, field.name)
        if isinstance(ours, pd.DataFrame):
            pd.testing.assert_frame_equal(theirs, ours, check_exact=True, obj=field.name)
        elif field.name == "dated":
            assert list(theirs) == list(ours)
        else:
            assert theirs == ours, field.name
    assert len(one.monthly) > 1000


@pytest.mark.parametrize("job", ["check", "train"])
def test_a_master_that_does_not_answer_is_said_before_anything_is_read(icpfit_here, company, job):
    began = time.monotonic()
    done = icpfit_here(
        job, "data=small", f"root={company}", "engine=spark", "engine.master=spark://127.0.0.1:9", cwd=company
    )  # fmt: skip
    assert done.returncode == 1
    assert "nothing answers at 127.0.0.1:9 (connection refused)" in done.stderr.splitlines()[-1]
    assert "reading" not in done.stderr
    assert time.monotonic() - began < 20


def test_a_join_that_no_worker_has_room_for(icpfit_here, company, standalone, on_spark, tmp_path):
    out = tmp_path / "page.html"
    done = icpfit_here(
        "check", "data=small", f"root={company}", f"out={out}",
        *on_spark(standalone.url), "engine.memory=8g", "engine.wait=5", cwd=company,
    )  # fmt: skip
    assert done.returncode == 1
    assert "had no executor for this work" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not out.exists()  # nothing was found out about the exports
