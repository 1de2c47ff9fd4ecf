"""The function over HTTP: a CloudEvent in, a status out. 2xx: done; 4xx: never will be; 503: try again."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from .events import EventError, arrivals
from .function import Function
from .logs import log
from .store import Away

#: A notification is about a kilobyte; Kafka's records are at most a megabyte.
LARGEST_EVENT = 2 * 2**20
_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300)


class Figures:
    """Figures for Prometheus."""

    def __init__(self) -> None:
        """Make them all, so that none is missing until it first counts."""
        self.registry = CollectorRegistry()
        r = self.registry
        self.objects = Counter("cleaning_objects", "Objects, by what became of them", ["outcome"], registry=r)
        self.records = Counter("cleaning_records", "Records, by what became of them", ["outcome"], registry=r)
        self.events = Counter("cleaning_events", "Answers to events, by status", ["status"], registry=r)
        self.seconds = Histogram("cleaning_event_seconds", "Time until an event was answered", buckets=_SECONDS, registry=r)


async def read(request: Request) -> bytes:
    """Read an event, if it is not too large for one."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_EVENT:
            raise EventError(f"more than {LARGEST_EVENT} bytes")
        parts.append(part)
    return b"".join(parts)


def make(function: Function) -> Starlette:
    """Give the application of one function."""
    figures = Figures()

    def work(headers: dict[str, str], body: bytes) -> None:
        for arrival in arrivals(headers, body):
            before = dict(vars(function.records))
            outcome = function.arrived(arrival)
            figures.objects.labels(outcome.replace(" ", "_")).inc()
            for name, count in vars(function.records).items():
                figures.records.labels(name).inc(max(0, count - before[name]))
            log("event", key=arrival.key, outcome=outcome)

    async def event(request: Request) -> Response:
        with figures.seconds.time():
            answer = await _answered(request, lambda body: work(dict(request.headers), body))
        figures.events.labels(str(answer.status_code)).inc()
        return answer

    return _app(event, figures.registry)


async def _answered(request: Request, work: Callable[[bytes], None]) -> Response:
    """Answer without a body, which a source would take for another event, unless something is wrong."""
    try:
        body = await read(request)
        await run_in_threadpool(work, body)
    except EventError as error:
        log("refused", level="error", reason=str(error))
        return PlainTextResponse(f"{error}\n", 400)
    except Away as error:
        log("away", level="warning", reason=str(error))
        return PlainTextResponse(f"{error}\n", 503)
    except Exception as error:
        # Perhaps the next try works; if none does, the event becomes a dead letter, with this line.
        log("failed", level="error", error=type(error).__name__, reason=str(error)[:500])
        return PlainTextResponse(f"{type(error).__name__}\n", 500)
    return Response(status_code=200)


def _app(event: Callable[[Request], object], registry: CollectorRegistry) -> Starlette:
    async def metrics(request: Request) -> Response:
        del request
        return Response(generate_latest(registry), media_type="text/plain; version=0.0.4")

    async def health(request: Request) -> Response:
        del request
        return Response(status_code=200)

    return Starlette(
        routes=[
            Route("/", event, methods=["POST"]),
            Route("/healthz", health),
            Route("/metrics", metrics),
        ]
    )
