"""What the model says of a row is the row's alone, in pieces of one row to a hundred thousand, in every form."""

import csv

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import csv as arrow_csv

# `relation`, `next_step` and `caution` may tell of the other rows of the list.
MODEL_S_OWN = (
    "fit_grade", "fit_score", "margin_if_won", "margin_p10", "margin_p90", "currency", "horizon", "fit_if_won",
    "reasons_for", "reasons_against", "icp_current", "icp_proposed", "model_version",
)  # fmt: skip
MONEY = ("margin_if_won", "margin_p10", "margin_p90")


@pytest.fixture(scope="module")
def cells(of_one_machine):
    """The columns of the model, by id, as one machine wrote them."""
    with of_one_machine.open(encoding="utf-8", newline="") as file:
        return {
            row["Prospect ID"]: [row[name] for name in MODEL_S_OWN] for row in csv.DictReader(file)
        }


def as_text(name, value):
    """A cell of a typed form as a CSV has it."""
    if value is None:
        return ""
    if name in MONEY:
        return f"{value:.2f}"
    return {"fit_if_won": "{:.4f}", "fit_score": "{:.0f}"}.get(name, "{}").format(value)


def read_back(path):
    """Rows of a scored list in any form, as a CSV has them."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)
        return
    if path.suffix == ".parquet":
        table = pq.read_table(path).to_pylist()
    else:
        from icpfit.data.sources.reader import text_table
        from icpfit.data.sources.source_spec import Format

        table = text_table(
            path, Format(sheet="Scored list"), path.name, ["Prospect ID"]
        ).columns.to_pylist()
    for row in table:
        yield {
            name: value
            if name not in MODEL_S_OWN or path.suffix == ".xlsx"
            else as_text(name, value)
            for name, value in row.items()
        }


@pytest.mark.parametrize(
    ("first", "count", "given", "out", "threads"),
    [
        (0, 1, "csv", "csv", 1),
        (199_999, 1, "parquet", "xlsx", 2),
        (137, 7, "xlsx", "parquet", 1),
        (65_530, 12, "csv", "csv", 2),
        (40_000, 3_000, "csv", "xlsx", 2),
        (0, 100_000, "csv", "parquet", 2),
        (100_000, 100_000, "parquet", "csv", 1),
    ],
)  # fmt: skip
def test_a_piece_says_what_the_whole_says(  # noqa: PLR0917 - fixtures and cases
    icpfit_here, company, scoring, long_list, cells, tmp_path, first, count, given, out, threads
):
    everything = arrow_csv.read_csv(
        long_list,
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(arrow_csv.open_csv(long_list).schema.names, pa.string())
        ),
    )
    piece = everything.slice(first, count)
    path, scored = tmp_path / f"piece.{given}", tmp_path / f"scored.{out}"
    if given == "parquet":
        pq.write_table(piece, path)
    elif given == "csv":
        arrow_csv.write_csv(piece, path)
    else:
        piece.to_pandas().to_excel(path, index=False, engine="xlsxwriter")
    done = icpfit_here(*scoring(path, scored, f"threads={threads}"), cwd=company)
    assert done.returncode == 0, done.stderr
    found = 0
    for row in read_back(scored):
        for name, expected in zip(MODEL_S_OWN, cells[row["Prospect ID"]], strict=True):
            cell = row[name] or ""
            if out == "xlsx" and name in {*MONEY, "fit_if_won", "fit_score"} and cell:
                assert float(cell) == float(expected), (row["Prospect ID"], name)
            else:
                assert cell == expected, (row["Prospect ID"], name)
        found += 1
    assert found == count
