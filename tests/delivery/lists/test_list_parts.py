"""Parts of a list are, put together, the list; none is read twice to be cut."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from icpfit.data.prospect_source import prospect_source
from icpfit.data.sources import parquet_text
from icpfit.data.table_spec import data_spec
from icpfit.delivery.cluster import list_parts as module
from icpfit.delivery.cluster.list_parts import list_parts, part_pieces
from icpfit.errors import SourceError

SPEC = data_spec(
    {
        "folder": "data",
        "as_of": "2026-06-30",
        "horizon": "12mo",
        "lag": "60d",
        "currency": "EUR",
        "sources": {"crm": {"table": "accounts", "files": "crm.csv"}},
        "attributes": {"employees": {"kind": "number", "known": "before_sale"}},
        "prospects": {"id": "id"},
    }
)
ASKED = SPEC.prospects


def ids_of(parts):
    return [
        cell
        for part in parts
        for piece, _ in part_pieces(part, ASKED)
        for cell in piece.columns["id"].to_pylist()
    ]


def test_parts_of_a_csv_behind_blank_lines_and_marks(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_BYTES", (64, 64))
    expected = [f"{mark}{k}" for k in range(100) for mark in ("", "\ufeff")]
    path = tmp_path / "list.csv"
    blank = "\n" * 500
    path.write_text(f"id,employees\n{blank}" + "".join(f"{each},1\n" for each in expected))
    cut = list_parts([(path, "list")], ASKED)
    assert len(cut.parts) > 10
    assert ids_of(cut.parts) == expected


def test_long_texts_of_parquet_make_short_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_ROWS", (70, 70))
    path = tmp_path / "list.parquet"
    table = pa.table({"id": [str(k) for k in range(200)], "text": ["x" * 100] * 200})
    pq.write_table(table, path, row_group_size=90)
    cut = list_parts([(path, "list")], ASKED)
    assert [(part.start, part.stop) for part in cut.parts] == [(0, 70), (70, 140), (140, 200)]
    monkeypatch.setattr(parquet_text, "_PIECE_BYTES", 2_000)
    rows = [p.columns.num_rows for part in cut.parts for p, _ in part_pieces(part, ASKED)]
    assert max(rows) < 20
    assert ids_of(cut.parts) == table["id"].to_pylist()


@pytest.mark.parametrize("content", ["id,employees\n1,2\n", 'id,employees\n"1\n",2\n'])
def test_a_list_that_was_opened_is_not_looked_at_again(tmp_path, monkeypatch, content):
    path, more = tmp_path / "a.csv", tmp_path / "b.csv"
    path.write_text(content)
    more.write_text("id,employees\n3,4\n")
    files = [(path, "list/a.csv"), (more, "list/b.csv")]
    expected = list_parts(files, ASKED)
    source = prospect_source(SPEC, str(path), tmp_path)
    made, looked = module.plain_header, []

    def counted(path, *given):
        looked.append(path)
        return made(path, *given)

    monkeypatch.setattr(module, "plain_header", counted)
    found = list_parts(files, ASKED, source)
    assert looked == [more]
    assert [(p.shown, p.start, p.stop, p.plain is None) for p in found.parts] == [
        (p.shown, p.start, p.stop, p.plain is None) for p in expected.parts
    ]
    assert ids_of(found.parts) == ids_of(expected.parts)


def test_a_part_of_another_shape_than_it_had_is_one_line(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("id,employees\n1,2\n")
    (part,) = list_parts([(path, "list")], ASKED).parts
    path.write_text("id,employees\n1,2,3\n")
    with pytest.raises(SourceError, match=r"^list: was changed while it was read"):
        ids_of([part])
