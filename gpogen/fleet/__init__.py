"""Reports of many machines, and where each of them stands on the train."""
