"""ClickHouse's engine as a library, behind a socket: one statement a connection, until it ends.

A connection sends a JSON object {"query": …} and reads {"text": …} or {"error": …}. The engine signs in as `default`
with an empty password; the configuration says what that user may do.
"""

import json
import socketserver
import sys

from chdb import session


def main(config: str, place: str) -> None:
    engine = session.Session(f"/var/lib/clickhouse?config-file={config}")

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked = json.loads(self.rfile.readline())
            try:
                answer = {"text": str(engine.query(asked["query"], "TabSeparated"))}
            except Exception as error:  # What the engine refuses is an answer.
                answer = {"error": str(error)}
            self.wfile.write(json.dumps(answer).encode() + b"\n")

    with socketserver.UnixStreamServer(place, Handler) as server:
        print("ready", flush=True)
        server.serve_forever()


main(*sys.argv[1:])
