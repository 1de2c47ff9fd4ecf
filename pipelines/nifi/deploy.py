"""Brings a flow and its parameters into NiFi by its REST API. It may run again: what is there is left as it is."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import ssl
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
WAIT_SECONDS = 900.0
POLL_SECONDS = 1.0
MARK = "Deployed by the stack: "


class DeployError(Exception):
    """NiFi refused something, or did not do it in time: one line, exit code 1."""


@dataclass(frozen=True)
class Parameter:
    """A value that processors name; a sensitive one is shown to nobody."""

    name: str
    value: str
    sensitive: bool


def parameters(known: Json, environment: dict[str, str]) -> list[Parameter]:
    """Read parameters: `{"value": …}`, or `{"variable": …}` for the name of a variable that has a secret."""
    found = []
    for name, one in known.items():
        if "value" in one:
            found.append(Parameter(name, one["value"], sensitive=False))
        elif one["variable"] in environment:
            found.append(Parameter(name, environment[one["variable"]], sensitive=True))
        else:
            raise DeployError(f"parameter {name}: there is no variable {one['variable']}")
    return found


def mark(*parts: object) -> str:
    """Tell what was deployed, by a hash: secrets have more than 200 random bits, so nothing follows from it."""
    return MARK + hashlib.sha256(json.dumps(parts, sort_keys=True, default=vars).encode()).hexdigest()


class NiFi:
    """The REST API, with a certificate as sign-in."""

    def __init__(self, url: str, context: ssl.SSLContext) -> None:
        """Connect nothing yet. `url` ends with the port."""
        self.url = url
        self.context = context

    def call(self, method: str, path: str, body: Json | None = None) -> Json:
        """Ask, and take the JSON of the answer."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/nifi-api/{path}", data, headers, method=method)  # noqa: S310  (the stack's own URL)
        try:
            with urllib.request.urlopen(request, timeout=60, context=self.context) as answer:  # noqa: S310
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise DeployError(f"{method} {path}: {error.code} {error.read().decode(errors='replace')[:500]}") from None
        return json.loads(text) if text else {}

    def ready(self) -> None:
        """Wait until NiFi answers, of a cluster as a whole."""
        until = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                # A cluster that has no leader yet refuses it.
                self.call("GET", "flow/process-groups/root")
                return
            except (DeployError, OSError, http.client.HTTPException) as error:
                if time.monotonic() > until:
                    raise DeployError(f"NiFi does not answer: {error}") from None
                time.sleep(POLL_SECONDS)

    def finish(self, path: str, request: Json) -> None:
        """Wait for the end of a request that NiFi works on by itself, and take it away."""
        at = f"{path}/{request['requestId']}"
        until = time.monotonic() + WAIT_SECONDS
        while not request["complete"]:
            if time.monotonic() > until:
                raise DeployError(f"{path}: not done after {WAIT_SECONDS:.0f} s")
            time.sleep(POLL_SECONDS)
            request = self.call("GET", at)["request"]
        self.call("DELETE", at)
        if request.get("failureReason"):
            raise DeployError(f"{path}: {request['failureReason']}")


def set_parameters(nifi: NiFi, name: str, wanted: list[Parameter]) -> tuple[str, bool]:
    """Make or update a parameter context. Return its identifier, and whether anything was changed."""
    told = mark(wanted)
    component: Json = {
        "name": name,
        "description": told,
        "parameters": [{"parameter": vars(one)} for one in wanted],
    }
    contexts = nifi.call("GET", "flow/parameter-contexts")["parameterContexts"]
    there = next((one for one in contexts if one["component"]["name"] == name), None)
    if there is None:
        made = nifi.call("POST", "parameter-contexts", {"revision": {"version": 0}, "component": component})
        return made["id"], True
    identifier = there["id"]
    if there["component"].get("description") == told:
        return identifier, False
    kept = {one.name for one in wanted}
    for one in there["component"].get("parameters", []):
        # A name without a value is taken away.
        if one["parameter"]["name"] not in kept:
            component["parameters"].append({"parameter": {"name": one["parameter"]["name"]}})
    component["id"] = identifier
    path = f"parameter-contexts/{identifier}/update-requests"
    body = {"id": identifier, "revision": there["revision"], "component": component}
    nifi.finish(path, nifi.call("POST", path, body)["request"])
    return identifier, True


def group_of(nifi: NiFi, name: str) -> Json | None:
    """Find a process group of the outermost one."""
    groups = nifi.call("GET", "flow/process-groups/root")["processGroupFlow"]["flow"]["processGroups"]
    return next((one for one in groups if one["component"]["name"] == name), None)


