"""What a policy is: records, GPOs, their order, equality and final effect."""
