"""icpfit: a company's ideal customers, in profit after cost to serve, from its own exports."""

from __future__ import annotations

__all__ = ["__version__"]

__version__ = "0.1.0"
