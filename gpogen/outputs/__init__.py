"""One output folder: its manifest, whose files these are, what differs, and where it may lie."""
