import { equal, ok, rejects } from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { PORT } from "../../../components/query/trino/config";
import { javaHome } from "../../../sandbox/engines/java-home";
import { command } from "../../../sandbox/engines/obtain/command";
import { nodesAreReady, workerNode } from "../../../sandbox/engines/trino/trino";
import { stage } from "./stage";

/** The rendered startup probe and preStop hook of Trino's pods; only JDK, folder, port and process ID are this machine's. */
describe("a Trino worker's pod", () => {
  const run = (line: readonly string[], address: string) => {
    const { ground, trino } = stage();
    const here: readonly (readonly [there: string, here: string])[] = [
      ["/etc/trino/", `${ground.run.folder}/trino-worker/etc/`],
      [`localhost:${String(PORT)}`, address],
    ];
    const [program = "", ...args] = line.map((word) =>
      word === "1" ? String(trino.worker.pid) : here.reduce((text, [from, to]) => text.replace(from, to), word),
    );
    equal(program, "java");
    return command([`${javaHome(24, 27)}/bin/java`, ...args]);
  };
  const rendered = () => stage().ground.rendered.container("Deployment", "trino-worker", "trino");
  const started = (address: string) => run(rendered().startupProbe?.exec.command ?? [], address);

  it("has a startup probe that succeeds once the node accepts work, and fails while it starts or is down", async () => {
    await started(stage().ground.at("trinoWorker"));
    const starting = createServer((_, response) => response.end('{"nodeVersion":{"version":"484"},"starting" : true}'));
    await new Promise<void>((resolve) => starting.listen(0, "127.0.0.1", resolve));
    const address = `127.0.0.1:${String((starting.address() as AddressInfo).port)}`;
    await rejects(started(address), /ended with 1: (Picked up JAVA_TOOL_OPTIONS: .*)?$/);
    await new Promise((resolve) => starting.close(resolve));
    await rejects(started(address), /ConnectException/);
  });

  it("is drained before it ends: its running query succeeds, then the process exits", async () => {
    const { ground, sql, trino } = stage();
    const gone = await workerNode(ground);
    const { ended } = trino.worker;
    const { restarts } = trino.worker;
    let hasEnded = false;
    void ended.then(() => (hasEnded = true));
    const query = sql.value(
      "select count(*) from tpch.sf1.lineitem l join tpch.sf1.orders o on l.orderkey = o.orderkey",
    );
    await sleep(2000);
    await run(rendered().lifecycle?.preStop.exec.command ?? [], ground.at("trinoWorker"));
    ok(hasEnded, "the hook waits for the process");
    equal(await ended, 0);
    equal(await query, 6_001_215);
    await nodesAreReady(ground, { gone });
    equal(trino.worker.restarts, restarts + 1);
  });
});
