"""The lint rules: one small function and one page of data each, in one engine."""
