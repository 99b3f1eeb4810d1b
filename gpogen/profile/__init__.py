"""YAML to a checked profile; every node keeps its file, line and column."""
