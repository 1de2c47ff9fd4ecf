"""A document of a web server: landed each time that it has changed."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from .declared import Source, secret
from .landing import Batch, Landing, identity
from .logs import log

_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_LARGEST_SIDECAR = 64 * 2**10


class Again(Exception):  # noqa: N818
    """What may be right the next time: the server is busy, the answer was cut."""


class Mismatch(Again):
    """The bytes are not those that the source speaks of."""


class TooLarge(Exception):  # noqa: N818
    """More than the declaration allows."""


class Refused(Exception):  # noqa: N818
    """What will not be right the next time either."""


@dataclass(frozen=True)
class Fetched:
    """A document on this machine."""

    path: Path
    sha256: str
    checked: str
    headers: Mapping[str, str]


def run(source: Source, landing: Landing) -> None:
    """Land the document, if it is not the one that has landed last."""
    last = landing.last()
    known = last["from"] if last else {}
    path = source.scratch / "document"
    retrying = Retrying(
        retry=retry_if_exception_type((Again, httpx.TransportError)),
        stop=stop_after_attempt(source.attempts),
        wait=wait_exponential_jitter(initial=0.5, max=30),
        before_sleep=lambda state: log(
            "again", level="warning", attempt=state.attempt_number, message=str(state.outcome and state.outcome.exception())
        ),
        reraise=True,
    )
    origin = {"url": _shown(source.of["url"])}
    context = ssl.create_default_context()
    with httpx.Client(verify=context, follow_redirects=False, timeout=httpx.Timeout(30, connect=10), trust_env=False) as web:
        try:
            fetched = retrying(_fetch, web, source, known, path)
        except TooLarge as large:
            landing.put_aside(identity(source.of["url"], str(large)), str(large), origin)
            return
        except Mismatch as mismatch:
            # As often as it was asked: this is what the source has.
            batch = _batch(source, landing, Fetched(path, _sum(path), "failed", {}), origin)
            landing.put_aside(landing.name_aside(batch), str(mismatch), origin, batch)
            return
    if fetched is None or (last and last["sha256"] == fetched.sha256):
        log("unchanged", batch=last["id"] if last else None)
        return
    landing.land(_batch(source, landing, fetched, origin))


def _batch(source: Source, landing: Landing, fetched: Fetched, origin: dict[str, str]) -> Batch:
    headers = {"etag": fetched.headers.get("etag"), "lastModified": fetched.headers.get("last-modified")}
    return Batch(
        id=landing.next(),
        path=fetched.path,
        sha256=fetched.sha256,
        day=_day(headers["lastModified"]),
        suffix=suffix(urlsplit(source.of["url"]).path),
        origin=origin | {name: value for name, value in headers.items() if value},
        checked=fetched.checked,
    )


def _fetch(web: httpx.Client, source: Source, known: Mapping[str, str], path: Path) -> Fetched | None:
    """Get the document; none where it has not changed."""
    ask = {"Accept-Encoding": "identity"}
    if known.get("etag"):
        ask["If-None-Match"] = known["etag"]
    elif known.get("lastModified"):
        ask["If-Modified-Since"] = known["lastModified"]
    headers, sha256, status = _get(web, source, source.of["url"], ask, path, source.max_bytes)
    if status == 304:
        return None
    return Fetched(path, sha256, _check(web, source, headers, sha256), headers)


def _get(
    web: httpx.Client, source: Source, url: str, ask: Mapping[str, str], path: Path, most: int
) -> tuple[Mapping[str, str], str, int]:
    """Get one URL into a file. Redirects are followed to hosts that the declaration names, and never away from TLS."""
    home = urlsplit(url).netloc
    until = time.monotonic() + source.seconds
    for _ in range(_MOST_REDIRECTS + 1):
        own = urlsplit(url).netloc == home
        with web.stream("GET", url, headers={**ask, **(_authorization(source) if own else {})}) as answer:
            if answer.status_code in _REDIRECTS:
                url = _allowed(source, url, answer.headers.get("location", ""))
                continue
            if answer.status_code >= 500 or answer.status_code in (408, 425, 429):
                raise Again(f"the server answers {answer.status_code}")
            if answer.status_code not in (200, 304):
                raise Refused(f"the server answers {answer.status_code}")
            stated = int(answer.headers.get("content-length", "0"))
            if stated > most:
                raise TooLarge(f"{stated} bytes, of which {most} are allowed")
            return answer.headers, _store(answer, path, most, until), answer.status_code
    raise Refused(f"more than {_MOST_REDIRECTS} redirects")


def _store(answer: httpx.Response, path: Path, most: int, until: float) -> str:
    sha256, size = hashlib.sha256(), 0
    with path.open("wb") as file:
        for part in answer.iter_raw():
            size += len(part)
            if size > most:
                raise TooLarge(f"more than the {most} bytes that are allowed")
            if time.monotonic() > until:
                raise Again("the answer takes longer than is allowed")
            sha256.update(part)
            file.write(part)
    return sha256.hexdigest()


def _allowed(source: Source, url: str, location: str) -> str:
    to, before = urljoin(url, location), urlsplit(url)
    target = urlsplit(to)
    if target.netloc != before.netloc and target.netloc not in source.of.get("redirects", ()):
        raise Refused(f"redirect to {target.netloc}, which is not among the redirects of the source")
    if before.scheme == "https" and target.scheme != "https":
        raise Refused(f"redirect from https to {target.scheme}")
    return to


def _check(web: httpx.Client, source: Source, headers: Mapping[str, str], sha256: str) -> str:
    """Compare the sum with what the source says of it."""
    if source.checksum == "sidecar":
        beside = source.scratch / "sidecar"
        _get(web, source, source.of["url"] + ".sha256", {"Accept-Encoding": "identity"}, beside, _LARGEST_SIDECAR)
        compare(sidecar(beside.read_text("utf-8", "replace")), sha256, "sidecar")
        return "sidecar"
    for name in ("repr-digest", "content-digest", "digest"):
        stated = _digest(headers.get(name, ""))
        if stated is not None:
            compare(stated, sha256, name)
            return name
    return "length" if "content-length" in headers else "none"


def compare(stated: str, sha256: str, by: str) -> None:
    """
    Compare two sums in hexadecimal.

    :raises Mismatch: they differ
    """
    if stated != sha256:
        raise Mismatch(f"wrong checksum: {by} says {stated[:16]}…, the bytes have {sha256[:16]}…")


def sidecar(text: str) -> str:
    """Take the sum from a file as sha256sum writes it."""
    found = re.match(r"\\?([0-9a-fA-F]{64})(\s|$)", text)
    if found is None:
        raise Mismatch("the file with the checksum holds none")
    return found[1].lower()


def _digest(header: str) -> str | None:
    """Take the SHA-256 sum of RFC 9530 (`sha-256=:…:`) or of RFC 3230 (`SHA-256=…`), in hexadecimal."""
    found = re.search(r"(?i)\bsha-256=:?([A-Za-z0-9+/]+=*)", header)
    if found is None:
        return None
    try:
        return base64.b64decode(found[1], validate=True).hex()
    except binascii.Error:
        return "unreadable"


def _authorization(source: Source) -> dict[str, str]:
    """Of the source's own host alone."""
    token, user, password = secret("TOKEN"), secret("USER"), secret("PASSWORD")
    if source.of.get("auth") == "bearer":
        return {"Authorization": f"Bearer {token}"}
    if source.of.get("auth") == "basic":
        return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}
    return {}


def _shown(url: str) -> str:
    """Leave out what may be a secret: a query."""
    return url.split("?", 1)[0]


def _day(modified: str | None) -> str:
    try:
        time_of = parsedate_to_datetime(modified) if modified else datetime.now(UTC)
    except ValueError:
        time_of = datetime.now(UTC)
    return time_of.astimezone(UTC).strftime("%Y-%m-%d")


def suffix(path: str) -> str:
    """Take the last suffix of a name, of letters and digits."""
    found = re.search(r"\.[A-Za-z0-9]{1,10}$", path)
    return found[0] if found else ""


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
