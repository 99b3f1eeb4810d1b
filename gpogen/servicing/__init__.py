"""Who installs, from where, and who restarts: one answer, which everything else reads."""
