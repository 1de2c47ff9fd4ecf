import assert from "node:assert/strict";

import { parse } from "yaml";

import { check } from "../../../../components/orchestration/airflow/check";
import { webserverConfig } from "../../../../components/orchestration/airflow/webserver";
import { airflow as schema, type AirflowSettings } from "../../../../components/orchestration/airflow/settings";
import { settingsFrom } from "../../../../components/settings";
import { PROJECT_FOLDER } from "../../../../inputs/project";
import { readStackFile } from "../../../../inputs/stack-file";
import { Rendered } from "../../../../sandbox/engines/rendered";

const own = (more: object = {}): AirflowSettings => schema.parse({ mode: "deployed", ...more });
const messages = (more: object) => [...check(own(more))].map(({ path, message }) => `${path}: ${message}`);
const OIDC = {
  issuer: "https://login.example.org/realms/data",
  cidrs: ["192.0.2.0/24"],
  clientId: "airflow",
  secret: "airflow-oidc",
  roles: { "data-team": "User" },
};

async function rendered(airflow: object): Promise<Rendered> {
  const dev = readStackFile(PROJECT_FOLDER, "dev");
  const orchestration = JSON.stringify({ airflow: { mode: "deployed", ...airflow } });
  return Rendered.of("dev", undefined, { ...dev, values: { ...dev.values, "lakehouse:orchestration": orchestration } });
}

interface Variable {
  readonly name: string;
  readonly value?: string;
}
interface Pod {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly { readonly name: string; readonly env: readonly Variable[] }[] };
}

describe("settings of the stack's own Airflow", () => {
  it("refuse versions whose schedulers crash, by the image's tag", () => {
    for (const version of ["3.2.2", "3.2.2-python3.12", "v3.1.8", "2.11.0"])
      assert.match(
        messages({ image: `registry.example.org/airflow:${version}` }).join(),
        /^lakehouse:orchestration\.airflow\.image: given Airflow \d.*; allowed: 3\.3 or newer/,
      );
    for (const version of ["3.3.0", "3.10.1", "4.0", "ours"])
      assert.deepEqual(messages({ image: `registry.example.org/airflow:${version}` }), []);
  });

  it("refuse to change what the stack sets", () => {
    assert.match(
      messages({ env: { AIRFLOW__CORE__FERNET_KEY: "x" } }).join(),
      /env\.AIRFLOW__CORE__FERNET_KEY: is set by/,
    );
    assert.deepEqual(messages({ env: { AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG: "4" } }), []);
    assert.deepEqual([...check(schema.parse({ mode: "existing", env: { AIRFLOW__CORE__FERNET_KEY: "x" } }))], []);
  });

  it("need a database and an object store, and Trino with the topic for the merge", () => {
    const stack = (more: object) => () =>
      settingsFrom({
        preset: "dev",
        nodes: [{ name: "a", pool: "a", cpu: 64, memory: "256Gi" }],
        pools: { a: { default: true } },
        cluster: { certManager: true },
        storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
        ...more,
      });
    const airflow = { orchestration: { airflow: { mode: "deployed" } } };
    const merging = { orchestration: { airflow: { mode: "deployed", merge: { enabled: true } } } };
    const kafka = { streaming: { kafka: { enabled: true } } };
    const topic = { query: { trino: { kafka: { topics: [{ topic: "shop.public.orders" }] } } } };
    assert.throws(stack({ ...merging, ...kafka }), /merge\.enabled: given true, which reads kafka\.shop\.orders/);
    assert.doesNotThrow(stack({ ...merging, ...kafka, ...topic }));
    assert.doesNotThrow(stack(airflow));
  });
});

