"""Valkey or Redis itself, as a process: what replicas share, and what happens without it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Make
from .fake_trino import FakeTrino

pytestmark = pytest.mark.anyio
NAMES = ("valkey-server", "redis-server")
SERVER = os.environ.get("QUERY_API_TEST_REDIS") or next(filter(None, map(shutil.which, NAMES)), None)
USER = "user api on >secret resetchannels ~query-api:* &query-api:* +@all -@admin -@dangerous"


class Server:
    """One server, with a user that may have keys of one beginning, as the stack's grant lets it."""

    def __init__(self, folder: Path) -> None:
        """Choose a port, and begin."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        (folder / "users.acl").write_text(f"user default off\n{USER}\n")
        self.begin()

    def begin(self) -> None:
        """Start it, and wait until it listens."""
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--aclfile", str(self.folder / "users.acl")]
        line = [str(SERVER), *options, "--dir", str(self.folder)]
        self.process = subprocess.Popen(line, stdout=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError("it does not listen")

    def end(self) -> None:
        """Stop it."""
        self.process.terminate()
        self.process.wait()

    @property
    def env(self) -> dict[str, str]:
        """Return what the service is told of it."""
        return {"CACHE_URL": f"redis://127.0.0.1:{self.port}", "CACHE_USER": "api", "CACHE_PASSWORD": "secret"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """Return a server, where there is one."""
    if SERVER is None:
        pytest.skip("there is neither valkey-server nor redis-server on the PATH, and QUERY_API_TEST_REDIS names none")
    running = Server(tmp_path)
    yield running
    running.end()


async def test_replicas_share_results_and_rates(make: Make, fake: FakeTrino, server: Server) -> None:
    """Take from the cache what another replica has put there, and count together."""
    one, two = make(**server.env, RATE_PER_MINUTE="5"), make(**server.env, RATE_PER_MINUTE="5")
    assert (await one.query("select * from t")).json()["cached"] is False
    assert (await two.query("select * from t")).json()["cached"] is True
    assert len(fake.queries) == 1
    answers = [(await api.query("select 2")).status_code for api in (one, two, one, two)]
    # A minute may begin in between: then three more fit.
    assert answers == [200, 200, 200, 429] or answers[-1] == 200
    assert (await one.client.get("/health/ready")).json()["answers"]["cache"] is True


async def test_another_replica_serves_and_ends_queries_of_duckdb(make: Make, server: Server, duck_env: dict[str, str]) -> None:
    """Find pages in the cache, and cancel through it."""
    env = {**duck_env, **server.env, "WAIT_SECONDS": "2"}
    one, two = make(**env, PAGE_ROWS="1000"), make(**env, PAGE_ROWS="1000")
    first = (await one.query("select id from orders order by id")).json()
    rows, body = first["rows"], first
    while body["next"]:
        body = (await two.page(body)).json()
        rows += body["rows"]
    assert rows == [[n] for n in range(5000)]
    running = (await one.query("select count(*) from range(10000000000) a, range(1000) b")).json()
    assert (await two.client.delete(f"/query/{running['id']}")).status_code == 204
    ended = await two.page(running)
    for _ in range(20):
        if ended.status_code == 200:
            ended = await two.page(running)
    assert ended.json()["error"]["code"] == "query_cancelled"


async def test_it_goes_on_without_the_cache(make: Make, fake: FakeTrino, server: Server) -> None:
    """Answer all the same, keep the rate by itself, and use the cache again when it is back."""
    api = make(**server.env, RATE_PER_MINUTE="1000")
    assert (await api.query("select * from t")).status_code == 200
    server.end()
    assert (await api.query("select * from t")).status_code == 200
    assert (await api.client.get("/health/ready")).json() == {"status": "ok", "answers": {"trino": True, "cache": False}}
    server.begin()
    assert (await api.query("select * from u")).status_code == 200
    assert (await api.query("select * from u")).json()["cached"] is True
    assert (await api.client.get("/health/ready")).json()["answers"]["cache"] is True
