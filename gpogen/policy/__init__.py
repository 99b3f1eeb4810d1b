"""What a policy is: records, their order, equality, merging and conflicts."""
