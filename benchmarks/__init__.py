"""Benchmarks of icpfit: run from the root of the checkout, not installed."""
