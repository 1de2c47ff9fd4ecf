"""JupyterHub's configuration. What it is told stands in hub.json beside it; secrets are variables and people.json."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import bcrypt
from jupyterhub import orm
from jupyterhub.auth import Authenticator
from jupyterhub.spawner import Spawner
from tornado import web
from traitlets.config import Config

TOLD = json.loads((Path(__file__).parent / "hub.json").read_text())
PEOPLE: dict[str, dict[str, Any]] = TOLD["people"]
PROFILES: dict[str, dict[str, Any]] = TOLD["profiles"]
# Variables by what a person has of his own: keys of the object store, and where the stack has them a role of PostgreSQL and a user of Trino.
SIGN_INS = {
    "keys": ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    "vectors": ("PGUSER", "PGPASSWORD"),
    "trino": ("LAKEHOUSE_TRINO_USER", "LAKEHOUSE_TRINO_PASSWORD"),
}
# bcrypt reads no more bytes.
LONGEST = 72
# A name that nobody has takes as long as a wrong password.
NOBODY = bcrypt.hashpw(os.urandom(24).hex().encode(), bcrypt.gensalt(10)).decode()


def passwords() -> dict[str, list[str]]:
    """Hashes of each person's valid passwords. The file is read each time, because it changes with its Secret."""
    return json.loads(Path(TOLD["passwords"]).read_text())


class Declared(Authenticator):
    """Signs in whom the stack's settings name."""

    async def authenticate(self, handler: web.RequestHandler | None, data: dict[str, str]) -> str | None:
        """Return the name if the password is one of the person's."""
        name, given = data["username"], data["password"].encode()
        hashes = passwords().get(name, [NOBODY])

        def known() -> bool:
            return len(given) <= LONGEST and any(bcrypt.checkpw(given, each.encode()) for each in hashes)

        return name if await asyncio.get_running_loop().run_in_executor(None, known) else None

    async def refresh_user(self, user: Any, handler: web.RequestHandler | None = None) -> bool:  # noqa: ANN401
        """End sessions of whom the settings name no longer."""
        return user.name in PEOPLE and user.name in passwords()


def running(spawner: Spawner, profile: str) -> int:
    """Count notebooks of a profile that run or start, this one included."""
    names = (
        spawner.user.db.query(orm.User.name)
        .join(orm.Spawner, orm.Spawner.user_id == orm.User.id)
        .filter(orm.Spawner.server_id.isnot(None))
    )
    return sum(PEOPLE.get(name, {}).get("profile") == profile for (name,) in names)


def prepare(spawner: Spawner) -> None:
    """Refuse whom nobody names, and more notebooks of a profile than the stack has room for."""
    person = PEOPLE.get(spawner.user.name)
    if person is None:
        raise web.HTTPError(403, f"{spawner.user.name} is not among the people of this stack")
    profile = PROFILES[person["profile"]]
    if running(spawner, person["profile"]) > profile["most"]:
        raise web.HTTPError(
            429,
            f"all {profile['most']} notebooks of the profile {person['profile']} are in use: "
            "one is free when somebody stops theirs, or leaves it idle",
        )
    spawner.environment = person["env"]


async def described(spawner: Any, pod: Any) -> Any:  # noqa: ANN401
    """Make the pod that the stack describes, with the name, the command and the variables that KubeSpawner gave it."""
    person = PEOPLE[spawner.user.name]
    name = PROFILES[person["profile"]]["template"]
    stored = await spawner.api.read_namespaced_pod_template(name, spawner.namespace)
    written = spawner.api.api_client.sanitize_for_serialization
    template, [made] = written(stored)["template"], written(pod)["spec"]["containers"]
    spec, labels = template["spec"], template["metadata"]["labels"]
    [notebook] = spec["containers"]
    of_person = [
        {"name": variable, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}
        for given, variables in SIGN_INS.items()
        if given in person
        for secret, *keys in [person[given]]
        for variable, key in zip(variables, keys, strict=True)
    ]
    variables = {each["name"]: each for each in [*notebook["env"], *made["env"], *of_person]}
    notebook |= {"args": made["args"], "env": list(variables.values())}
    # Before what is mounted below it.
    notebook["volumeMounts"].insert(0, {"name": "home", "mountPath": TOLD["home"]})
    spec["volumes"].append({"name": "home", "persistentVolumeClaim": {"claimName": person["claim"]}})
    pod.spec = spec
    pod.metadata.labels |= labels
    pod.metadata.annotations |= template["metadata"].get("annotations", {})
    return pod


c = get_config()  # noqa: F821
c.merge(Config(TOLD["config"]))
c.JupyterHub.authenticator_class = Declared
c.JupyterHub.cookie_secret = hashlib.sha256(os.environ["LAKEHOUSE_COOKIE_SECRET"].encode()).digest()
c.Authenticator.allowed_users = set(PEOPLE)
c.Spawner.pre_spawn_hook = prepare
c.KubeSpawner.modify_pod_hook = described

culling = TOLD["culling"]
# The second is of the generation before, which Prometheus may still use. JupyterHub forgets services that are not
# configured, and with them their tokens, but no token of one that is: so each token has a service of its own.
TOKENS = ("LAKEHOUSE_METRICS_TOKEN", "LAKEHOUSE_METRICS_TOKEN_BEFORE")
scrapers = {
    os.environ[name]: f"prometheus-{hashlib.sha256(os.environ[name].encode()).hexdigest()[:8]}"
    for name in TOKENS
    if name in os.environ
}

c.JupyterHub.services = [
    {
        "name": "culler",
        "command": [
            sys.executable,
            "-m",
            "jupyterhub_idle_culler",
            f"--url={culling['url']}",
            f"--timeout={culling['idle']}",
            f"--cull-every={culling['every']}",
        ],
    },
    *({"name": name, "api_token": token} for token, name in scrapers.items()),
]
c.JupyterHub.load_roles = [
    {
        "name": "culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["culler"],
    },
    {"name": "prometheus", "scopes": ["read:metrics"], "services": list(scrapers.values())},
]
