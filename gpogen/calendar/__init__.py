"""When updates come, install and restart: typed facts."""
