"""Changing and reading a folder that somebody else may have prepared: links are never followed."""
