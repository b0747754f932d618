"""Exact Shapley values of LightGBM models, from tables; knows nothing of accounts."""
