"""Facts as data: policies, values, images, platforms and rules, each with its source."""