def set_flow(nifi: NiFi, flow: Json, context: str) -> tuple[str, bool]:
    """Make or replace the process group of a flow. Return its identifier, and whether anything was changed."""
    name = flow["flowContents"]["name"]
    told = mark(flow)
    group = group_of(nifi, name)
    if group is not None and group["component"].get("comments") == told:
        return group["id"], False
    if group is None:
        component: Json = {"name": name, "position": {"x": 0, "y": 0}, "parameterContext": {"id": context}}
        body = {"revision": {"version": 0}, "component": component}
        group = nifi.call("POST", "process-groups/root/process-groups", body)
    identifier = group["id"]
    body = {"processGroupRevision": group["revision"], "versionedFlowSnapshot": flow}
    started = nifi.call("POST", f"process-groups/{identifier}/replace-requests", body)
    nifi.finish("process-groups/replace-requests", started["request"])
    # The mark is the last: what was ended in the middle is done again.
    revision = nifi.call("GET", f"process-groups/{identifier}")["revision"]
    body = {"revision": revision, "component": {"id": identifier, "comments": told}}
    nifi.call("PUT", f"process-groups/{identifier}", body)
    return identifier, True


def start(nifi: NiFi, group: str) -> bool:
    """Start services and processors, and wait until all run. Return whether anything was changed."""
    if not stopped(nifi, group):
        return False
    until = time.monotonic() + WAIT_SECONDS
    nifi.call("PUT", f"flow/process-groups/{group}/controller-services", {"id": group, "state": "ENABLED"})
    while True:
        services = nifi.call("GET", f"flow/process-groups/{group}/controller-services")["controllerServices"]
        waiting = [one["component"]["name"] for one in services if one["component"]["state"] != "ENABLED"]
        if not waiting:
            break
        if time.monotonic() > until:
            raise DeployError(f"services are not enabled: {', '.join(waiting)}")
        time.sleep(POLL_SECONDS)
    nifi.call("PUT", f"flow/process-groups/{group}", {"id": group, "state": "RUNNING"})
    while waiting := stopped(nifi, group):
        if time.monotonic() > until:
            raise DeployError(f"processors do not run: {'; '.join(waiting)}")
        time.sleep(POLL_SECONDS)
    return True


def stopped(nifi: NiFi, group: str) -> list[str]:
    """Name processors that do not run, with what is wrong with them."""
    flow = nifi.call("GET", f"flow/process-groups/{group}")["processGroupFlow"]["flow"]
    return [
        " ".join([one["component"]["name"], *(one["component"].get("validationErrors") or [])])
        for one in flow["processors"]
        if one["component"]["state"] != "RUNNING"
    ]


def deploy(nifi: NiFi, flow: Json, wanted: list[Parameter]) -> dict[str, bool]:
    """Bring everything in. Return what was changed."""
    nifi.ready()
    context, parameters_changed = set_parameters(nifi, flow["flowContents"]["parameterContextName"], wanted)
    group, flow_changed = set_flow(nifi, flow, context)
    return {"parameters": parameters_changed, "flow": flow_changed, "started": start(nifi, group)}


def check(nifi: NiFi, flow: Json) -> None:
    """Fail where the flow is missing, or one of its processors does not run: NiFi's metrics do not tell."""
    name = flow["flowContents"]["name"]
    group = group_of(nifi, name)
    if group is None:
        raise DeployError(f"the flow {name} is missing")
    if waiting := stopped(nifi, group["id"]):
        raise DeployError(f"processors do not run: {'; '.join(waiting)}")


def main() -> int:
    """Deploy, or with the argument `check` only look. It reads NIFI_URL, NIFI_CERTIFICATE and NIFI_FLOWS."""
    try:
        certificate, flows = Path(os.environ["NIFI_CERTIFICATE"]), Path(os.environ["NIFI_FLOWS"])
        context = ssl.create_default_context(cafile=str(certificate / "ca.crt"))
        context.load_cert_chain(certificate / "tls.crt", certificate / "tls.key")
        flow = json.loads((flows / "flow.json").read_text())
        nifi = NiFi(os.environ["NIFI_URL"], context)
        if sys.argv[1:] == ["check"]:
            check(nifi, flow)
            return 0
        wanted = parameters(json.loads((flows / "parameters.json").read_text()), dict(os.environ))
        print(json.dumps(deploy(nifi, flow, wanted)))
    except (DeployError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
