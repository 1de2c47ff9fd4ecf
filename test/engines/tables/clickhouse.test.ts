import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";

import { PATIENCE } from "../../../sandbox/core/until";
import { ClickhouseEngine } from "../../../sandbox/engines/clickhouse/clickhouse";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { choosing } from "../start/clickhouse.stack";
import { stage } from "./stage";

const OWN = { enabled: true, iceberg: "read" };
const TABLE = "lakehouse.`clicks.orders`";

/** ClickHouse's engine as a library, beside the catalog and the object store of the other engines. */
describe("Iceberg tables in ClickHouse", function () {
  this.timeout(PATIENCE);
  let engine: ClickhouseEngine | undefined;
  const its = () => engine ?? assert.fail("it has not started");

  before(async () => {
    const { ground, sql } = stage();
    const rendered = await ground.rendered.having(choosing(OWN));
    await makeMinioResources(ground, { events: false }, rendered.beyond(ground.rendered));
    const own = await ground.with(rendered);
    const hosts = own.path("clickhouse-hosts");
    writeFileSync(hosts, "127.0.0.1 localhost\n");
    engine = new ClickhouseEngine(own, hosts);
    await sql.rows("create schema if not exists lakehouse.clicks with (location = 's3://warehouse/clicks')");
    await sql.rows(
      "create table if not exists lakehouse.clicks.orders as select orderkey, orderstatus, cast(totalprice as decimal(18, 2)) as price, orderdate from tpch.tiny.orders",
    );
  });
  after(() => engine?.stop());

  const setup = async (generation = "") => {
    await its().as(`clickhouse${generation}`);
    const files = its().rendered.configMap("clickhouse-setup-sql");
    return its().script("Job", "clickhouse-setup", "setup", {
      mounts: { "/opt/lakehouse/sql": stage().ground.write("clickhouse/sql", files) },
      login: `clickhouse-login${generation}`,
    });
  };
  const totals = `SELECT orderstatus, count(), sum(price), max(orderdate) FROM ${TABLE} GROUP BY 1 ORDER BY 1`;

  it("have the totals that Trino has, also after Trino has changed them", async () => {
    assert.match(await setup(), /those of the settings/);
    await its().as("admin");
    const { sql } = stage();
    const asked = async () =>
      (
        await sql.rows(
          "select orderstatus, cast(count(*) as varchar), cast(sum(price) as varchar), cast(max(orderdate) as varchar) from lakehouse.clicks.orders group by 1 order by 1",
        )
      )
        .map((row) => row.join("\t"))
        .join("\n");
    assert.equal(await its().sql(totals), await asked());
    await sql.rows("delete from lakehouse.clicks.orders where orderstatus = 'P'");
    await sql.rows("update lakehouse.clicks.orders set price = price + 1 where orderstatus = 'F'");
    assert.equal(await its().sql(totals), await asked());
  });

  it("are not changed through it", async () => {
    await its().as("admin");
    await its().refused(`INSERT INTO ${TABLE} SELECT * FROM ${TABLE}`);
    assert.equal(
      await stage().sql.value("select cast(count(*) as varchar) from lakehouse.clicks.orders where orderstatus = 'P'"),
      "0",
    );
  });

  it("show no key of their files to who reads how the database was made", async () => {
    await its().as("admin");
    const secret = its().rendered.secret("clickhouse-s3", "SecretKey");
    const seen = await its().sql("SHOW CREATE DATABASE lakehouse");
    assert.match(seen, /DataLakeCatalog\(/);
    assert.ok(!seen.includes(secret));
    assert.ok(!(await its().sql("SELECT engine_full FROM system.databases WHERE name = 'lakehouse'")).includes(secret));
  });

  it("are read with the next generation of keys once the setup has run with it", async () => {
    const own = its();
    own.rendered = await own.rendered.having({
      ...choosing(OWN),
      "lakehouse:credentials": JSON.stringify({ clickhouse: { generation: 2 } }),
    });
    const { ground } = stage();
    await makeMinioResources(ground, { events: false }, own.rendered.beyond(ground.rendered));
    await setup("-2");
    await own.as("admin-2");
    assert.match(await own.sql(`SELECT count() FROM ${TABLE}`), /^[1-9]\d+$/);
    const shown = await own.sql("SHOW CREATE DATABASE lakehouse");
    assert.ok(shown.includes(own.rendered.secret("clickhouse-s3-2", "AccessKey")), shown);
  });
});
