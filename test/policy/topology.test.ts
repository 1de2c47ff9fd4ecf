import { deepEqual, equal, ok } from "node:assert/strict";

import { OUTSIDE, topology } from "../../planner/topology";
import { judged } from "./harness";
import { STACKS, type StackName } from "../support/stacks";

/** What links of a stack lead to or come from that no system of it runs. */
const OUTSIDERS: Readonly<Record<StackName, readonly string[]>> = {
  homelab: ["all", "api-server", "cloudnative-pg", "dns", "library-source", "prometheus"],
  dev: ["all", "api-server", "dns", "library-source", "operator"],
  prod: ["all", "api-server", "dns", "kubelets", "library-source", "operator"],
};

describe("the topology of a shipped stack", () => {
  for (const stack of STACKS) {
    it(`${stack} has every system in its layer, every link between two of them, and every image with its licence`, async () => {
      const { plan, resources } = await judged(stack);
      const { lanes, edges } = topology(plan);
      const inside = lanes.filter(({ name }) => name !== OUTSIDE);
      deepEqual(
        inside.flatMap(({ systems }) => systems).toSorted(),
        (plan.systems ?? []).map(({ name }) => name).toSorted(),
      );
      deepEqual(lanes.find(({ name }) => name === OUTSIDE)?.systems.toSorted(), OUTSIDERS[stack]);
      const trino = edges.find(({ client, server }) => client === "trino" && server === "postgres");
      deepEqual(trino?.flows, [
        {
          from: "trino",
          to: "postgres",
          port: 5432,
          protocol: "TCP",
          policies: ["lakehouse-query/trino-to-postgres", "lakehouse-storage/postgres-from-trino"],
        },
      ]);

      const { grants = [], systems = [] } = plan;
      deepEqual(
        grants.filter(({ system }) => !systems.some(({ name }) => name === system)),
        [],
      );
      deepEqual(
        grants
          .filter(({ user }) => user === "trino")
          .map(({ bucket, level }) => [bucket.replace("lakehouse-", ""), level]),
        [
          ["bronze", "read"],
          ["silver", "read"],
          ["gold", "write"],
          ["warehouse", "write"],
        ],
      );
      const tasks = grants.find(({ user }) => user === "metastore-tasks");
      deepEqual([tasks?.system, tasks?.prefix, tasks?.level], ["hive-metastore", "hive-metastore/", "write"]);

      const links = new Set(resources.filter(({ type }) => type === "lakehouse:core:Link").map(({ urn }) => urn));
      const policies = resources
        .filter(({ type, parent }) => type.endsWith(":NetworkPolicy") && links.has(parent))
        .map(({ inputs }) => inputs.metadata as { name: string; namespace: string });
      ok(policies.length > 40, String(policies.length));
      deepEqual(
        edges.flatMap(({ flows }) => flows.flatMap((flow) => flow.policies)).toSorted(),
        policies.map(({ name, namespace }) => `${namespace}/${name}`).toSorted(),
      );

      // Each pinned image that an object runs has a version and a licence.
      const images = (plan.programs ?? []).filter(({ kind }) => kind === "image");
      const unknown = images.filter(({ licence }) => licence === undefined).map(({ name }) => name);
      deepEqual(
        unknown,
        stack === "prod" ? ["registry.lakehouse.internal/notebook", "registry.lakehouse.internal/query-api"] : [],
      );
      equal(new Set(images.map(({ name, version }) => `${name}:${version}`)).size, images.length);
      ok(images.some(({ name, systems }) => name === "docker.io/trinodb/trino" && systems.includes("trino")));
    });
  }
});
