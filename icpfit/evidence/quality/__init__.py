"""How good the data are: what was read, what is filled, what can be learned, what to do next."""
