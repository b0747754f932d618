"""A list scored whole, shuffled and in pieces, in either form, on Spark: the same cells."""

import itertools
import random

import pyarrow.parquet as pq


def test_shuffled_and_in_pieces(  # noqa: PLR0917 - fixtures
    icpfit_here, company, scoring, short_list, short_of_one_machine, on_spark, tmp_path
):
    header, *rows = short_list.read_bytes().splitlines(keepends=True)
    random.Random(4).shuffle(rows)
    pieces = tmp_path / "pieces"
    pieces.mkdir()
    ends = [0, 1, 700, 701, 4000, 5000]
    for number, (start, end) in enumerate(itertools.pairwise(ends)):
        (pieces / f"part-{number}.csv").write_bytes(header + b"".join(rows[start:end]))
    out = tmp_path / "scored"
    done = icpfit_here(*scoring(pieces, out, *on_spark("local[2]")), cwd=company)
    assert done.returncode == 0, done.stderr
    found = [path.read_bytes().splitlines(keepends=True) for path in sorted(out.iterdir())]
    assert [len(part) - 1 for part in found] == [1, 699, 1, 3299, 1000]
    assert {part[0] for part in found} == {short_of_one_machine[0]}
    # Relations and repeats are told, too, whichever part the other row stands in.
    assert sorted(row for part in found for row in part[1:]) == sorted(short_of_one_machine[1:])


def test_parquet(  # noqa: PLR0917 - fixtures
    icpfit_here, company, scoring, short_list, on_spark, tmp_path
):
    from pyarrow import csv

    given = tmp_path / "list.parquet"
    pq.write_table(csv.read_csv(short_list), given, row_group_size=777)
    for name, more in (("one", ()), ("spark", on_spark("local[2]"))):
        done = icpfit_here(*scoring(given, tmp_path / f"{name}.parquet", *more), cwd=company)
        assert done.returncode == 0, done.stderr
    one, spark = (pq.read_table(tmp_path / f"{name}.parquet") for name in ("one", "spark"))
    assert one.num_rows == 5000
    assert spark.equals(one)


def test_a_list_is_not_written_among_its_own_parts(  # noqa: PLR0917 - fixtures
    icpfit_here, company, scoring, short_list, on_spark, tmp_path
):
    parts = tmp_path / "parts"
    parts.mkdir()
    (parts / "one.csv").write_bytes(short_list.read_bytes())
    for out in (parts / "scored.csv", parts / "scored"):
        done = icpfit_here(*scoring(parts, out, *on_spark("local[2]")), cwd=company)
        assert done.returncode == 1
        assert "lies in the folder of the list, and would be read as a part of it" in done.stderr
        assert [path.name for path in parts.iterdir()] == ["one.csv"]
