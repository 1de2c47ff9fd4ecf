"""The function over HTTP, on a real store: events twice, at once, late, and while things break."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from .conftest import Bench, kafka_event, notification

GOOD = "id,price,at,Full Name\n1,9.90,2026-12-01T07:00:00Z,Ann\n1,9.90,2026-12-01T07:00:00Z,Ann\nx,1,,\n"


def test_an_object_is_cleaned_once(bench: Bench) -> None:
    """An event that comes again changes nothing; keys are what people call files."""
    url = bench.serve()
    key = "day=1/ä ö+1%.csv"
    bench.put(f"raw/{key}", GOOD)
    assert bench.send(url, f"raw/{key}").status_code == 200
    assert [(row["id"], str(row["price"]), row["full_name"]) for row in bench.rows(key)] == [(1, "9.90", "Ann")]
    assert [each["reason"] for each in bench.bad()] == ["id: 'x' is no integer"]
    before = bench.s3.head_object(Bucket=bench.bucket, Key=f"clean/{key}.parquet")["LastModified"]
    time.sleep(1.1)
    answer = bench.send(url, f"raw/{key}")
    assert (answer.status_code, answer.content) == (200, b"")
    assert bench.s3.head_object(Bucket=bench.bucket, Key=f"clean/{key}.parquet")["LastModified"] == before
    figures = httpx.get(f"{url}/metrics").text
    assert 'cleaning_objects_total{outcome="clean"} 1.0' in figures
    assert 'cleaning_objects_total{outcome="clean_already"} 1.0' in figures
    assert 'cleaning_records_total{outcome="duplicates"} 1.0' in figures


def test_a_newer_content_replaces_an_older_one(bench: Bench) -> None:
    """Whichever event comes first; other rules clean it again."""
    url = bench.serve()
    bench.put("raw/a.csv", "id\n1\n")
    assert bench.send(url, "raw/a.csv").status_code == 200
    bench.put("raw/a.csv", "id\n2\n")
    # The event of the older content is late.
    assert [bench.send(url, "raw/a.csv").status_code for _ in range(2)] == [200, 200]
    assert bench.rows("a.csv") == [{"id": 2, "price": None, "at": None}]
    other = bench.serve(rules={"columns": {"id": "text"}})
    assert bench.send(other, "raw/a.csv").status_code == 200
    assert bench.rows("a.csv") == [{"id": "2"}]


def test_a_storm_of_events(bench: Bench) -> None:
    """Of 30 objects, each five times and all at once, at two pods: each is cleaned once, and none is lost."""
    urls = [bench.serve(), bench.serve()]
    keys = [f"{n}.jsonl" for n in range(30)]
    for n, key in enumerate(keys):
        bench.put(f"raw/{key}", f'{{"id": {n}}}\n')
    work = [(urls[n % 2], key) for n, key in enumerate(keys * 5)]
    with ThreadPoolExecutor(32) as pool:
        codes = list(pool.map(lambda each: bench.send(each[0], f"raw/{each[1]}").status_code, work))
    assert set(codes) == {200}
    assert [bench.rows(key)[0]["id"] for key in keys] == list(range(30))
    assert len(bench.names("clean/")) == 30
    assert bench.names("quarantine/") == []


def test_what_cannot_be_cleaned_is_told(bench: Bench) -> None:
    """Unknown formats, too large ones, files that are bad: a reason in quarantine, and the event is done."""
    for key, content, reason in [
        ("a.xlsx", "x", "unknown format"),
        ("b.csv", "id\n" + "1\n" * 600, "1203 bytes; allowed: 1000"),
        ("c.csv", "id\nx\ny\n", "2 bad records"),
        ("d.parquet", "x", "no Parquet"),
        ("e.json", "[]", "a list"),
    ]:
        url = bench.serve(maxBytes=1000)
        bench.put(f"raw/{key}", content)
        assert [bench.send(url, f"raw/{key}").status_code for _ in range(2)] == [200, 200]
        assert reason in bench.reason()
        assert bench.names("clean/") == []
        for name in bench.names("quarantine/"):
            bench.s3.delete_object(Bucket=bench.bucket, Key=name)
        bench.processes.pop().kill()


def test_objects_that_are_gone_or_of_others(bench: Bench) -> None:
    """Need nothing; the function's own objects too."""
    url = bench.serve()
    bench.put("other/a.csv", GOOD)
    for key in ("raw/gone.csv", "other/a.csv", "clean/a.csv.parquet"):
        assert bench.send(url, key).status_code == 200
    assert kafka_event(url, notification("elsewhere", "raw/a.csv")).status_code == 200
    assert kafka_event(url, notification(bench.bucket, "raw/a.csv", "s3:ObjectRemoved:Delete")).status_code == 200
    assert bench.names() == ["other/a.csv"]


