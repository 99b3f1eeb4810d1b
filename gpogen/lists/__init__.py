"""Lists of the updates of machines, in the forms that tools and people write."""
