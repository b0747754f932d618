"""What known systems export: their columns, mapped to the contract, for a YAML to start from."""
