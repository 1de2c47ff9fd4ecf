"""What Trino says has gone wrong, as this API says it."""

from __future__ import annotations

from typing import Any

from .errors import ApiError

CANCELLED = ("USER_CANCELED", "ADMINISTRATIVELY_CANCELED", "ADMINISTRATIVELY_KILLED")
BUSY = ("QUERY_QUEUE_FULL", "CLUSTER_OUT_OF_MEMORY", "EXCEEDED_GLOBAL_MEMORY_LIMIT", "NO_NODES_AVAILABLE")
TOO_LONG = ("EXCEEDED_TIME_LIMIT", "ABANDONED_QUERY")


def failed(error: dict[str, Any]) -> ApiError:
    """Return the answer for a query that Trino could not finish."""
    name, kind = error.get("errorName", ""), error.get("errorType", "")
    message = str(error.get("message", ""))[:2000]
    location = error.get("errorLocation") or {}
    where = f"sql, line {location['lineNumber']}, column {location['columnNumber']}" if location else "sql"
    if name in CANCELLED:
        return ApiError(409, "query_cancelled", "trino", "the query was cancelled", "the query once more")
    if name in TOO_LONG:
        return ApiError(504, "query_too_long", "trino", message, "a query that reads less: fewer days, fewer columns")
    if name in BUSY:
        return ApiError(503, "engine_busy", "trino", message, "the query again in a while", {"Retry-After": "10"})
    if name == "PERMISSION_DENIED":
        return ApiError(403, "forbidden", where, message, "what the caller may read in Trino")
    if kind == "USER_ERROR":
        return ApiError(400, "query_failed", where, message, "SQL of Trino on tables and columns that are there")
    if kind == "INSUFFICIENT_RESOURCES":
        return ApiError(422, "query_too_large", "trino", message, "a query that reads less: fewer days, fewer columns")
    return ApiError(502, "engine_failed", "trino", f"{name or 'error'}: {message}", "the query again; its operators know more")


def unreachable(why: str) -> ApiError:
    """Return the answer when Trino does not answer."""
    return ApiError(
        503,
        "engine_unreachable",
        "trino",
        f"Trino does not answer: {why}",
        "the query again in a while; GET /health/ready tells when Trino is back",
        {"Retry-After": "10"},
    )


def gone() -> ApiError:
    """Return the answer when Trino does not know a query any more."""
    return ApiError(
        410,
        "query_gone",
        "trino",
        "Trino does not know this query any more: it was restarted, or nobody asked for long",
        "the query once more",
    )
