"""One Spark session that serves requests over HTTP on loopback, one at a time.

`{"sql": …}` returns the rows; `{"job": file, "arguments": […]}` runs a job's `main` in the session and returns the JSON lines that it
printed. All configuration comes from spark-defaults.conf.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import sys
import traceback
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

spark = SparkSession.builder.appName("engines").getOrCreate()
# A job's spark-submit sets the same level.
spark.sparkContext.setLogLevel("WARN")


def job(file: str, arguments: list[str]) -> list[Any]:
    """Run a job's main and return the JSON lines that it printed."""
    sys.path.insert(0, str(Path(file).parent))
    spec = importlib.util.spec_from_file_location(Path(file).stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            module.main(arguments)
    finally:
        sys.path.pop(0)
    return [json.loads(line) for line in printed.getvalue().splitlines()]


def sql(statement: str) -> list[Any]:
    """Run one statement and return the rows as lists."""
    return [[json.loads(json.dumps(value, default=str)) for value in row] for row in spark.sql(statement).collect()]


class Handler(BaseHTTPRequestHandler):
    """One request, one answer."""

    def do_GET(self) -> None:  # noqa: N802
        self.answer(200, "ready")

    def do_POST(self) -> None:  # noqa: N802
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        try:
            answer = sql(asked["sql"]) if "sql" in asked else job(asked["job"], asked["arguments"])
            self.answer(200, answer)
        except BaseException as error:  # noqa: BLE001  (a job ends by SystemExit)
            traceback.print_exc()
            self.answer(500, f"{type(error).__name__}: {error}")

    def answer(self, status: int, content: Any) -> None:  # noqa: ANN401
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log no requests, because Spark writes the log."""


HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
