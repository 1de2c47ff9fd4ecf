"""The object store: what is there, and writes that replace only what the writer has seen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

#: Of one request. Retries are the event's: it comes again.
_SECONDS = 30


class Away(Exception):  # noqa: N818
    """The store does not do it now: the event has to come again."""


class Changed(Exception):  # noqa: N818
    """The object is another one now."""


@dataclass(frozen=True)
class Found:
    """An object that is there."""

    etag: str
    size: int
    metadata: Mapping[str, str] = field(default_factory=dict)


def client(endpoint: str, region: str) -> Any:  # noqa: ANN401
    """Give a client of S3. Certificates: `AWS_CA_BUNDLE`."""
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=os.environ.get("CLEANING_S3_KEY"),
        aws_secret_access_key=os.environ.get("CLEANING_S3_SECRET"),
        config=Config(
            s3={"addressing_style": "path"},
            retries={"mode": "standard", "max_attempts": 2},
            connect_timeout=5,
            read_timeout=_SECONDS,
            max_pool_connections=32,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


class Store:
    """Objects of all buckets that the function may use."""

    def __init__(self, s3: Any) -> None:  # noqa: ANN401
        """Take a client of S3."""
        self.s3 = s3

    def head(self, bucket: str, key: str) -> Found | None:
        """Say what is there; none if nothing is."""
        try:
            answer = self.s3.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            status = _status(error)
            if status == 404 or (status == 403 and not self._listed(bucket, key)):
                return None
            raise Away(f"asking for {key}: {_short(error)}") from error
        except BotoCoreError as error:
            raise Away(f"asking for {key}: {error}") from error
        return Found(answer["ETag"].strip('"'), answer["ContentLength"], answer.get("Metadata", {}))

    def _listed(self, bucket: str, key: str) -> bool:
        """Say whether a listing has it: who may list a part of a bucket only is refused what is not there."""
        try:
            answer = self.s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1)
        except ClientError as error:
            raise Away(f"listing {key}: {_short(error)}") from error
        except BotoCoreError as error:
            raise Away(f"listing {key}: {error}") from error
        return any(each["Key"] == key for each in answer.get("Contents", ()))

    def download(self, bucket: str, key: str, etag: str, path: Path) -> None:
        """Read an object into a file, if it is still the same."""
        try:
            body = self.s3.get_object(Bucket=bucket, Key=key, IfMatch=etag)["Body"]
            with path.open("wb") as file:
                for part in body.iter_chunks(2**20):
                    file.write(part)
        except ClientError as error:
            if _status(error) in (404, 412):
                raise Changed(key) from error
            raise Away(f"reading {key}: {_short(error)}") from error
        except (BotoCoreError, OSError) as error:
            raise Away(f"reading {key}: {error}") from error

    def upload(
        self,
        bucket: str,
        key: str,
        path: Path,
        metadata: Mapping[str, str],
        replaces: Found | None,
    ) -> None:
        """Write a file in one request: it is there whole or not at all, in the place of what was seen there."""
        condition = {"IfNoneMatch": "*"} if replaces is None else {"IfMatch": replaces.etag}
        try:
            with path.open("rb") as body:
                self.s3.put_object(Bucket=bucket, Key=key, Body=body, Metadata=dict(metadata), **condition)
        except ClientError as error:
            if _status(error) in (404, 409, 412):
                raise Changed(key) from error
            raise Away(f"writing {key}: {_short(error)}") from error
        except BotoCoreError as error:
            raise Away(f"writing {key}: {error}") from error


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _short(error: ClientError) -> str:
    return f"{_status(error)} {error.response.get('Error', {}).get('Code', '')}"
