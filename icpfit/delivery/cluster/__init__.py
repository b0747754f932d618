"""The scorer on a cluster."""
