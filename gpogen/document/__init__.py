"""YAML documents: bytes become a tree in which every node knows its place."""
