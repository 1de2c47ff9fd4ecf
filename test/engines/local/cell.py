"""
Run code in a new kernel of a JupyterLab, as its page does: by HTTP and a websocket, with the token. Print what the code prints.

The address is the argument, the token the variable TOKEN; the code is read from standard input.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import uuid

from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import websocket_connect

ADDRESS = sys.argv[1]
HEADERS = {"Authorization": f"token {os.environ['TOKEN']}"}


async def main() -> int:
    """Run the code. Returns 1 if it fails."""
    asked = AsyncHTTPClient()
    kernels = f"{ADDRESS}/api/kernels"
    made = await asked.fetch(HTTPRequest(kernels, method="POST", body="{}", headers=HEADERS, request_timeout=300))
    kernel = json.loads(made.body)["id"]
    try:
        at = f"{kernels.replace('http', 'ws', 1)}/{kernel}/channels"
        socket = await websocket_connect(HTTPRequest(at, headers=HEADERS, request_timeout=300))
        sent = uuid.uuid4().hex
        content = {"code": sys.stdin.read(), "silent": False, "store_history": False, "stop_on_error": True}
        header = {"msg_id": sent, "msg_type": "execute_request", "username": "", "session": sent, "version": "5.3"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        await socket.write_message(json.dumps(message))
        while True:
            answer = json.loads(await socket.read_message())
            if answer["parent_header"].get("msg_id") != sent:
                continue
            if answer["msg_type"] == "stream" and answer["content"]["name"] == "stdout":
                sys.stdout.write(answer["content"]["text"])
            if answer["msg_type"] == "execute_reply":
                if answer["content"]["status"] == "ok":
                    return 0
                print(answer["content"].get("ename"), answer["content"].get("evalue"), file=sys.stderr)
                return 1
    finally:
        await asked.fetch(HTTPRequest(f"{kernels}/{kernel}", method="DELETE", headers=HEADERS))


sys.exit(asyncio.run(main()))
