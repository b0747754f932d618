"""Sources → checked tables → one row per account, with the join ledger; the demo company."""
