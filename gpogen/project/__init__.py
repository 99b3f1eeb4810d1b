"""A folder of profiles and its output folder: choosing, building, writing, comparing."""
