import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { readFileSync } from "node:fs";

import { monitoring } from "../../../components/query/presto/monitoring";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { Run } from "../../../sandbox/core/run";
import { PATIENCE, until } from "../../../sandbox/core/until";
import { Ground } from "../../../sandbox/engines/ground";
import { JVM_OPTIONS, jvmOptions } from "../../../sandbox/engines/jvm";
import { Client, startMinio } from "../../../sandbox/engines/minio/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { obtain } from "../../../sandbox/engines/obtain";
import { startPostgres } from "../../../sandbox/engines/postgres/postgres";
import { makePostgresResources } from "../../../sandbox/engines/postgres/resources";
import { at, PrestoNode } from "../../../sandbox/engines/presto/presto";
import { startOldMetastore, startWriter } from "../../../sandbox/engines/presto/sources";
import { Rendered } from "../../../sandbox/engines/rendered";
import { type QueryError, type QueryOptions, TrinoClient } from "../../../sandbox/engines/trino/client";
import { notExposed } from "../metrics";

const MiB = 2 ** 20;
const ROLES = ["coordinator", "worker"] as const;
/** The dev stack with Presto and a worker of its own. */
const choosing = (write: boolean): Readonly<Record<string, string>> => {
  const { values } = readStackFile(PROJECT_FOLDER, "dev");
  const query = JSON.parse(values["lakehouse:query"] ?? "{}") as { trino?: object };
  const worker = { replicas: 1, cpu: 0.5, memory: "1536Mi" };
  // Longer than any query here, so that both engines read the limit.
  const limit = { maxSeconds: 3600 };
  const presto = { enabled: true, worker, write: { enabled: write }, ...limit };
  const { trino } = query;
  return { "lakehouse:query": JSON.stringify({ ...query, trino: { ...trino, ...limit }, presto }) };
};

const PER_SEGMENT = (orders: string, customers: string) =>
  `select c.mktsegment, count(*), cast(sum(o.price) as varchar), cast(max(o.orderdate) as varchar)
   from ${orders} o join ${customers} c on c.custkey = o.custkey group by 1 order by 1`;
/** Runs for hours, and holds no memory. */
const ENDLESS = `select count(*) from ${["a", "b", "c"].map((t) => `unnest(sequence(1, 10000)) ${t}(${t}1)`).join(" cross join ")}`;
/** A hundred thousand texts of 10 kB, each a group of its own. */
const LARGE = `select count(*) from (select rpad(cast(a1 * 10000 + b1 as varchar), 10000, 'x') as k
  from unnest(sequence(1, 10000)) a(a1) cross join unnest(sequence(1, 10)) b(b1) group by 1)`;

