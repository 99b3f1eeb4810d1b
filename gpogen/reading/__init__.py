"""Any input becomes a policy with its places: a profile, GPO backup, policy folder or file."""
