import { deepEqual, equal, ok } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";

import { systemsOn } from "../../../components/facts";
import { settingsFromConfig } from "../../../components/settings";
import { onSwitch } from "../../../components/core/system";
import { until } from "../../../sandbox/core/until";
import { type Alerting, startAlerting, type Target } from "../../../sandbox/engines/prometheus/prometheus";
import { Rendered } from "../../../sandbox/engines/rendered";
import { submit } from "../../../sandbox/engines/spark/spark";
import { nodesAreReady, workerNode } from "../../../sandbox/engines/trino/trino";
import { shippedConfig } from "../../support/stacks";
import { arrived, orders, send, committed } from "./orders";
import { CONNECTOR } from "./shop";
import { stage } from "./stage";

/** Targets with the names of prod's pods: the rules are prod's, because dev renders none. */
const TARGETS: readonly Target[] = [
  { monitor: "hive-metastore-server", pod: "hive-metastore-server-a", place: "metastoreMetrics" },
  { monitor: "trino-coordinator", pod: "trino-coordinator-a", place: "trino" },
  { monitor: "trino-worker", pod: "trino-worker-a", place: "trinoWorker" },
  { monitor: "minio-server", pod: "minio-0", place: "s3" },
  { monitor: "connect", pod: "connect-connect-0", place: "connectMetrics" },
  { monitor: "flink-jobmanager", pod: "flink-orders-a", place: "flinkLeaderMetrics" },
  { monitor: "flink-taskmanager", pod: "flink-orders-taskmanager-a", place: "flinkTasksMetrics" },
  { monitor: "kafka-broker", pod: "kafka-broker-0", place: "kafkaMetrics" },
];

/** Alerts that always fire here, because the engines that they watch are missing. */
const ABSENT = ["FlinkOperatorDown", "PostgresDown", "SparkOperatorDown", "SparkWebhookDown", "StrimziOperatorDown"];

/** Alerts that killed engines must raise. */
const DOWN = [
  "ConnectDown",
  "FlinkTaskManagerMissing",
  "HiveMetastoreDown",
  "KafkaBrokersDown",
  "KafkaNoActiveController",
  "TrinoWorkerMissing",
];

/** All alerts that the tests raise. */
const PROVOKED = ["ConnectTaskFailed", "FlinkJobNotRunning", "FlinkRecordsRejected", ...ABSENT, ...DOWN];

/** Alerts that the tests cannot raise, with what they need; proven is only that their expressions are evaluated. */
const NOT_PROVOKED: readonly (readonly [alert: RegExp, why: string])[] = [
  [
    /^(HiveMetastoreRestarts|HiveMetastoreBackupMissing|Spark(Driver|Executors)Pending|LibrariesDown|LibrariesReplicaMissing|PodsWaitForLibraries)$/,
    "kube-state-metrics",
  ],
  [/^(KafkaDiskFilling|LibrariesAlmostFull)$/, "the kubelet"],
  [
    /^(SparkApplicationFailed|SparkSubmissionFailed|SparkStartSlow|StrimziReconciliationFailing|TableMaintenanceStalled)$/,
    "an operator's own metrics",
  ],
  [
    /^(PostgresReplicationLag|PostgresBackupTooOld|ReplicationSlotGrowing)$/,
    "the PostgreSQL operator's instance manager",
  ],
  [/^KafkaConsumerStuck$/, "Strimzi's exporter of consumer groups"],
  [/^SparkExecutorsStarved$/, "executors in pods of their own"],
  [/^(HiveMetastoreReplicaMissing|KafkaOffline|KafkaUnder)/, "more than one node of a kind"],
  [
    /^(KafkaLogDirectoryOffline|ObjectStoreDriveOffline|ObjectStoreAlmostFull)$/,
    "a disk of its own that breaks or fills",
  ],
  [
    /^(ConnectSourceBehind|FlinkCheckpointOld|FlinkBackpressure|FlinkCheckpointsFailing)$/,
    "more minutes than the tests have",
  ],
  [/BudgetBurns(Fast|Slowly)$/, "more hours than the tests have"],
  [/^(FlinkJobRestarting|HiveMetastoreGarbageCollection)$/, "more minutes than the tests have"],
  [
    /^Trino(CoordinatorDown|InternalFailures|OutOfMemory)$/,
    "a coordinator that is down or broken, which costs too long",
  ],
];

/** Production without the systems that dev has not, as no engine of theirs runs here, and with the cluster's Prometheus, which the tests stand in for. */
function production(): Promise<Rendered> {
  const config = shippedConfig("prod");
  const here = systemsOn(settingsFromConfig(shippedConfig("dev").values));
  const values = { ...config.values };
  for (const system of systemsOn(settingsFromConfig(values)).filter((each) => !here.includes(each))) {
    const key = `lakehouse:${system.section}`;
    const section = JSON.parse(values[key] ?? "{}") as Record<string, object>;
    const { key: to, value } = onSwitch(system);
    const off = { ...section[system.key], [to]: value === true ? false : "off" };
    values[key] = JSON.stringify({ ...section, [system.key]: off });
  }
  values["lakehouse:observability"] = JSON.stringify({ mode: "existing" });
  return Rendered.of("prod", undefined, { ...config, values });
}

