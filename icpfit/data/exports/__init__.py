"""A folder of exports: what each file is, and how it maps to the contract, proposed."""
