"""When updates come, install and restart: the calendar, and a profile laid over it."""
