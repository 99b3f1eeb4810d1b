"""Lists of updates, and where the machines of which they tell stand on the train."""
