"""A real object store, a web server that misbehaves on request, and runs of the job that are killed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import socket
import subprocess
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest

from sources import run as job
from sources.store import Store

USER, PASSWORD = "sources-test", "sources-test-password"
KEYS = {"aws_access_key_id": USER, "aws_secret_access_key": PASSWORD}


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="session")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the store that `SOURCES_TEST_MINIO` or `SOURCES_TEST_WEED` names, or the MinIO of the PATH."""
    folder, port = tmp_path_factory.mktemp("store"), free_port()
    env = {"MINIO_ROOT_USER": USER, "MINIO_ROOT_PASSWORD": PASSWORD, "PATH": os.environ["PATH"], "HOME": str(folder)}
    line = _weed(folder, port) if os.environ.get("SOURCES_TEST_WEED") else _minio(folder, port)
    with (folder / "log").open("w") as said, subprocess.Popen(line, env=env, stdout=said, stderr=said) as server:
        try:
            _wait(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()


def _minio(folder: Path, port: int) -> list[str]:
    program = os.environ.get("SOURCES_TEST_MINIO") or shutil.which("minio")
    assert program is not None, "SOURCES_TEST_MINIO names no MinIO"
    console = f"127.0.0.1:{free_port()}"
    return [program, "server", "--quiet", f"--address=127.0.0.1:{port}", f"--console-address={console}", str(folder / "data")]


def _weed(folder: Path, port: int) -> list[str]:
    identity = {"name": USER, "credentials": [{"accessKey": USER, "secretKey": PASSWORD}], "actions": ["Admin"]}
    (folder / "identities.json").write_text(json.dumps({"identities": [identity]}))
    # Its ports of gRPC are 10000 above the others.
    ports = [f"-{name}={free_port() % 20000 + 20000}" for name in ("master.port", "volume.port", "filer.port")]
    (folder / "data").mkdir()
    s3 = ["-s3", f"-s3.port={port}", f"-s3.port.grpc={free_port()}", f"-s3.config={folder}/identities.json"]
    line = [os.environ["SOURCES_TEST_WEED"], "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={folder}/data"]
    return [*line, *ports, *s3, "-master.volumeSizeLimitMB=64", "-volume.max=5000"]


def _wait(port: int) -> None:
    """Until it lists buckets: an open port may be too early."""
    s3 = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1", **KEYS)
    for _ in range(200):
        try:
            s3.list_buckets()
        except Exception:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the store does not start")


@dataclass
class Lake:
    """A bucket of its own for one test, and runs of a source that lands there."""

    s3: Any
    url: str
    folder: Path
    bucket: str = field(default_factory=lambda: f"b{uuid.uuid4().hex[:16]}")
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the bucket."""
        self.s3.create_bucket(Bucket=self.bucket)

    def declare(self, kind: str, of: dict[str, Any], **more: Any) -> Path:  # noqa: ANN401
        """Write a declaration. Of a setting with a dot the part after it is within the first."""
        text: dict[str, Any] = {
            "name": "shop",
            "kind": kind,
            "lake": {
                "endpoint": self.url,
                "region": "us-east-1",
                "bucket": self.bucket,
                "prefix": "sources/shop/",
                "quarantine": "quarantine/shop/",
            },
            "content": {"format": "csv", "columns": ["id"]},
            "maxBytes": 10_000_000,
            "seconds": 20,
            "attempts": 3,
            "freshSeconds": 0,
            "scratch": str(self.folder / "scratch"),
            "of": of,
        }
        text.update(more)
        path = self.folder / "source.json"
        path.write_text(json.dumps(text))
        return path

    def run(self, declaration: Path, dies: Callable[[], None] | None = None) -> int:
        """Run the job in a process of its own. `dies` prepares its death. Gives its code."""
        child = os.fork()
        if child == 0:
            try:
                os.environ.update(
                    {"SOURCE_S3_KEY": USER, "SOURCE_S3_SECRET": PASSWORD, "SOURCE_TERMINATION": str(self.folder / "end")}
                )
                os.environ.update(self.env)
                if dies is not None:
                    dies()
                os._exit(job.main([str(declaration)]))
            except BaseException:
                traceback.print_exc()
                os._exit(99)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    @property
    def end(self) -> str:
        """The line that the last run has left."""
        return (self.folder / "end").read_text()

    def names(self, prefix: str = "") -> list[str]:
        """List keys below a prefix."""
        return sorted(each.key for each in Store(self.s3, self.bucket).list(prefix))

    def read(self, key: str) -> bytes:
        """Read an object."""
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def data(self) -> dict[str, bytes]:
        """Give what readers of the prefix see, by key. Each object is what its name says, so none is cut."""
        found = {key: self.read(key) for key in self.names("sources/shop/date=")}
        for key, content in found.items():
            assert hashlib.sha256(content).hexdigest()[:16] in key
        return found

    def manifests(self) -> list[dict[str, Any]]:
        """Give what readers of the manifests see."""
        return [json.loads(self.read(key)) for key in self.names("sources/shop/_landed/")]

    def reasons(self) -> list[str]:
        """Give the reasons in the quarantine."""
        return [json.loads(self.read(key))["reason"] for key in self.names("quarantine/shop/") if key.endswith(".reason.json")]

    def whole(self) -> list[bytes]:
        """Give the contents of all batches, of which manifests and objects say the same."""
        data = self.data()
        manifests = self.manifests()
        assert sorted(each["object"] for each in manifests) == sorted(data)
        for each in manifests:
            content = data[each["object"]]
            assert (each["sha256"], each["bytes"]) == (hashlib.sha256(content).hexdigest(), len(content))
        return sorted(data.values())


@pytest.fixture
def lake(store_url: str, tmp_path: Path) -> Lake:
    """Give a bucket for one test."""
    s3 = boto3.client("s3", endpoint_url=store_url, region_name="us-east-1", **KEYS)
    return Lake(s3, store_url, tmp_path)


class Death:
    """Ends the process, as a kill does, before or after the n-th request to the lake."""

    STEPS = ("list", "read", "write", "upload")

    def __init__(self, step: int, after: bool) -> None:
        """Die at a step, counted from 1."""
        self.left, self.after = step, after

    def __call__(self) -> None:
        """Prepare it, in the process that will die."""
        for name in self.STEPS:
            setattr(Store, name, self._counted(getattr(Store, name), name == "list"))

    def _counted(self, method: Callable[..., Any], listing: bool) -> Callable[..., Any]:
        def counted(store: Store, *arguments: Any) -> Any:  # noqa: ANN401
            self.left -= 1
            if self.left == 0 and not self.after:
                os._exit(137)
            result = method(store, *arguments)
            result = list(result) if listing else result
            if self.left == 0:
                os._exit(137)
            return iter(result) if listing else result

        return counted
