import assert from "node:assert/strict";

import { composable, select } from "../../../compose/selection";
import { systemName } from "../../../components/core/system";
import { systems } from "../../../components/systems";
import { InputError } from "../../../inputs/input-error";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { stackSettings } from "../../../preview/plan";
import { ONE } from "../../support/ca";

const selected = (stack: string, wanted?: readonly string[]) => {
  const config = readStackFile(PROJECT_FOLDER, stack);
  return select(config, stackSettings(config), wanted);
};
const names = (stack: string, wanted?: readonly string[]) => selected(stack, wanted).systems.map(systemName);

describe("systems for compose", () => {
  it("are each alone with what they need", () => {
    const stores = ["minio", "postgres"];
    const tables = [...stores, "libraries", "hive-metastore"];
    assert.deepEqual(names("dev", ["valkey"]), ["valkey"]);
    assert.deepEqual(names("dev", ["minio"]), ["minio"]);
    assert.deepEqual(names("dev", ["postgres"]), stores);
    assert.deepEqual(names("dev", ["hive-metastore"]), tables);
    assert.deepEqual(names("dev", ["trino"]), [...tables, "trino"]);
    assert.deepEqual(names("dev", ["presto", "valkey"]), [
      "minio",
      "postgres",
      "libraries",
      "valkey",
      "hive-metastore",
      "presto",
    ]);
  });

  it("are all of the stack that can run so, where none is named; the others are told with their reasons", () => {
    const { systems: all, without } = selected("dev");
    const left = without.map(([system]) => systemName(system));
    assert.deepEqual(
      all.map(systemName).filter((name) => left.includes(name)),
      [],
    );
    assert.ok(left.includes("spark"));
    for (const [system, reason] of without) assert.match(reason, /^[A-Z]?[a-z']+ /, systemName(system));
  });

  it("leave out settings that name what is not there, and say which", () => {
    assert.deepEqual(selected("dev", ["trino"]).dropped.toSorted(), [
      "lakehouse:query.trino.kafka.topics",
      "lakehouse:storage.buckets.bronze.notify",
      "lakehouse:streaming.kafka.topics",
    ]);
    assert.deepEqual(selected("dev", ["valkey"]).settings.query.trino.enabled, false);
  });

  it("have nobody sign in, since certificates are the cluster's", () => {
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const own = JSON.parse(config.values["lakehouse:cluster"] ?? "{}") as object;
    const values = {
      ...config.values,
      "lakehouse:cluster": JSON.stringify({ ...own, certManager: true, issuer: "lab", caBundle: ONE }),
      "lakehouse:access": JSON.stringify({ signIn: "password", people: { ada: {} } }),
    };
    const stack = { ...config, values };
    const { settings, dropped } = select(stack, stackSettings(stack), ["trino"]);
    assert.equal(settings.access.signIn, "off");
    assert.ok(dropped.includes("lakehouse:access"));
  });

  it("are as many as one machine needs, where a stack has several", () => {
    const { streaming, storage } = selected("prod", ["kafka", "postgres"]).settings;
    assert.deepEqual([streaming.kafka.broker.replicas, streaming.kafka.combined], [1, true]);
    assert.equal(storage.postgres.server.replicas, 1);
  });

  it("say in a line for each why one cannot run without Kubernetes", () => {
    for (const system of systems.filter(({ compose }) => compose?.cannot !== undefined)) {
      const name = systemName(system);
      assert.throws(
        () => selected("dev", [name]),
        (error) => {
          assert.ok(error instanceof InputError);
          const line = error.lines.find((each) => each.startsWith(`--with: given ${name}, but `));
          assert.ok(line?.endsWith(`; allowed: ${composable().join(", ")}`), error.message);
          return true;
        },
      );
    }
  });

  it("say what a chosen system lacks, in place of leaving it out", () => {
    assert.throws(() => names("dev", ["query-api"]), /lakehouse:query\.queryApi\.image/);
  });

  it("say of a stack with an object store outside that nothing else can run, with the reasons", () => {
    assert.throws(() => names("homelab", ["trino"]), /^InputError: --with: given ceph, but Ceph is /);
    assert.throws(
      () => names("homelab"),
      /Pulumi\.homelab\.yaml: nothing of it can run without Kubernetes\nceph: Ceph is /,
    );
  });

  it("refuse a name that is none, with the one that is meant", () => {
    assert.throws(
      () => selected("dev", ["tirno", "valkey"]),
      /^InputError: --with: given "tirno"; did you mean 'trino'\?; allowed: /,
    );
  });
});
