"""A server of Spark Connect, as a platform offers it: the same cells, and one line when it has gone."""

import http.server
import os
import socket
import subprocess
import sys
import threading
import time
import venv
import warnings
from pathlib import Path

import pytest

from icpfit.delivery.cluster.engine import Engine
from icpfit.delivery.cluster.preconditions import ignore_pandas_warning
from icpfit.delivery.cluster.session import opened_cluster

SERVER = "org.apache.spark.sql.connect.service.SparkConnectServer"


@pytest.fixture(scope="module")
def server(tmp_path_factory, killed):
    """A maker of servers, each a process of its own with two cores: its address and its process."""
    import pyspark

    home, started = Path(pyspark.__file__).parent, []

    def start(python=sys.executable):
        folder = tmp_path_factory.mktemp("connect")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = {
            "spark.connect.grpc.binding.address": "127.0.0.1",
            "spark.connect.grpc.binding.port": port,
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
        }
        words = [
            home / "bin" / "spark-submit", "--class", SERVER, "--master", "local[2]",
            *(word for key, value in settings.items() for word in ("--conf", f"{key}={value}")),
            "spark-internal",
        ]  # fmt: skip
        environment = {
            **os.environ,
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "PYSPARK_PYTHON": str(python),  # or what the PATH calls python3
        }
        with (folder / "words").open("ab") as out:
            process = subprocess.Popen(words, env=environment, stdout=out, stderr=out, cwd=folder)
        started.append(process)
        deadline = time.monotonic() + 120
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                assert process.poll() is None, (folder / "words").read_text()
                assert time.monotonic() < deadline, (folder / "words").read_text()
                time.sleep(0.2)
            else:
                return f"sc://127.0.0.1:{port}", process

    yield start
    for process in started:
        if process.poll() is None:
            killed(process)


@pytest.fixture(scope="module")
def address(server):
    return server()[0]


def test_a_list_is_scored_as_by_one_machine(  # noqa: PLR0917 - fixtures
    icpfit_here, company, scoring, short_list, short_of_one_machine, address, tmp_path
):
    pieces = tmp_path / "pieces"
    pieces.mkdir()
    header, *rows = short_list.read_bytes().splitlines(keepends=True)
    for number, start in enumerate((0, 1, 2500)):
        end = (1, 2500, 5000)[number]
        (pieces / f"part-{number}.csv").write_bytes(header + b"".join(rows[start:end]))
    out = tmp_path / "scored.csv"
    connect = ("engine=spark", f"engine.master={address}")
    done = icpfit_here(*scoring(pieces, out, *connect), cwd=company)
    assert done.returncode == 0, done.stderr
    assert f"{address}, 3 parts" in done.stdout
    assert "SPARK_CONNECT_MODE_ENABLED" not in os.environ  # or none could be started here any more
    assert out.read_bytes().splitlines(keepends=True) == short_of_one_machine


def test_ledgers_are_joined_as_by_one_machine(icpfit_here, company, address, tmp_path):
    pages = []
    for name, more in (("one", ()), ("connect", ("engine=spark", f"engine.master={address}"))):
        out = tmp_path / f"{name}.html"
        done = icpfit_here(
            "check", "data=small", f"root={company}", f"out={out}", *more, cwd=company
        )
        assert done.returncode == 0, done.stderr
        assert ("on Spark" in done.stderr) == bool(more)
        pages.append(out.read_bytes())
    assert pages[0] == pages[1]


def test_the_python_and_the_settings_of_a_server(  # noqa: PLR0917 - fixtures
    icpfit_here, company, scoring, short_list, short_of_one_machine, server, tmp_path
):
    venv.create(tmp_path / "bare")
    address, _ = server(python=tmp_path / "bare" / "bin" / "python")
    out = tmp_path / "scored.csv"
    remedy = "set engine.python to one that every worker has, with icpfit[spark] installed"
    refused = 'Cannot modify the value of the Spark config: "spark.executor.memory".'
    here = f"engine.python={sys.executable}"
    larger = "+engine.conf={spark.executor.memory: 3g}"
    none = "/no/such/python"
    for more, said in (
        ((), f"the Python of the executors lacks icpfit; {remedy}"),
        ((f"engine.python={none}",), f"the workers have no Python '{none}'; {remedy}"),
        ((here, larger), f"engine.conf: {address} doesn't take spark.executor.memory: {refused}"),
        ((here,), ""),
    ):
        words = scoring(short_list, out, "engine=spark", f"engine.master={address}", *more)
        done = icpfit_here(*words, cwd=company)
        assert done.returncode == (1 if said else 0), done.stderr
        assert "Traceback" not in done.stderr
        if said:
            assert done.stderr.splitlines()[-1] == f"icpfit: {said}"
    assert out.read_bytes().splitlines(keepends=True) == short_of_one_machine


def test_a_session_that_is_open_already_is_used_and_left_open(address, tmp_path, monkeypatch):
    # Afterwards as before: what pyspark sets here would keep the tests that follow from a Spark.
    monkeypatch.setenv("SPARK_CONNECT_MODE_ENABLED", "1")
    from pyspark.sql import SparkSession

    with warnings.catch_warnings():
        ignore_pandas_warning()
        session = SparkSession.builder.remote(address).getOrCreate()
        try:
            with opened_cluster(Engine("spark"), tmp_path / "spark.log") as cluster:
                assert cluster.session is session
                assert cluster.executors() is None
                assert cluster.session.range(5).count() == 5
            assert session.range(3).count() == 3
        finally:
            session.stop()


def started(words):
    """The command in a process of its own: how it ends is part of the matter."""
    command = [Path(sys.executable).parent / "icpfit", *words]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


def test_a_port_at_which_something_else_listens(scoring, short_list, tmp_path):
    other = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    address = f"sc://127.0.0.1:{other.server_port}"
    connect = ("engine=spark", f"engine.master={address}", "engine.wait=8")
    running = started(scoring(short_list, tmp_path / "scored.csv", *connect))
    try:
        # Spark Connect by itself goes on for ten minutes, and again when the process ends.
        _, said = running.communicate(timeout=90)
    finally:
        running.kill()
        other.shutdown()
        other.server_close()
    assert running.returncode == 1
    assert said.splitlines()[-1] == (
        f"icpfit: engine.master: {address} did not answer as Spark within 8 s; is the port the"
        " right one?"
    )
    assert not [*tmp_path.iterdir()]


def test_a_server_that_goes_while_it_works(scoring, long_list, server, killed, tmp_path):
    address, process = server()
    out = tmp_path / "scored.csv"
    out.write_text("what was there", encoding="utf-8")
    connect = ("engine=spark", f"engine.master={address}", "engine.wait=8")
    running = started(scoring(long_list, out, *connect))
    try:
        while running.poll() is None and not [*tmp_path.glob(".icpfit-*.parts/part-*.csv")]:
            time.sleep(0.05)
        killed(process)
        _, said = running.communicate(timeout=90)
    finally:
        running.kill()
    assert running.returncode == 1
    assert said.splitlines()[-1].startswith(f"icpfit: {address} has stopped answering")
    assert "Traceback" not in said
    assert "RETRIES" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["scored.csv"]
    assert out.read_text(encoding="utf-8") == "what was there"
