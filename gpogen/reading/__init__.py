"""Any input becomes a policy with its places: profiles, GPO backups, policy folders, single files."""
