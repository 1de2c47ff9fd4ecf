"""Large objects: a SparkApplication does what the function would, with the same rules."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import httpx

from .declared import Declared, Spark
from .events import Arrival
from .store import Away

_PATH = "/apis/sparkoperator.k8s.io/v1beta2/namespaces/{}/sparkapplications"
ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def run_name(function: str, arrival: Arrival, etag: str) -> str:
    """Give a name that is the same for the same content of the same object: Kubernetes has it once."""
    identity = f"{arrival.bucket}/{arrival.key}\n{etag}"
    return f"{function[:40]}-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"


def application(declared: Declared, arrival: Arrival, etag: str, target: str, model: dict[str, Any]) -> dict[str, Any]:
    """Give the application that cleans one object: the model's, as it is now, with another name, program and arguments."""
    spark, to = _of(declared), declared.target
    spec = {key: value for key, value in model["spec"].items() if key != "suspend"}
    spec["mainApplicationFile"] = spark.program
    spec["arguments"] = [
        f"--source=s3a://{arrival.bucket}/{arrival.key}",
        f"--etag={etag}",
        f"--target=s3a://{to.bucket}/{target}",
        # Readers of the part skip names that begin with `_`. Not in bronze: Spark may delete nothing there, as its writer does.
        f"--bad=s3a://{to.bucket}/{to.prefix}_bad/{target.removeprefix(to.prefix)}.{etag}",
        f"--rules={declared.rules_text}",
    ]
    metadata = {"name": run_name(declared.name, arrival, etag), "namespace": spark.namespace, "labels": dict(spark.labels)}
    return {"apiVersion": model["apiVersion"], "kind": model["kind"], "metadata": metadata, "spec": spec}


class Cluster:
    """The API server, as the account of the function's pod."""

    def __init__(self, api: str, account: Path = ACCOUNT) -> None:
        """Take the address of the API server and the folder with the account's token and the CA."""
        ca = account / "ca.crt"
        self.account = account
        verify = str(ca) if ca.exists() else True
        self.http = httpx.Client(base_url=api, verify=verify, timeout=20)

    def model(self, declared: Declared) -> dict[str, Any]:
        """Read the application that is the model."""
        spark = _of(declared)
        answer = self._ask("GET", f"{_PATH.format(spark.namespace)}/{spark.model}")
        if answer.status_code != 200:
            raise Away(f"reading {spark.model}: {answer.status_code} {answer.text[:300]}")
        return answer.json()

    def submit(self, declared: Declared, made: dict[str, Any]) -> bool:
        """Create an application. Says whether it is new: one of the same name is the same run."""
        answer = self._ask("POST", _PATH.format(_of(declared).namespace), json.dumps(made))
        if answer.status_code == 409:
            return False
        if answer.status_code not in (200, 201):
            raise Away(f"submitting: {answer.status_code} {answer.text[:300]}")
        return True

    def _ask(self, method: str, path: str, content: str | None = None) -> httpx.Response:
        try:
            # The token is renewed every hour.
            token = (self.account / "token").read_text().strip()
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
            return self.http.request(method, path, content=content, headers=headers)
        except (httpx.HTTPError, OSError) as error:
            raise Away(f"asking the API server: {type(error).__name__}") from error


def _of(declared: Declared) -> Spark:
    if declared.spark is None:
        raise ValueError("no Spark is declared")
    return declared.spark
