"""Exports as files: read as text, parsed cell by cell, typed, with every rejected cell."""
