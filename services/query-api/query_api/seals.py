"""Ids and page tokens: readable by callers, made by nobody else.

They carry what is needed to go on, so that any replica can serve any page, and a replica that ends takes no query with it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import Any

from .errors import ApiError

MARK = 16  # bytes of the signature


class Seals:
    """Signs and reads."""

    def __init__(self, key: bytes) -> None:
        """Take the key that all replicas share."""
        self.key = key

    def mark(self, *parts: str) -> str:
        """Return the signature of some texts."""
        # The length of each goes in too: "a", "bc" is not "ab", "c".
        text = "".join(f"{len(part)}:{part}" for part in parts)
        return base64.urlsafe_b64encode(hmac.digest(self.key, text.encode(), hashlib.sha256)[:MARK]).decode().rstrip("=")

    def query_id(self, engine: str, query: str, caller: str) -> str:
        """Return the id of a caller's query."""
        return f"{engine}.{query}.{self.mark('id', engine, query, caller)}"

    def open_id(self, given: str, caller: str) -> tuple[str, str]:
        """Return engine and query of an id. Raises ApiError for one that is not this caller's."""
        match = re.fullmatch(r"(trino|duckdb)\.([A-Za-z0-9_]{1,64})\.([A-Za-z0-9_-]{22})", given)
        if match is None or not hmac.compare_digest(match[3], self.mark("id", match[1], match[2], caller)):
            raise ApiError(404, "query_unknown", "id", "no query of yours has this id", "an id that POST /query has returned")
        return match[1], match[2]

    def page(self, query: str, state: dict[str, Any]) -> str:
        """Return the token of a page of a query."""
        packed = base64.urlsafe_b64encode(json.dumps(state, separators=(",", ":")).encode()).decode().rstrip("=")
        return f"{packed}.{self.mark('page', query, packed)}"

    def open_page(self, query: str, given: str) -> dict[str, Any]:
        """Return what a token carries. Raises ApiError for one that was not made for this query."""
        packed, _, mark = given.rpartition(".")
        if not packed or not hmac.compare_digest(mark.encode(), self.mark("page", query, packed).encode()):
            raise ApiError(400, "page_unknown", "page", "it is no token of this query", "`next` of the page before")
        return json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
