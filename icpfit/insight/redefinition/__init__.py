"""The current ICP against the one proposed: who comes in, who leaves, and what that is worth."""
