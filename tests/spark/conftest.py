"""A standalone Spark from the pip package, a small company, and a list of 200,000 prospects.

They run only where this folder is named (``make test-spark``), never in the whole suite.
"""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROWS = 200_000


def pytest_ignore_collect(collection_path, config):
    asked = [Path(str(arg).split("::")[0]).resolve() for arg in config.args]
    named = any(path == HERE or HERE in path.parents for path in asked)
    return None if named else True


@pytest.fixture(scope="session", autouse=True)
def spark_is_here(missing):
    try:
        import pyspark  # noqa: F401
    except ImportError:
        missing("pyspark is not installed: pip install 'icpfit[spark]'")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        missing("there is no Java: install openjdk-17-jre-headless")


@pytest.fixture(scope="session")
def company(icpfit_here, tmp_path_factory):
    """A root with a model in use, of a small made-up company."""
    from icpfit.data.demo.company import write_demo_company

    root = tmp_path_factory.mktemp("company")
    made = write_demo_company(root / "data" / "demo", seed=7, customers=1000, prospects=2000)
    conf = root / "conf"
    shutil.copytree(Path(__file__).parents[2] / "conf", conf)
    settings = conf / "data" / "small.yaml"
    (conf / "data" / "demo.yaml").rename(settings)
    (conf / "data" / "olist.yaml").unlink()
    (conf / "every_job.yaml").unlink()
    assert made.controls is not None
    text = settings.read_text(encoding="utf-8")
    before, _, after = text.partition("\ncontrols:")  # of the full-sized demo company
    settings.write_text(before + "\n" + after[after.index("\neconomics:") :], encoding="utf-8")
    done = icpfit_here("train", "data=small", "evidence=quick", f"root={root}", cwd=root)
    assert done.returncode == 0, done.stderr
    return root


@pytest.fixture(scope="session")
def long_list(company, written_list):
    """200,000 prospects: the demo's own, again and again under other ids, names and sites."""
    return written_list(company / "long list.csv", ROWS)


@pytest.fixture(scope="session")
def written_list(company):
    """A maker of lists of so many prospects."""
    exported = company / "data" / "demo" / "prospects.csv"
    with exported.open(encoding="utf-8-sig", newline="") as file:
        # Ends of line in cells would make the list one part: only its first reader knows its rows.
        header, *rows = ([" ".join(cell.split()) for cell in row] for row in csv.reader(file))

    def write(path, count):
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            for number in range(count):
                row, again = list(rows[number % len(rows)]), number // len(rows)
                if again:
                    row[:3] = f"N{number:08d}", f"{row[1]} {again}", row[2] and f"{again}-{row[2]}"
                writer.writerow(row)
        return path

    return write


@pytest.fixture(scope="session")
def of_one_machine(icpfit_here, company, scoring, long_list):
    """The long list, scored by one machine."""
    out = company / "of one machine.csv"
    done = icpfit_here(*scoring(long_list, out), cwd=company)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def short_list(company, written_list):
    """5,000 prospects."""
    return written_list(company / "short.csv", 5000)


@pytest.fixture(scope="session")
def short_of_one_machine(icpfit_here, company, scoring, short_list):
    """The lines of the short list, scored by one machine."""
    out = company / "short of one machine.csv"
    done = icpfit_here(*scoring(short_list, out), cwd=company)
    assert done.returncode == 0, done.stderr
    return out.read_bytes().splitlines(keepends=True)


@pytest.fixture(scope="session")
def scoring(company):
    """The words of a command that scores a list."""

    def words(prospects, out, *more):
        return (
            "score", "data=small", f"root={company}", f"prospects={prospects}", f"out={out}",
            "model=challenger", "log=false", *more,
        )  # fmt: skip

    return words


@dataclass
class Standalone:
    """A master and its workers, each in a process of its own."""

    url: str
    web: int
    folder: Path
    workers: list = field(default_factory=list)

    def alive(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.web}/json/", timeout=5) as page:
                return json.load(page)["aliveworkers"]
        except OSError:
            return 0

    def start_worker(self):
        self.workers.append(
            _spark(self.folder, "worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "900m",
                   "--webui-port", "0", "--work-dir", str(self.folder / "work"), self.url)
        )  # fmt: skip

    def wait_for(self, count):
        deadline = time.monotonic() + 120
        while self.alive() < count:
            assert time.monotonic() < deadline, (self.folder / "words").read_text()
            time.sleep(0.2)


def _spark(folder, *words):
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_NO_DAEMONIZE": "1",
    }
    with (folder / "words").open("ab") as out:
        return subprocess.Popen(
            [home / "bin" / "spark-class", f"org.apache.spark.deploy.{words[0]}", *words[1:]],
            env=environment, stdout=out, stderr=out, cwd=folder,
        )  # fmt: skip


def descendants(pid):
    """Return the processes that a process started, and they in turn."""
    above = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            above[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, grown = {pid}, True
    while grown:
        more = {child for child, parent in above.items() if parent in found} - found
        found, grown = found | more, bool(more)
    return found - {pid}


def _killed(process):
    processes = [process.pid, *descendants(process.pid)]
    for pid in processes:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()
    return processes


@pytest.fixture(scope="session")
def running_below():
    """The processes that run of those that a process started."""
    return descendants


@pytest.fixture(scope="session")
def killed():
    """Kill a process and all that it started, at once and without a chance to say so."""
    return _killed


@pytest.fixture(scope="session")
def standalone(tmp_path_factory):
    """One master and two workers of one core each."""
    import socket

    ports = []
    for _ in range(2):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            ports.append(free.getsockname()[1])
    folder = tmp_path_factory.mktemp("spark")
    master = _spark(folder, "master.Master", "--host", "127.0.0.1", "--port", str(ports[0]), "--webui-port", str(ports[1]))  # fmt: skip
    cluster = Standalone(f"spark://127.0.0.1:{ports[0]}", ports[1], folder)
    try:
        cluster.start_worker()
        cluster.start_worker()
        cluster.wait_for(2)
        yield cluster
    finally:
        for process in (*cluster.workers, master):
            if process.poll() is None:
                _killed(process)


@pytest.fixture(scope="session")
def on_spark():
    """The words that choose a cluster of small executors."""

    def words(master, *more):
        return (
            "engine=spark", f"engine.master={master}", "engine.memory=600m",
            f"engine.python={sys.executable}", *more,
        )  # fmt: skip

    return words