describe("Presto", function () {
  this.timeout(PATIENCE);
  const given = process.env[JVM_OPTIONS];
  let run: Run | undefined;
  let ground: Ground;
  let trino: TrinoClient;
  let nodes: Readonly<Record<(typeof ROLES)[number], PrestoNode>>;
  const sql = new TrinoClient(at("coordinator"), "Presto");

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const tools = await obtain(
      () => undefined,
      [
        ...(["minio", "python", "trino", "presto", "prestoMetastore", "prestoMetastoreScripts"] as const),
        ...(["postgresJdbc", "awsSdk", "jmxExporter"] as const),
      ],
    );
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const values = { ...config.values, ...choosing(true) };
    const rendered = await Rendered.of("dev", undefined, { ...config, values });
    run = Run.start("presto");
    // The Services' own ports, because no other process is in this network; Trino has another, because Presto has its.
    ground = await Ground.of(run, rendered, tools, { s3: 9000, postgres: 5432, thrift: 9083 });
    process.env[JVM_OPTIONS] = jvmOptions(ground, ground.folder("tmp"));
    trino = new TrinoClient(ground.at("trino"));
    const sources = Promise.all([
      startMinio(ground, "minio", { events: false }).then(() => makeMinioResources(ground, { events: false })),
      startPostgres(ground).then((postgres) => makePostgresResources(ground, postgres)),
    ]).then(() => startOldMetastore(ground));
    const [coordinator, worker] = await Promise.all([
      ...ROLES.map((role) => PrestoNode.start(role, () => ground)),
      startWriter(ground),
      sources,
    ]);
    nodes = { coordinator: coordinator as PrestoNode, worker: worker as PrestoNode };
    await written();
  });
  after(async () => {
    if (given === undefined) Reflect.deleteProperty(process.env, JVM_OPTIONS);
    else process.env[JVM_OPTIONS] = given;
    await run?.end();
  });

  /** Tables of TPC-H, as Trino writes them. */
  async function written(): Promise<void> {
    const orders =
      "select orderkey, custkey, orderdate, cast(totalprice as decimal(18, 2)) as price from tpch.tiny.orders";
    const customers = "select custkey, name, mktsegment from tpch.tiny.customer";
    for (const statement of [
      "create schema iceberg.sales with (location = 's3://gold/sales')",
      `create table iceberg.sales.orders as ${orders}`,
      "delete from iceberg.sales.orders where orderkey > 50000",
      `create table hive.sales.old_orders with (format = 'PARQUET') as ${orders}`,
      `create table hive.sales.customers with (format = 'ORC') as ${customers}`,
      "create schema iceberg.adhoc with (location = 's3://warehouse/presto/adhoc')",
    ])
      await trino.rows(statement);
  }

  const totals = () => sql.rows(PER_SEGMENT("lakehouse.sales.orders", "hive.sales.customers"));
  const expected = (orders = "iceberg.sales.orders") => trino.rows(PER_SEGMENT(orders, "hive.sales.customers"));

  /** IDs of active workers. */
  async function workers(): Promise<string[]> {
    const active = "select node_id from system.runtime.nodes where not coordinator and state = 'active'";
    return (await sql.rows(active)).map(([id]) => String(id));
  }

  /** Value of a metric with a label, such as `presto_group_running` of `group="lakehouse"`. */
  async function metric(name: string, label: string, node = nodes.coordinator): Promise<number> {
    const line = (await node.metrics()).split("\n").find((each) => each.startsWith(`${name}{`) && each.includes(label));
    return Number(line?.split(" ").at(-1));
  }

  /** Begins queries that do not end by themselves. @returns a function that cancels them, and waits for their ends */
  function endless(count: number, options: QueryOptions): () => Promise<void> {
    const ids: string[] = [];
    const all = Array.from({ length: count }, () =>
      sql.rows(ENDLESS, { ...options, accepted: (id) => ids.push(id) }).then(
        () => "ended",
        (error: unknown) => String(error),
      ),
    );
    return async () => {
      await until("all are accepted", () => Promise.resolve(ids.length === count));
      for (const id of ids) await fetch(`http://${at("coordinator")}/v1/query/${id}`, { method: "DELETE" });
      for (const end of await Promise.all(all)) match(end, /USER_CANCELED|canceled/i);
    };
  }

  it("forms one cluster of a coordinator and a worker, with the rendered memory, that the rendered probe takes for started", async () => {
    await until("the worker is there", async () => (await workers()).length === 1);
    const rows = await sql.rows(
      "select coordinator, node_version, state, http_uri from system.runtime.nodes order by 1",
    );
    deepEqual(
      rows.map(([coordinator, version, ...more]) => [coordinator, String(version).split("-")[0], ...more]),
      [
        [false, "0.287", "active", `http://${at("worker")}`],
        [true, "0.287", "active", `http://${at("coordinator")}`],
      ],
    );
    for (const role of ROLES) {
      await nodes[role].probe();
      equal(await metric("presto_memory_max_bytes", 'pool="general"', nodes[role]), 384 * MiB, role);
      ok(readFileSync(`/proc/${String(nodes[role].engine.pid)}/cmdline`, "utf8").includes("\0-Xmx768m\0"), role);
    }
  });

  it("has Trino's totals for Iceberg and Hive tables that Trino wrote", async () => {
    const iceberg = await totals();
    deepEqual(iceberg, await expected());
    equal(iceberg.length, 5);
    const hive = await sql.rows(PER_SEGMENT("hive.sales.old_orders", "hive.sales.customers"));
    deepEqual(hive, await expected("hive.sales.old_orders"));
    ok(
      iceberg.every(([, count], at) => Number(count) < Number(hive[at]?.[1])),
      "deleted rows are only in the other",
    );
  });

  it("writes to the schema of results and to nothing else: its rules refuse Hive tables, and the object store other buckets", async () => {
    const root = Client.root(ground);
    const listed = () => Promise.all(["gold/", "warehouse/"].map((bucket) => root.list(bucket)));
    await sql.rows(
      "create table lakehouse.adhoc.large as select custkey, sum(price) as price from lakehouse.sales.orders group by 1",
    );
    await sql.rows("insert into lakehouse.adhoc.large values (0, 0.00)");
    equal(
      await trino.value("select count(*) from iceberg.adhoc.large"),
      Number(await trino.value("select count(distinct custkey) + 1 from iceberg.sales.orders")),
    );
    const before = await listed();
    const forbidden = /PERMISSION_DENIED: Access Denied/;
    for (const statement of [
      "insert into hive.sales.customers values (0, 'x', 'y')",
      "create table hive.adhoc.mine as select 1 as n",
      "drop table hive.sales.customers",
      "create schema hive.mine",
    ])
      await rejects(sql.rows(statement), forbidden, statement);
    for (const statement of [
      "insert into lakehouse.sales.orders select * from lakehouse.sales.orders",
      "create table lakehouse.sales.mine as select 1 as n",
    ])
      await rejects(sql.rows(statement), (error: QueryError) => {
        equal(error.errorName, "HIVE_WRITER_CLOSE_ERROR", `${statement}: ${error.message}`);
        match(error.causes.join("\n"), /Access Denied.*Status Code: 403/);
        return true;
      });
    deepEqual(await listed(), before);
    deepEqual(await totals(), await expected());
    const own = Client.of(ground, "presto");
    await own.put("warehouse/presto/probe", "1");
    for (const object of ["warehouse/other/probe", "gold/presto/probe", "bronze/probe"])
      await rejects(own.put(object, "1"), /Access Denied|Insufficient permissions/i, object);
  });

  it("runs as many queries of a group at once as the group may, and of one user no more than theirs", async () => {
    const state = async (group: string) =>
      Promise.all(["running", "queued"].map((kind) => metric(`presto_group_${kind}`, `group="${group}"`)));
    const pipelines = endless(8, { source: "pipeline-proof" });
    try {
      await until("five run, and three wait", async () => String(await state("lakehouse.pipelines")) === "5,3");
    } finally {
      await pipelines();
    }
    const adhoc = endless(6, { user: "ada" });
    try {
      await until("four of one user run, and two wait", async () => String(await state("lakehouse.adhoc")) === "4,2");
      equal(
        await sql.value("select count(*) from lakehouse.sales.orders", { user: "bob" }),
        await trino.value("select count(*) from iceberg.sales.orders"),
      );
      deepEqual(await state("lakehouse.adhoc"), [4, 2]);
    } finally {
      await adhoc();
    }
    await until("none is left", async () => String(await state("lakehouse")) === "0,0");
  });

  it("ends a query at the time that its session allows", async () => {
    await rejects(sql.rows(ENDLESS, { session: { query_max_execution_time: "2s" } }), /EXCEEDED_TIME_LIMIT/);
  });

  it("ends a query with more memory than a node may give it, and the node goes on", async () => {
    const before = await workers();
    await rejects(sql.rows(LARGE, { session: { spill_enabled: "false" } }), /EXCEEDED_LOCAL_MEMORY_LIMIT[^]*312/);
    deepEqual(await totals(), await expected());
    deepEqual(await workers(), before);
  });

  it("exposes the metrics that alerts and dashboards name", async () => {
    deepEqual(notExposed(monitoring(true), await Promise.all(ROLES.map((role) => nodes[role].metrics()))), []);
  });

  it("answers again once a killed worker is replaced", async () => {
    const [before = ""] = await workers();
    await nodes.worker.engine.kill();
    await nodes.worker.engine.restart();
    await until("another worker is there", async () => (await workers()).some((id) => id !== before));
    await until("a question is answered", () =>
      totals().then(
        () => true,
        () => false,
      ),
    );
    deepEqual(await totals(), await expected());
  });

  it("writes nothing where the settings open nothing", async () => {
    ground = await ground.with(await ground.rendered.having(choosing(false)));
    await nodes.coordinator.engine.kill();
    await nodes.coordinator.engine.restart();
    await until("a question is answered", () =>
      totals().then(
        () => true,
        () => false,
      ),
    );
    for (const statement of [
      "create table lakehouse.adhoc.mine as select 1 as n",
      "insert into lakehouse.adhoc.large values (1, 1.00)",
      "drop table lakehouse.adhoc.large",
      "drop table lakehouse.sales.orders",
    ])
      await rejects(sql.rows(statement), /PERMISSION_DENIED: Access Denied/, statement);
  });

  it("has no password in mounted files, in logs or in the process list", () => {
    const { rendered } = ground;
    const seen = ROLES.flatMap((role) => {
      const { pid, log } = nodes[role].engine;
      return [
        ...["etc", "catalog"].flatMap((part) => Object.values(rendered.configMap(`presto-${role}-${part}`))),
        readFileSync(`/proc/${String(pid)}/cmdline`, "utf8"),
        readFileSync(log, "utf8"),
      ];
    }).join("\n");
    match(seen, /com\.facebook\.presto\.server\.PrestoServer/);
    for (const [name, key] of [
      ["presto-internal", "shared-secret"],
      ["presto-s3", "SecretKey"],
    ] as const)
      ok(!seen.includes(rendered.secret(name, key)), name);
  });
});
