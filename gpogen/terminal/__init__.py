"""What a terminal and a file get: lines made safe, styles, whole pages."""
