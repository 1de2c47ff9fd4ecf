"""The query API: SQL over HTTP, for one read-only statement at a time."""
