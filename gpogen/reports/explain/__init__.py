"""Everything that gpogen knows, as entries that a person can ask for by name."""
