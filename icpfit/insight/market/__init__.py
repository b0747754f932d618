"""A market that is only an idea yet: what the accounts served so far can tell of it."""
