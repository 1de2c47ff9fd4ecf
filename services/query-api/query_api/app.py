"""The HTTP side: routes, and one form for every answer that is no result."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Header, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from .documents import ERRORS, QueryResult
from .errors import ApiError, wrong
from .logs import log
from .middleware import Outermost, request_id
from .pages import Page
from .service import Asked, QueryService

HEALTH_SECONDS = 15
DISCONNECTED_SECONDS = 0.5


class QueryRequest(BaseModel):
    """One read-only statement."""

    model_config = ConfigDict(extra="forbid", strict=True)

    sql: str = Field(description="One SELECT, WITH, VALUES, SHOW, DESCRIBE or EXPLAIN; `?` for each parameter", min_length=1)
    params: list[Any] = Field(
        default_factory=list,
        description='Values of the `?`: null, true, 1, 1.5, "text", or {"type": "date", "value": "2026-01-31"}',
        max_length=1000,
    )
    engine: Literal["trino", "duckdb"] | None = Field(default=None, description="The first that is on, unless it is named")
    limit: int | None = Field(default=None, ge=1, description="Rows in all; what a query has beyond them is cut off")


def create_app(service: QueryService) -> FastAPI:
    """Return the app of a service."""

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        watching = asyncio.create_task(watch(service))
        yield
        watching.cancel()
        await service.close()

    app = FastAPI(
        title="Query API",
        version="1",
        description="Read-only SQL over HTTP, on Trino and DuckDB.",
        lifespan=lifespan,
        # Their pages fetch programs from elsewhere; /openapi.json is what clients need.
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(Outermost, service=service)
    errors(app, service)
    routes(app, service)
    operations(app, service)
    return app


def routes(app: FastAPI, service: QueryService) -> None:
    """Add what callers use."""

    @app.post("/query", response_model=QueryResult, responses=ERRORS, summary="Run one read-only statement")
    async def query(request: Request, body: QueryRequest, cache_control: Annotated[str | None, Header()] = None) -> Response:
        caller = service.callers.name(request.headers)
        asked = Asked(body.sql, body.params, body.engine, body.limit, fresh="no-cache" in (cache_control or ""))
        return answer(await while_connected(request, service.start(caller, asked)))

    @app.get("/query/{id}", response_model=QueryResult, responses=ERRORS, summary="Another page of a result")
    async def page(request: Request, id: str, page: Annotated[str, Query(max_length=4096)]) -> Response:  # noqa: A002
        caller = service.callers.name(request.headers)
        return answer(await while_connected(request, service.go_on(caller, id, page)))

    @app.delete("/query/{id}", status_code=204, responses=ERRORS, summary="Cancel a query")
    async def cancel(request: Request, id: str) -> Response:  # noqa: A002
        await service.cancel(service.callers.name(request.headers), id)
        return Response(status_code=204)


def operations(app: FastAPI, service: QueryService) -> None:
    """Add what operators use."""

    @app.get("/health/live", summary="Whether the process works")
    async def live() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/health/ready", summary="Whether requests should come here; which engines answer")
    async def ready() -> JSONResponse:
        found = await service.health()
        # Without an engine this replica still tells callers what is wrong; without the right tables it cannot.
        takes = not service.draining and found.get("duckdb", True)
        return JSONResponse({"status": "ok" if takes else "no", "answers": found}, 200 if takes else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(service.metrics.registry), media_type=CONTENT_TYPE_LATEST)


def errors(app: FastAPI, service: QueryService) -> None:
    """Let every error have the one form."""

    def told(request: Request, error: ApiError) -> JSONResponse:
        service.metrics.errors.labels(error.code).inc()
        request.scope["query_api_code"] = error.code
        return JSONResponse(error.body(request_id(request.scope)), error.status, error.headers)

    @app.exception_handler(ApiError)
    async def own(request: Request, error: ApiError) -> JSONResponse:
        return told(request, error)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path")) or "body"
        return told(request, wrong(where, str(first["msg"]), "what GET /openapi.json says of this request"))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> JSONResponse:
        most = request.scope.get("query_api_too_large")
        if most is not None:
            return told(request, ApiError(413, "too_large", "body", "it is too large", f"at most {most} bytes"))
        allowed = "POST /query, GET and DELETE /query/{id}, GET /openapi.json"
        code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "invalid_request")
        where = f"{request.method} {request.url.path[:100]}"
        return told(request, ApiError(error.status_code, code, where, str(error.detail), allowed, dict(error.headers or {})))


async def while_connected(request: Request, work: Awaitable[Page]) -> Page:
    """Do something until it is done or the caller has gone: then it is cancelled, and with it the query."""
    task = asyncio.ensure_future(work)
    try:
        while not (await asyncio.wait({task}, timeout=DISCONNECTED_SECONDS))[0]:
            if await request.is_disconnected():
                log("caller_gone", request=request_id(request.scope))
                raise ApiError(499, "caller_gone", "connection", "the caller has gone", "to wait for the answer")
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, ApiError):
                await task


def answer(page: Page) -> Response:
    """Return a page as it goes out."""
    return Response(page.body(), media_type="application/json", headers={"Cache-Control": "no-store"})


async def watch(service: QueryService) -> None:
    """Keep the figures of who answers new, also when nobody asks for them."""
    while True:
        with contextlib.suppress(Exception):
            await service.health()
        await asyncio.sleep(HEALTH_SECONDS)
