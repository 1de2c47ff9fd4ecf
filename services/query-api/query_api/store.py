"""What is kept for a while: small results, pages of DuckDB, how often somebody asked. Valkey's, or this process's own."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Protocol

import redis.asyncio as redis
from redis.exceptions import RedisError

from .logs import log
from .settings import Settings

# Of a process without Valkey: pages of one large result, or many small ones.
LEAST_BYTES = 16 * 1024 * 1024


class Store(Protocol):
    """Keys with an end."""

    # Whether other replicas have it too.
    shared: bool

    async def get(self, key: str) -> bytes | None:
        """Return what is kept, if it still is."""

    async def put(self, key: str, value: bytes, seconds: int) -> None:
        """Keep something."""

    async def count(self, key: str, seconds: int) -> int:
        """Add one to a number that ends by itself, and return it."""

    async def answers(self) -> bool:
        """Return whether it can be used."""

    async def close(self) -> None:
        """End it."""


class MemoryStore:
    """A store of this process alone: no more than so many bytes, the oldest go first."""

    shared = False

    def __init__(self, most_bytes: int) -> None:
        """Take how much it may hold."""
        self.most = most_bytes
        self.used = 0
        self.kept: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    async def get(self, key: str) -> bytes | None:
        """Return what is kept, if it still is."""
        found = self.kept.get(key)
        if found is None:
            return None
        if found[0] < time.monotonic():
            self.drop(key)
            return None
        return found[1]

    async def put(self, key: str, value: bytes, seconds: int) -> None:
        """Keep something."""
        self.drop(key)
        now = time.monotonic()
        for old in [k for k, (until, _) in self.kept.items() if until < now]:
            self.drop(old)
        while self.kept and self.used + len(value) > self.most:
            self.drop(next(iter(self.kept)))
        if len(value) <= self.most:
            self.kept[key] = (now + seconds, value)
            self.used += len(value)

    async def count(self, key: str, seconds: int) -> int:
        """Add one to a number that ends by itself, and return it."""
        found = self.kept.get(key)
        if found is None or found[0] < time.monotonic():
            await self.put(key, b"1", seconds)
            return 1
        number = int(found[1]) + 1
        self.used += len(str(number)) - len(found[1])
        self.kept[key] = (found[0], str(number).encode())
        return number

    def drop(self, key: str) -> None:
        """Let go of a key."""
        found = self.kept.pop(key, None)
        if found is not None:
            self.used -= len(found[1])

    async def answers(self) -> bool:
        """Return whether it can be used."""
        return True

    async def close(self) -> None:
        """End it."""


class ValkeyStore:
    """Valkey's, below the prefix that the service was granted. Who cannot reach it goes on with a store of its own."""

    shared = True

    def __init__(self, settings: Settings, instead: MemoryStore) -> None:
        """Connect when it is asked first."""
        self.prefix = settings.cache_prefix
        self.instead = instead
        self.client = redis.from_url(
            str(settings.cache_url),
            username=settings.cache_user,
            password=settings.cache_password,
            socket_timeout=2,
            socket_connect_timeout=2,
        )

    async def get(self, key: str) -> bytes | None:
        """Return what is kept, if it still is."""
        try:
            return await self.client.get(self.prefix + key)
        except (RedisError, OSError) as error:
            self.failed("get", error)
            return await self.instead.get(key)

    async def put(self, key: str, value: bytes, seconds: int) -> None:
        """Keep something."""
        try:
            await self.client.set(self.prefix + key, value, ex=seconds)
        except (RedisError, OSError) as error:
            self.failed("put", error)
            await self.instead.put(key, value, seconds)

    async def count(self, key: str, seconds: int) -> int:
        """Add one to a number that ends by itself, and return it."""
        try:
            async with self.client.pipeline(transaction=True) as pipe:
                # The end first: a number without one would count for ever.
                pipe.set(self.prefix + key, 0, ex=seconds, nx=True)
                pipe.incr(self.prefix + key)
                return int((await pipe.execute())[1])
        except (RedisError, OSError) as error:
            self.failed("count", error)
            return await self.instead.count(key, seconds)

    async def answers(self) -> bool:
        """Return whether it can be used."""
        try:
            # PING needs no key; a right on keys is what matters.
            await self.client.get(self.prefix + "ready")
        except (RedisError, OSError):
            return False
        return True

    async def close(self) -> None:
        """End it."""
        await self.client.aclose()

    def failed(self, what: str, error: Exception) -> None:
        """Tell the log, not the caller."""
        log("cache_failed", level="warning", operation=what, error=type(error).__name__)


def store_of(settings: Settings) -> Store:
    """Return the store that the settings ask for."""
    own = MemoryStore(max(settings.max_bytes, LEAST_BYTES))
    return ValkeyStore(settings, own) if settings.cache_url else own
