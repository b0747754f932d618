"""The scorer and the join on a cluster."""
