"""The registered model, called by MLflow's own tool on Spark, says what the scored list says."""

import warnings

import numpy as np
import pandas as pd
import pyarrow as pa
import yaml

from icpfit.company import company_settings
from icpfit.data.prospect_list import read_prospects
from icpfit.delivery.cluster.engine import Engine
from icpfit.delivery.cluster.session import opened_cluster
from icpfit.delivery.registry.store import open_store

TEXTS = ["fit_grade", "currency", "horizon", "reasons_for", "reasons_against"]
NUMBERS = ["fit_score", "margin_if_won", "margin_p10", "margin_p90", "fit_if_won"]


def test_spark_udf_gives_what_the_command_wrote(icpfit_here, company, scoring, tmp_path):
    given, out = company / "data" / "demo" / "prospects.csv", tmp_path / "scored.parquet"
    done = icpfit_here(*scoring(given, out), cwd=company)
    assert done.returncode == 0, done.stderr
    expected = pd.read_parquet(out)
    values = yaml.safe_load((company / "conf" / "data" / "small.yaml").read_text(encoding="utf-8"))
    facts = read_prospects(company_settings(values).data, str(given), company).facts
    listed = pa.Table.from_pandas(facts, preserve_index=False)
    listed = listed.append_column("row", pa.array(np.arange(len(facts))))
    store = open_store(company, company_settings(values).name)
    with (
        warnings.catch_warnings(),
        opened_cluster(Engine("spark", "local[2]"), tmp_path / "spark.log") as cluster,
    ):
        warnings.simplefilter("ignore")  # what MLflow and pyspark say of each other
        found = _by_spark_udf(cluster.session, listed, facts, store)
    assert len(found) == len(expected) == 2001
    for name in TEXTS:
        said = expected[name].astype(object).where(expected[name].notna(), None)
        assert found[name].to_list() == said.to_list(), name
    for name in NUMBERS:
        np.testing.assert_array_equal(found[name], expected[name], err_msg=name)
    assert found["fit_grade"].nunique() >= 4
    # The command's reader knows more: cells that couldn't be read, rows that stand there twice.
    said = [
        (one, whole)
        for one, whole in zip(found["caution"], expected["caution"], strict=True)
        if one
    ]
    assert len(said) > 20
    assert all(one in whole for one, whole in said)
    assert set(found["model_version"]) == {store.model_name}


def _by_spark_udf(session, listed, facts, store):
    """As docs/scale.md shows it."""
    import mlflow
    from pyspark.sql import functions

    mlflow.set_tracking_uri(store.uri)
    model = f"models:/{store.model_name}@challenger"
    fit = mlflow.pyfunc.spark_udf(session, model, env_manager="local")
    prospects = session.createDataFrame(listed).repartition(3)
    scored = prospects.select("row", fit(functions.struct(*facts.columns)).alias("fit")).select(
        "row", "fit.*"
    )
    scored = scored.replace(["nan", "None"], None, subset=scored.columns[1:])
    table = scored.toArrow().sort_by("row")
    return pd.DataFrame(
        {
            name: pd.Series(table[name].to_pylist(), dtype=object)
            if name not in NUMBERS
            else table[name].to_numpy()
            for name in table.column_names
        }
    )
