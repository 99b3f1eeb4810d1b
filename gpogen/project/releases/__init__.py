"""A copy of the release information page becomes release data."""
