"""A job that is killed at any step leaves nothing or a whole batch, and the next run completes it."""

from __future__ import annotations

import http.server
import itertools
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Death, Lake

CONTENTS = [f"id,name\n{number},n{number}\n".encode() for number in range(3)]


def _files(lake: Lake) -> Path:
    drop = lake.folder / "drop"
    drop.mkdir()
    for number, content in enumerate(CONTENTS):
        (drop / f"{number}.csv").write_bytes(content)
    return lake.declare("files", {"path": str(drop), "pattern": "*.csv", "complete": "rename", "after": "delete"})


def _objects(lake: Lake) -> Path:
    other = f"{lake.bucket}-outside"
    lake.s3.create_bucket(Bucket=other)
    for number, content in enumerate(CONTENTS):
        lake.s3.put_object(Bucket=other, Key=f"in/{number}.csv", Body=content)
    lake.env = {"SOURCE_USER": "sources-test", "SOURCE_PASSWORD": "sources-test-password"}
    return lake.declare("s3", {"endpoint": lake.url, "region": "us-east-1", "bucket": other, "prefix": "in/"})


def _die_everywhere(lake: Lake, declaration: Path, after: bool) -> int:
    """Kill run after run, each a step later than the one before, until one gets through. Gives their number."""
    for step in itertools.count(1):
        code = lake.run(declaration, Death(step, after))
        for key, content in lake.data().items():
            assert content in CONTENTS, key
        if code == 0:
            return step
        assert code == 137
    raise AssertionError


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("source", [_files, _objects])
def test_runs_that_are_killed_at_each_step_in_turn(lake: Lake, source: Callable[[Lake], Path], after: bool) -> None:
    """Each run goes on from what the one before has left."""
    declaration = source(lake)
    assert _die_everywhere(lake, declaration, after) > 5
    assert lake.run(declaration) == 0
    assert lake.whole() == CONTENTS


@pytest.mark.parametrize("after", [False, True])
def test_a_document_that_changes_between_runs_that_are_killed(lake: Lake, after: bool) -> None:
    """What has landed is a series of states that the source has had, each once."""
    served: list[bytes] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802
            served.append(f"id\n{len(served)}\n".encode())
            self.send_response(200)
            self.send_header("Content-Length", str(len(served[-1])))
            self.end_headers()
            self.wfile.write(served[-1])

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        declaration = lake.declare("http", {"url": f"http://127.0.0.1:{server.server_port}/a.csv"})
        for step in range(1, 9):
            lake.run(declaration, Death(step, after))
            data = list(lake.data().values())
            assert len(set(data)) == len(data)
            assert set(data) <= set(served)
        assert lake.run(declaration) == 0
        server.shutdown()
    whole = lake.whole()
    assert len(set(whole)) == len(whole)
    assert served[-1] in whole
    assert [each["id"] for each in lake.manifests()] == [f"{number:010d}" for number in range(1, len(whole) + 1)]
