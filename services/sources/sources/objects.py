"""Objects of an outside bucket: each key with each of its ETags once."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from botocore.exceptions import ClientError

from .declared import Source, secret
from .landing import Batch, Landing, identity
from .logs import log
from .store import Listed, Store, client
from .web import Mismatch, compare, sidecar, suffix

_SIDECAR = ".sha256"


def run(source: Source, landing: Landing) -> None:
    """Land every object below the prefix that has not landed."""
    of = source.of
    s3 = client(of["endpoint"], of["region"], secret("USER"), secret("PASSWORD"), source.attempts)
    bucket = Store(s3, of["bucket"])
    for each in bucket.list(of.get("prefix", "")):
        if not each.key.endswith(of.get("suffix", "")) or each.key.endswith("/"):
            continue
        if source.checksum == "sidecar" and each.key.endswith(_SIDECAR):
            continue
        name = identity(each.key, each.etag)
        if name not in landing.landed and name not in landing.quarantined:
            _one(source, landing, bucket, each, name)


def _one(source: Source, landing: Landing, bucket: Store, listed: Listed, name: str) -> None:
    origin = {"bucket": bucket.bucket, "key": listed.key, "etag": listed.etag, "bytes": listed.size}
    if listed.size > source.max_bytes:
        landing.put_aside(name, f"{listed.size} bytes, of which {source.max_bytes} are allowed", origin)
        return
    path = source.scratch / "object"
    try:
        answer = bucket.s3.get_object(Bucket=bucket.bucket, Key=listed.key, IfMatch=listed.etag, ChecksumMode="ENABLED")
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in (404, 412):
            # The next run sees it as it is then.
            log("changed", key=listed.key)
            return
        raise
    sha256 = hashlib.sha256()
    with path.open("wb") as file:
        for part in answer["Body"].iter_chunks(2**20):
            sha256.update(part)
            file.write(part)
    batch = Batch(
        id=name,
        path=path,
        sha256=sha256.hexdigest(),
        day=listed.time.strftime("%Y-%m-%d"),
        suffix=suffix(listed.key),
        origin=origin,
        checked="etag",
    )
    try:
        checked = _check(source, bucket, listed, answer, batch.sha256)
    except Mismatch as mismatch:
        landing.put_aside(name, str(mismatch), origin, batch)
        return
    if checked is not None:
        landing.land(Batch(**{**vars(batch), "checked": checked}))


def _check(source: Source, bucket: Store, listed: Listed, answer: dict[str, Any], sha256: str) -> str | None:
    """Compare the sum with what the store or a file beside says of it; none where the file beside is not there yet."""
    if source.checksum == "sidecar":
        try:
            text = bucket.s3.get_object(Bucket=bucket.bucket, Key=listed.key + _SIDECAR)["Body"].read(2**16)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
                log("waits", key=listed.key, message="there is no file with its checksum yet")
                return None
            raise
        compare(sidecar(text.decode("utf-8", "replace")), sha256, "sidecar")
        return "sidecar"
    stated = answer.get("ChecksumSHA256", "")
    # One with a dash is the sum of the sums of parts.
    if stated and "-" not in stated:
        compare(base64.b64decode(stated).hex(), sha256, "the store")
        return "x-amz-checksum-sha256"
    return "etag"
