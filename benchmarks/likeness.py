"""How often a list drawn from the same companies as the customers is called unlike them.

python -m benchmarks.likeness --draws 200
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from icpfit.evidence.drift.likeness import likeness
from icpfit.fit.contract import Feature, FeatureContract
from icpfit.measure.estimate import shown
from icpfit.measure.intervals import wilson

COUNTRIES = ("AT", "CH", "DE", "NL")
CONTRACT = FeatureContract(
    (
        Feature("employees", "number"),
        Feature("growth", "number", column=1),
        Feature("country", "category", levels=COUNTRIES, column=2),
    ),
    {},
)
#: Accounts learned from, and rows of the list.
SIZES = ((300, 100), (150, 60))


def companies(n: int, seed: int, shift: float = 0.0) -> np.ndarray:
    """Draw companies; a shift moves their size by that many standard deviations."""
    draw = np.random.default_rng(seed)
    return np.column_stack(
        [
            draw.normal(shift, 1, n),
            np.where(draw.random(n) < 0.1, np.nan, draw.normal(size=n)),
            draw.integers(0, len(COUNTRIES), n).astype(float),
        ]
    )


def main() -> None:
    """Print the rate of false alarms, and how often a shift of half a deviation is seen."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--draws", type=int, default=200)
    draws = asked.parse_args().draws
    for learned, listed in SIZES:
        begun, above, alarms, seen = time.process_time(), 0, 0, 0
        for seed in range(draws):
            customers = companies(learned, 10_000 + seed)
            found = likeness(customers, companies(listed, 20_000 + seed), CONTRACT, seed=seed)
            assert found is not None
            above += found.auc >= found.null_95
            alarms += found.band != "alike"
            if seed % 5 == 0:
                moved = companies(listed, 30_000 + seed, shift=1.0)
                other = likeness(customers, moved, CONTRACT, seed=seed)
                assert other is not None
                seen += other.band != "alike"
        each = (time.process_time() - begun) / draws
        lucky, false = (shown(wilson(k, draws), "%") for k in (above, alarms))
        print(
            f"{learned} accounts against {listed} rows: above what luck gives {lucky}, called "
            f"unlike {false} of {draws} lists drawn alike; a shift by one deviation seen in "
            f"{seen} of {-(-draws // 5)}; {each:.1f} s of CPU a draw",
            flush=True,
        )


if __name__ == "__main__":
    main()
