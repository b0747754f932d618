"""One company from CSV, Parquet, Excel and PostgreSQL: the same accounts byte for byte, the same model."""

import pytest

from icpfit.data.demo.company import write_demo_company

pytestmark = pytest.mark.slow


def test_the_same_accounts_and_the_same_model(database, copies, tmp_path):
    folder = tmp_path / "data" / "demo"
    made = write_demo_company(folder, customers=700, prospects=100)
    values = copies.company_values(made)
    copies.as_database(folder, database.url)
    for path in sorted(folder.glob("*.csv")):
        if path.name not in ("prospects.csv", "truth.csv"):
            written = "%d.%m.%Y" if path.name.startswith("invoices") else ""
            copies.as_parquet(path, written)
            copies.as_workbook(path, written)
    handed_in = {
        "csv": values,
        "parquet": copies.with_ending(values, ".parquet"),
        "excel": copies.with_ending(values, ".xlsx"),
        "postgres": copies.with_database(values, database.url),
    }
    read = {kind: copies.accounts_of(settings, tmp_path) for kind, settings in handed_in.items()}
    counts = {
        kind: [(r.source, r.read, r.accepted, r.rejected, r.set_aside) for r in tables.reads]
        for kind, (tables, _) in read.items()
    }
    bytes_ = {kind: copies.accounts_bytes(accounts) for kind, (_, accounts) in read.items()}
    assert sum(accepted for _, _, accepted, _, _ in counts["csv"]) > 10_000
    for kind in handed_in:
        assert counts[kind] == counts["csv"], kind
        assert bytes_[kind] == bytes_["csv"], kind
    models = {
        kind: copies.model_texts(accounts, tmp_path / f"model-{kind}")
        for kind, (_, accounts) in read.items()
    }
    assert sum(name.endswith(".txt") for name in models["csv"]) >= 2
    for kind in handed_in:
        assert models[kind] == models["csv"], kind
