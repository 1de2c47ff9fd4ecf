import assert from "node:assert/strict";

import { combined, resolveNeeds } from "../../../../components/core/given";
import type { VectorAccess, VectorRequest, VectorStore } from "../../../../components/core/vector-spaces";
import { Service } from "../../../../components/core/service";
import { one } from "../../../../components/core/system";
import { ground } from "../../../../components/ground";
import { Query } from "../../../../components/query";
import { settingsFrom } from "../../../../components/settings";
import { describeStack } from "../../../../components/stack";
import { Storage } from "../../../../components/storage";
import { record, type Registered } from "../../../support/record";

type Inputs = Readonly<Record<string, unknown>> & {
  readonly metadata?: { readonly name: string; readonly namespace: string };
  /** Marked as secret. */
  readonly stringData?: { readonly value?: Readonly<Record<string, string>> };
};

/** One description of a client, whichever store there is. */
class Client extends Service {
  readonly access: VectorAccess;

  constructor(service: string, vectors: VectorStore, access: readonly VectorRequest[]) {
    super("test:Client", service, { namespace: "lakehouse-compute", pods: [] });
    this.access = this.use(vectors.grant(this, access));
    this.registerOutputs();
  }
}

const WRITE: readonly VectorRequest[] = [{ space: "docs", level: "write" }];
const READ: readonly VectorRequest[] = [{ space: "docs", level: "read" }];

/** Stores and catalogs of a stack, with clients of its vectors. */
async function made<T>(more: object, program: (vectors: VectorStore) => T) {
  const settings = settingsFrom({
    preset: "dev",
    nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
    pools: { all: { default: true } },
    compute: { spark: { enabled: false } },
    catalog: { hiveMetastore: { enabled: false } },
    ...more,
    storage: {
      objects: { kind: "minio", admin: { host: "127.0.0.1", port: 9000 } },
      ...(more as { storage?: object }).storage,
    },
    query: { trino: { enabled: false }, ...(more as { query?: object }).query },
  });
  return await record<Inputs, T>(() => {
    const stack = describeStack(settings);
    const { child } = ground(stack);
    const storage = new Storage("storage", { stack }, child);
    const query = new Query("query", { stack, given: storage.gives }, child);
    const given = combined(storage.gives, query.gives);
    const needed = resolveNeeds("test", { vectors: one("vectors") }, given, stack.preferred);
    const result = program(needed.vectors as VectorStore);
    stack.completeGrants([]);
    return result;
  });
}

const ON = { query: { milvus: { enabled: true } } };
const POSTGRES = { ...ON, storage: { vectors: "postgres" } };
const secretsOf = (registered: readonly Registered<Inputs>[], namespace: string) =>
  registered
    .filter(({ type, inputs }) => type === "kubernetes:core/v1:Secret" && inputs.metadata?.namespace === namespace)
    .map(({ inputs }) => inputs.metadata?.name ?? "")
    .toSorted();
const linksOf = (registered: readonly Registered<Inputs>[]) =>
  registered
    .filter(({ type, inputs }) => type === "lakehouse:core:Link" && ["spark", "trino"].includes(String(inputs.from)))
    .map(({ inputs }) => `${String(inputs.from)} ${String(inputs.to)} ${String(inputs.port)}`);

