"""The failure callback against a real HTTP server in the place of Alertmanager."""

from __future__ import annotations

import base64
import json
import logging
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from conftest import load

CONNECTION = "AIRFLOW_CONN_LAKEHOUSE_ALERTMANAGER"


class TaskInstance:
    """What the callback reads of a task instance."""

    dag_id, task_id, run_id = "daily_etl", "silver_to_gold", "scheduled__2026-03-02"
    log_url = "https://airflow.example/log"


class Server(HTTPServer):
    """Keeps what it was sent."""

    received: list[tuple[str, dict[str, str], list[dict]]]
    status = 200


class Handler(BaseHTTPRequestHandler):
    """Answers every POST with the server's status."""

    def do_POST(self) -> None:  # noqa: N802
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, dict(self.headers), json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def alertmanager(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    server.received = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv(CONNECTION, f"http://127.0.0.1:{server.server_port}/http")
    yield server
    server.shutdown()
    server.server_close()


def fail() -> None:
    """Call the callback of a task as Airflow does."""
    task = load().dags["daily_etl"].get_task("silver_to_gold")
    callbacks = task.on_failure_callback
    (callback,) = callbacks if isinstance(callbacks, list | tuple) else [callbacks]
    callback({"task_instance": TaskInstance()})


def test_every_task_has_the_callback() -> None:
    tasks = load().dags["daily_etl"].tasks
    assert len(tasks) == 4
    assert all(task.on_failure_callback for task in tasks)


def test_alertmanager_is_told_what_failed(alertmanager: Server) -> None:
    fail()
    ((path, headers, (alert,)),) = alertmanager.received
    assert path == "/api/v2/alerts"
    assert "Authorization" not in headers
    assert alert["labels"] == {
        "alertname": "LakehousePipelineFailed",
        "severity": "critical",
        "dag_id": "daily_etl",
        "task_id": "silver_to_gold",
    }
    summary = "task silver_to_gold of DAG daily_etl, run scheduled__2026-03-02, failed"
    assert alert["annotations"] == {"summary": summary}
    assert alert["generatorURL"] == "https://airflow.example/log"
    assert alert["startsAt"] < alert["endsAt"]


def test_login_and_password_become_basic_authentication(alertmanager: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CONNECTION, f"http://me:s%40y@127.0.0.1:{alertmanager.server_port}/http")
    fail()
    sent = alertmanager.received[0][1]["Authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")) == b"me:s@y"


def test_without_connection_the_failure_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    assert CONNECTION not in os.environ
    with caplog.at_level(logging.ERROR):
        fail()
    assert "no connection lakehouse_alertmanager" in caplog.text


@pytest.mark.parametrize("status", [500, None])
def test_an_alertmanager_that_refuses_or_is_gone_does_not_break_the_task(
    alertmanager: Server, caplog: pytest.LogCaptureFixture, status: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if status:
        alertmanager.status = status
    else:
        monkeypatch.setenv(CONNECTION, "http://127.0.0.1:9/http")
    with caplog.at_level(logging.ERROR):
        fail()
    assert "Alertmanager could not be told" in caplog.text