describe("alerts, through Prometheus and Alertmanager to a webhook,", () => {
  let alerting: Alerting;

  before(async () => {
    alerting = await startAlerting(stage().ground, await production(), TARGETS);
  });
  after(() => alerting.end());

  const names = (status: string, from = 0) => [
    ...new Set(alerting.notified.slice(from).flatMap((each) => (each.status === status ? [each.alert] : []))),
  ];

  /** The last notified status of each alert. */
  const now = () => [...new Map(alerting.notified.map(({ alert, status }) => [alert, status]))];
  const raised = () => now().flatMap(([alert, status]) => (status === "firing" ? [alert] : []));
  const explain = () => Promise.resolve(`firing: ${raised().toSorted().join(", ")}`);

  const notified = (wanted: readonly string[], status = "firing", from = 0) =>
    until(
      `${status} ${wanted.join(", ")}`,
      () => Promise.resolve(wanted.every((name) => names(status, from).includes(name))),
      { explain },
    );

  it("are loaded and evaluated, and every engine answers the rendered scrapes", async () => {
    const pods = TARGETS.map(({ pod }) => pod).toSorted();
    await until("engines answer", async () => (await alerting.up()).length === pods.length);
    deepEqual((await alerting.up()).toSorted(), pods);
    await until("rules are evaluated", async () => (await alerting.rules()).every(({ health }) => health === "ok"));
    const rules = (await alerting.rules()).map(({ name }) => name).toSorted();
    const listed = rules.filter((name) => PROVOKED.includes(name) || NOT_PROVOKED.some(([alert]) => alert.test(name)));
    deepEqual(rules, listed);
    for (const name of rules) {
      const why = NOT_PROVOKED.find(([alert]) => alert.test(name))?.[1];
      if (why !== undefined) console.log(`      not provoked: ${name} (it needs ${why})`);
    }
  });

  it("fire only for engines that are missing here while all others are healthy", async () => {
    await notified(ABSENT);
    // An engine with a late first scrape raises an alert for a moment, because alerts need only seconds here.
    await until("no other alert fires", () => Promise.resolve(raised().length === ABSENT.length), { explain });
    deepEqual(raised().toSorted(), ABSENT);
  });

  it("fire for a record that the job cannot read", async () => {
    const { flink, kafka } = stage();
    await kafka.admin.produce("orders", [{ value: "of no use" }]);
    await flink.checkpoint();
    await notified(["FlinkRecordsRejected"]);
    const [alert] = alerting.notified.filter((each) => each.alert === "FlinkRecordsRejected");
    ok(alert?.labels.table?.includes("orders_rejected"), JSON.stringify(alert));
  });

  it("fire for a failed task of a connector, and resolve when it works again", async () => {
    const { connect, database, ground } = stage();
    const password = ground.rendered.secret("connect-postgres", "password");
    const task = async () => (await connect.status(CONNECTOR)).tasks[0]?.state;
    await database.admin.run("postgres", "alter role connect password 'another'");
    try {
      await connect.restart(CONNECTOR, "all");
      await notified(["ConnectTaskFailed"]);
      equal(await task(), "FAILED");
    } finally {
      await database.admin.run("postgres", `alter role connect password '${password}'`);
    }
    await connect.restart(CONNECTOR);
    await notified(["ConnectTaskFailed"], "resolved");
    equal(await task(), "RUNNING");
  });

  it("fire when engines crash and resolve when they are back; every order is there exactly once", async () => {
    const { connect, flink, ground, kafka, metastore, trino } = stage();
    const gone = await workerNode(ground);
    await send(orders(2200, 100));
    await arrived();
    await send(orders(2300, 100));
    await sleep(2000);
    await flink.checkpoint();
    await committed();
    // No checkpoint covers these orders, so the job must read them again.
    await send(orders(2400, 300));
    const engines = [connect.engine, flink.taskManager, flink.jobManager, kafka.engine, metastore, trino.worker];
    await Promise.all(engines.map((engine) => engine.kill()));
    // Even the most aggressive maintenance keeps the snapshot property that names the job's last committed checkpoint.
    const hardest = "--namespaces silver --retain-days 0 --retain-snapshots 1 --min-input-files 2".split(" ");
    const [, lines] = await Promise.all([
      notified([...DOWN, "FlinkJobNotRunning"]),
      submit(ground, "table-maintenance", hardest),
    ]);
    const reports = lines.map((line) => JSON.parse(line) as { table: string; rewritten_files: number });
    ok(Number(reports.find(({ table }) => table === "silver.orders")?.rewritten_files) > 1, lines.join("\n"));
    const from = alerting.notified.length;
    // All at once, as in a cluster: engines that need Kafka are restarted until it is there.
    await Promise.all(engines.map((engine) => engine.restart()));
    await Promise.all([nodesAreReady(ground, { gone }), flink.isRunning()]);
    await notified([...DOWN, "FlinkJobNotRunning"], "resolved", from);
    await arrived();
  });
});
