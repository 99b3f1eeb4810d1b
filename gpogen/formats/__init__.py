"""File formats, one module each: bytes to policy and back; no I/O."""
