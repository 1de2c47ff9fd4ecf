import assert from "node:assert/strict";

import { readEnv } from "../../../compose/dotenv";
import { systemName } from "../../../components/core/system";
import { holdsWhatKubernetesGives, objectOf, type Objects, pairs, rendered, serviceOf } from "./equal";
import { composed, text } from "./made";

describe("a stack for compose", () => {
  const wanted = ["minio", "postgres", "hive-metastore", "trino", "valkey"];
  let made: Awaited<ReturnType<typeof composed>>;
  let objects: Objects[];
  let env: ReadonlyMap<string, string>;

  before(async () => {
    made = await composed(wanted);
    env = readEnv(text(made, ".env"));
    objects = await rendered(made);
  });

  const object = (kind: string, name: string) => objectOf(objects, kind, name);
  const service = (name: string) => serviceOf(made, name);

  const workloads = [
    ["StatefulSet", "minio"],
    ["StatefulSet", "libraries-server"],
    ["StatefulSet", "valkey-server"],
    ["Job", "minio-retention"],
    ["Job", "metastore-tasks-schema"],
    ["Deployment", "hive-metastore-server"],
    ["Deployment", "trino-coordinator"],
    ["Deployment", "trino-worker"],
  ] as const;

  it("is the chosen systems and what they need", () => {
    assert.deepEqual(made.selection.systems.map(systemName), [
      "minio",
      "postgres",
      "libraries",
      "valkey",
      "hive-metastore",
      "trino",
    ]);
    const ours = workloads.flatMap(([kind, name]) => pairs(objects, kind, name).map(([each]) => each));
    const stood = ["volumes", "minio-setup", "postgres", "postgres-setup"];
    assert.deepEqual(Object.keys(made.file.services).toSorted(), [...ours, ...stood].toSorted());
  });

  for (const [kind, name] of workloads)
    it(`gives the containers of ${name} what Kubernetes gives them`, () => {
      holdsWhatKubernetesGives(made, objects, kind, name);
    });

  it("has PostgreSQL with the parameters of the operator's Cluster", () => {
    const cluster = object("Cluster", "postgres") as unknown as {
      readonly spec: {
        readonly imageName: string;
        readonly postgresql: { readonly parameters: Readonly<Record<string, string>> };
        readonly resources: { readonly limits: { readonly memory: string } };
      };
    };
    const conf = text(made, "configs/postgres/etc/postgresql/postgresql.conf");
    for (const [key, value] of Object.entries(cluster.spec.postgresql.parameters))
      assert.ok(conf.includes(`${key} = '${value}'\n`), `${key} is missing in\n${conf}`);
    assert.equal(service("postgres").image, cluster.spec.imageName);
    assert.equal(service("postgres").deploy.resources.limits.memory, "512M");
  });

  it("has passwords in .env alone, and in files that others cannot read", () => {
    const file = text(made, "compose.yaml");
    for (const [variable, value] of env) {
      assert.ok(!file.includes(value), `the value of ${variable} is in compose.yaml`);
      for (const [path, { text: content }] of made.files)
        if (path !== ".env" && !path.startsWith("secrets/"))
          assert.ok(!content.includes(value), `the value of ${variable} is in ${path}`);
    }
    assert.equal(made.files.get(".env")?.mode, 0o600);
    assert.ok([...file.matchAll(/\$\{([A-Z0-9_]+)\}/g)].every(([, variable = ""]) => env.has(variable)));
  });

  it("opens ports on this machine alone, and lets no service out but where a policy does", () => {
    const ports = Object.values(made.file.services).flatMap((one) => one.ports ?? []);
    assert.ok(ports.length >= 5);
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:\$\{[A-Z_]+_PORT:-\d+\}:\d+$/);
    assert.equal(new Set(ports).size, ports.length);
    const out = Object.entries(made.file.networks).filter(([, options]) => options?.internal !== true);
    assert.deepEqual(out.map(([name]) => name).toSorted(), ["doors", "outside"]);
    const outside = Object.entries(made.file.services).filter(([, one]) => one.networks && "outside" in one.networks);
    assert.deepEqual(
      outside.map(([name]) => name),
      ["libraries-server-obtain", "libraries-server"],
    );
  });

  it("joins a client to the networks of the servers that its policies name", () => {
    const networks = (name: string) => Object.keys(service(name).networks ?? {}).toSorted();
    assert.deepEqual(networks("trino-worker"), ["hive-metastore", "minio", "postgres", "trino"]);
    assert.deepEqual(networks("valkey-server"), ["doors", "valkey"]);
    assert.ok(service("minio").networks?.minio?.aliases?.includes("minio.lakehouse-storage.svc"));
    assert.ok(service("postgres").networks?.postgres?.aliases?.includes("postgres-rw.lakehouse-storage.svc"));
  });

  it("starts each service after what it needs", () => {
    const after = (name: string) =>
      Object.fromEntries(
        Object.entries(service(name).depends_on ?? {}).map(([each, { condition }]) => [each, condition]),
      );
    const ended = "service_completed_successfully";
    assert.deepEqual(after("trino-coordinator"), { "volumes": ended, "hive-metastore-server": "service_healthy" });
    assert.deepEqual(after("hive-metastore-server"), { "hive-metastore-server-fetch-jars": ended });
    assert.equal(after("hive-metastore-server-fetch-jars")["metastore-tasks-schema"], ended);
    assert.equal(after("metastore-tasks-schema-wait")["postgres-setup"], ended);
    assert.deepEqual(after("postgres-setup"), { postgres: "service_healthy" });
    assert.deepEqual(after("minio-retention"), { "minio-setup": ended });
  });

  it("makes users with the rights that the providers would give them", () => {
    const setup = text(made, "configs/minio-setup/opt/lakehouse/setup/setup.sh");
    assert.ok(setup.includes('mc --quiet admin user add store trino "$PASSWORD_TRINO"\n'), setup);
    const policy = objects.find((one) => (one as { name?: string }).name === "trino" && "policy" in one);
    assert.equal(
      text(made, "configs/minio-setup/opt/lakehouse/setup/trino.json"),
      (policy as { readonly policy?: string } | undefined)?.policy,
    );
    assert.ok(!setup.includes("spark"), "a user of a system that is not here is made");
    const sql = text(made, "configs/postgres-setup/opt/lakehouse/setup/setup.sql");
    assert.ok(sql.includes("\\getenv password_hive_metastore PASSWORD_HIVE_METASTORE\n"), sql);
    assert.ok(sql.includes(`alter role "hive_metastore" login noreplication`), sql);
    assert.ok(sql.includes(" password :'password_hive_metastore';"), sql);
  });

  it("keeps the passwords that are there, and what else is in .env", async () => {
    const kept = "# mine\nVALKEY_SERVER_PASSWORD=kept-as-it-is\nTRINO_PORT=18080\n";
    const again = await composed(["valkey"], kept);
    const after = text(again, ".env");
    assert.ok(after.startsWith(kept), after);
    assert.equal(after.match(/VALKEY_SERVER_PASSWORD/g)?.length, 1);
    assert.ok(text(again, "secrets/valkey-server/opt/lakehouse/users/users.acl").length > 0);
    assert.deepEqual(Object.keys(again.file.services), ["volumes", "valkey-server"]);
  });
});
