"""Which account a row of another system belongs to: normal ids, domains, names, a crosswalk."""
