"""Tables of a database, read as if they were files: one snapshot, read-only, as text."""
