"""The ideal customer profile as data: read, written, applied, and put into words and SQL."""
