import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Ground } from "../../../sandbox/engines/ground";
import { command } from "../../../sandbox/engines/obtain/command";
import { type Application, driver } from "../../../sandbox/engines/spark/spark";
import { TrinoClient } from "../../../sandbox/engines/trino/client";
import { nodesAreReady, startNode } from "../../../sandbox/engines/trino/trino";
import { type Catalog, tables } from "./nessie.stack";

interface Started {
  readonly ground: Ground;
  readonly catalog: Catalog;
  /** Tokens of a program that writes and of one that reads. */
  readonly loader: string;
  readonly reports: string;
}

/** Cases of the engines that are clients of the catalog. */
export function engines(started: () => Started): void {
  it("lets Trino read and write with keys of the catalog alone, where it has a right", async () => {
    const { ground, catalog, loader, reports } = started();
    const file = ground.rendered.configMap("trino-coordinator-catalog")["vended.properties"] ?? "";
    ok(!/aws-|S3_/.test(file), file);
    const began = Date.now();
    await startNode(ground, "coordinator", "trino-coordinator", {
      config: () => ({ "node-scheduler.include-coordinator": undefined }),
    });
    await nodesAreReady(ground, { count: 1 });
    console.log(`      Trino: ready after ${((Date.now() - began) / 1000).toFixed(1)} s`);
    const sql = new TrinoClient(ground.at("trino"));
    await sql.rows("create table vended.sales.regions as select * from tpch.tiny.nation");
    await sql.rows("insert into vended.sales.regions select * from tpch.tiny.nation where nationkey < 5");
    await sql.rows("delete from vended.sales.regions where nationkey = 0");
    deepEqual(await sql.rows("select count(*), count(distinct nationkey) from vended.sales.regions"), [[28, 24]]);
    deepEqual(await sql.rows("select sum(id) from vended.sales.kept"), [[18]]);
    await sql.rows("create view vended.sales.some as select nationkey from vended.sales.regions where nationkey < 3");
    deepEqual(await sql.rows("select count(*) from vended.sales.some"), [[4]]);
    deepEqual(await sql.rows("show schemas from vended like 'sales'"), [["sales"]]);
    deepEqual(await sql.rows("show schemas from vended like 'secret'"), []);
    await rejects(sql.rows("select * from vended.secret.plans"));
    await rejects(sql.rows("create table vended.secret.mine (a int)"));
    equal((await catalog.asks(reports, "GET", `${tables("sales")}/regions`)).status, 200);
    const times: number[] = [];
    for (let turn = 0; turn < 20; turn++) {
      const at = performance.now();
      await catalog.asks(loader, "GET", `${tables("sales")}/regions`);
      times.push(performance.now() - at);
    }
    console.log(`      a table with its keys: ${times.sort((a, b) => a - b)[10]?.toFixed(0) ?? ""} ms (median of 20)`);
  });

  it("lets a job of Spark read and write with keys of the catalog alone, where it has a right", async () => {
    const { ground } = started();
    const application = ground.rendered.object("SparkApplication", "bronze-to-silver") as unknown as Application;
    const job = join(__dirname, "../../../sandbox/engines/nessie/vended_job.py");
    ground.write("spark/jobs", { "vended_job.py": readFileSync(job, "utf8") });
    const began = Date.now();
    const { command: line, env } = driver(ground, application, "spark-vended", ["vended_job.py"]);
    const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: key, ...without } = env;
    ok(id !== undefined && key !== undefined && without.LAKEHOUSE_VENDED_TOKEN !== undefined);
    const out = await command(line, { env: without });
    console.log(`      Spark: ${((Date.now() - began) / 1000).toFixed(1)} s`);
    deepEqual(JSON.parse(out.split("\n").find((each) => each.startsWith("{")) ?? ""), {
      "read": [9, 18],
      "written": ["z", "b", "c"],
      "write where it reads": false,
      "rows after it": 9,
      "read elsewhere": true,
    });
  });
}
