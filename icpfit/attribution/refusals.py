"""What this room says when it can't go on; each error is one line.

It knows nothing of the rest of icpfit, so whoever calls it says the line in its own kind of error.
"""

from __future__ import annotations

__all__ = ["AttributionError", "TablesRefused"]


class AttributionError(ValueError):
    """The forest has no exact Shapley values, or the tables are not its own."""


class TablesRefused(AttributionError):  # noqa: N818 - a verdict, not a fault
    """The tables can't hold this forest; LightGBM's pred_contrib explains it all the same."""
