"""`python -m cleaning cleaning.json`, or `python -m cleaning --dead-letters TOPIC`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import uvicorn

from . import app, dead_letters
from .declared import DeclarationError, declared
from .function import Function
from .logs import log
from .spark import ACCOUNT, Cluster
from .store import Store, client

_USAGE = "usage: python -m cleaning <declaration.json> | --dead-letters <topic>\n"


def main(arguments: list[str]) -> int:
    """Serve until the end."""
    if len(arguments) == 2 and arguments[0] == "--dead-letters":
        made = dead_letters.make(dead_letters.kafka(arguments[1]))
    elif len(arguments) == 1 and not arguments[0].startswith("-"):
        try:
            own = declared(Path(arguments[0]))
        except DeclarationError as error:
            sys.stderr.write(f"{error}\n")
            return 2
        account = Path(os.environ.get("CLEANING_ACCOUNT", ACCOUNT))
        function = Function(own, Store(client(own.endpoint, own.region)), lambda: Cluster(own.spark.api, account))
        made = app.make(function)
    else:
        sys.stderr.write(_USAGE)
        return 2
    port = int(os.environ.get("PORT", "8080"))
    log("listening", port=port)
    # An event that is being cleaned is finished before the pod ends.
    uvicorn.run(made, host=os.environ.get("CLEANING_HOST", "0.0.0.0"), port=port, log_level="warning", timeout_graceful_shutdown=280)  # noqa: S104
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
