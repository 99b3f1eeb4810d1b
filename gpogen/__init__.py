"""gpogen: one reviewed YAML profile becomes every file that Windows hotpatch tooling takes."""

__version__ = "0.1.0"
