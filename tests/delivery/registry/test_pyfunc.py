"""The model as MLflow's tools call it says what the scored list says."""

import numpy as np
import pandas as pd
import pytest

from icpfit.delivery.lists.scored_list import ADDED_COLUMNS, UNRATED, scored_frame
from icpfit.delivery.registry.pyfunc import ModelService, _days, _load_pyfunc
from icpfit.errors import ModelError
from icpfit.fit.bundle import write_bundle


def _same(left, right):
    pd.testing.assert_frame_equal(left.reset_index(drop=True), right, check_exact=True)


def test_it_scores_as_the_list_does(tmp_path, small_model, listed, facts):
    write_bundle(small_model, tmp_path / "bundle")
    given = facts(15, 3)
    given.index = [f"row {i}" for i in range(15)]
    found = _load_pyfunc(str(tmp_path / "bundle")).predict(given.assign(phone="+49"), params={})
    assert found.index.equals(given.index)
    expected = scored_frame(small_model, listed(given.reset_index(drop=True)))
    _same(found, expected)
    assert set(found["model_version"]) == {"icpfit-acme"}


def test_every_column_may_be_missing(small_model, facts):
    found = ModelService(small_model).predict(facts(4, 3)[[]])
    assert list(found.columns) == list(ADDED_COLUMNS)
    assert found["fit_grade"].tolist() == [UNRATED] * 4


def test_a_frame_of_which_nothing_is_left_is_refused(small_model):
    """What MLflow makes of a frame with other column names: neither rows nor columns."""
    with pytest.raises(ModelError, match="none of the model's columns is there; it reads"):
        ModelService(small_model).predict(pd.DataFrame())


def test_an_empty_frame_gives_the_columns(small_model, facts):
    assert list(ModelService(small_model).predict(facts(3, 1).iloc[:0]).columns) == list(
        ADDED_COLUMNS
    )


def test_the_same_facts_in_other_types_are_the_same(small_model, facts):
    given = facts(12, 4)
    other = pd.DataFrame(
        {
            "employees": given["employees"].astype("Int64"),
            "country": given["country"].astype("category"),
            "has_shop": given["has_shop"].astype("boolean"),
            "founded": given["founded"].dt.strftime("%Y-%m-%dT10:00:00"),
            "opened_on": pd.Timestamp("2026-06-30T12:00:00", tz="UTC"),
        }
    )
    service = ModelService(small_model)
    _same(service.predict(other), service.predict(given))


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("employees", ["many"], "column 'employees': expected numbers"),
        ("employees", [np.inf], "expected finite numbers"),
        ("has_shop", [2.0], "expected 1 and 0"),
        ("founded", ["01/02/2020"], "expected days such as 2026-06-30"),
        ("founded", [20200102], "expected days such as 2026-06-30"),
    ],
)
def test_other_things_than_the_attribute_are_refused_in_one_line(small_model, column, values, said):
    with pytest.raises(ModelError, match=said) as caught:
        ModelService(small_model).predict(pd.DataFrame({column: values}))
    assert str(values[0]) not in str(caught.value), "no customer's data in a message that is logged"


def test_what_is_no_frame_is_refused(small_model):
    with pytest.raises(ModelError, match="found a ndarray"):
        ModelService(small_model).predict(np.zeros((2, 4)))


def test_days_are_whole():
    found = _days("founded", pd.Series(["2020-01-02T10:00:00", None, "2020-01-03"]))
    assert found.tolist() == [pd.Timestamp("2020-01-02"), pd.NaT, pd.Timestamp("2020-01-03")]


def test_a_moment_is_its_day_in_utc_as_the_list_s_reader_has_it():
    found = _days("founded", pd.Series(["2026-01-01T00:30:00+02:00", "2026-01-01"]))
    assert found.tolist() == [pd.Timestamp("2025-12-31"), pd.Timestamp("2026-01-01")]


def test_a_level_is_what_a_list_would_read(small_model, facts):
    """Errors of a spreadsheet are no levels, and numbers and flags are written as a file has them."""
    given = facts(6, 4)
    served = given["country"][0]
    read = ModelService(small_model).predict
    strange = given.assign(country=[served, "#REF!", "=A1", f" {served} ", "  ", None])
    plain = given.assign(country=[served, None, None, served, None, None])
    _same(read(strange), read(plain))
    typed = pd.Series([5.0, 7, True, np.float64(0.25), pd.NA, None], dtype=object)
    texts = pd.Series(["5", "7", "true", "0.25", None, None], dtype=object)
    _same(read(given.assign(country=typed)), read(given.assign(country=texts)))
