"""Facts known before the sale → features → model → scores."""
