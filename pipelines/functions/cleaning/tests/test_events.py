"""Forms of events."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from cleaning.events import Arrival, EventError, arrivals

from .conftest import notification

BINARY = {"ce-specversion": "1.0", "ce-type": "dev.knative.kafka.event"}
STRUCTURED = {"content-type": "application/cloudevents+json; charset=utf-8"}
KEY = "raw/day=1/ä ö+1%.csv"


def structured(**data: Any) -> bytes:  # noqa: ANN401
    """Give an event in structured mode."""
    return json.dumps({"specversion": "1.0", "id": "1", "type": "t", "source": "s", **data}).encode()


@pytest.mark.parametrize("source", ["minio:s3", "ceph:s3", "aws:s3"])
def test_every_form_says_the_same(source: str) -> None:
    """Binary, structured with JSON, text or base64, and a batch; keys of URLs and keys as they are."""
    data = notification("b", KEY, source=source)
    text = json.dumps(data)
    bodies = [
        (BINARY, text.encode()),
        (STRUCTURED, structured(data=data)),
        (STRUCTURED, structured(data=text)),
        (STRUCTURED, structured(data_base64=base64.b64encode(text.encode()).decode())),
        ({"content-type": "application/cloudevents-batch+json"}, b"[" + structured(data=data) + b"]"),
    ]
    for headers, body in bodies:
        assert arrivals(headers, body) == [Arrival("b", KEY, "x")]


def test_names_of_events_of_ceph() -> None:
    """Without the prefix `s3:`, and in a record of its own."""
    record = notification("b", "k", "ObjectCreated:CompleteMultipartUpload", "ceph:s3")["Records"][0]
    assert arrivals(BINARY, json.dumps(record).encode()) == [Arrival("b", "k", "x")]


def test_other_events_are_done() -> None:
    """Removals, reads and the test event of S3 need nothing."""
    for data in (notification("b", "k", "s3:ObjectRemoved:Delete"), {"Event": "s3:TestEvent"}, {"Records": []}):
        assert arrivals(BINARY, json.dumps(data).encode()) == []


@pytest.mark.parametrize(
    ("headers", "body", "reason"),
    [
        ({}, b"{}", "no CloudEvent"),
        ({"ce-specversion": "9"}, b"{}", "version '9'"),
        (BINARY, b"\xff", "no JSON"),
        (BINARY, b"[" * 100_000, "no JSON"),
        (BINARY, b"[]", "no notification"),
        (BINARY, b"{}", "no Records"),
        (BINARY, b'{"Records":[{"eventName":"s3:ObjectCreated:Put"}]}', "no notification"),
        (BINARY, b'{"Records":[7]}', "no notification"),
        (BINARY, json.dumps(notification("b", "%FF", source="aws:s3")).replace("%25FF", "%FF").encode(), "no notification"),
        (BINARY, json.dumps(notification("b", "")).encode(), "names no object"),
        (STRUCTURED, structured(data_base64="*"), "data_base64"),
        (STRUCTURED, b"[]", "an object"),
    ],
)
def test_what_is_no_event_is_refused(headers: dict[str, str], body: bytes, reason: str) -> None:
    """With the reason."""
    with pytest.raises(EventError, match=reason):
        arrivals(headers, body)
