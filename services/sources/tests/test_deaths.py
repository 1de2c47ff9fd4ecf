"""A job that is killed at any step leaves nothing or a whole batch, and the next run completes it."""

from __future__ import annotations

import contextlib
import http.server
import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sources.store import Store

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


@contextlib.contextmanager
def web() -> Iterator[tuple[str, list[bytes]]]:
    """Serve another document for each request. Gives its URL, and what was served."""
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
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/a.csv", served
        server.shutdown()


@pytest.mark.parametrize("after", [False, True])
def test_a_document_that_changes_between_runs_that_are_killed(lake: Lake, after: bool) -> None:
    """What has landed is a series of states that the source has had, each once."""
    with web() as (url, served):
        declaration = lake.declare("http", {"url": url})
        for step in range(1, 9):
            lake.run(declaration, Death(step, after))
            data = list(lake.data().values())
            assert len(set(data)) == len(data)
            assert set(data) <= set(served)
        assert lake.run(declaration) == 0
    whole = lake.whole()
    assert len(set(whole)) == len(whole)
    assert served[-1] in whole
    assert [each["id"] for each in lake.manifests()] == [f"{number:010d}" for number in range(1, len(whole) + 1)]


def test_of_two_runs_at_once_one_lands(lake: Lake) -> None:
    """Kubernetes starts one at a time; where somebody deletes a pod of a node that is away, there may be two."""
    with web() as (url, served):
        declaration = lake.declare("http", {"url": url})

        def overtaken() -> None:
            upload = Store.upload

            def late(store: Store, key: str, path: Path, sha256: str) -> bool:
                Store.upload = upload  # type: ignore[method-assign]
                assert lake.run(lake.declare("http", {"url": url}, scratch=str(lake.folder / "other"))) == 0
                return upload(store, key, path, sha256)

            Store.upload = late  # type: ignore[method-assign]

        assert lake.run(declaration, overtaken) == 1
        assert lake.end.startswith("another run has landed sources/shop/date=")
        assert [each["id"] for each in lake.manifests()] == ["0000000001"]
        assert lake.read(lake.manifests()[0]["object"]) == served[1]
        assert lake.run(declaration) == 0
    assert [each["id"] for each in lake.manifests()] == ["0000000001", "0000000002"]
    objects = [each["object"] for each in lake.manifests()]
    assert [lake.read(key) for key in objects] == [served[1], served[2]]
    assert len(lake.data()) == 3