describe("the stack's own Airflow", () => {
  let stack: Rendered;
  before(async () => {
    stack = await rendered({ scheduler: { replicas: 2 }, worker: { replicas: 3 } });
  });
  const variables = (role: string) => stack.env(stack.container("Deployment", `airflow-${role}`, role));

  it("gives schedulers the very template that policies and quotas read", () => {
    const file = parse(stack.configMap("airflow-scheduler-template")["pod.yaml"] ?? "") as Pod;
    const { template, metadata } = stack.object("PodTemplate", "airflow-task") as unknown as {
      readonly template: Pod;
      readonly metadata: { readonly annotations: object };
    };
    assert.deepEqual(file, { apiVersion: "v1", kind: "Pod", ...JSON.parse(JSON.stringify(template)) });
    assert.deepEqual(
      file.spec.containers.map(({ name }) => name),
      ["base"],
    );
    assert.deepEqual(metadata.annotations, { "lakehouse.dev/replicas": "3" });
    assert.equal(variables("scheduler").AIRFLOW__CORE__PARALLELISM, "3");
  });

  it("keeps the database and its keys from tasks, and the object store from schedulers", () => {
    const { template } = stack.object("PodTemplate", "airflow-task") as unknown as { readonly template: Pod };
    const [base] = template.spec.containers;
    const names = base?.env.map(({ name }) => name) ?? [];
    assert.deepEqual(
      names.filter((name) => /DATABASE|FERNET|JWT|SECRET_KEY|ADMIN/.test(name)),
      [],
    );
    assert.ok(names.includes("AIRFLOW__CORE__EXECUTION_API_SERVER_URL"));
    assert.equal("LAKEHOUSE_LOGS_SECRET" in variables("scheduler"), false);
    assert.equal("LAKEHOUSE_LOGS_SECRET" in variables("api-server"), true);
  });

  it("has a Fernet key of 32 bytes, and reads what the one before has written", async () => {
    // Generated values of this test are no base64: the length is what the resource asks for.
    assert.match(stack.secret("airflow-keys", "fernet"), /A=$/);
    assert.equal(Buffer.from(`${"a".repeat(42)}A=`, "base64").length, 32);
    const settings = JSON.stringify({ airflow: { generation: 2, keepPrevious: true } });
    const next = await stack.having({ "lakehouse:credentials": settings });
    const env = next.container("Deployment", "airflow-scheduler", "scheduler").env ?? [];
    const of = (name: string) => env.find((each) => each.name === name);
    assert.equal(of("AIRFLOW__CORE__FERNET_KEY")?.value, "$(LAKEHOUSE_FERNET_KEY),$(LAKEHOUSE_FERNET_KEY_BEFORE)");
    assert.deepEqual(of("LAKEHOUSE_FERNET_KEY")?.valueFrom, {
      secretKeyRef: { name: "airflow-keys-2", key: "fernet" },
    });
    const job = next.container("Job", "airflow-migrate", "migrate");
    assert.deepEqual(
      Object.entries(next.env(job)).filter(([name]) => name.startsWith("LAKEHOUSE_ADMIN_")),
      [
        ["LAKEHOUSE_ADMIN_0", "admin-2"],
        ["LAKEHOUSE_ADMIN_1", "admin"],
      ],
    );
  });

  it("takes DAGs of a repository, whose host alone its policies open", async () => {
    const git = {
      url: "https://git.example.org/dags.git",
      cidrs: ["192.0.2.0/24"],
      subPath: "dags",
      secret: "dags-git",
    };
    const other = await rendered({ dags: { git } });
    const env = other.container("Deployment", "airflow-dag-processor", "dag-processor").env ?? [];
    const of = (name: string) => env.find((each) => each.name === name);
    const bundles = JSON.parse(of("AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST")?.value ?? "[]") as {
      kwargs: object;
    }[];
    assert.deepEqual(bundles[1]?.kwargs, {
      git_conn_id: "lakehouse_dags",
      tracking_ref: "main",
      subdir: "dags",
      refresh_interval: 60,
    });
    assert.doesNotMatch(of("AIRFLOW_CONN_LAKEHOUSE_DAGS")?.value ?? "", /\[secret\]/);
    for (const name of ["airflow-dag-processor-to-airflow-git", "airflow-task-to-airflow-task-git"])
      assert.match(JSON.stringify(other.object("NetworkPolicy", name)), /192\.0\.2\.0\/24/);
  });
});

describe("sign-in at Airflow", () => {
  it("is by password, or by an issuer with roles by group and without a secret in the file", () => {
    assert.match(webserverConfig(own()), /AUTH_TYPE = AUTH_DB/);
    const file = webserverConfig(own({ auth: { oidc: OIDC } }));
    assert.match(
      file,
      /"server_metadata_url": "https:\/\/login\.example\.org\/realms\/data\/\.well-known\/openid-configuration"/,
    );
    assert.match(file, /AUTH_ROLES_MAPPING = \{"data-team":\["User"\]\}/);
    assert.match(file, /os\.environ\.get\("LAKEHOUSE_OIDC_SECRET"/);
  });
});
