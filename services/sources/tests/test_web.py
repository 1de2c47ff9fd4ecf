"""A web server that misbehaves."""

from __future__ import annotations

import base64
import hashlib
import http.server
import json
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from .conftest import Lake

GOOD = b"id,name\n1,a\n"
OTHER = b"id,name\n2,b\n"
Answer = Callable[["Handler"], None]


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with the next of the server's answers; the last one stays."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:  # noqa: N802
        """Answer."""
        server: Server = self.server  # type: ignore[assignment]
        server.seen.append((self.path, dict(self.headers)))
        answers = server.answers.get(self.path, [text(b"", 404)])
        (answers.pop(0) if len(answers) > 1 else answers[0])(self)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(http.server.ThreadingHTTPServer):
    """Answers by path."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on the loopback."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, list[Answer]] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        """Of its document."""
        return f"http://127.0.0.1:{self.server_port}/a.csv"


def text(body: bytes, code: int = 200, **headers: str) -> Answer:
    """Answer with a document. `_` in names of headers stands for `-`."""

    def answer(handler: Handler) -> None:
        handler.send_response(code)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = True

    return answer


def cut(handler: Handler) -> None:
    """Answer with the first half."""
    text(GOOD[:6], Content_Length=str(len(GOOD)))(handler)


def slow(handler: Handler) -> None:
    """Answer with a byte each half second."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    for _ in range(10):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.5)


