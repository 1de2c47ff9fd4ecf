"""Large objects, and dead letters. The API server and Kafka are fakes here: the real ones are in the project's own tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from starlette.testclient import TestClient

from cleaning import dead_letters
from cleaning.store import Away

from .conftest import Bench


MODEL = {
    "apiVersion": "sparkoperator.k8s.io/v1beta2",
    "kind": "SparkApplication",
    "metadata": {"name": "bronze-to-silver", "resourceVersion": "7"},
    "spec": {"mode": "cluster", "suspend": True, "mainApplicationFile": "other.py", "arguments": ["--days", "3"]},
}


class Api:
    """Keeps names of applications, as an API server does."""

    def __init__(self) -> None:
        """Start it."""
        self.made: dict[str, Any] = {}
        self.answers: list[int] = []
        self.tokens: set[str] = set()
        api = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                api.tokens.add(self.headers["Authorization"])
                name = f"{self.path} {body['metadata']['name']}"
                code = api.answers.pop(0) if api.answers else (409 if name in api.made else 201)
                if code == 201:
                    api.made[name] = body
                self.send_response(code)
                self.end_headers()

            def do_GET(self) -> None:  # noqa: N802
                code = api.answers.pop(0) if api.answers else 200
                self.send_response(code)
                self.end_headers()
                self.wfile.write(json.dumps(MODEL).encode() if self.path.endswith("/bronze-to-silver") else b"")

            def log_message(self, *_: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def api() -> Iterator[Api]:
    """Give an API server."""
    made = Api()
    yield made
    made.server.shutdown()


def test_large_objects_are_submitted_once(bench: Bench, api: Api, tmp_path: Path) -> None:
    """A failed try is tried again; the same content has the same name, another content another one."""
    (tmp_path / "token").write_text("abc\n")
    names = {"namespace": "lakehouse-compute", "model": "bronze-to-silver", "program": "local:///clean.py", "labels": {"a": "b"}}
    spark = {"above": 100, "api": api.url, **names}
    url = bench.serve(spark=spark, env={"CLEANING_ACCOUNT": str(tmp_path)})
    etag = bench.put("raw/small.csv", "id\n1\n") and bench.put("raw/large.csv", "id\n" + "1\n" * 100)
    api.answers = [500, 200, 403, 200, 500]
    assert [bench.send(url, "raw/large.csv").status_code for _ in range(5)] == [503, 503, 503, 200, 200]
    assert bench.send(url, "raw/small.csv").status_code == 200
    assert bench.names("clean/") == ["clean/small.csv.parquet"]
    bench.put("raw/large.csv", "id\n" + "2\n" * 100)
    assert bench.send(url, "raw/large.csv").status_code == 200
    first, second = api.made
    assert first != second
    assert first.startswith("/apis/sparkoperator.k8s.io/v1beta2/namespaces/lakehouse-compute/sparkapplications shop-")
    assert api.tokens == {"Bearer abc"}
    of_first = api.made[first]
    assert {**of_first["spec"], "arguments": 0} == {"mode": "cluster", "mainApplicationFile": "local:///clean.py", "arguments": 0}
    assert set(of_first["metadata"]) == {"name", "namespace", "labels"}
    assert of_first["spec"]["arguments"][:4] == [
        f"--source=s3a://{bench.bucket}/raw/large.csv",
        f"--etag={etag}",
        f"--target=s3a://{bench.bucket}/clean/large.csv.parquet",
        f"--bad=s3a://{bench.bucket}/clean/_bad/large.csv.parquet.{etag}",
    ]


def test_dead_letters_keep_what_came() -> None:
    """The body, the key, and the attributes with what was wrong; where Kafka is away, it has to come again."""
    written: list[Any] = []

    def produce(key: bytes | None, value: bytes, headers: list[tuple[str, bytes]]) -> None:
        if value == b"away":
            raise Away("topic: KafkaTimeoutError")
        written.append((key, value, dict(headers)))

    http = TestClient(dead_letters.make(produce))
    headers = {"ce-id": "1", "ce-key": "b/o", "ce-knativeerrorcode": "400", "content-type": "application/json"}
    assert http.post("/", content=b"{}", headers=headers).status_code == 200
    assert http.post("/", content=b"away", headers=headers).status_code == 503
    [(key, value, record)] = written
    assert (key, value, record["ce_knativeerrorcode"], record["content-type"]) == (b"b/o", b"{}", b"400", b"application/json")
    assert "cleaning_dead_letters_total 1.0" in http.get("/metrics").text
