"""Trino, by its own REST protocol.

Not by its Python client: that one holds a thread for each open query, and the address of the next page in an object, so that
only the process which began a query could go on with it. Here the address goes out in the page's token, one page of Trino's
is in memory at a time, and Trino itself waits while nobody asks for more.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from .errors import ApiError
from .judge import Judged
from .pages import Filling, Limits, Page
from .parameters import Bound, literal, quoted
from .settings import Settings
from .trino_errors import failed, gone, unreachable

STATEMENT = "/v1/statement"
NEXT = re.compile(r"/v1/statement/[A-Za-z0-9_/.-]+")
RETRIED = (429, 502, 503, 504)
TRIES = 5


class Trino:
    """Begins, goes on with and ends queries."""

    name = "trino"

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """Connect when it is asked first."""
        self.settings = settings
        login = settings.trino_user and httpx.BasicAuth(settings.trino_user, settings.trino_password or "")
        self.client = httpx.AsyncClient(
            base_url=str(settings.trino_url),
            transport=transport,
            auth=login or None,
            verify=settings.trino_ca or True,
            # Trino answers within a second or so, also when a query has nothing yet.
            timeout=httpx.Timeout(30, connect=5),
            limits=httpx.Limits(max_connections=200, max_keepalive_connections=50),
            follow_redirects=False,
            trust_env=False,
        )

    def headers(self, caller: str, seconds: float | None = None) -> dict[str, str]:
        """Return what Trino must know of who asks."""
        s = self.settings
        known = {
            "X-Trino-User": caller,
            "X-Trino-Source": "query-api",
            # Else times come back with three digits, whatever they have.
            "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",
            "X-Trino-Catalog": s.trino_catalog,
            "X-Trino-Schema": s.trino_schema,
            # Trino ends it too, also when this service is gone.
            "X-Trino-Session": seconds and f"query_max_run_time={max(1, int(seconds))}s",
        }
        return {name: str(value) for name, value in known.items() if value}

    async def start(self, judged: Judged, params: list[Bound], caller: str, deadline: float) -> dict[str, Any]:
        """Begin a query; return what is needed to go on."""
        text = judged.text
        if params:
            text = f"EXECUTE IMMEDIATE {quoted(text)} USING {', '.join(literal(each) for each in params)}"
        answer = await self.ask("POST", STATEMENT, self.headers(caller, deadline - time.time()), text.encode())
        self.check(answer)
        following = self.path(answer)
        if following is None:
            raise unreachable("it has answered with neither a page nor an error")
        return {"q": answer["id"], "u": following, "o": 0, "d": deadline}

    async def page(
        self, state: dict[str, Any], caller: str, limits: Limits, wait: float, first: bool
    ) -> tuple[Page, dict[str, Any] | None]:
        """Return the next page, and what is needed for the one after it.

        Trino gives its last page again, and none before it. So only the first page of ours joins several of Trino's: any other
        one can be asked for again until somebody has asked for the one after it.
        """
        page = Page("trino", total_rows=state.get("r", 0), total_bytes=state.get("b", 0), columns=[])
        filling = Filling(page, limits)
        until = min(time.time() + wait, state["d"])
        path, offset = state["u"], state["o"]
        headers = self.headers(caller)
        try:
            while True:
                answer = await self.ask("GET", path, headers)
                self.check(answer)
                page.columns = page.columns or columns(answer)
                rows = answer.get("data") or []
                offset += filling.take(rows[offset:])
                following = self.path(answer)
                if page.truncated is not None:
                    await self.cancel(state["q"], caller)
                    return finished(page)
                if offset < len(rows):
                    break
                if following is None:
                    return finished(page)
                path, offset = following, 0
                enough = filling.full or (page.rows and not first)
                if enough or (time.time() >= until and (page.rows or time.time() < state["d"])):
                    break
                if time.time() >= state["d"]:
                    await self.cancel(state["q"], caller)
                    raise failed({"errorName": "EXCEEDED_TIME_LIMIT", "message": "it took longer than this API lets one run"})
        except asyncio.CancelledError:
            # The caller has gone: nobody will ask for the rest.
            await asyncio.shield(self.cancel(state["q"], caller))
            raise
        return page, {**state, "u": path, "o": offset, "r": page.total_rows, "b": page.total_bytes}

    async def cancel(self, query: str, caller: str) -> None:
        """End a query; one that has ended already is fine."""
        try:
            await self.client.delete(f"/v1/query/{quote(query, safe='')}", headers=self.headers(caller))
        except httpx.HTTPError as error:
            raise unreachable(type(error).__name__) from None

    async def ready(self) -> bool:
        """Return whether Trino takes queries."""
        try:
            answer = await self.client.get("/v1/info", timeout=3)
            return answer.status_code == 200 and answer.json().get("starting") is False
        except (httpx.HTTPError, ValueError):
            return False

    async def close(self) -> None:
        """Let go of connections. Queries go on: another replica may be asked for their next page."""
        await self.client.aclose()

    async def ask(self, method: str, path: str, headers: dict[str, str], content: bytes | None = None) -> dict[str, Any]:
        """Return one answer of Trino. Its protocol says that what is overloaded may be asked again."""
        problem = ""
        for attempt in range(TRIES):
            try:
                async with self.client.stream(method, path, headers=headers, content=content) as answer:
                    if answer.status_code == 200:
                        return json.loads(await self.read(answer))
                    if answer.status_code in (404, 410):
                        raise gone()
                    problem = f"it has answered with status {answer.status_code}"
                    if answer.status_code not in RETRIED:
                        break
            except httpx.ConnectError as error:
                problem = type(error).__name__
            except httpx.HTTPError as error:
                problem = type(error).__name__
                # A statement that may have been taken is not given twice.
                if method == "POST":
                    break
            except ValueError:
                problem = "its answer is no JSON"
                break
            await asyncio.sleep(0.1 * 2**attempt)
        raise unreachable(problem)

    async def read(self, answer: httpx.Response) -> bytes:
        """Return a body, which has an end."""
        parts, size = [], 0
        async for part in answer.aiter_bytes():
            size += len(part)
            if size > 2 * self.settings.max_bytes:
                raise ApiError(
                    502,
                    "page_too_large",
                    "trino",
                    f"one page of Trino has more than {size} bytes",
                    "smaller rows: name columns",
                )
            parts.append(part)
        return b"".join(parts)

    def check(self, answer: dict[str, Any]) -> None:
        """Raise what Trino says has gone wrong."""
        if answer.get("error"):
            raise failed(answer["error"])

    def path(self, answer: dict[str, Any]) -> str | None:
        """Return where the next page is, of the Trino that the settings name: nobody leads this service elsewhere."""
        given = answer.get("nextUri")
        if not given:
            return None
        path = urlsplit(given).path
        if not NEXT.fullmatch(path) or ".." in path:
            raise unreachable("the next page has an address of another form")
        return path


def finished(page: Page) -> tuple[Page, None]:
    """Return the last page."""
    page.state = "finished"
    return page, None


def columns(answer: dict[str, Any]) -> list[dict[str, str]]:
    """Return names and types."""
    return [{"name": each["name"], "type": each["type"]} for each in answer.get("columns") or []]