def digest(body: bytes) -> str:
    """Give the sum of RFC 9530."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


@pytest.fixture
def server() -> Iterator[Server]:
    """Give a server for one test."""
    with Server() as one:
        threading.Thread(target=one.serve_forever, args=(0.05,), daemon=True).start()
        yield one
        one.shutdown()


def test_a_document_lands_once_until_it_changes(lake: Lake, server: Server) -> None:
    """By its ETag, or by its sum where there is none. A state that comes back is another batch."""
    declaration = lake.declare("http", {"url": server.url})
    server.answers["/a.csv"] = [text(GOOD, ETag='"1"'), text(b"", 304), text(GOOD), text(OTHER), text(GOOD)]
    for batches in (1, 1, 1, 2, 3):
        assert lake.run(declaration) == 0
        assert len(lake.whole()) == batches
    assert server.seen[1][1]["If-None-Match"] == '"1"'
    first = lake.manifests()[0]
    assert (first["rows"], first["bytes"], first["from"]["etag"]) == (1, len(GOOD), '"1"')
    assert first["object"] == f"sources/shop/date={first['time'][:10]}/0000000001-{first['sha256'][:16]}.csv"


def test_a_server_that_fails_at_first_is_asked_again(lake: Lake, server: Server) -> None:
    """Errors, and an answer that is cut."""
    declaration = lake.declare("http", {"url": server.url}, attempts=4)
    server.answers["/a.csv"] = [text(b"", 503), cut, text(b"", 429), text(GOOD, Last_Modified="Sat, 31 Jan 2026 10:00:00 GMT")]
    assert lake.run(declaration) == 0
    assert lake.whole() == [GOOD]
    assert "date=2026-01-31" in lake.manifests()[0]["object"]


@pytest.mark.parametrize("answer", [text(b"", 500), cut, slow, text(b"", 404), text(b"", 403)])
def test_a_server_that_goes_on_failing_lands_nothing(lake: Lake, server: Server, answer: Answer) -> None:
    """And the run fails."""
    server.answers["/a.csv"] = [answer]
    assert lake.run(lake.declare("http", {"url": server.url}, attempts=2, seconds=1)) == 1
    assert lake.names() == []


def test_sums_are_compared(lake: Lake, server: Server) -> None:
    """Those of headers and of a file beside. What goes on being wrong is put aside, with the reason."""
    declaration = lake.declare("http", {"url": server.url}, attempts=2)
    server.answers["/a.csv"] = [text(OTHER, Repr_Digest=digest(GOOD)), text(GOOD, Repr_Digest=digest(GOOD))]
    assert lake.run(declaration) == 0
    assert (lake.whole(), lake.manifests()[0]["checked"]) == ([GOOD], "repr-digest")
    server.answers["/a.csv"] = [text(OTHER, Digest=digest(GOOD).replace(":", ""))]
    assert lake.run(declaration) == 3
    assert lake.whole() == [GOOD]
    assert lake.reasons()[0].startswith("wrong checksum: digest says")
    assert lake.read(next(key for key in lake.names("quarantine/shop/") if key.endswith(".csv"))) == OTHER
    assert lake.end == f"1 in quarantine: s3://{lake.bucket}/quarantine/shop/"


def test_a_sum_in_a_file_beside(lake: Lake, server: Server) -> None:
    """As sha256sum writes it."""
    declaration = lake.declare("http", {"url": server.url}, checksum="sidecar", attempts=2)
    server.answers["/a.csv"] = [text(GOOD)]
    assert lake.run(declaration) == 1
    server.answers["/a.csv.sha256"] = [text(f"{hashlib.sha256(GOOD).hexdigest()}  a.csv\n".encode())]
    assert lake.run(declaration) == 0
    assert (lake.whole(), lake.manifests()[0]["checked"]) == ([GOOD], "sidecar")


def test_what_is_not_declared_is_put_aside_and_what_follows_lands(lake: Lake, server: Server) -> None:
    """An error page in the place of a document, and a document that is too large."""
    declaration = lake.declare("http", {"url": server.url}, maxBytes=1000)
    server.answers["/a.csv"] = [text(b"<html>"), text(b"<html>"), text(b"x" * 2000), text(GOOD)]
    assert [lake.run(declaration) for _ in range(4)] == [3, 3, 3, 0]
    assert sorted(lake.reasons()) == ["2000 bytes, of which 1000 are allowed", "columns are missing: id"]
    assert lake.whole() == [GOOD]


def test_a_document_without_a_length_has_a_limit_too(lake: Lake, server: Server) -> None:
    """Chunks without an end."""

    def endless(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"64\r\n" + b"x" * 100 + b"\r\n")

    server.answers["/a.csv"] = [endless]
    assert lake.run(lake.declare("http", {"url": server.url}, maxBytes=1000)) == 3
    assert lake.reasons() == ["more than the 1000 bytes that are allowed"]


def test_redirects_lead_to_named_hosts_only(lake: Lake, server: Server) -> None:
    """And take no password along."""
    lake.env = {"SOURCE_TOKEN": "geheim"}
    with Server() as other:
        threading.Thread(target=other.serve_forever, args=(0.05,), daemon=True).start()
        other.answers["/a.csv"] = [text(GOOD)]
        server.answers["/a.csv"] = [text(b"", 302, Location=other.url)]
        of = {"url": server.url, "auth": "bearer"}
        assert lake.run(lake.declare("http", of)) == 1
        assert "which is not among the redirects" in lake.end
        assert other.seen == []
        assert lake.run(lake.declare("http", of | {"redirects": [f"127.0.0.1:{other.server_port}"]})) == 0
        other.shutdown()
    assert server.seen[0][1]["Authorization"] == "Bearer geheim"
    assert "Authorization" not in other.seen[0][1]
    assert lake.whole() == [GOOD]


def test_certificates_are_verified(lake: Lake, server: Server) -> None:
    """By the CAs of the owner, and for the name that is asked for."""
    key, certificate = lake.folder / "key.pem", lake.folder / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run([*made, *files, *subject], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.answers["/a.csv"] = [text(GOOD)]
    declaration = lake.declare("http", {"url": f"https://localhost:{server.server_port}/a.csv"}, attempts=1)
    assert lake.run(declaration) == 1
    assert "CERTIFICATE_VERIFY_FAILED" in lake.end
    lake.env = {"SSL_CERT_FILE": str(certificate)}
    assert lake.run(declaration) == 0
    other = lake.declare("http", {"url": f"https://127.0.0.1:{server.server_port}/a.csv"}, attempts=1)
    assert lake.run(other) == 1
    assert "mismatch" in lake.end


def test_secrets_stand_nowhere(lake: Lake, server: Server) -> None:
    """Neither in manifests nor in reasons, nor in the last line."""
    lake.env = {"SOURCE_USER": "u", "SOURCE_PASSWORD": "geheim"}
    declaration = lake.declare("http", {"url": server.url + "?key=geheim", "auth": "basic"})
    server.answers["/a.csv?key=geheim"] = [text(GOOD), text(b"<html>"), text(b"", 404)]
    assert [lake.run(declaration) for _ in range(3)] == [0, 3, 1]
    assert server.seen[0][1]["Authorization"] == "Basic " + base64.b64encode(b"u:geheim").decode()
    texts = [lake.read(key) for key in lake.names()] + [lake.end.encode()]
    assert not any(b"geheim" in each for each in texts)


def test_a_source_that_gives_nothing_new_is_late(lake: Lake, server: Server) -> None:
    """Although it answers."""
    server.answers["/a.csv"] = [text(GOOD)]
    declaration = lake.declare("http", {"url": server.url}, freshSeconds=1)
    assert lake.run(declaration) == 0
    time.sleep(2.1)
    assert lake.run(declaration) == 1
    assert lake.end.startswith("nothing new since")


def test_mistakes_of_a_declaration_are_told(lake: Lake) -> None:
    """A line each."""
    declaration = lake.declare("ftp", {}, content={"format": "xml"})
    assert lake.run(declaration) == 2
    assert lake.end == (
        "kind: given 'ftp'; allowed: http, s3, jdbc, files content.format: given 'xml'; allowed: csv, json, parquet, avro, raw"
    )
    declaration.write_text(json.dumps({"name": "x"}))
    assert lake.run(declaration) == 2
