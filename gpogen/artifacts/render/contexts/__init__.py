"""One function for each place in a file into which a value may be written."""
