import { pins } from "../../../components/pins";
import { description } from "../description";

export const jupyterhub = description({
  artefacts: {
    hub: {
      what: "JupyterHub with KubeSpawner and the idle culler",
      version: "5.5.0",
      from: { kind: "python", lock: "jupyterhub/hub.lock.txt" },
      standsFor: {
        version: pins.jupyterhub.version,
        why: "the image's own packages of these versions (its requirements.txt), on this machine's Python",
      },
    },
    hubProxy: {
      what: "configurable-http-proxy",
      version: pins.configurableHttpProxy.version,
      from: { kind: "npm", folder: "jupyterhub/proxy" },
    },
    notebook: {
      what: "Python packages of a notebook",
      version: "1",
      from: { kind: "python", lock: "../../services/notebook/requirements.lock" },
    },
  },
  proofs: [
    {
      system: "JupyterHub",
      from: "the rendered program and hub.json, variables, arguments of the proxy and probes of both; PostgreSQL with the stack's roles. A process stands in for each notebook's pod (SimpleLocalProcessSpawner in the place of KubeSpawner), and what is idle is culled after seconds",
      seen: [
        "JupyterHub signs in who has the password, and nobody else",
        "JupyterHub starts a person's notebook by way of the proxy, which no other person opens",
        "JupyterHub starts no more notebooks of a profile than the plan counts, and says so",
        "JupyterHub's KubeSpawner makes of a template exactly the pod that it describes, with the person's home and keys",
        "JupyterHub's metrics need the token, and have every name that alerts and panels ask for",
        "JupyterHub comes back after it was killed, with the notebooks that ran",
        "JupyterHub's credentials rotate: both generations are valid, then the new one alone (slow)",
        "JupyterHub ends a notebook that does nothing (slow)",
        "JupyterHub signs out who is taken out of the settings (slow)",
      ],
    },
    {
      system: "The delivered notebooks",
      from: "the rendered ConfigMap, the variables of the template and of one person, and the person's keys, in kernels of the locked packages, beside the dev stack's Trino, catalog, object store, PostgreSQL with pgvector and Spark Connect",
      seen: [
        "run from the first cell to the last, as the person, with the person's keys",
        "find each person's vectors in a schema that no other person enters",
        "write tables and files nowhere but below the person's own schema",
      ],
    },
  ],
  allowed: [],
  local: { notebook: () => (require("./local") as typeof import("./local")).part },
  absent: [
    [
      "the images of hub, proxy and notebook",
      "no registry of images is reached; their packages are those of the lock files",
    ],
  ],
});
