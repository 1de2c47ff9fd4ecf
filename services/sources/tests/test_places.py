"""Objects of outside buckets, and files of a drop."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import Any

import pytest

from sources.landing import identity
from sources.store import Store

from .conftest import PASSWORD, USER, Lake

GOOD = b"id,name\n1,a\n"


@pytest.fixture
def outside(lake: Lake) -> str:
    """Give a bucket of somebody else."""
    name = f"{lake.bucket}-outside"
    lake.s3.create_bucket(Bucket=name)
    lake.env = {"SOURCE_USER": USER, "SOURCE_PASSWORD": PASSWORD}
    return name


def _objects(lake: Lake, outside: str, **more: Any) -> Path:  # noqa: ANN401
    of = {"endpoint": lake.url, "region": "us-east-1", "bucket": outside, "prefix": "in/", "suffix": ".csv"}
    return lake.declare("s3", of, **more)


def test_writes_replace_nothing(lake: Lake) -> None:
    """Whatever is there already stays."""
    store = Store(lake.s3, lake.bucket)
    assert [store.write("a", {"n": 1}), store.write("a", {"n": 2}), store.read("a")] == [True, False, {"n": 1}]


def test_each_object_lands_once_by_key_and_etag(lake: Lake, outside: str) -> None:
    """Also when it is listed again; one that is replaced lands once more."""
    declaration = _objects(lake, outside)
    for key, body in {"in/a.csv": GOOD, "in/b.csv": b"id\n7\n", "in/c.txt": b"", "out/a.csv": b"id\n8\n"}.items():
        lake.s3.put_object(Bucket=outside, Key=key, Body=body)
    assert [lake.run(declaration) for _ in range(2)] == [0, 0]
    assert lake.whole() == sorted([GOOD, b"id\n7\n"])
    lake.s3.put_object(Bucket=outside, Key="in/a.csv", Body=b"id\n9\n")
    assert lake.run(declaration) == 0
    assert lake.whole() == sorted([GOOD, b"id\n7\n", b"id\n9\n"])
    assert {each["from"]["key"] for each in lake.manifests()} == {"in/a.csv", "in/b.csv"}


def test_a_bad_object_is_put_aside_once_and_the_others_land(lake: Lake, outside: str) -> None:
    """The run that finds it fails; later ones do not."""
    declaration = _objects(lake, outside, maxBytes=1000)
    for key, body in {"in/a.csv": b"<html>", "in/b.csv": GOOD, "in/c.csv": b"id\n" + b"1\n" * 999}.items():
        lake.s3.put_object(Bucket=outside, Key=key, Body=body)
    assert [lake.run(declaration) for _ in range(2)] == [3, 0]
    assert lake.whole() == [GOOD]
    assert sorted(lake.reasons()) == ["2001 bytes, of which 1000 are allowed", "columns are missing: id"]


def test_an_object_with_a_sum_beside_waits_for_it(lake: Lake, outside: str) -> None:
    """And is put aside when it is another one."""
    declaration = _objects(lake, outside, checksum="sidecar")
    lake.s3.put_object(Bucket=outside, Key="in/a.csv", Body=GOOD)
    lake.s3.put_object(Bucket=outside, Key="in/b.csv", Body=b"id\n2\n")
    lake.s3.put_object(Bucket=outside, Key="in/b.csv.sha256", Body=b"0" * 64)
    assert lake.run(declaration) == 3
    assert lake.whole() == []
    lake.s3.put_object(Bucket=outside, Key="in/a.csv.sha256", Body=hashlib.sha256(GOOD).hexdigest().encode())
    assert lake.run(declaration) == 0
    assert lake.whole() == [GOOD]


def _drop(lake: Lake, **of: Any) -> tuple[Path, Path]:  # noqa: ANN401
    drop = lake.folder / "drop"
    drop.mkdir()
    return drop, lake.declare("files", {"path": str(drop), "pattern": "*.csv", "complete": "rename", **of})


def test_files_are_taken_when_they_are_complete(lake: Lake) -> None:
    """By their name, by a file beside, or by their age."""
    drop, declaration = _drop(lake, complete="done")
    (drop / "a.csv").write_bytes(GOOD)
    assert (lake.run(declaration), lake.whole()) == (0, [])
    (drop / "a.csv.done").touch()
    assert (lake.run(declaration), lake.whole()) == (0, [GOOD])
    declaration = lake.declare("files", {"path": str(drop), "pattern": "*.csv", "complete": "age", "ageSeconds": 60})
    (drop / "b.csv").write_bytes(b"id\n2\n")
    assert (lake.run(declaration), lake.whole()) == (0, [GOOD])
    os.utime(drop / "b.csv", (time.time() - 61, time.time() - 61))
    assert (lake.run(declaration), len(lake.whole())) == (0, 2)
    declaration = lake.declare("files", {"path": str(drop), "complete": "rename"})
    (drop / "c.csv.part").write_bytes(b"id\n3")
    (drop / ".c.csv").write_bytes(b"id\n3")
    assert (lake.run(declaration), len(lake.whole())) == (0, 2)


def test_a_file_lands_once_by_name_and_content(lake: Lake) -> None:
    """Also when it is touched; with other content once more."""
    drop, declaration = _drop(lake)
    (drop / "day").mkdir()
    file = drop / "day" / "a.csv"
    file.write_bytes(GOOD)
    assert lake.run(declaration) == 0
    os.utime(file, (1, 1))
    assert (lake.run(declaration), lake.whole()) == (0, [GOOD])
    file.write_bytes(b"id\n2\n")
    assert (lake.run(declaration), len(lake.whole())) == (0, 2)
    assert file.exists()


def test_a_file_goes_only_after_it_has_landed(lake: Lake) -> None:
    """One in quarantine stays."""
    drop, declaration = _drop(lake, after="delete")
    (drop / "a.csv").write_bytes(GOOD)
    (drop / "b.csv").write_bytes(b"<html>")
    assert [lake.run(declaration) for _ in range(2)] == [3, 0]
    assert [each.name for each in drop.iterdir()] == ["b.csv"]
    assert lake.whole() == [GOOD]


def test_links_lead_nowhere(lake: Lake) -> None:
    """Neither files nor folders: who drops files must not read the pod's."""
    drop, declaration = _drop(lake)
    secret = lake.folder / "elsewhere"
    secret.mkdir()
    (secret / "a.csv").write_bytes(GOOD)
    (drop / "a.csv").symlink_to(secret / "a.csv")
    (drop / "folder").symlink_to(secret)
    assert (lake.run(declaration), lake.whole()) == (0, [])


