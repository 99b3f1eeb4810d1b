"""A policy of any source becomes a profile, proved by compiling it again."""
