import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { answers, Engine } from "../engine";
import type { Ground } from "../ground";
import { limitOf } from "../local/limits";
import type { Part } from "../local/part";
import { personsEnv } from "./person";

/** Who has the machine, as the hub would know the person. */
export const PERSON = "me";
/** Folder of the lakehouse with the person's notebooks. */
export const NOTEBOOKS = "notebooks";

/**
 * The delivered notebooks that are not in the person's folder yet: what a person has changed stays. The module that they import
 * is the stack's, and is replaced.
 */
export function deliver(files: Readonly<Record<string, string>>, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    if (name.endsWith(".py") || !existsSync(path)) writeFileSync(path, text, { mode: 0o600 });
  }
}

/** JupyterLab by the packages of the notebook's image, with the variables of a person's pod. Its token is the person's password. */
async function startNotebook(ground: Ground): Promise<void> {
  const { rendered, ports, tools } = ground;
  const folder = ground.folder(NOTEBOOKS);
  deliver(rendered.configMap("notebook-examples"), folder);
  await Engine.start(ground.run, {
    name: "notebook",
    cwd: folder,
    command: [
      ...[join(tools.notebook, "bin", "python"), "-m", "jupyterlab", "--no-browser"],
      `--ServerApp.ip=127.0.0.1`,
      `--ServerApp.port=${String(ports.notebook)}`,
      // Another port would be one that nobody is told.
      "--ServerApp.port_retries=0",
      `--ServerApp.root_dir=${folder}`,
      // By root, whose machine it may be: nobody else reaches it without the token.
      ...(process.getuid?.() === 0 ? ["--allow-root"] : []),
    ],
    env: {
      ...personsEnv(ground, rendered, PERSON, ground.folder("notebook-home"), folder),
      JUPYTER_TOKEN: rendered.secret(`jupyterhub-person-${PERSON}`, "password"),
    },
    ready: () => answers(`http://${ground.at("notebook")}/api`),
  });
}

export const part: Part = {
  what: "JupyterLab",
  needs: ["spark"],
  artefacts: { notebook: 300 },
  settings: {
    compute: {
      jupyterhub: {
        enabled: true,
        // No container runs here: the image's own packages do.
        image: "localhost/notebook:1",
        people: { [PERSON]: { read: ["bronze", "silver", "gold", "warehouse"] } },
      },
    },
  },
  engines: { notebook: { what: "JupyterLab", places: ["notebook"] } },
  limit: (rendered) =>
    limitOf(rendered, "PodTemplate", "notebook-small", "template spec containers 0 resources limits memory"),
  start: startNotebook,
  doors: ({ notebook }, _logins, folder) => [
    {
      name: "notebook",
      what: "JupyterLab",
      url: `http://127.0.0.1:${String(notebook)}/lab`,
      as: "by token",
      login: `jupyterhub-person-${PERSON}`,
      note: `notebooks are in ${join(folder, NOTEBOOKS)}`,
    },
  ],
};
