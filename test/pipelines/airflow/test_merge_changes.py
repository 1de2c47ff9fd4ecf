"""The merge of changes: its statements, and Trino's protocol against a real HTTP server in Trino's place."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from airflow.sdk import Connection
from conftest import DAGS

sys.path.insert(0, str(DAGS))
import merge_changes

SQL = Path(__file__).parents[3] / "pipelines" / "sql" / "merge_changes.sql"


class Trino(HTTPServer):
    """Answers as it is told, and keeps what it was asked."""

    asked: list[tuple[str, str]]
    answers: list[tuple[int, dict]]


class Handler(BaseHTTPRequestHandler):
    """Gives one answer after the other."""

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self.server.asked.append((self.command, body))
        code, value = self.server.answers.pop(0)
        self.send_response(code)
        self.end_headers()
        address = f"http://127.0.0.1:{self.server.server_port}/next"
        self.wfile.write(json.dumps({k: address if v == "NEXT" else v for k, v in value.items()}).encode())

    do_GET = do_POST = do_DELETE = answer  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def trino() -> Iterator[Trino]:
    server = Trino(("127.0.0.1", 0), Handler)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def connection(trino: Trino) -> Connection:
    return Connection(conn_id="t", conn_type="trino", host="127.0.0.1", port=trino.server_port, login="airflow")


def test_the_file_has_three_statements() -> None:
    kinds = [
        next(line for line in each.splitlines() if line and not line.startswith("--")).split()[:2]
        for each in merge_changes.statements(SQL.read_text(encoding="utf-8"))
    ]
    assert kinds == [["CREATE", "SCHEMA"], ["CREATE", "TABLE"], ["MERGE", "INTO"]]


def test_a_statement_is_followed_to_its_end_and_waits_while_trino_is_busy(trino: Trino) -> None:
    trino.answers = [(503, {}), (200, {"nextUri": "NEXT"}), (200, {"nextUri": "NEXT"}), (200, {"updateCount": 7})]
    assert merge_changes.run(connection(trino), "MERGE") == 7
    assert [method for method, _ in trino.asked] == ["POST", "POST", "GET", "GET"]
    assert trino.asked[1] == ("POST", "MERGE")


def test_an_error_fails_the_task_with_trinos_words(trino: Trino) -> None:
    trino.answers = [(200, {"nextUri": "NEXT"}), (200, {"error": {"message": "no such table"}})]
    with pytest.raises(RuntimeError, match="no such table"):
        merge_changes.run(connection(trino), "MERGE")


def test_a_statement_that_is_given_up_is_ended_in_trino(trino: Trino) -> None:
    trino.answers = [(200, {"nextUri": "NEXT"}), (404, {}), (204, {})]
    with pytest.raises(Exception, match="404"):
        merge_changes.run(connection(trino), "MERGE")
    assert [method for method, _ in trino.asked] == ["POST", "GET", "DELETE"]
