"""The object store: listings, reads, and writes that replace nothing."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

#: What S3 takes in one request; a batch is one object, so that it is there whole or not at all.
LARGEST = 5 * 2**30


@dataclass(frozen=True)
class Listed:
    """An object in a listing."""

    key: str
    size: int
    etag: str
    time: datetime


def client(endpoint: str, region: str, key: str | None, secret: str | None, attempts: int) -> Any:  # noqa: ANN401
    """Give a client of S3, whose requests are tried again with a growing wait. Certificates: `AWS_CA_BUNDLE`."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(
            s3={"addressing_style": "path"},
            retries={"mode": "standard", "max_attempts": attempts},
            connect_timeout=10,
            read_timeout=60,
            # Only sums that are asked for: stores differ in the rest.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


class Store:
    """One bucket of a store."""

    def __init__(self, s3: Any, bucket: str) -> None:  # noqa: ANN401
        """Take a client of S3."""
        self.s3, self.bucket = s3, bucket

    def list(self, prefix: str) -> Iterator[Listed]:
        """List all objects below a prefix."""
        for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            for each in page.get("Contents", ()):
                yield Listed(each["Key"], each["Size"], each["ETag"].strip('"'), each["LastModified"])

    def read(self, key: str) -> dict[str, Any]:
        """Read a small JSON object."""
        return json.loads(self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read())

    def write(self, key: str, value: dict[str, Any]) -> bool:
        """Write a small JSON object, if there is none of that key. Says whether it did."""
        body = json.dumps(value, ensure_ascii=False, indent=1).encode()
        return self._put(key, body, hashlib.sha256(body).digest(), "application/json")

    def upload(self, key: str, path: Path, sha256: str) -> bool:
        """Write a file in one request, if there is no object of that key. The store checks the sum. Says whether it did."""
        with path.open("rb") as body:
            return self._put(key, body, bytes.fromhex(sha256), "application/octet-stream")

    def _put(self, key: str, body: Any, digest: bytes, kind: str) -> bool:  # noqa: ANN401
        try:
            self.s3.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=body,
                ContentType=kind,
                ChecksumSHA256=base64.b64encode(digest).decode(),
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 412:
                return False
            raise
        return True
