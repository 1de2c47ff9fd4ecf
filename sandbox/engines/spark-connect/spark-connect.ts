import { join } from "node:path";

import { PORT, remote } from "../../../components/compute/spark-connect/config";
import { connects } from "../connects";
import { Engine } from "../engine";
import { properties } from "../formats";
import type { Ground } from "../ground";
import { command } from "../obtain/command";
import { sitePackages } from "../postgres/postgres";
import { localConf, sparkHomeEnv } from "../spark/spark";

/** Starts the server with its ConfigMap, command and variables. */
export function startSparkConnect(ground: Ground, name = "spark-connect"): Promise<Engine> {
  const { changes, ports, rendered } = ground;
  const main = rendered.container("Deployment", "spark-connect-server", "spark-connect");
  const given = rendered.configMap("spark-connect-server-conf")["connect.conf"] ?? "";
  const path = "spark-connect/connect.conf";
  let conf = localConf(ground, path, given, { ui: ports.sparkConnectUi });
  const set = (key: string, value: string | undefined) => {
    conf = changes.set(path, conf, properties, key, value);
  };
  set("spark.connect.grpc.binding.port", String(ports.sparkConnect));
  set("spark.connect.grpc.binding.address", "127.0.0.1");
  set("spark.master", undefined);
  const file = join(ground.write(`${name}/conf`, { "connect.conf": conf }), "connect.conf");
  const [first = "", ...rest] = main.command ?? [];
  const args = rest.map((arg, at) =>
    rest[at - 1] === "--properties-file" ? changes.value("spark-connect/args", "--properties-file", arg, file) : arg,
  );
  const program = join(sitePackages(ground), "pyspark", "bin", "spark-submit");
  return Engine.start(ground.run, {
    name,
    command: [
      changes.value("spark-connect/args", "command", first, program),
      "--master",
      changes.value("spark-connect/args", "--master", undefined, "local[2]"),
      ...args,
    ],
    env: { ...rendered.env(main), ...sparkHomeEnv(ground) },
    // The startup probe of the Deployment.
    ready: () => connects(ports.sparkConnect),
  });
}

/** What a session answered to one statement. */
export type Answer =
  { readonly rows: readonly unknown[][] } | { readonly error: string } | { readonly refused: string };

/**
 * Runs statements in one session of the Python client, by the address that a client of the stack gets.
 * @param token undefined for an address without one
 */
export async function session(
  ground: Ground,
  token: string | undefined,
  statements: readonly string[],
): Promise<Answer[]> {
  const address = `sc://spark-connect.lakehouse-spark-connect.svc:${String(PORT)}`;
  const url = ground.local(token === undefined ? address : remote(address, token));
  const script = join(__dirname, "..", "python", "connect_client.py");
  const out = await command([`${ground.tools.sparkClient}/bin/python`, script], {
    env: { SPARK_REMOTE: url, PYTHONDONTWRITEBYTECODE: "1" },
    input: JSON.stringify(statements),
  });
  return out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer);
}
