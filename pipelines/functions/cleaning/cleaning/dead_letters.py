"""Dead letters over HTTP: an event that no try could finish goes to a topic, as it came, with what was wrong with it."""

from __future__ import annotations

import os
from typing import Any, Protocol

from prometheus_client import CollectorRegistry, Counter
from starlette.applications import Starlette
from starlette.requests import Request

from .app import _answered, _app
from .logs import log
from .store import Away

#: By the Kafka binding of CloudEvents: attributes are headers of the record.
_PREFIX = "ce_"


class Producer(Protocol):
    """Writes a record, and returns when it is written."""

    def __call__(self, key: bytes | None, value: bytes, headers: list[tuple[str, bytes]]) -> None:
        """Write."""


def record_headers(headers: dict[str, str]) -> list[tuple[str, bytes]]:
    """Give the attributes of an event as headers of a record."""
    found = [(_PREFIX + name[3:], text.encode()) for name, text in headers.items() if name.startswith("ce-")]
    kind = headers.get("content-type")
    return found if kind is None else [*found, ("content-type", kind.encode())]


def make(produce: Producer) -> Starlette:
    """Give the application that keeps dead letters."""
    registry = CollectorRegistry()
    letters = Counter("cleaning_dead_letters", "Events that no try could finish", registry=registry)

    async def event(request: Request) -> object:
        headers = dict(request.headers)

        def work(body: bytes) -> None:
            key = headers.get("ce-key")
            produce(None if key is None else key.encode(), body, record_headers(headers))
            letters.inc()
            log("dead letter", level="error", id=headers.get("ce-id"), status=headers.get("ce-knativeerrorcode"))

        return await _answered(request, work)

    return _app(event, registry)


def kafka(topic: str) -> Producer:
    """Give a producer of Kafka: its address and user are variables."""
    from kafka import KafkaProducer
    from kafka.errors import KafkaError

    made: list[Any] = []

    def producer() -> Any:  # noqa: ANN401
        if not made:
            made.append(
                KafkaProducer(
                    bootstrap_servers=os.environ["CLEANING_KAFKA"],
                    security_protocol=os.environ.get("CLEANING_KAFKA_SECURITY", "SASL_PLAINTEXT"),
                    sasl_mechanism="SCRAM-SHA-512",
                    sasl_plain_username=os.environ["CLEANING_KAFKA_USER"],
                    sasl_plain_password=os.environ["CLEANING_KAFKA_PASSWORD"],
                    acks="all",
                    max_block_ms=10_000,
                )
            )
        return made[0]

    def produce(key: bytes | None, value: bytes, headers: list[tuple[str, bytes]]) -> None:
        try:
            producer().send(topic, value=value, key=key, headers=headers).get(timeout=20)
        except KafkaError as error:
            raise Away(f"{topic}: {type(error).__name__}") from error

    return produce