describe("vectors of a client", () => {
  const clients = (vectors: VectorStore) => [
    new Client("spark", vectors, WRITE).access,
    new Client("trino", vectors, READ).access,
  ];

  it("are in Milvus where it is on, in PostgreSQL where the settings say so, and in PostgreSQL without Milvus", async () => {
    const of = async (more: object) =>
      (await made(more, (vectors) => new Client("spark", vectors, WRITE))).result.access.kind;
    assert.deepEqual([await of(ON), await of(POSTGRES), await of({})], ["milvus", "pgvector", "pgvector"]);
  });

  it("need the same description in both stores: a user and a way for each, and the URL of the store", async () => {
    for (const [more, url, at] of [
      [ON, "http://milvus.lakehouse-query.svc:19530", "milvus"],
      [{}, "postgresql://postgres-rw.lakehouse-storage.svc:5432/vectors", "postgres"],
    ] as const) {
      const { result, registered } = await made(more, clients);
      assert.deepEqual(
        result.map(({ secret, url: its }) => [secret, its]),
        [
          [`spark-${at}`, url],
          [`trino-${at}`, url],
        ],
      );
      assert.deepEqual(secretsOf(registered, "lakehouse-compute"), [`spark-${at}`, `trino-${at}`]);
      const port = at === "milvus" ? "19530" : "5432";
      assert.deepEqual(linksOf(registered), [`spark ${at} ${port}`, `trino ${at} ${port}`]);
    }
  });

  it("in PostgreSQL are a schema that the writer owns, with pgvector, and that readers may read and others may not enter", async () => {
    const { registered } = await made({}, clients);
    const of = (kind: string) =>
      registered.filter(({ type }) => type === `postgresql:index/${kind}`).map(({ inputs }) => inputs);
    assert.deepEqual(
      of("schema:Schema").map(({ name, database, owner }) => [name, database, owner]),
      [["docs", "vectors", "spark"]],
    );
    assert.ok(of("extension:Extension").some(({ name, database }) => name === "vector" && database === "vectors"));
    assert.deepEqual(
      of("grant:Grant")
        .filter(({ database, role }) => database === "vectors" && role !== "public")
        .map(({ role, objectType, schema = "", privileges }) => [role, objectType, schema, privileges]),
      [
        ["spark", "database", "", ["CONNECT"]],
        ["trino", "database", "", ["CONNECT"]],
        ["trino", "schema", "docs", ["USAGE"]],
        ["trino", "table", "docs", ["SELECT"]],
        ["trino", "sequence", "docs", ["SELECT"]],
      ],
    );
    assert.deepEqual(
      of("defaultPrivileges:DefaultPrivileges")
        .filter(({ database }) => database === "vectors")
        .map(({ owner, role, schema, objectType, privileges }) => [owner, role, schema, objectType, privileges]),
      [
        ["spark", "trino", "docs", "table", ["SELECT"]],
        ["spark", "trino", "docs", "sequence", ["SELECT"]],
      ],
    );
  });

  it("in Milvus are a database, with users that the task makes before the clients' Secrets", async () => {
    const { registered } = await made(ON, clients);
    const secret = registered.find(({ inputs }) => inputs.metadata?.name === "milvus-rights")?.inputs.stringData;
    const rights = secret?.value?.rights ?? "";
    assert.match(rights, /^database docs\n(role lakehouse_spark_\w+ docs \w+\n)+user spark lakehouse_spark_\w+ /);
    assert.match(rights, /\nrole lakehouse_trino_\w+ docs Search\n/);
    const at = (kind: string, named: string) =>
      registered.findIndex(({ type, name }) => type === `kubernetes:${kind}` && name === named);
    assert.ok(at("batch/v1:Job", "milvus-setup") > 0);
    assert.ok(at("core/v1:Secret", "spark-milvus") > at("batch/v1:Job", "milvus-setup"));
  });

  it("are refused with the reason for a bad name, a second writer, and a reader before the writer, in both stores alike", async () => {
    const attempts: readonly [RegExp, (vectors: VectorStore) => unknown][] = [
      [/asks for no space/, (vectors) => new Client("spark", vectors, [])],
      [/"Docs"; allowed: lower-case/, (vectors) => new Client("spark", vectors, [{ space: "Docs", level: "write" }])],
      [/none of default/, (vectors) => new Client("spark", vectors, [{ space: "pg_docs", level: "write" }])],
      [/which no service writes yet/, (vectors) => new Client("spark", vectors, READ)],
      [
        /trino asks to write the space docs, which spark writes/,
        (vectors) => [new Client("spark", vectors, WRITE), new Client("trino", vectors, WRITE)],
      ],
    ];
    for (const more of [ON, {}])
      await made(more, (vectors) => {
        for (const [said, attempt] of attempts) assert.throws(() => attempt(vectors), said);
      });
  });

  it("may be asked for twice: the second request adds to the first", async () => {
    for (const more of [ON, {}]) {
      const { registered } = await made(more, (vectors) => {
        const spark = new Client("spark", vectors, WRITE);
        vectors.grant(spark, [{ space: "images", level: "write" }]);
        const trino = new Client("trino", vectors, READ);
        vectors.grant(trino, READ);
      });
      const names = registered.map(({ type, name }) => `${type} ${name}`);
      assert.equal(new Set(names).size, names.length);
    }
  });
});
