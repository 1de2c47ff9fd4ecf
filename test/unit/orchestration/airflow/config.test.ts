import assert from "node:assert/strict";
import { tmpdir } from "node:os";

import { parse } from "yaml";

import { connections, dagFiles, manifestYaml, variables } from "../../../../components/orchestration/airflow/config";
import { readDagFolder } from "../../../../components/orchestration/airflow/dag-folder";
import { jobs, sql } from "../fixtures";

const asks = { endpoint: sql.endpoint, catalog: sql.catalogs[0], user: "airflow" };

describe("connections for Airflow", () => {
  it("are in Airflow's JSON form, and give Trino the source of a pipeline", () => {
    assert.deepEqual(connections("lakehouse-compute", asks), {
      AIRFLOW_CONN_LAKEHOUSE_KUBERNETES: {
        conn_type: "kubernetes",
        extra: { in_cluster: true, namespace: "lakehouse-compute" },
      },
      AIRFLOW_CONN_LAKEHOUSE_TRINO: {
        conn_type: "trino",
        host: "trino.lakehouse-query.svc",
        port: 8080,
        login: "airflow",
        extra: { protocol: "http", catalog: "lakehouse", source: "airflow" },
      },
    });
  });

  it("have the password of a user where whoever asks signs in", () => {
    const given = { ...asks, user: "airflow-2", password: "$(AIRFLOW_TRINO_PASSWORD)" };
    const { login, password } = connections(undefined, given).AIRFLOW_CONN_LAKEHOUSE_TRINO ?? {};
    assert.deepEqual([login, password], ["airflow-2", "$(AIRFLOW_TRINO_PASSWORD)"]);
  });

  it("exist only for systems of the stack", () => {
    assert.deepEqual(connections(undefined, undefined), {});
    assert.deepEqual(variables(undefined), {});
    assert.deepEqual(Object.keys(connections(undefined, asks)), ["AIRFLOW_CONN_LAKEHOUSE_TRINO"]);
  });
});

describe("the DAG folder", () => {
  it("has the repository's DAG, its ignore file and one manifest for each job", () => {
    assert.deepEqual(Object.keys(dagFiles(readDagFolder(), jobs)), [
      "daily_etl.py",
      ".airflowignore",
      "bronze-to-silver.yaml",
      "silver-to-gold.yaml",
      "table-maintenance.yaml",
    ]);
  });

  it("is refused if a DAG submits jobs that the stack does not have, with the name of each", () => {
    assert.throws(() => dagFiles({ "a.py": 'spec="one"', "b.py": 'spec="two" spec="one"' }, jobs.slice(0, 1)), {
      message:
        "a.py submits one, b.py submits two, b.py submits one, but the stack's jobs are: bronze-to-silver. Add the job, or change the DAG.",
    });
  });

  it("is found from any directory of the checkout, else the error names every tried path", () => {
    const empty = tmpdir();
    assert.throws(() => readDagFolder([`${empty}/one`, `${empty}/two`]), {
      message: `daily_etl.py and .airflowignore not found in ${empty}/one/pipelines/airflow or ${empty}/two/pipelines/airflow. Run from a complete checkout.`,
    });
  });
});

describe("the manifest of a job", () => {
  it("does not depend on the order of keys", () => {
    assert.equal(manifestYaml({ b: { d: 1, c: 2 }, a: 0 }), "a: 0\nb:\n  c: 2\n  d: 1\n");
  });

  it("is equal in YAML 1.1, which Python reads, and in 1.2: strings and keys like booleans are quoted", () => {
    const manifest = {
      a: "off",
      b: "yes",
      c: "1_000",
      d: "0o17",
      e: "12:30",
      f: "017",
      g: "2026-11-21",
      h: "1e3",
      i: "null",
      n: "=",
    };
    assert.deepEqual(parse(manifestYaml(manifest), { version: "1.1" }), manifest);
    assert.deepEqual(parse(manifestYaml(manifest)), manifest);
    assert.match(manifestYaml(manifest), /^a: "off"$/m);
    assert.match(manifestYaml(manifest), /^"n": "="$/m);
  });

  it("has no YAML anchors for equal parts", () => {
    const env = [{ name: "A", value: "b" }];
    assert.doesNotMatch(manifestYaml({ driver: { env }, executor: { env } }), /[&*]/);
  });
});
