"""Ledgers to revenue, cost to serve, contribution margin and loyalty: the outcome of an account."""
