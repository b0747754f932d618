"""The report: facts in, one HTML page out."""
