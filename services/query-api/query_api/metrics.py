"""Figures for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """One set for each app."""

    def __init__(self) -> None:
        """Make them all, so that none is missing until it first counts."""
        self.registry = CollectorRegistry()
        r = self.registry
        self.requests = Counter("query_api_requests", "Answers, by route and status", ["route", "status"], registry=r)
        self.seconds = Histogram(
            "query_api_request_seconds", "Time until an answer was complete", ["route"], buckets=SECONDS, registry=r
        )
        self.queries = Counter("query_api_queries", "Queries that an engine was given", ["engine"], registry=r)
        self.errors = Counter("query_api_errors", "Errors, by their code", ["code"], registry=r)
        self.rows = Counter("query_api_rows", "Rows that callers got", ["engine"], registry=r)
        self.bytes = Counter("query_api_result_bytes", "Bytes of rows that callers got", ["engine"], registry=r)
        self.cache = Counter("query_api_cache", "Look-ups of results", ["result"], registry=r)
        self.working = Gauge("query_api_requests_in_progress", "Requests that wait for an answer", registry=r)
        self.up = Gauge("query_api_engine_up", "Whether an engine answered when it was last asked", ["engine"], registry=r)
        # Without a cache there is no series: 0 would mean that one is away.
        self.cache_up = Gauge("query_api_cache_up", "Whether the cache answered when it was last asked", ["cache"], registry=r)
