"""Policy to files, through templates/ (text) or formats (binary)."""
