"""The process itself: it starts, says what is wrong, and ends without losing what it has begun."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parent.parent


def begun(env: dict[str, str]) -> subprocess.Popen[str]:
    """Start it."""
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **{f"QUERY_API_{name}": value for name, value in env.items()}}
    line = [sys.executable, "-m", "query_api"]
    return subprocess.Popen(line, env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.fixture
def running(duck_env: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Return a process that serves, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {**duck_env, "HOST": "127.0.0.1", "PORT": str(port), "CALLER_HEADER": "X-User", "DRAIN_SECONDS": "2"}
    process = begun({**env, "PROCESS_MEMORY": "1Gi"})
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx.get(f"{address}/health/live")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield process, address
    finally:
        process.kill()
        process.wait()


def test_it_drains_before_it_ends(running: tuple[subprocess.Popen[str], str]) -> None:
    """After SIGTERM: no longer ready, still there, then ended by itself with 0."""
    process, address = running
    headers = {"X-User": "alice"}
    assert httpx.post(f"{address}/query", json={"sql": "select 1"}, headers=headers).json()["rows"] == [[1]]
    assert httpx.get(f"{address}/health/ready").status_code == 200
    process.send_signal(signal.SIGTERM)
    time.sleep(0.5)
    assert httpx.get(f"{address}/health/ready").status_code == 503
    assert process.wait(30) == 0
    assert process.stdout is not None
    events = [json.loads(line)["event"] for line in process.stdout.read().splitlines()]
    assert {"started", "query", "request", "draining"} <= set(events)


def test_memory_that_duckdb_does_not_count_has_an_end_too(running: tuple[subprocess.Popen[str], str]) -> None:
    """Fail the query that makes a text of gigabytes out of little, and live."""
    _, address = running
    doubled = "select 'xxxxxxxxxxxxxxxx' as x"
    for _ in range(7):
        doubled = f"select x || x || x || x || x || x || x || x || x || x || x || x || x || x || x || x as x from ({doubled})"
    headers = {"X-User": "alice"}
    answer = httpx.post(f"{address}/query", json={"sql": f"select length(x) from ({doubled})"}, headers=headers, timeout=120)
    assert answer.json().get("error", {}).get("code") == "query_too_large", answer.text
    assert httpx.post(f"{address}/query", json={"sql": "select 1"}, headers=headers).json()["rows"] == [[1]]


def test_it_does_not_start_with_wrong_settings() -> None:
    """Say every mistake as a line of the log, and end with 2."""
    process = begun({"MAX_ROWS": "many"})
    text, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    messages = [json.loads(line)["message"] for line in text.splitlines()]
    assert len(messages) == 3
    assert any("MAX_ROWS" in message for message in messages)
