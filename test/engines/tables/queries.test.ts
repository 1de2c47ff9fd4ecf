import { deepEqual, equal, ok, rejects } from "node:assert/strict";

import { stage } from "./stage";

// TPC-H at its smallest scale: the generator's rows are the expected results of every engine.
const ORDERS = "select orderkey, custkey, totalprice, orderdate from tpch.tiny.orders";
const PER_SEGMENT = (orders: string, customers: string) =>
  `select c.mktsegment, count(*), cast(sum(cast(o.totalprice as decimal(18, 2))) as varchar)
   from ${orders} o join ${customers} c on c.custkey = o.custkey group by 1 order by 1`;

describe("queries across engines and formats", () => {
  before(async () => {
    const { spark, sql } = stage();
    await spark.rows("CREATE NAMESPACE IF NOT EXISTS lakehouse.gold LOCATION 's3://gold/'");
    await sql.rows(`create table lakehouse.gold.orders as ${ORDERS}`);
    await sql.rows("create table postgres.public.customers as select custkey, mktsegment from tpch.tiny.customer");
  });

  it("Spark reads tables that Trino wrote", async () => {
    const { spark, sql } = stage();
    const expected = await sql.rows(`select count(*), sum(orderkey), sum(custkey) from (${ORDERS})`);
    deepEqual(await spark.rows("SELECT count(*), sum(orderkey), sum(custkey) FROM lakehouse.gold.orders"), expected);
  });

  it("Trino reads tables that Spark wrote, and each appends to the other's table", async () => {
    const { spark, sql } = stage();
    await spark.rows(
      "CREATE TABLE lakehouse.gold.shared USING iceberg AS SELECT id, 'spark' AS writer FROM range(100)",
    );
    await sql.rows(
      "insert into lakehouse.gold.shared select custkey, 'trino' from tpch.tiny.customer where custkey <= 50",
    );
    await spark.rows("INSERT INTO lakehouse.gold.shared SELECT id, 'again' FROM range(10)");
    deepEqual(await sql.rows("select writer, count(*), sum(id) from lakehouse.gold.shared group by 1 order by 1"), [
      ["again", 10, 45],
      ["spark", 100, 4950],
      ["trino", 50, 1275],
    ]);
  });

  it("a join of Iceberg and PostgreSQL gives the TPC-H generator's rows", async () => {
    const { sql } = stage();
    const joined = await sql.rows(PER_SEGMENT("lakehouse.gold.orders", "postgres.public.customers"));
    deepEqual(joined, await sql.rows(PER_SEGMENT("tpch.tiny.orders", "tpch.tiny.customer")));
    equal(joined.length, 5);
  });

  it("Delta tables are in the metastore, and two other engines read them", async () => {
    const { readers, sql } = stage();
    await sql.rows("create schema delta.sales with (location = 's3://warehouse/sales')");
    await sql.rows(`create table delta.sales.orders with (location = 's3://warehouse/sales/orders') as ${ORDERS}`);
    await sql.rows("delete from delta.sales.orders where orderkey > 30000");
    const counted = "select count(*), cast(sum(orderkey) as bigint) from";
    const expected = await sql.rows(`${counted} tpch.tiny.orders where orderkey <= 30000`);
    deepEqual(await sql.rows(`${counted} delta.sales.orders`), expected);
    deepEqual(await readers.delta("s3://warehouse/sales/orders", `${counted} t`), expected);
    deepEqual(
      await readers.clickhouse(
        "select toInt32(count()), toInt32(sum(orderkey)) from deltaLake('@endpoint/warehouse/sales/orders/', @key)",
      ),
      expected,
    );
  });

  it("of eight simultaneous pipeline queries five run at a time, the limit of their resource group, and all are correct", async () => {
    const { sql } = stage();
    const source = { source: "pipeline-test" };
    const slow =
      "select count(*) from tpch.tiny.lineitem a join tpch.tiny.lineitem b on a.orderkey = b.orderkey and a.comment <> b.comment";
    let most = 0;
    const state = { ended: false };
    const watch = (async () => {
      while (!state.ended) {
        const running = await sql.value(
          "select count(*) from system.runtime.queries where source = 'pipeline-test' and state in ('PLANNING', 'STARTING', 'RUNNING', 'FINISHING')",
        );
        most = Math.max(most, Number(running));
      }
    })();
    const answers = await Promise.all(Array.from({ length: 8 }, () => sql.value(slow, source)));
    state.ended = true;
    await watch;
    equal(new Set(answers).size, 1);
    ok(Number(answers[0]) > 60_175, String(answers[0]));
    ok(most >= 2 && most <= 5, `${most} ran at once`);
    const groups = await sql.rows(
      "select distinct array_join(resource_group_id, '.') from system.runtime.queries where source = 'pipeline-test'",
    );
    deepEqual(groups, [["lakehouse.pipelines"]]);
  });

  it("only the shutdown user can end a node, and the generated data is read-only", async () => {
    const { ground, sql } = stage();
    const answer = await fetch(`http://${ground.at("trinoWorker")}/v1/info/state`, {
      method: "PUT",
      headers: { "X-Trino-User": "tester", "Content-Type": "application/json" },
      body: '"SHUTTING_DOWN"',
    });
    equal(answer.status, 403);
    await rejects(sql.rows("create schema tpch.mine"), /PERMISSION_DENIED/);
  });
});
