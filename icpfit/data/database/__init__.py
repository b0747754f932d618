"""Databases: the tables of a run as one snapshot, streamed; scores written back whole."""
