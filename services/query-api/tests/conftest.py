"""What the proofs share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest

from query_api.app import create_app
from query_api.service import QueryService
from query_api.settings import settings
from query_api.trino import Trino

from .fake_trino import FakeTrino

CORPUS = Path(__file__).parent / "corpus"
ALICE = {"X-Forwarded-User": "alice"}
BOB = {"X-Forwarded-User": "bob"}


def statements(name: str) -> list[str]:
    r"""Return the statements of a file: one a line, `\n` and `\0` written out."""
    lines = (CORPUS / f"{name}.txt").read_text().splitlines()
    return [line.replace("\\n", "\n").replace("\\0", "\0") for line in lines if line.strip() and not line.startswith("# ")]


@pytest.fixture
def anyio_backend() -> str:
    """Run on asyncio, as uvicorn does."""
    return "asyncio"


@pytest.fixture
def fake() -> FakeTrino:
    """Return a stand-in for Trino."""
    return FakeTrino()


class Api:
    """The service, and a client of it."""

    def __init__(self, env: dict[str, str], fake: FakeTrino | None) -> None:
        """Make both."""
        known = settings({"QUERY_API_CALLER_HEADER": "X-Forwarded-User", "QUERY_API_KEY": "k" * 32, **env})
        transport = httpx.ASGITransport(fake.app) if fake else None
        self.service = QueryService(known, Trino(known, transport) if known.trino_url else None)
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(self.service), raise_app_exceptions=False),
            base_url="http://api",
            headers=ALICE,
            timeout=60,
        )

    async def query(self, sql: str, params: list[Any] | None = None, **more: Any) -> httpx.Response:  # noqa: ANN401
        """Ask."""
        headers = more.pop("headers", {})
        return await self.client.post("/query", json={"sql": sql, "params": params or [], **more}, headers=headers)

    async def page(self, answer: dict[str, Any], headers: dict[str, str] | None = None) -> httpx.Response:
        """Ask for the page after this one."""
        return await self.client.get(f"/query/{answer['id']}", params={"page": answer["next"]}, headers=headers or {})

    async def rows(self, sql: str, params: list[Any] | None = None, **more: Any) -> list[list[Any]]:  # noqa: ANN401
        """Return all rows of all pages."""
        answer = await self.query(sql, params, **more)
        assert answer.status_code == 200, answer.text
        found, body = answer.json()["rows"], answer.json()
        while body["next"]:
            following = await self.page(body)
            assert following.status_code == 200, following.text
            body = following.json()
            found += body["rows"]
        return found

    async def close(self) -> None:
        """End both."""
        await self.client.aclose()
        await self.service.close()


Make = Callable[..., Api]


@pytest.fixture
async def make(fake: FakeTrino) -> AsyncIterator[Make]:
    """Return a way to make services on the stand-in for Trino; they end with the test."""
    made: list[Api] = []

    def one(**env: str) -> Api:
        given = {f"QUERY_API_{name}": value for name, value in {"TRINO_URL": "http://trino:8080", **env}.items()}
        made.append(Api(given, fake))
        return made[-1]

    yield one
    for each in made:
        await each.close()


@pytest.fixture(scope="session")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two tables of Parquet."""
    folder = tmp_path_factory.mktemp("lake")
    with duckdb.connect() as database:
        for name, query in {
            "orders": "select i as id, i % 7 as k from range(5000) t(i)",
            "customers": "select i as k, 'ab' || i as name from range(7) t(i)",
        }.items():
            (folder / name).mkdir()
            database.execute(f"copy ({query}) to '{folder}/{name}/1.parquet'")
    (folder.parent / "secret.csv").write_text("a\n1\n")
    return folder


@pytest.fixture
def duck_env(lake: Path, tmp_path: Path) -> dict[str, str]:
    """Return the environment of a service with DuckDB alone."""
    tables = ",".join(f'"{n}":{{"format":"parquet","path":"{lake}/{n}/*.parquet"}}' for n in ("orders", "customers"))
    return {
        "TRINO_URL": "",
        "DUCKDB": "on",
        "DUCKDB_TABLES": f"{{{tables}}}",
        "DUCKDB_DIRECTORIES": f'["{lake}/"]',
        "DUCKDB_SPILL": str(tmp_path / "spill"),
        "DUCKDB_MEMORY": "256Mi",
    }
