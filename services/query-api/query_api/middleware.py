"""Around every request: its id, its size, its figures, its line in the log."""

from __future__ import annotations

import json
import re
import secrets
import time
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .errors import ApiError
from .logs import log

if TYPE_CHECKING:
    from .service import QueryService

GIVEN = re.compile(rb"[A-Za-z0-9._-]{1,64}")
QUIET = ("/health/live", "/health/ready", "/metrics")
# Parameters, JSON's own signs, and escapes beside the SQL.
BODY_FACTOR = 16


def request_id(scope: Scope) -> str:
    """Return the id of a request."""
    return scope.get("query_api_request", "")


class TooLargeError(Exception):
    """More came than may."""


class Outermost:
    """Nothing that goes wrong gets past it without the one form of errors."""

    def __init__(self, app: ASGIApp, service: QueryService) -> None:
        """Take what is inside."""
        self.app = app
        self.service = service
        self.most = BODY_FACTOR * service.settings.max_sql_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["query_api_request"] = self.identified(scope)
        started, status, size = time.perf_counter(), 0, 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self.most:
                scope["query_api_too_large"] = self.most
                raise TooLargeError
            return message

        async def sent(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id(scope).encode())]
            await send(message)

        with self.service.metrics.working.track_inprogress():
            try:
                await self.app(scope, counted, sent)
            except TooLargeError:
                await self.plain(scope, sent, ApiError(413, "too_large", "body", "it is too large", f"{self.most} bytes"))
            except Exception as error:  # noqa: BLE001 (the last place that can answer)
                log("failed", level="error", request=request_id(scope), error=type(error).__name__, at=place(error))
                if status == 0:
                    problem = ApiError(
                        500, "internal", "query-api", "a mistake of this service", "the query again; its operators know more"
                    )
                    await self.plain(scope, sent, problem)
        self.told(scope, status, time.perf_counter() - started)

    async def plain(self, scope: Scope, send: Send, error: ApiError) -> None:
        """Answer with an error, without the app."""
        self.service.metrics.errors.labels(error.code).inc()
        scope["query_api_code"] = error.code
        body = json.dumps(error.body(request_id(scope))).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": error.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def told(self, scope: Scope, status: int, seconds: float) -> None:
        """Count a request, and write its line."""
        found = scope.get("route")
        # Paths that nobody serves have one name: figures must not grow with what strangers ask for.
        route = getattr(found, "path", "other")
        self.service.metrics.requests.labels(route, str(status)).inc()
        self.service.metrics.seconds.labels(route).observe(seconds)
        if route not in QUIET:
            log(
                "request",
                level="info" if status < 500 else "warning",
                request=request_id(scope),
                route=f"{scope['method']} {route}",
                status=status,
                ms=round(1000 * seconds, 1),
                code=scope.get("query_api_code"),
            )

    def identified(self, scope: Scope) -> str:
        """Return the id that a proxy has given, or a new one."""
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        return given.decode() if GIVEN.fullmatch(given) else secrets.token_hex(8)


def place(error: BaseException) -> Any:  # noqa: ANN401
    """Return where an error came from, without its text."""
    trace, last = error.__traceback__, None
    while trace is not None:
        last = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return last
