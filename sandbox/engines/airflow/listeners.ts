import { createSocket, type Socket } from "node:dgram";

import { freePorts } from "../../core/ports";
import { answers, Engine } from "../engine";
import type { Ground } from "../ground";

/** Collects the names of the metrics that Airflow sends; stands in for its StatsD exporter. */
export class Statsd {
  readonly names = new Set<string>();

  private constructor(private readonly socket: Socket) {
    // Each line is `name:value|type`.
    socket.on("message", (message) => {
      for (const line of message.toString().split("\n")) this.names.add(line.split(":")[0] ?? "");
    });
  }

  static async start(): Promise<Statsd> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
    return new Statsd(socket);
  }

  get port(): number {
    return this.socket.address().port;
  }

  close(): void {
    this.socket.close();
  }
}

export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** An Alertmanager without notifications; tests read its alerts. */
export class Alertmanager {
  private constructor(
    private readonly engine: Engine,
    readonly port: number,
  ) {}

  static async start(ground: Ground): Promise<Alertmanager> {
    const { web } = await freePorts("web");
    const config = JSON.stringify({ route: { receiver: "nobody" }, receivers: [{ name: "nobody" }] });
    const folder = ground.write("airflow-alertmanager", { "alertmanager.yml": config });
    const engine = await Engine.start(ground.run, {
      name: "airflow-alertmanager",
      command: [
        `${ground.tools.alertmanager}/alertmanager`,
        `--config.file=${folder}/alertmanager.yml`,
        `--storage.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${web}`,
        "--cluster.listen-address=",
      ],
      ready: () => answers(`http://127.0.0.1:${web}/-/ready`),
    });
    return new Alertmanager(engine, web);
  }

  async alerts(): Promise<readonly Alert[]> {
    return (await (await fetch(`http://127.0.0.1:${this.port}/api/v2/alerts`)).json()) as readonly Alert[];
  }

  end(): Promise<void> {
    return this.engine.stop();
  }
}
