"""Who asks: by a token of a file, or by a header that a proxy in front has set."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

from .errors import ApiError
from .logs import log

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}")


class Callers:
    """Finds the name of a caller."""

    def __init__(self, header: str | None, tokens: Path | None) -> None:
        """Take the name of the header, or the file; with both a token wins over the header."""
        self.header = header
        self.file = tokens
        self.known: dict[str, str] = {}
        self.read_at: tuple[int, int] | None = None
        if tokens is not None:
            self.read()

    def name(self, headers: Mapping[str, str]) -> str:
        """Return who asks. Raises ApiError for nobody."""
        given = headers.get("authorization", "")
        if self.file is not None and given:
            scheme, _, token = given.partition(" ")
            self.read()
            found = self.known.get(hashlib.sha256(token.strip().encode()).hexdigest())
            if scheme.lower() == "bearer" and found is not None:
                return found
            raise self.nobody("the token is not known")
        if self.header is not None:
            named = headers.get(self.header, "")
            if NAME.fullmatch(named):
                return named
            raise self.nobody("the header has no name" if not named else "the header's name has a form that is not taken")
        raise self.nobody("there is no token")

    def nobody(self, what: str) -> ApiError:
        """Return the answer for somebody unknown."""
        ways = [] if self.file is None else ["`Authorization: Bearer <token>` with a token of the service's file"]
        if self.header is not None:
            ways.append(f"`{self.header}: <name>`, set by the proxy in front")
        return ApiError(401, "caller_unknown", "headers", what, ", or ".join(ways), {"WWW-Authenticate": "Bearer"})

    def read(self) -> None:
        """Read the file again when it has changed: a Secret is updated in place."""
        file = self.file
        if file is None:
            return
        found = file.stat()
        stamp = (found.st_mtime_ns, found.st_size)
        if stamp == self.read_at:
            return
        try:
            self.known = parsed(file)
        except ValueError as error:
            # At the start it is an error; later what was known goes on.
            if self.read_at is None:
                raise
            log("callers", level="error", message=str(error))
        self.read_at = stamp


def parsed(file: Path) -> dict[str, str]:
    """Return names by hashes of tokens."""
    allowed = 'allowed: a JSON object of {"<SHA-256 of a token, in hex>": "<name of a caller>"}'
    try:
        known = json.loads(file.read_text())
    except ValueError:
        raise ValueError(f"{file}: it is no JSON; {allowed}") from None
    if not isinstance(known, dict) or not all(
        re.fullmatch(r"[0-9a-f]{64}", digest) and isinstance(name, str) and NAME.fullmatch(name)
        for digest, name in known.items()
    ):
        raise ValueError(f"{file}: it has another form; {allowed}")
    return known
