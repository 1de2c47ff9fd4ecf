"""Events that say that an object has arrived, in the forms that they come in.

CloudEvents over HTTP, binary and structured; what they carry is the notification of a bucket, of MinIO, Ceph or S3.
A record of Kafka that is no CloudEvent itself comes as the data of one, of the type `dev.knative.kafka.event`.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

_STRUCTURED = "application/cloudevents+json"
_BATCH = "application/cloudevents-batch+json"
_CREATED = "ObjectCreated:"


class EventError(Exception):
    """What came is no event of a bucket: another try would find the same."""


@dataclass(frozen=True)
class Arrival:
    """An object that has arrived."""

    bucket: str
    key: str
    #: As the notification says it; the store is asked what is there now.
    etag: str | None
    version: str | None = None


def arrivals(headers: Mapping[str, str], body: bytes) -> list[Arrival]:
    """Give the objects that an event tells of; none for an event of another kind, such as a removal."""
    kind = headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == _BATCH:
        events = _json(body)
        if not isinstance(events, list):
            raise EventError("a batch of CloudEvents is a list")
        return [one for event in events for one in _of_data(_structured(event))]
    if kind == _STRUCTURED:
        return _of_data(_structured(_json(body)))
    if "ce-specversion" not in headers:
        raise EventError("no CloudEvent: neither ce-specversion nor application/cloudevents+json")
    _specified(headers["ce-specversion"])
    return _of_data(_json(body))


def _json(text: bytes | str) -> Any:  # noqa: ANN401
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EventError(f"no JSON: {error}") from error


def _specified(version: object) -> None:
    if version not in ("1.0", "0.3"):
        raise EventError(f"CloudEvents of version {version!r}; allowed: 1.0")


def _structured(event: object) -> Any:  # noqa: ANN401
    if not isinstance(event, dict):
        raise EventError("a CloudEvent is an object")
    _specified(event.get("specversion"))
    if "data_base64" in event:
        try:
            return _json(base64.b64decode(event["data_base64"], validate=True))
        except (binascii.Error, TypeError, ValueError) as error:
            raise EventError(f"data_base64: {error}") from error
    data = event.get("data")
    return _json(data) if isinstance(data, str) else data


def _of_data(data: object) -> list[Arrival]:
    if not isinstance(data, dict):
        raise EventError("the data is no notification of a bucket")
    if data.get("Event") == "s3:TestEvent":
        return []
    records = data.get("Records", [data] if "s3" in data else None)
    if not isinstance(records, list):
        raise EventError("the data has no Records")
    return [one for record in records if (one := _of_record(record)) is not None]


def _of_record(record: object) -> Arrival | None:
    try:
        name = str(record["eventName"]).removeprefix("s3:")  # type: ignore[index]
        if not name.startswith(_CREATED):
            return None
        where = record["s3"]  # type: ignore[index]
        bucket, of = where["bucket"]["name"], where["object"]
        # Ceph writes keys as they are, the others as in a URL.
        ceph = str(record.get("eventSource", "")).startswith("ceph:")  # type: ignore[union-attr]
        key = of["key"] if ceph else unquote_plus(of["key"], errors="strict")
        etag = str(of.get("eTag") or of.get("etag") or "").strip('"') or None
        version = of.get("versionId") or None
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError) as error:
        raise EventError(f"a record is no notification of a bucket: {type(error).__name__} {error}") from error
    if not isinstance(bucket, str) or not isinstance(key, str) or not bucket or not key:
        raise EventError("a record names no object")
    return Arrival(bucket, key, etag, version)
