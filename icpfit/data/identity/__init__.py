"""Which ids of two systems mean the same company: crosswalks, domains, candidates to confirm."""
