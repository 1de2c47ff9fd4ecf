"""Stands for `clickhouse-client` in the stack's scripts: hands statements to the engine's socket.

It takes the options that the scripts use, and user and password from the variables that the client reads.
"""

import argparse
import json
import os
import re
import socket
import sys

ON_CLUSTER = re.compile(r" ON CLUSTER '[a-z]+'")
DATABASE = re.compile(r"ENGINE = Replicated\('[^']+', '\{shard\}', '\{replica\}'\)")
TOPIC = re.compile(r"\) ENGINE = Kafka SETTINGS .*$")
# What such a table tells of each record besides its columns.
RECORD = ", _topic String, _partition UInt64, _offset UInt64, _raw_message String, _error String) ENGINE = Null"


def here(statement: str) -> str:
    """What the library cannot run is named as not proven: a cluster, replicas, a reader of topics."""
    alone = DATABASE.sub("ENGINE = Atomic", ON_CLUSTER.sub("", statement))
    return TOPIC.sub(RECORD, alone.replace("ENGINE = ReplicatedMergeTree", "ENGINE = MergeTree"))


def ask(statement: str) -> str:
    if here(statement) != statement:
        # As it is, the engine reads it at least.
        send(f"EXPLAIN AST {statement}")
    return send(here(statement))


def send(statement: str) -> str:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(os.environ["ENGINE_SOCKET"])
        connection.sendall(json.dumps({"query": statement}).encode() + b"\n")
        answer = json.loads(connection.makefile().readline())
    if "error" in answer:
        print(answer["error"], file=sys.stderr)
        sys.exit(1)
    return answer["text"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", required=True)
    parser.add_argument("--receive_timeout")
    parser.add_argument("--multiquery", action="store_true")
    parser.add_argument("--query")
    parser.add_argument("--queries-file")
    given = parser.parse_args()
    signed = [os.environ.get(name) for name in ("CLICKHOUSE_USER", "CLICKHOUSE_PASSWORD")]
    if signed != [os.environ["ENGINE_USER"], os.environ["ENGINE_PASSWORD"]]:
        sys.exit("Authentication failed: password is incorrect, or there is no user with such name")
    text = given.query
    if text is None and given.queries_file is None:
        text = sys.stdin.read()
    elif text is None:
        with open(given.queries_file, encoding="utf8") as file:
            text = file.read()
    if "clusterAllReplicas" in text:
        # The one server that there is.
        print(os.environ["ENGINE_SERVERS"])
        return
    for statement in re.split(r";\s*\n", text):
        lines = [line for line in statement.split("\n") if not line.startswith("--")]
        if "".join(lines).strip() != "":
            print(ask("\n".join(lines)), end="")


main()
