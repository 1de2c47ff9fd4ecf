"""What a request goes through: how often its caller asks, the judge, the cache, an engine."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any, TypeVar

from .callers import Callers
from .duck import Duck
from .duck_runs import DuckRuns
from .errors import ApiError, wrong
from .judge import Judged, judge
from .logs import log
from .metrics import Metrics
from .pages import Limits, Page
from .parameters import Bound, bind
from .seals import Seals
from .settings import Settings
from .store import Store, store_of
from .trino import Trino

T = TypeVar("T")
# A larger result is no use to who asks again and again, and takes the cache from others.
CACHED_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Asked:
    """A request as it was parsed."""

    sql: str
    params: list[Any]
    engine: str | None
    limit: int | None
    fresh: bool = False


class QueryService:
    """The engines, and what stands before them."""

    def __init__(self, settings: Settings, trino: Trino | None = None) -> None:
        """Make what the settings ask for."""
        self.settings = settings
        self.metrics = Metrics()
        self.callers = Callers(settings.caller_header, settings.caller_tokens)
        self.seals = Seals(settings.key)
        self.store: Store = store_of(settings)
        self.trino = trino or (Trino(settings) if settings.trino_url else None)
        self.duck = Duck(settings) if settings.duckdb else None
        self.runs = DuckRuns(self.duck, self.store, settings.duckdb_slots) if self.duck else None
        self.draining = False

    async def start(self, caller: str, asked: Asked) -> Page:
        """Run a statement; return its first page."""
        await self.admit(caller)
        engine = self.engine(asked.engine)
        limits = self.limits(asked.limit)
        if len(asked.sql.encode(errors="surrogatepass")) > self.settings.max_sql_bytes:
            raise wrong("sql", "it is too long", f"at most {self.settings.max_sql_bytes} bytes")
        relations = (self.duck.relations,) if self.duck and engine == "duckdb" else ()
        judged = await asyncio.to_thread(judge, asked.sql, engine, *relations)
        params = bind(asked.params, judged.parameters)
        key = self.cache_key(caller, judged, params, limits) if judged.cacheable and self.settings.cache_seconds else None
        if key and not asked.fresh:
            found = await self.cached(key, engine)
            self.metrics.cache.labels("hit" if found else "miss").inc()
            if found:
                return found
        self.metrics.queries.labels(engine).inc()
        deadline = time.time() + self.settings.max_seconds
        if engine == "trino":
            state = await self.need(self.trino).start(judged, params, caller, deadline)
        else:
            run = await self.need(self.runs).start(judged, params, deadline, limits, self.settings.wait_seconds)
            state = {"q": run, "n": 0}
        if judged.lexed is not None:
            log("query", caller=caller, engine=engine, query=state["q"], kind=judged.kind, sql=judged.lexed.redacted())
        page = await self.turned(caller, engine, {**state, "l": limits.rows}, first=True)
        if key and page.state == "finished" and page.truncated is None and page.total_bytes <= CACHED_BYTES:
            await self.keep(key, page)
        return page

    async def go_on(self, caller: str, given: str, token: str) -> Page:
        """Return another page."""
        engine, query = self.seals.open_id(given, caller)
        state = self.seals.open_page(query, token)
        return await self.turned(caller, engine, state)

    async def cancel(self, caller: str, given: str) -> None:
        """End a query of this caller."""
        engine, query = self.seals.open_id(given, caller)
        if engine == "trino":
            await self.need(self.trino).cancel(query, caller)
        else:
            await self.need(self.runs).cancel(query)
        log("cancelled", caller=caller, engine=engine, query=query)

    async def turned(self, caller: str, engine: str, state: dict[str, Any], *, first: bool = False) -> Page:
        """Return the page that a state leads to, with the token of the next one."""
        wait = float(self.settings.wait_seconds)
        if engine == "trino":
            page, following = await self.need(self.trino).page(state, caller, self.limits(state["l"]), wait, first)
        else:
            page, following = await self.need(self.runs).page(state, wait)
        page.id = self.seals.query_id(engine, state["q"], caller)
        page.next = self.seals.page(state["q"], following) if following is not None else None
        self.metrics.rows.labels(engine).inc(len(page.rows))
        self.metrics.bytes.labels(engine).inc(sum(map(len, page.rows)))
        return page

    async def admit(self, caller: str) -> None:
        """Count a request of a caller. Raises ApiError when there were too many."""
        most = self.settings.rate_per_minute
        if self.draining:
            raise ApiError(
                503, "stopping", "query-api", "this replica ends", "the query again: another takes it", {"Retry-After": "1"}
            )
        if most == 0:
            return
        minute, second = divmod(int(time.time()), 60)
        if await self.store.count(f"rate:{digest(caller)[:24]}:{minute}", 120) > most:
            left = str(60 - second)
            raise ApiError(429, "too_many_requests", "caller", "too many queries", f"{most} a minute", {"Retry-After": left})

    def engine(self, wanted: str | None) -> Any:  # noqa: ANN401 (a literal)
        """Return the engine to ask."""
        engines = self.settings.engines
        if wanted is not None and wanted not in engines:
            raise wrong("engine", f"{wanted} is not on here", " or ".join(engines))
        return wanted or engines[0]

    def limits(self, rows: int | None) -> Limits:
        """Return the limits of a query."""
        s = self.settings
        if rows is not None and rows > s.max_rows:
            raise wrong("limit", f"given {rows}", f"at most {s.max_rows} rows")
        return Limits(s.page_rows, s.page_bytes, rows or s.default_rows, s.max_bytes)

    def cache_key(self, caller: str, judged: Judged, params: list[Bound], limits: Limits) -> str:
        """Return where a result is kept: for one caller alone, since each may see other rows."""
        s = self.settings
        of = [caller, judged.engine, judged.text, [[type(p).__name__, str(p)] for p in params], limits.rows, limits.bytes]
        return f"result:{digest(json.dumps([*of, s.page_rows, s.page_bytes, s.trino_catalog, s.trino_schema]))}"

    async def cached(self, key: str, engine: str) -> Page | None:
        """Return a kept result."""
        kept = await self.store.get(key)
        if kept is None:
            return None
        head, *rows = kept.split(b"\n")
        known = json.loads(head)
        return Page(
            engine,
            known["columns"],
            rows,
            "finished",
            id=known["id"],
            cached=True,
            total_rows=len(rows),
            total_bytes=sum(map(len, rows)),
        )

    async def keep(self, key: str, page: Page) -> None:
        """Keep a result."""
        head = json.dumps({"columns": page.columns, "id": page.id}).encode()
        await self.store.put(key, b"\n".join([head, *page.rows]), self.settings.cache_seconds)

    async def health(self) -> dict[str, bool]:
        """Ask everything whether it answers."""
        found: dict[str, bool] = {}
        if self.trino:
            found["trino"] = await self.trino.ready()
        if self.duck:
            found["duckdb"] = await asyncio.to_thread(self.duck.ready)
        for name, up in found.items():
            self.metrics.up.labels(name).set(up)
        if self.settings.cache_url:
            found["cache"] = await self.store.answers()
            self.metrics.cache_up.labels("valkey").set(found["cache"])
        return found

    async def close(self) -> None:
        """End what this process has."""
        self.draining = True
        if self.runs:
            await self.runs.close()
        if self.trino:
            await self.trino.close()
        await self.store.close()

    def need(self, part: T | None) -> T:
        """Return an engine, which an id of another configuration may name."""
        if part is None:
            raise wrong("id", "its engine is not on here", " or ".join(self.settings.engines))
        return part


def digest(text: str) -> str:
    """Return a short name of a text."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
