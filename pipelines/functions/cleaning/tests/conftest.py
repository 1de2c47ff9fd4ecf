"""A real object store, and the function as its own process would serve it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import boto3
import httpx
import pyarrow.parquet as pq
import pytest
from botocore.exceptions import ClientError

USER, PASSWORD = "cleaning-test", "cleaning-test-password"
KEYS = {"aws_access_key_id": USER, "aws_secret_access_key": PASSWORD}
RULES = {"columns": {"id": "integer", "price": "decimal(9,2)", "at": "timestamp"}, "required": ["id"], "key": ["id"], "mostBad": 0.5}


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Minio:
    """A store that can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        """Choose its place."""
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it lists buckets: an open port may be too early."""
        program = os.environ.get("CLEANING_TEST_MINIO") or shutil.which("minio")
        assert program is not None, "CLEANING_TEST_MINIO names no MinIO"
        env = {"MINIO_ROOT_USER": USER, "MINIO_ROOT_PASSWORD": PASSWORD, "PATH": os.environ["PATH"], "HOME": str(self.folder)}
        console = f"127.0.0.1:{free_port()}"
        line = [program, "server", "--quiet", f"--address=127.0.0.1:{self.port}", f"--console-address={console}"]
        with (self.folder / "log").open("ab") as said:
            self.process = subprocess.Popen([*line, str(self.folder / "data")], env=env, stdout=said, stderr=said)
        for _ in range(400):
            try:
                self.s3().list_buckets()
            except Exception:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the store does not start")

    def stop(self) -> None:
        """Kill it."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def s3(self) -> Any:  # noqa: ANN401
        """Give a client of its owner."""
        return boto3.client("s3", endpoint_url=self.url, region_name="us-east-1", **KEYS)


@pytest.fixture(scope="session")
def minio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Minio]:
    """Start the store."""
    store = Minio(tmp_path_factory.mktemp("store"))
    store.start()
    yield store
    store.stop()


def notification(bucket: str, key: str, name: str = "s3:ObjectCreated:Put", source: str = "minio:s3") -> dict[str, Any]:
    """Give what a store says of an object."""
    written = key if source == "ceph:s3" else quote_plus(key)
    where = {"bucket": {"name": bucket}, "object": {"key": written, "size": 1, "eTag": "x"}}
    return {"Records": [{"eventName": name, "eventSource": source, "s3": where}]}


@dataclass
class Bench:
    """A bucket of its own for one test, and a function that cleans what is below `raw/` in it."""

    minio: Minio
    folder: Path
    s3: Any
    bucket: str = field(default_factory=lambda: f"b{uuid.uuid4().hex[:16]}")
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Make the bucket."""
        self.s3.create_bucket(Bucket=self.bucket)

    def declare(self, **more: Any) -> Path:  # noqa: ANN401
        """Write a declaration."""
        place = {name: {"bucket": self.bucket, "prefix": f"{part}/"} for name, part in _PLACES.items()}
        store = {"endpoint": self.minio.url, "region": "us-east-1"}
        text = {"name": "shop", "store": store, **place, "rules": RULES, "maxBytes": 2**24, "scratch": str(self.folder / "scratch")}
        path = self.folder / f"{uuid.uuid4().hex}.json"
        path.write_text(json.dumps({**text, **more}))
        return path

    def serve(self, **more: Any) -> str:  # noqa: ANN401
        """Start the function in a process of its own. Gives its URL."""
        port = free_port()
        env = {**os.environ, "CLEANING_S3_KEY": USER, "CLEANING_S3_SECRET": PASSWORD, "PORT": str(port), "CLEANING_HOST": "127.0.0.1"}
        env.update(more.pop("env", {}))
        line = [sys.executable, "-m", "cleaning", str(self.declare(**more))]
        with (self.folder / "log").open("ab") as said:
            self.processes.append(subprocess.Popen(line, env=env, stdout=said, stderr=said))
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            try:
                httpx.get(f"{url}/healthz")
            except httpx.TransportError:
                time.sleep(0.1)
            else:
                return url
        raise AssertionError((self.folder / "log").read_text())

    def put(self, key: str, body: bytes | str) -> str:
        """Upload an object. Gives its ETag."""
        content = body.encode() if isinstance(body, str) else body
        return self.s3.put_object(Bucket=self.bucket, Key=key, Body=content)["ETag"].strip('"')

    def send(self, url: str, key: str, seconds: float = 120) -> httpx.Response:
        """Send the event of an object, as a source of Kafka does."""
        return kafka_event(url, notification(self.bucket, key), seconds)

    def rows(self, key: str) -> list[dict[str, Any]]:
        """Read a clean object."""
        path = self.folder / "read"
        self.s3.download_file(self.bucket, f"clean/{key}.parquet", str(path))
        return pq.read_table(path, partitioning=None).to_pylist()

    def names(self, prefix: str = "") -> list[str]:
        """List keys below a prefix."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        return sorted(each["Key"] for page in pages for each in page.get("Contents", ()))

    def read(self, key: str) -> bytes:
        """Read an object."""
        return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()

    def exists(self, key: str) -> bool:
        """Say whether an object is there."""
        try:
            self.s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError:
            return False
        return True

    def reason(self) -> str:
        """Give the one reason in quarantine."""
        [key] = [key for key in self.names("quarantine/") if key.endswith(".reason.json")]
        return json.loads(self.read(key))["reason"]

    def bad(self) -> list[dict[str, Any]]:
        """Give the bad records in quarantine."""
        keys = [key for key in self.names("quarantine/") if key.endswith(".bad.jsonl")]
        return [json.loads(line) for key in keys for line in self.read(key).decode().splitlines()]


_PLACES = {"source": "raw", "target": "clean", "quarantine": "quarantine"}


def kafka_event(url: str, data: object, seconds: float = 120) -> httpx.Response:
    """Send a record of Kafka that is no CloudEvent, as Knative's dispatcher wraps it: in binary mode, without a content type."""
    headers = {
        "ce-specversion": "1.0",
        "ce-id": "partition:0/offset:1",
        "ce-type": "dev.knative.kafka.event",
        "ce-source": "/apis/v1/namespaces/lakehouse-functions/kafkasources/shop#arrivals",
        "ce-subject": "partition:0#1",
        "ce-time": "2026-12-01T00:00:00Z",
        "ce-key": "bucket/object",
    }
    return httpx.post(url, content=json.dumps(data), headers=headers, timeout=seconds)


@pytest.fixture
def bench(minio: Minio, tmp_path: Path) -> Iterator[Bench]:
    """Give a bucket for one test."""
    made = Bench(minio, tmp_path, minio.s3())
    yield made
    for process in made.processes:
        process.kill()
        process.wait()
