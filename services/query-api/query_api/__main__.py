"""Starts the service: `python -m query_api`."""

from __future__ import annotations

import asyncio
import resource
import signal
import sys
from types import FrameType

import uvicorn

from .app import create_app
from .logs import configure, log
from .service import QueryService
from .settings import SettingsError, settings


class Server(uvicorn.Server):
    """Goes on for a while after it was told to end: until nobody sends requests here any more."""

    service: QueryService
    drain_seconds: int

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal. The second one ends at once."""
        if self.service.draining or sig == signal.SIGINT:
            self.force_exit = self.should_exit
            self.should_exit = True
            return
        self.service.draining = True
        log("draining", seconds=self.drain_seconds)
        asyncio.get_running_loop().call_later(self.drain_seconds, self.ends)

    def ends(self) -> None:
        """Stop listening, and let what runs end."""
        self.should_exit = True


def main() -> int:
    """Run until a signal comes."""
    configure()
    try:
        known = settings()
        if known.process_memory is not None:
            # What DuckDB's own limit does not count fails there as an error, and does not end the process.
            resource.setrlimit(resource.RLIMIT_DATA, (known.process_memory, known.process_memory))
        service = QueryService(known)
    except (SettingsError, ValueError, OSError) as error:
        for line in str(error).splitlines():
            log("settings", level="error", message=line)
        return 2
    config = uvicorn.Config(
        create_app(service),
        host=known.host,
        port=known.port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        # What runs has the wait for a page to end, and a little.
        timeout_graceful_shutdown=known.wait_seconds + 5,
        timeout_keep_alive=65,
    )
    server = Server(config)
    server.service, server.drain_seconds = service, known.drain_seconds
    log("started", port=known.port, engines=list(known.engines), cache=known.cache_url is not None)
    server.run()
    return 0


sys.exit(main())
