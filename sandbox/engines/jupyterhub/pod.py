"""Print the pod that the real KubeSpawner makes for one person, from the rendered configuration and template.

A stand-in answers for the API server, which would give the template. Arguments: the folder of the configuration, the
template's file, the person.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any
from unittest.mock import Mock

from kubernetes_asyncio import client
from kubespawner import KubeSpawner
from traitlets.config import PyFileConfigLoader

FOLDER, TEMPLATE, PERSON = sys.argv[1:]


class Stored:
    """The API server, as far as the hub asks it for a template."""

    def __init__(self) -> None:
        """Read nothing yet."""
        self.api_client = client.ApiClient()

    async def read_namespaced_pod_template(self, name: str, namespace: str) -> Any:  # noqa: ANN401
        """Give the rendered template."""
        text = Path(TEMPLATE).read_text()
        metadata = json.loads(text)["metadata"]
        if (metadata["name"], metadata["namespace"]) != (name, namespace):
            raise LookupError(f"{namespace}/{name} is not the template of {PERSON}")
        return self.api_client.deserialize(Mock(data=text), "V1PodTemplate")


async def main() -> None:
    """Make the pod as a start does: KubeSpawner first, and then what the configuration makes of it."""
    config = PyFileConfigLoader("jupyterhub_config.py", path=FOLDER).load_config()
    told = json.loads((Path(FOLDER) / "hub.json").read_text())
    user = Mock(url=f"/user/{PERSON}/", escaped_name=PERSON)
    user.name = PERSON
    spawner = KubeSpawner(config=config, user=user, _mock=True)
    spawner.api = Stored()
    spawner.environment = told["people"][PERSON]["env"]
    pod = await config.KubeSpawner.modify_pod_hook(spawner, await spawner.get_pod_manifest())
    print(json.dumps(spawner.api.api_client.sanitize_for_serialization(pod)))
    await spawner.api.api_client.close()


asyncio.run(main())
