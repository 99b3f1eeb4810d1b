"""A folder of profiles and its output folder: select, check, build, stage, switch."""
