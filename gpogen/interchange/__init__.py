"""Policies of any source side by side: show, diff, and import as a profile."""
