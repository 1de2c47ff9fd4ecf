"""Errors as callers get them: one shape, that says where, what, and what is allowed."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer that is not a result.

    `where` names the part of the request or of the platform, `what` says what is wrong with it, `allowed` what would be right.
    """

    def __init__(
        self, status: int, code: str, where: str, what: str, allowed: str, headers: dict[str, str] | None = None
    ) -> None:
        """Take the HTTP status, a stable code for programs, and the three sentences for people."""
        super().__init__(what)
        self.status = status
        self.code = code
        self.where = where
        self.what = what
        self.allowed = allowed
        self.headers = headers or {}

    def body(self, request_id: str) -> dict[str, Any]:
        """Return the JSON that every error has."""
        return {
            "error": {
                "code": self.code,
                "where": self.where,
                "what": self.what,
                "allowed": self.allowed,
                "request": request_id,
            }
        }


def refused(where: str, what: str, allowed: str) -> ApiError:
    """Return the error for a statement that this API does not run."""
    return ApiError(403, "statement_refused", where, what, allowed)


def wrong(where: str, what: str, allowed: str) -> ApiError:
    """Return the error for a request that is not as documented."""
    return ApiError(400, "invalid_request", where, what, allowed)
