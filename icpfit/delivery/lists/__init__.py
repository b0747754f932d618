"""Scored lists: the columns that are added, and the file."""
