import { deepEqual, equal, ok } from "node:assert/strict";

import { printed } from "../stage";
import { stage } from "./stage";

describe("engines from the rendered files of the dev stack", () => {
  it("differ from the rendered files only in allowed, printed changes", () => {
    ok(printed(stage()) > 20);
  });

  it("Trino has a coordinator and a worker of the obtained version", async () => {
    const nodes = await stage().sql.rows(
      "select coordinator, node_version, state from system.runtime.nodes order by 1",
    );
    deepEqual(nodes, [
      [false, "476", "active"],
      [true, "476", "active"],
    ]);
  });

  it("Trino has the rendered catalogs", async () => {
    const catalogs = await stage().sql.rows("select catalog_name from system.metadata.catalogs order by 1");
    deepEqual(catalogs.flat(), ["delta", "kafka", "lakehouse", "postgres", "system", "tpch"]);
  });

  it("PostgreSQL runs with the rendered parameters", async () => {
    const { spec } = stage().ground.rendered.object("Cluster", "postgres") as {
      spec?: { postgresql: { parameters: Record<string, string> } };
    };
    const { database } = stage();
    const { list } = stage().ground.changes;
    const leftOut = list.filter(({ file, to }) => file === "postgres/postgresql.conf" && to === undefined);
    for (const [name, value] of Object.entries(spec!.postgresql.parameters)) {
      if (leftOut.some(({ key }) => key === name)) continue;
      equal(await database.admin.run("postgres", `show ${name}`), value, name);
    }
  });

  it("vectors are compared in the analytics database", async () => {
    const trino = stage().database.as("trino");
    equal(await trino.run("analytics", "select '[3,4]'::vector <-> '[0,0]'"), "5");
  });
});
