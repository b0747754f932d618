"""How far a list or a later cohort is from the accounts that the model learned from."""
