"""The join: one row per account, ledgers summed to it, and what became of every row."""
