"""Reading back what was written, by gpogen or by others, and saying what is wrong with it."""
