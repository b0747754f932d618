"""What can go wrong with a cluster, in one line and in time."""

import sys
import time

import pytest


@pytest.fixture(scope="session")
def few(company, written_list):
    return written_list(company / "few.csv", 30)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("engine.memory=8g", "engine.wait=10"), "had no executor for this work"),
        (("engine.cores=5", "engine.wait=5"), "its workers are smaller, busy or gone"),
        (("engine.python=/no/such/python",), "the workers have no Python '/no/such/python'"),
        ((f"engine.python={sys._base_executable}",), "the Python of the executors lacks"),
    ],
)
def test_workers_that_cannot(  # noqa: PLR0917 - fixtures
    icpfit_here, company, scoring, few, standalone, on_spark, tmp_path, more, said
):
    out = tmp_path / "scored.csv"
    out.write_text("what was there", encoding="utf-8")
    began = time.monotonic()
    done = icpfit_here(*scoring(few, out, *on_spark(standalone.url), *more), cwd=company)
    assert done.returncode == 1
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert time.monotonic() - began < 60
    assert [path.name for path in tmp_path.iterdir()] == ["scored.csv"]
    assert out.read_text(encoding="utf-8") == "what was there"


def test_a_port_at_which_no_spark_listens(  # noqa: PLR0917 - fixtures
    icpfit_here, company, scoring, few, standalone, on_spark, tmp_path
):
    web = f"spark://127.0.0.1:{standalone.web}"
    words = scoring(few, tmp_path / "scored.csv", *on_spark(web), "engine.wait=8")
    began = time.monotonic()
    done = icpfit_here(*words, cwd=company)
    assert done.returncode == 1
    assert "answers, but not as a master of Spark" in done.stderr.splitlines()[-1]
    assert time.monotonic() - began < 60


def test_a_mistake_in_the_list_is_told_as_on_one_machine(  # noqa: PLR0917 - fixtures
    icpfit_here, company, scoring, few, on_spark, tmp_path
):
    broken = tmp_path / "broken.csv"
    broken.write_text(few.read_text(encoding="utf-8") + "one,cell too few\n", encoding="utf-8")
    said = []
    for more in ((), on_spark("local[2]")):
        done = icpfit_here(*scoring(broken, tmp_path / "out.csv", *more), cwd=company)
        assert done.returncode == 1
        said.append(done.stderr.splitlines()[-1])
    assert said[0] == said[1]
    assert [path.name for path in tmp_path.iterdir()] == ["broken.csv"]


def test_a_machine_whose_own_name_has_no_address(  # noqa: PLR0917 - fixtures
    icpfit, company, scoring, few, on_spark, tmp_path
):
    nobody = tmp_path / "hosts"
    nobody.write_text("", encoding="utf-8")
    env = {"JAVA_TOOL_OPTIONS": f"-Djdk.net.hosts.file={nobody}"}
    words = scoring(few, tmp_path / "scored.csv", *on_spark("local[1]"))
    done = icpfit(*words, cwd=company, env=env)
    assert done.returncode == 0, done.stderr
    done = icpfit(*words, cwd=company, env={**env, "SPARK_LOCAL_IP": "no.such.name"})
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    assert "Spark could not be started for local[1]: the name no.such.name has no address" in said
    assert "Traceback" not in done.stderr


def test_a_java_that_ends_at_once_tells_why(  # noqa: PLR0917 - fixtures
    icpfit, company, scoring, few, on_spark, tmp_path
):
    option = "+engine.conf={spark.driver.memory: 4m}"  # Spark itself asks for hundreds
    words = scoring(few, tmp_path / "scored.csv", *on_spark("local[1]"), option)
    done = icpfit(*words, cwd=company)
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    assert "Spark could not be started for local[1]: " in said
    assert "emory" in said
    assert "Traceback" not in done.stderr
