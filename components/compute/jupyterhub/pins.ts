import { pinned } from "../../core/pins";

export const pins = pinned({
  // JupyterHub 5.5.0, KubeSpawner 7.1.0, idle culler 1.4.0, bcrypt and psycopg2 (its requirements.txt); versions are those of upstream's chart, which
  // is behind JupyterHub itself (6.1.1): of that upstream has no image with KubeSpawner.
  jupyterhub: { version: "4.4.0", licence: "BSD-3-Clause", image: "quay.io/jupyterhub/k8s-hub:{version}" },
  configurableHttpProxy: {
    version: "5.2.0",
    licence: "BSD-3-Clause",
    held: {
      pin: "5.2.0",
      newest: "5.3.0",
      read: "2026-12-01",
      why: "the one that upstream's chart 4.4.0 runs with this hub",
    },
    image: "quay.io/jupyterhub/configurable-http-proxy:{version}",
  },
});
