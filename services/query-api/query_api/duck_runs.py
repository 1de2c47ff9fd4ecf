"""Queries of DuckDB while they run, and their pages.

A thread runs the query and puts one page after another into the store. With Valkey every replica serves every page; without it
the one that ran the query does.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import duckdb

from .duck import Duck, checked, failed
from .errors import ApiError
from .judge import Judged
from .pages import Filling, Limits, Page, cell
from .parameters import Bound
from .store import Store

# How long pages are there to be read.
KEPT_SECONDS = 600
POLL_SECONDS = 0.2
BATCH_ROWS = 256


@dataclass
class Run:
    """One query of this process."""

    id: str
    connection: duckdb.DuckDBPyConnection
    deadline: float
    changed: asyncio.Event
    stopped: ApiError | None = None
    ended: bool = False
    meta: dict[str, Any] = field(default_factory=lambda: {"pages": 0, "state": "running", "columns": []})


class DuckRuns:
    """Begins, watches and ends queries."""

    name = "duckdb"

    def __init__(self, duck: Duck, store: Store, slots: int) -> None:
        """Take how many may run at the same time."""
        self.duck = duck
        self.store = store
        self.slots = asyncio.Semaphore(slots)
        self.pool = ThreadPoolExecutor(slots + 2, thread_name_prefix="duckdb")
        self.runs: dict[str, Run] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    async def start(self, judged: Judged, params: list[Bound], deadline: float, limits: Limits, wait: float) -> str:
        """Begin a query; return its id."""
        try:
            await asyncio.wait_for(self.slots.acquire(), wait)
        except TimeoutError:
            raise ApiError(
                503, "engine_busy", "duckdb", "as many queries run as may", "the query again in a while", {"Retry-After": "5"}
            ) from None
        try:
            loop = asyncio.get_running_loop()
            connection = await loop.run_in_executor(self.pool, self.duck.connection)
            run = Run(secrets.token_hex(12), connection, deadline, asyncio.Event())
            self.runs[run.id] = run
            await self.told(run)
        except BaseException:
            self.slots.release()
            raise
        task = asyncio.create_task(self.supervised(run, judged, params, limits))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return run.id

    async def supervised(self, run: Run, judged: Judged, params: list[Bound], limits: Limits) -> None:
        """Let the thread run, and interrupt it when it must end."""
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self.pool, self.executed, run, judged, params, limits, loop)
        try:
            while not (await asyncio.wait({running}, timeout=POLL_SECONDS))[0]:
                if run.stopped is None and time.time() > run.deadline:
                    run.stopped = too_long()
                if run.stopped is None and self.store.shared and await self.store.get(f"cancel:{run.id}") is not None:
                    run.stopped = cancelled()
                if run.stopped is not None:
                    # Once more each time: an interrupt between two steps of DuckDB is lost.
                    run.connection.interrupt()
            await running
        except Exception as error:  # noqa: BLE001 (whatever it is, the caller must learn that it has ended)
            problem = error if isinstance(error, ApiError) else failed(error) if isinstance(error, duckdb.Error) else internal()
            problem = run.stopped or problem
            run.meta |= {
                "state": "failed",
                "error": [problem.status, problem.code, problem.where, problem.what, problem.allowed],
            }
        finally:
            run.ended = True
            await self.told(run)
            run.connection.close()
            self.slots.release()
            self.runs.pop(run.id, None)

    def executed(self, run: Run, judged: Judged, params: list[Bound], limits: Limits, loop: asyncio.AbstractEventLoop) -> None:
        """Run in a thread: execute, and put page after page."""
        checked(run.connection, judged.text)
        run.connection.execute(judged.text, params)
        described = run.connection.description or []
        run.meta["columns"] = [{"name": each[0], "type": str(each[1])} for each in described]
        rows: list[Any] = []
        page = Page("duckdb")
        while page.state == "running":
            if run.stopped is not None:
                raise run.stopped
            page = Page("duckdb", total_rows=page.total_rows, total_bytes=page.total_bytes)
            filling = Filling(page, limits)
            while not filling.full and page.truncated is None:
                rows = rows or [[cell(value) for value in row] for row in run.connection.fetchmany(BATCH_ROWS)]
                if not rows:
                    page.state = "finished"
                    break
                rows = rows[filling.take(rows) :]
            if page.truncated is not None:
                page.state = "finished"
            asyncio.run_coroutine_threadsafe(self.put(run, page), loop).result(60)

    async def put(self, run: Run, page: Page) -> None:
        """Put one page, and tell that it is there."""
        number = run.meta["pages"]
        await self.store.put(f"page:{run.id}:{number}", b"\n".join(page.rows), KEPT_SECONDS)
        run.meta |= {"pages": number + 1, "state": page.state, "truncated": page.truncated}
        await self.told(run)

    async def told(self, run: Run) -> None:
        """Tell every replica, and who waits here."""
        await self.store.put(f"run:{run.id}", json.dumps(run.meta).encode(), KEPT_SECONDS)
        run.changed.set()
        run.changed = asyncio.Event()

    async def page(self, state: dict[str, Any], wait: float) -> tuple[Page, dict[str, Any] | None]:
        """Return a page by its number, and what is needed for the one after it."""
        query, number = state["q"], state["n"]
        page = Page("duckdb", total_rows=state.get("r", 0))
        meta = await self.known(query, number, wait)
        page.columns = meta["columns"]
        if meta["pages"] > number:
            kept = await self.store.get(f"page:{query}:{number}")
            if kept is None:
                raise gone()
            page.rows = kept.split(b"\n") if kept else []
            page.total_rows += len(page.rows)
            if meta["state"] == "finished" and number == meta["pages"] - 1:
                page.state, page.truncated = "finished", meta.get("truncated")
                return page, None
            return page, {**state, "n": number + 1, "r": page.total_rows}
        if meta["state"] == "failed":
            raise ApiError(*meta["error"])
        return page, state

    async def known(self, query: str, number: int, wait: float) -> dict[str, Any]:
        """Return what is known of a run, once it has the page or has ended, or the wait is over."""
        until = time.monotonic() + wait
        while True:
            run = self.runs.get(query)
            changed = run.changed if run is not None else None
            kept = await self.store.get(f"run:{query}")
            if kept is None:
                raise gone()
            meta = json.loads(kept)
            left = until - time.monotonic()
            if meta["pages"] > number or meta["state"] != "running" or left <= 0:
                return meta
            try:
                await asyncio.wait_for(changed.wait() if changed else asyncio.sleep(left), min(left, POLL_SECONDS))
            except TimeoutError:
                continue

    async def cancel(self, query: str) -> None:
        """End a query, whichever replica runs it."""
        run = self.runs.get(query)
        if run is not None:
            run.stopped = run.stopped or cancelled()
            run.connection.interrupt()
        else:
            await self.store.put(f"cancel:{query}", b"1", KEPT_SECONDS)

    async def close(self) -> None:
        """Interrupt what runs: it cannot be gone on with elsewhere."""
        for run in list(self.runs.values()):
            run.stopped = run.stopped or ApiError(
                503, "engine_stopped", "duckdb", "this replica ends", "the query again", {"Retry-After": "1"}
            )
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=10)
        self.pool.shutdown(wait=False, cancel_futures=True)
        self.duck.close()


def too_long() -> ApiError:
    """Return the answer for a query over its time."""
    return ApiError(504, "query_too_long", "duckdb", "it took longer than this API lets one run", "a query that reads less")


def cancelled() -> ApiError:
    """Return the answer for a query that was cancelled."""
    return ApiError(409, "query_cancelled", "duckdb", "the query was cancelled", "the query once more")


def gone() -> ApiError:
    """Return the answer for a result that is no longer kept."""
    return ApiError(
        410, "query_gone", "duckdb", "its pages are no longer kept, or another replica has them", "the query once more"
    )


def internal() -> ApiError:
    """Return the answer for a mistake of this service."""
    return ApiError(500, "internal", "query-api", "a mistake of this service", "the query again; its operators know more")
