"""Forms of answers, for OpenAPI. Answers themselves are written row by row."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field


class Column(BaseModel):
    """A column of a result."""

    name: str
    type: str = Field(description="As the engine calls it")


class QueryResult(BaseModel):
    """A page of a result."""

    id: str
    engine: Literal["trino", "duckdb"]
    state: Literal["running", "finished"] = Field(description="running: `next` leads to more, or to what is not there yet")
    columns: list[Column] = Field(description="Empty until the engine knows them")
    rows: list[list[Any]] = Field(description="Decimals, times and binary values (Base64) are texts")
    next: str | None = Field(description="`page` of GET /query/{id}; null on the last page")
    truncated: Literal["rows", "bytes"] | None = Field(description="Which limit has cut the result off")
    cached: bool
    rowsSoFar: int = Field(description="Rows of this page and of those before it")  # noqa: N815 (JSON)


class Problem(BaseModel):
    """What is wrong."""

    code: str = Field(description="For programs: it stays the same")
    where: str
    what: str
    allowed: str
    request: str = Field(description="Stands in the service's log, and in the header X-Request-Id")


class ErrorAnswer(BaseModel):
    """Every answer that is no result."""

    error: Problem


MEANINGS = {
    400: "The request or the SQL is wrong",
    401: "Nobody known asks",
    403: "The statement is refused, or the caller may not read what it names",
    404: "No query of this caller",
    409: "The query was cancelled",
    410: "The result is no longer there",
    413: "The request is too large",
    422: "The query needs too much",
    429: "Too many queries in this minute",
    502: "The engine has failed",
    503: "The engine does not answer, or is busy",
    504: "The query took too long",
}
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorAnswer, "description": meaning} for status, meaning in MEANINGS.items()
}