def test_what_is_no_event_is_refused_for_good(bench: Bench) -> None:
    """By a status that is not tried again, with the reason, which a dead letter carries."""
    url = bench.serve()
    assert httpx.post(url, json={}).status_code == 400
    poison = kafka_event(url, {"Records": [{"eventName": "s3:ObjectCreated:Put"}]})
    assert (poison.status_code, "no notification of a bucket" in poison.text) == (400, True)
    large = httpx.post(url, content=b"x" * (2 * 2**20 + 1), headers={"ce-specversion": "1.0"})
    assert large.status_code == 400


def test_a_store_that_is_away(bench: Bench) -> None:
    """Means: try again; when it is back, the same event succeeds."""
    url = bench.serve()
    bench.put("raw/a.csv", GOOD)
    bench.minio.stop()
    try:
        assert bench.send(url, "raw/a.csv").status_code == 503
    finally:
        bench.minio.start()
    assert bench.send(url, "raw/a.csv").status_code == 200
    assert len(bench.rows("a.csv")) == 1


def test_a_function_without_rights(bench: Bench) -> None:
    """Tries again as well: whoever has the credentials may have to set them."""
    url = bench.serve(env={"CLEANING_S3_SECRET": "another"})
    bench.put("raw/a.csv", GOOD)
    answer = bench.send(url, "raw/a.csv")
    assert (answer.status_code, "403" in answer.text) == (503, True)


def test_a_kill_at_any_moment(bench: Bench) -> None:
    """Leaves a whole clean object or none; the event comes again, and it is there."""
    rows = "".join(f"{n},{n}.50,2026-12-01T07:00:00Z\n" for n in range(40_000))
    bench.put("raw/large.csv", f"id,price,at\n{rows}")
    left = 0
    for delay in (0.05, 0.3, 0.7, 1.2, 1.8):
        url = bench.serve()
        with ThreadPoolExecutor(1) as pool:
            sent = pool.submit(_sent, bench, url)
            time.sleep(delay)
            os.kill(bench.processes[-1].pid, signal.SIGKILL)
            sent.result()
        bench.processes.pop().wait()
        if bench.exists("clean/large.csv.parquet"):
            left += 1
            assert len(bench.rows("large.csv")) == 40_000
            bench.s3.delete_object(Bucket=bench.bucket, Key="clean/large.csv.parquet")
    print(f"killed 5 times, {left} had finished before")
    url = bench.serve()
    assert bench.send(url, "raw/large.csv").status_code == 200
    assert len(bench.rows("large.csv")) == 40_000
    assert bench.names("clean/") == ["clean/large.csv.parquet"]


def _sent(bench: Bench, url: str) -> int:
    try:
        return bench.send(url, "raw/large.csv").status_code
    except httpx.TransportError:
        return 0


def test_mistakes_of_a_declaration(bench: Bench, tmp_path: Path) -> None:
    """End the process, a line each."""
    path = bench.declare(rules={"columns": {"id": "int"}})
    import subprocess
    import sys

    done = subprocess.run([sys.executable, "-m", "cleaning", str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n"), done.stderr.startswith("rules.columns.id: given 'int'")) == (2, 1, True)
    del tmp_path
