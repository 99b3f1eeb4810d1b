"""The targets, one module each: ``TARGET``."""
