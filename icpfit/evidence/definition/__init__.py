"""The definition of the label under test: what would change if an assumption did."""
