import { mkdirSync } from "node:fs";
import { join } from "node:path";

import type { Ground } from "../ground";
import type { Container, Rendered } from "../rendered";

interface Told {
  readonly people: Readonly<
    Record<string, { readonly env: Readonly<Record<string, string>>; readonly keys: Keys; readonly vectors?: Keys }>
  >;
}

type Keys = readonly [secret: string, user: string, password: string];

/** The template of small notebooks: what every pod of it has. */
const container = (rendered: Rendered): Container => {
  const { template } = rendered.object("PodTemplate", "notebook-small") as unknown as {
    readonly template: { readonly spec: { readonly containers: readonly [Container] } };
  };
  return template.spec.containers[0];
};

/**
 * Variables of a person's pod, as the hub makes it, with the addresses of this machine.
 * @param home folder that stands for the person's volume
 * @param examples folder of the delivered notebooks and their module
 */
export function personsEnv(
  ground: Ground,
  rendered: Rendered,
  person: string,
  home: string,
  examples: string,
): Record<string, string> {
  const told = JSON.parse(rendered.configMap("jupyterhub-hub-config")["hub.json"] ?? "{}") as Told;
  const own = told.people[person];
  if (own === undefined) throw new Error(`${person} is not among the people of the stack`);
  const { env, keys, vectors } = own;
  const signIn = ([secret, user, password]: Keys, variables: readonly [user: string, password: string]) => ({
    [variables[0]]: rendered.secret(secret, user),
    [variables[1]]: rendered.secret(secret, password),
  });
  const local = Object.entries({ ...rendered.env(container(rendered)), ...env }).map(
    ([name, value]) => [name, ground.local(value)] as const,
  );
  mkdirSync(home, { recursive: true });
  return {
    ...Object.fromEntries(local),
    ...signIn(keys, ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]),
    ...(vectors === undefined ? {} : signIn(vectors, ["PGUSER", "PGPASSWORD"])),
    JUPYTERHUB_USER: person,
    HOME: home,
    JUPYTER_RUNTIME_DIR: join(home, "runtime"),
    IPYTHONDIR: join(home, "ipython"),
    PYTHONPATH: examples,
    PYTHONDONTWRITEBYTECODE: "1",
  };
}
