"""Views for people and tools: SARIF, GitHub, explain, platforms, overview."""