def test_names_are_those_of_before() -> None:
    """A changed way to name batches would land everything again."""
    assert identity("in/a.csv", "etag") == hashlib.sha256(b"in/a.csv\0etag").hexdigest()[:32]


def test_a_sum_that_the_store_keeps_is_compared(lake: Lake, outside: str) -> None:
    """Before the file lands."""
    lake.s3.put_object(Bucket=outside, Key="in/a.csv", Body=GOOD, ChecksumAlgorithm="SHA256")
    assert lake.run(_objects(lake, outside)) == 0
    assert [each["checked"] for each in lake.manifests()] == ["x-amz-checksum-sha256"]


def test_an_object_that_changes_while_it_is_listed_lands_as_it_is_then(lake: Lake, outside: str) -> None:
    """Not under the name of what it was."""
    declaration = _objects(lake, outside)
    lake.s3.put_object(Bucket=outside, Key="in/a.csv", Body=GOOD)

    def changes() -> None:
        listing = Store.list

        def changed(store: Store, prefix: str) -> Any:  # noqa: ANN401
            found = list(listing(store, prefix))
            if store.bucket == outside:
                store.s3.put_object(Bucket=outside, Key="in/a.csv", Body=b"id\n2\n")
            return iter(found)

        Store.list = changed  # type: ignore[method-assign]

    assert (lake.run(declaration, changes), lake.whole()) == (0, [])
    assert (lake.run(declaration), lake.whole()) == (0, [b"id\n2\n"])
