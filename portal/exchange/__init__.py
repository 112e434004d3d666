"""Registry extracts in: read, judged, staged and merged into the record."""
