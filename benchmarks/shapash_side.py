"""A list scored and explained with shapash, as a process of its own: CSV in, CSV out.

It runs in an environment that has shapash and not icpfit, of which it imports nothing.

python benchmarks/shapash_side.py model/ list.csv scored.csv
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lightgbm as lgb
import numpy as np
import pandas as pd
from shapash import SmartExplainer

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["explained", "main"]


def explained(bundle: Path, path: Path) -> pd.DataFrame:
    """Return a list with its expected margins and reasons, by shapash's `compile` and `to_pandas`.

    Parameters
    ----------
    bundle : Path
        The model: its forest as LightGBM's text, its features as JSON.
    path : Path
        The list, as CSV.

    Returns
    -------
    pandas.DataFrame
        The list with `margin_if_won`, `reasons_for` and `reasons_against`: the three strongest of
        each sign. Contributions below 1 % of a row's are left out, as icpfit leaves them.
    """
    model = json.loads((bundle / "model.json").read_text(encoding="utf-8"))
    # Its raw score is what is explained, so to shapash it is a regression.
    text = (bundle / "margin_0.txt").read_text(encoding="utf-8")
    text = text.replace("objective=binary sigmoid:1", "objective=regression")
    booster = lgb.Booster(model_str=text)
    booster.params["num_threads"] = 1
    features = sorted(model["features"], key=lambda feature: feature["column"])
    categories = [feature for feature in features if feature["kind"] == "category"]
    rows = pd.read_csv(path, dtype={f["name"]: str for f in categories} | {"id": str})
    asked = rows[[feature["name"] for feature in features]].copy()
    encoders = []
    for feature in categories:
        codes = pd.Series(np.arange(len(feature["levels"]), dtype=float), index=feature["levels"])
        asked[feature["name"]] = asked[feature["name"]].map(codes)
        encoders.append({"col": feature["name"], "mapping": codes, "data_type": "object"})
    explainer = SmartExplainer(
        model=booster,
        preprocessing=encoders,
        features_dict={name: name.replace("_", " ") for name in asked},
    )
    warnings.filterwarnings("ignore", category=UserWarning)
    explainer.compile(x=asked)
    shares = explainer.explainer.contributions
    counted = shares.mask(asked.isna() & (shares > 0), 0.0)
    least = 0.01 * counted.abs().sum(axis=1).to_numpy()
    scale = model["margin_scale"]
    predicted = explainer.explainer.y_pred.iloc[:, 0].to_numpy()
    rows["margin_if_won"] = (scale * predicted + model["margin_shift"]).round(2)
    for name, positive in (("reasons_for", True), ("reasons_against", False)):
        summary = explainer.to_pandas(positive=positive, max_contrib=3)
        rows[name] = _reasons(summary, rows, least, scale)
    return rows


def _reasons(
    summary: pd.DataFrame, rows: pd.DataFrame, least: Any, scale: float
) -> list[str | None]:
    # Facts come from the list: shapash moves its values to the left past a number that is missing,
    # so that they stand beside other features' names.
    facts = {name.replace("_", " "): rows[name].tolist() for name in rows}
    said: list[list[str]] = [[] for _ in least]
    for rank in range(1, 4):
        if f"feature_{rank}" not in summary:
            break
        names, amounts = (summary[f"{part}_{rank}"] for part in ("feature", "contribution"))
        for row, (name, amount) in enumerate(zip(names, amounts, strict=True)):
            if pd.isna(amount) or abs(amount) < least[row]:
                continue
            fact = facts[name][row]
            # What is not known of a company doesn't speak for it.
            unknown = pd.isna(fact)
            if unknown and amount > 0:
                continue
            known = fact if isinstance(fact, str) else f"{fact:.3g}"
            money = float(f"{scale * amount:.1e}")
            said[row].append(
                f"{name} {'not known' if unknown else known}: "
                f"{money:{'+,.0f' if abs(money) >= 10 else '+.2g'}} EUR"
            )
    return ["; ".join(texts) or None for texts in said]


def main(given: Sequence[str]) -> Any:
    """Score one list.

    Parameters
    ----------
    given : sequence of str
        The model, the list, the scored list.
    """
    bundle, path, out = map(Path, given)
    explained(bundle, path).to_csv(out, index=False)


if __name__ == "__main__":
    main(sys.argv[1:])
