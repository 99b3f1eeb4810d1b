"""Any policy that gpogen reads, as a profile that builds the same policy."""
