import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";

import { statements } from "../../../components/storage/postgres/sql";
import { PATIENCE } from "../../../sandbox/core/until";
import type { Engine } from "../../../sandbox/engines/engine";
import { Client } from "../../../sandbox/engines/minio/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { command } from "../../../sandbox/engines/obtain/command";
import { personsEnv } from "../../../sandbox/engines/jupyterhub/person";
import type { Rendered } from "../../../sandbox/engines/rendered";
import { startSparkConnect } from "../../../sandbox/engines/spark-connect/spark-connect";
import { DENIED } from "../object-rights";
import { stage } from "./stage";

const SETTINGS = JSON.stringify({
  jupyterhub: { enabled: true, image: "ghcr.io/example/notebook:1", people: { alice: {}, bob: {} } },
  sparkConnect: { enabled: true },
});

/** The delivered notebooks with what a person's pod has: its variables, and the keys of the person. */
describe("the delivered notebooks", function () {
  this.timeout(PATIENCE);
  let rendered: Rendered;
  let folder: string;
  let spark: Engine;

  before(async () => {
    const { ground, database } = stage();
    rendered = await ground.rendered.having({ "lakehouse:compute": SETTINGS });
    const beyond = rendered.beyond(ground.rendered);
    await makeMinioResources(ground, { events: false }, beyond);
    for (const { database: where, sql: text } of statements(beyond.all)) await database.admin.run(where, text);
    spark = await startSparkConnect(await ground.with(rendered));
    folder = ground.write("notebooks", rendered.configMap("notebook-examples"));
  });
  after(async () => {
    await (spark as Engine | undefined)?.stop();
  });

  const variables = (person: string) => {
    const { ground } = stage();
    return personsEnv(ground, rendered, person, ground.folder("homes", person), folder);
  };
  const python = (person: string, ...args: readonly string[]) =>
    command([join(stage().ground.tools.notebook, "bin", "python"), ...args], { env: variables(person) });

  it("run from the first cell to the last, as the person, with the person's keys", async () => {
    const script = join(__dirname, "../../../sandbox/engines/jupyterhub/execute.py");
    const said = await python("alice", script, folder);
    deepEqual(said.trim().split("\n").slice(-5), [
      "1_bronze_silver_gold.ipynb 5",
      "2_time_travel.ipynb 5",
      "3_vectors.ipynb 3",
      "4_pgvector.ipynb 4",
      "5_spark.ipynb 4",
    ]);
    const { sql } = stage();
    const by =
      "select count(distinct query_id) > 20 from system.runtime.queries where \"user\" = 'alice' and source = 'jupyterhub'";
    equal(String(await sql.value(by)), "true");
  });

  it("find each person's vectors in a schema that no other person enters", async () => {
    const { database } = stage();
    const script = "import lakehouse, sys; print(lakehouse.vectors().execute(sys.argv[1]).fetchone())";
    const [count, other] = ["SELECT count(*) FROM points", "SELECT count(*) FROM person_alice.points"];
    equal((await python("alice", "-c", script, count)).trim(), "(1000,)");
    await rejects(python("bob", "-c", script, other), /permission denied/);
    const owner = "select tableowner from pg_tables where schemaname = 'person_alice'";
    equal(await database.admin.run("vectors", owner), "person_alice");
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
