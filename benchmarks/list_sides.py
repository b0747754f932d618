"""One way of scoring a list, as a process of its own: CSV in, CSV out, the same columns.

python -m benchmarks.list_sides tables model/ list.csv scored.csv
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from icpfit.fit.model import Model

__all__ = ["SIDES", "main"]

# Imports stand inside the sides: each process pays for its own only.
# ruff: noqa: PLC0415


def tables(bundle: Path, path: Path, out: Path) -> None:
    """Score with the model's tables, streaming: what icpfit does.

    Parameters
    ----------
    bundle, path, out : Path
        The model, the list, the scored list.
    """
    from icpfit.fit.bundle import read_bundle
    from icpfit.fit.forests import lightgbm_without_wrappers

    lightgbm_without_wrappers()
    _streamed(read_bundle(bundle), path, out)


def contrib(bundle: Path, path: Path, out: Path) -> None:
    """Score with LightGBM's pred_contrib, and put the reasons together by the column.

    Parameters
    ----------
    bundle, path, out : Path
        The model, the list, the scored list.
    """
    import dataclasses

    from icpfit.fit.bundle import read_bundle
    from icpfit.fit.forests import lightgbm_without_wrappers

    lightgbm_without_wrappers()
    # Without its tables a model asks LightGBM; all else is icpfit's own fast way.
    bare = dataclasses.replace(read_bundle(bundle), margin_engine=None, fit_engine=None)
    _streamed(bare, path, out)


def _streamed(model: Model, path: Path, out: Path) -> None:
    """Do what `icpfit score` does once it has found the model."""
    import datetime as dt

    from benchmarks.list_market import list_spec
    from icpfit.data.prospect_source import prospect_source
    from icpfit.delivery.lists.about import about_list
    from icpfit.delivery.lists.call_plan import CallPlan
    from icpfit.delivery.lists.list_columns import written_names
    from icpfit.delivery.lists.list_keys import list_keys
    from icpfit.delivery.lists.list_stream import ListScoring, added_columns
    from icpfit.delivery.lists.scored_batch import scorer
    from icpfit.delivery.lists.scored_files import write_scored

    spec = list_spec()
    source = prospect_source(spec, str(path), path.parent)
    names = written_names(source, added_columns(CallPlan(), has_before=False))
    with list_keys(source, spec, out) as keys:
        write_scored(
            ListScoring(source, keys, scorer(model), spec, needs_text=out.suffix == ".csv"),
            out,
            names,
            about=lambda counts, said: about_list(
                counts,
                model,
                source=path.name,
                label=model.version,
                scored_on=dt.date(2026, 6, 30),
                names=names,
                warnings=said,
            ),
        )


def pipeline(bundle: Path, path: Path, out: Path) -> None:
    """Score as a careful data scientist does: pandas, scikit-learn, shap, apply.

    Parameters
    ----------
    bundle, path, out : Path
        The model, the list, the scored list.
    """
    import numpy as np
    import pandas as pd
    import shap
    from sklearn.compose import ColumnTransformer
    from sklearn.preprocessing import OrdinalEncoder

    from icpfit.fit.bundle import read_bundle
    from icpfit.fit.grades import fit_score, graded
    from icpfit.fit.phrases import amount_phrase, number_phrase
    from icpfit.fit.probability import fit_probability
    from icpfit.fit.ranges import margin_range
    from icpfit.fit.support import support

    model = read_bundle(bundle)
    contract = model.contract
    numbers = [f.name for f in contract.features if f.kind == "number"]
    categories = [f for f in contract.features if f.kind == "category"]
    rows = pd.read_csv(path, dtype={f.name: str for f in categories} | {"id": str})
    encoder = OrdinalEncoder(
        categories=[list(f.levels) for f in categories],
        handle_unknown="use_encoded_value",
        unknown_value=np.nan,
    )
    columns = ColumnTransformer(
        [("numbers", "passthrough", numbers), ("categories", encoder, [f.name for f in categories])]
    )
    levels = {f.name: list(f.levels) for f in categories}
    longest = max(len(found) for found in levels.values())
    known = {name: (found * longest)[:longest] for name, found in levels.items()}
    columns.fit(pd.DataFrame(known | {name: np.zeros(longest) for name in numbers}))
    matrix = np.ascontiguousarray(columns.transform(rows), dtype=np.float64)
    booster = model.margin_boosters[0]
    booster.params["num_threads"] = 1
    raw = booster.predict(matrix, raw_score=True, num_threads=1)
    margin = model.margin_scale * raw + model.margin_shift
    odds = model.fit_boosters[0].predict(matrix, raw_score=True, num_threads=1)
    explain = shap.TreeExplainer(booster, feature_perturbation="tree_path_dependent")
    warnings.filterwarnings("ignore", "LightGBM binary classifier", UserWarning)
    shares = model.margin_scale * explain.shap_values(matrix, check_additivity=False)
    names = [f.name for f in contract.features]
    values = pd.DataFrame(shares, columns=names)[sorted(names)]
    # What is not known of a row never speaks for it.
    values = values.mask(rows[sorted(names)].isna() & (values > 0), 0.0)
    words = {f.name: f.words for f in contract.features}

    def said(row: pd.Series, sign: int) -> str | None:
        facts = rows.loc[row.name]
        least = 0.01 * row.abs().sum()
        chosen = (sign * row).nlargest(3)
        texts = []
        for name, amount in chosen[(chosen > 0) & (chosen >= least)].items():
            fact = facts[name]
            if pd.isna(fact):
                known = "not known"
            else:
                known = fact if isinstance(fact, str) else number_phrase(fact)
            money = amount_phrase(sign * amount, signed=True)
            texts.append(f"{words[name]} {known}: {money} EUR")
        return "; ".join(texts) or None

    found = support(matrix, rows, contract, model.driver_shares)
    low, high = margin_range(model.ranges, margin)
    rated = ~found.abstain
    rows["fit_grade"] = np.where(rated, graded(margin, margin, model.grading), "unrated")
    rows["fit_score"] = pd.Series(fit_score(margin, model.grading)).where(rated).astype("Int64")
    for name, amounts in (("margin_if_won", margin), ("margin_p10", low), ("margin_p90", high)):
        rows[name] = pd.Series(amounts.round(2)).where(rated)
    rows["currency"], rows["horizon"] = model.currency, model.horizon
    rows["fit_if_won"] = pd.Series(fit_probability(odds).round(4)).where(rated)
    rows["reasons_for"] = values.apply(said, axis=1, sign=1).where(rated)
    rows["reasons_against"] = values.apply(said, axis=1, sign=-1).where(rated)
    rows["icp_current"] = rows["icp_proposed"] = None
    rows["caution"] = [text or None for text in found.cautions]
    rows["model_version"] = model.version
    twice = rows["id"].duplicated(keep=False)
    steps = np.where(rows["fit_grade"].isin(["A", "B"]), "call", "nurture")
    steps[rows["fit_grade"].isin(["A", "B"]) & rows["caution"].notna()] = "explore"
    steps[(rows["fit_grade"] == "D") | ~(rows["margin_if_won"] > 0)] = "leave"
    steps[twice | ~rated] = "check"
    rows["next_step"] = steps
    rows["relation"] = np.where(twice, "twice in the list, with the same id", None)
    rows.to_csv(out, index=False)


SIDES = {"tables": tables, "contrib": contrib, "pipeline": pipeline}
"""Name of a way to what does it."""


def main(given: Sequence[str]) -> Any:
    """Score one list in one way.

    Parameters
    ----------
    given : sequence of str
        The way, the model, the list, the scored list.
    """
    way, *paths = given
    SIDES[way](*map(Path, paths))


if __name__ == "__main__":
    main(sys.argv[1:])
