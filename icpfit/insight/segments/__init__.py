"""Segments: groups of accounts found on one part of the data and reported on another."""
