import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";

import { PATIENCE } from "../../../sandbox/core/until";
import { Client } from "../../../sandbox/engines/minio/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { command } from "../../../sandbox/engines/obtain/command";
import type { Container, Rendered } from "../../../sandbox/engines/rendered";
import { DENIED } from "../object-rights";
import { stage } from "./stage";

const SETTINGS = JSON.stringify({
  jupyterhub: { enabled: true, image: "ghcr.io/example/notebook:1", people: { alice: {}, bob: {} } },
});

interface Told {
  readonly people: Readonly<
    Record<string, { readonly env: Readonly<Record<string, string>>; readonly keys: readonly [string, string, string] }>
  >;
}

/** The delivered notebooks with what a person's pod has: its variables, and the keys of the person. */
describe("the delivered notebooks", function () {
  this.timeout(PATIENCE);
  let rendered: Rendered;
  let folder: string;

  before(async () => {
    const { ground } = stage();
    rendered = await ground.rendered.having({ "lakehouse:compute": SETTINGS });
    await makeMinioResources(ground, { events: false }, rendered.beyond(ground.rendered));
    folder = ground.write("notebooks", rendered.configMap("notebook-examples"));
  });

  /** Variables of a person's pod, as the hub makes it. */
  function variables(person: string): Record<string, string> {
    const { ground } = stage();
    const { template } = rendered.object("PodTemplate", "notebook-small") as unknown as {
      readonly template: { readonly spec: { readonly containers: readonly [Container] } };
    };
    const told = JSON.parse(rendered.configMap("jupyterhub-hub-config")["hub.json"] ?? "{}") as Told;
    const { env, keys } = told.people[person] ?? { env: {}, keys: ["", "", ""] };
    const [secret, user, password] = keys;
    const local = Object.entries({ ...rendered.env(template.spec.containers[0]), ...env }).map(
      ([name, value]) => [name, ground.local(value)] as const,
    );
    const home = ground.folder("homes", person);
    return {
      ...Object.fromEntries(local),
      AWS_ACCESS_KEY_ID: rendered.secret(secret, user),
      AWS_SECRET_ACCESS_KEY: rendered.secret(secret, password),
      JUPYTERHUB_USER: person,
      HOME: home,
      JUPYTER_RUNTIME_DIR: join(home, "runtime"),
      IPYTHONDIR: join(home, "ipython"),
      PYTHONPATH: folder,
      PYTHONDONTWRITEBYTECODE: "1",
    };
  }
  const python = (person: string, ...args: readonly string[]) =>
    command([join(stage().ground.tools.notebook, "bin", "python"), ...args], { env: variables(person) });

  it("run from the first cell to the last, as the person, with the person's keys", async () => {
    const script = join(__dirname, "../../../sandbox/engines/jupyterhub/execute.py");
    const said = await python("alice", script, folder);
    deepEqual(said.trim().split("\n").slice(-3), [
      "1_bronze_silver_gold.ipynb 5",
      "2_time_travel.ipynb 5",
      "3_vectors.ipynb 3",
    ]);
    const { sql } = stage();
    const by =
      "select count(distinct query_id) > 20 from system.runtime.queries where \"user\" = 'alice' and source = 'jupyterhub'";
    equal(String(await sql.value(by)), "true");
  });

  it("write tables and files nowhere but below the person's own schema", async () => {
    const { ground } = stage();
    const store = await ground.with(rendered);
    const alice = Client.of(store, "person-alice");
    await alice.put("warehouse/person_alice/files/note", "mine");
    equal(await alice.get("warehouse/person_alice/files/note"), "mine");
    for (const place of ["silver/x", "gold/x", "bronze/x", "warehouse/x", "warehouse/person_bob/x", "backups/x"])
      await rejects(alice.put(place, "no"), DENIED, place);
    await Client.root(ground).put("bronze/notebooks/seen", "bronze");
    await Client.root(ground).put("gold/notebooks/seen", "gold");
    equal(await alice.get("gold/notebooks/seen"), "gold");
    await rejects(alice.get("bronze/notebooks/seen"), DENIED);
  });
});
