"""A session of Spark that is open already: used from any thread, and left open as it was."""

import threading
import time

import pytest

from icpfit.delivery.cluster.engine import Engine
from icpfit.delivery.cluster.failures import ClusterError
from icpfit.delivery.cluster.preconditions import active_session, ignore_pandas_warning
from icpfit.delivery.cluster.session import opened_cluster
from icpfit.delivery.cluster.work import watched

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.app.name": "theirs",
}


def in_a_thread(call):
    """What a call gives in a thread that has opened no session."""
    found = []
    thread = threading.Thread(target=lambda: found.append(call()))
    thread.start()
    thread.join()
    return found[0]


@pytest.fixture
def context():
    """A context of Spark, opened by somebody else."""
    import warnings

    from pyspark import SparkConf, SparkContext

    with warnings.catch_warnings():
        ignore_pandas_warning()
        conf = SparkConf().setMaster("local[1]").setAll([*SETTINGS.items()])
        context = SparkContext(conf=conf)
        context.setLogLevel("ERROR")
        yield context
        (active_session() or context).stop()  # a session left behind would keep Connect away


def used(log):
    """The rows that it counts, the zone that it has, and the session, as a job would use it."""
    settings = {"spark.sql.session.timeZone": "Asia/Tokyo", "spark.sql.shuffle.partitions": 3}
    with opened_cluster(Engine("spark", conf=settings), log) as cluster:
        found = cluster.session
        return found.range(5).count(), found.conf.get("spark.sql.session.timeZone"), found


def test_it_is_found_from_another_thread_and_stays_open(context, tmp_path):
    from pyspark.sql import SparkSession

    session = SparkSession.builder.config("spark.sql.session.timeZone", "Europe/Oslo").getOrCreate()
    partitions = session.conf.get("spark.sql.shuffle.partitions")
    assert partitions != "3"
    assert in_a_thread(SparkSession.getActiveSession) is None
    rows, zone, found = in_a_thread(lambda: used(tmp_path / "spark.log"))
    assert found is session
    assert (rows, zone) == (5, "Asia/Tokyo")
    assert session.conf.get("spark.sql.session.timeZone") == "Europe/Oslo"
    assert session.conf.get("spark.sql.shuffle.partitions") == partitions
    assert session.range(3).count() == 3
    session.stop()
    assert active_session() is None
    assert in_a_thread(active_session) is None


def test_a_context_without_a_session_is_not_stopped(context, tmp_path):
    rows, zone, _ = in_a_thread(lambda: used(tmp_path / "spark.log"))
    assert rows == 5
    assert zone == "Asia/Tokyo"
    assert context.parallelize([1, 2]).count() == 2


def test_what_it_does_not_take_is_said(context, tmp_path):
    from pyspark.sql import SparkSession

    session = SparkSession(context)
    partitions = session.conf.get("spark.sql.shuffle.partitions")
    settings = {"spark.sql.shuffle.partitions": 3, "spark.executor.memory": "3g"}
    with (
        pytest.raises(ClusterError) as refused,
        opened_cluster(Engine("spark", conf=settings), tmp_path / "log"),
    ):
        pass
    said = (
        "engine.conf: the open session doesn't take spark.executor.memory: Cannot modify the value"
    )
    assert str(refused.value).startswith(said)
    assert session.conf.get("spark.sql.shuffle.partitions") == partitions


def test_work_on_this_machine_may_take_longer_than_the_wait_for_executors(context, tmp_path):
    """Its only executor is the driver, which is none that Spark counts."""
    with opened_cluster(Engine("spark", wait=1), tmp_path / "spark.log") as cluster:
        assert cluster.is_here
        rows = watched(cluster, lambda: (time.sleep(3), cluster.session.range(7).count())[1])
    assert rows == 7
