"""The schema of audit reports, by its name: what writes, recognizes and reads them."""

from __future__ import annotations

import re

SCHEMA = "gpogen-audit/1"
MARK = re.compile(r'"schema"\s{0,9}:\s{0,9}"gpogen-audit/')
"""The member of a report in JSON that names its schema, of whatever version."""
