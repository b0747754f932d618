"""The settings as they are kept with a model: as written, without the secrets among them."""

import pytest
import yaml

from icpfit.pipelines import dispatch, train
from icpfit.redaction import without_passwords, without_secret_values


@pytest.fixture
def job(monkeypatch):
    """A maker of the job that words make, which isn't run."""
    found = []
    monkeypatch.setattr(train, "run", found.append)

    def of(*words):
        assert dispatch.main(["train", "data=demo", *words]) == 0
        return found.pop()

    return of


@pytest.mark.parametrize(
    "word",
    [
        "+engine.conf={spark.hadoop.fs.s3a.secret.key: AKIA7}",
        "+engine.conf={spark.hadoop.fs.s3a.access.key: AKIA7}",
        "+engine.conf.spark.hadoop.fs.s3a.access.key=AKIA7",
        "+engine.conf={spark.hadoop.fs.azure.account.key.acme.dfs.core.windows.net: AKIA7}",
        "+engine.conf={spark.ssl.keyStorePassword: AKIA7}",
        "+engine.conf={spark.databricks.TOKEN: AKIA7}",
        "engine.master=sc://host/;user_id=x;token=AKIA7",
        "engine.master=sc://host/;authorization=Bearer:AKIA7@x",
    ],
)
def test_a_secret_of_spark_is_not_kept_and_still_reaches_it(job, word):
    found = job("engine=spark", word)
    assert "AKIA7" not in found.unresolved
    assert "***" in found.unresolved
    assert "AKIA7" in str(found.values["engine"])


def test_what_is_no_secret_is_kept_as_written(job):
    found = job("engine=spark", "+engine.conf={spark.executor.instances: 8}", "engine.master=yarn")
    kept = yaml.safe_load(found.unresolved)
    assert kept["engine"]["conf"] == {"spark.executor.instances": 8}
    assert kept["engine"]["master"] == "yarn"
    assert "***" not in found.unresolved
    assert kept["data"]["sources"].keys() == found.values["data"]["sources"].keys()


def test_secrets_are_known_by_their_keys():
    given = {
        "db_password": "a", "Api-Token": 12, "credentials": ["b", "c"], "x.key": "d", "s3_key": "e",
        "secret": {"name": "kept", "api_key": "f"}, "rows": [{"passphrase": "g"}],
        "password": "${oc.env:PGPASSWORD}", "token": "${oc.env:TOKEN,h}",
        "has_token": True, "secret_of": None, "key": "id", "monkey": "kept", "keys": ["id"],
    }  # fmt: skip
    assert without_secret_values(given) == {
        "db_password": "***", "Api-Token": "***", "credentials": ["***", "***"], "x.key": "***",
        "s3_key": "***", "secret": {"name": "kept", "api_key": "***"}, "rows": [{"passphrase": "***"}],
        "password": "${oc.env:PGPASSWORD}", "token": "***",
        "has_token": True, "secret_of": None, "key": "id", "monkey": "kept", "keys": ["id"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("sc://host:443/;use_ssl=true;token=a@b:c", "sc://host:443/;***"),
        ("found 'sc://host/;x-key=abc'; name", "found 'sc://host/;***'; name"),
        ("sc://host:15002", "sc://host:15002"),
        ("spark://host:7077; Spark's own words", "spark://host:7077; Spark's own words"),
    ],
)
def test_nothing_behind_the_host_of_spark_connect_is_said(text, left):
    assert without_passwords(text) == left
