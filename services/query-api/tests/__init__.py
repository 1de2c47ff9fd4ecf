"""Proofs of the query API, offline: a stand-in for Trino, DuckDB itself, Valkey or Redis where there is one."""
