"""How far a model is to be trusted: signal, hold-out, the current ICP, gates and the verdict."""
