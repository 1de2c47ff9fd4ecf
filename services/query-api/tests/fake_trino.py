"""A stand-in for Trino's /v1/statement: pages, the last page again, errors, cancelling. It knows no SQL."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

Rows = list[list[Any]]


@dataclass
class Held:
    """A query that the stand-in was given."""

    id: str
    sql: str
    user: str
    session: str
    pages: list[Rows]
    error: dict[str, Any] | None
    token: int = 0
    cancelled: bool = False
    asked: list[int] = field(default_factory=list)


class FakeTrino:
    """Answers as Trino does."""

    def __init__(self) -> None:
        """Begin without queries."""
        self.queries: dict[str, Held] = {}
        # What a statement gives, by a word in it.
        self.results: dict[str, list[Rows]] = {}
        self.errors: dict[str, dict[str, Any]] = {}
        # How many answers are 503 before the next one is not.
        self.busy = 0
        self.starting = False
        self.endless = False
        self.app = FastAPI()
        self.app.post("/v1/statement")(self.begin)
        self.app.get("/v1/statement/executing/{id}/{slug}/{token}")(self.follow)
        self.app.delete("/v1/query/{id}")(self.cancel)
        self.app.get("/v1/info")(self.info)

    @property
    def last(self) -> Held:
        """Return the newest query."""
        return list(self.queries.values())[-1]

    async def begin(self, request: Request) -> Response:
        """Take a statement."""
        if self.busy > 0:
            self.busy -= 1
            return Response(status_code=503)
        sql = (await request.body()).decode()
        number = f"2026_{len(self.queries)}"
        pages = next((pages for word, pages in self.results.items() if word in sql), [[[1]]])
        error = next((error for word, error in self.errors.items() if word in sql), None)
        headers = request.headers
        held = Held(number, sql, headers["x-trino-user"], headers.get("x-trino-session", ""), pages, error)
        self.queries[number] = held
        return JSONResponse(self.answer(request, held, 0, None))

    async def follow(self, request: Request, id: str, slug: str, token: int) -> Response:  # noqa: A002
        """Give a page: the next one, or the last one again."""
        if self.busy > 0:
            self.busy -= 1
            return Response(status_code=503)
        held = self.queries.get(id)
        if held is None or slug != "slug" or token not in (held.token, held.token + 1):
            return Response(status_code=410 if held else 404)
        held.token = token
        held.asked.append(token)
        if held.cancelled:
            held.error = {"errorName": "USER_CANCELED", "errorType": "USER_ERROR", "message": "cancelled"}
        if held.error:
            return JSONResponse({"id": id, "error": held.error})
        if self.endless:
            # Trino holds such a request for a while too.
            await asyncio.sleep(0.05)
            return JSONResponse(self.answer(request, held, token, None))
        page = token - 1
        return JSONResponse(self.answer(request, held, token, held.pages[page] if page < len(held.pages) else None))

    def answer(self, request: Request, held: Held, token: int, rows: Rows | None) -> dict[str, Any]:
        """Return what Trino says of a page."""
        more = self.endless or token <= len(held.pages)
        base = str(request.base_url).rstrip("/")
        following = {"nextUri": f"{base}/v1/statement/executing/{held.id}/slug/{token + 1}"} if more else {}
        width = len(held.pages[0][0]) if held.pages and held.pages[0] else 1
        known = {"columns": [{"name": f"c{n}", "type": "bigint"} for n in range(width)], "data": rows} if rows else {}
        return {"id": held.id, "stats": {"state": "RUNNING"}, **following, **known}

    async def cancel(self, request: Request, id: str) -> Response:  # noqa: A002
        """End a query of whoever asks."""
        held = self.queries.get(id)
        if held is None or held.user != request.headers["x-trino-user"]:
            return Response(status_code=403)
        held.cancelled = True
        return Response(status_code=204)

    async def info(self) -> dict[str, Any]:
        """Tell whether it takes queries."""
        return {"starting": self.starting}


def unquoted(sql: str) -> tuple[str, str]:
    """Return the statement and the values of an EXECUTE IMMEDIATE."""
    match = re.fullmatch(r"EXECUTE IMMEDIATE '((?:[^']|'')*)' USING (.*)", sql, re.DOTALL)
    assert match is not None, json.dumps(sql)
    return match[1].replace("''", "'"), match[2]
