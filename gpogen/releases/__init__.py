"""What Microsoft has released: the shipped data, what users have added, and copies of its page."""
