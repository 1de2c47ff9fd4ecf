import type * as pulumi from "@pulumi/pulumi";

import { fromSecret } from "../../core/env";
import type { PodGroup } from "../../core/pod-group";
import { Workload } from "../../core/workload";
import { PASSWORD_KEY } from "./config";
import { pins } from "./pins";
import { METRICS, NAME } from "./pods";

/** `nobody` of the exporter's image. */
const USER = 65_534;

export interface ExporterArgs {
  readonly group: PodGroup;
  readonly user: string;
  /** Secret with the user's password. */
  readonly secret: string;
  /** Server that it probes where a request names none. */
  readonly address: string;
}

/**
 * Exporter of the servers' metrics. The operator can run it too, but only with a ServiceMonitor, which would scrape beside the
 * stack's PodMonitor.
 */
export class Exporter extends Workload {
  constructor({ group, user, secret, address }: ExporterArgs, opts: pulumi.ComponentResourceOptions) {
    const answers = { httpGet: { path: "/", port: METRICS.portName } };
    super(
      `${NAME}-exporter`,
      {
        group,
        version: pins.mysqldExporter.version,
        user: USER,
        priorityClass: group.priorityClass,
        containers: [
          {
            name: "exporter",
            image: pins.mysqldExporter.image,
            args: [`--mysqld.address=${address}`, `--mysqld.username=${user}`],
            env: { MYSQLD_EXPORTER_PASSWORD: fromSecret(secret, PASSWORD_KEY) },
            ports: { [METRICS.portName]: METRICS.port },
            readinessProbe: { ...answers, periodSeconds: 10 },
            livenessProbe: { ...answers, periodSeconds: 30 },
          },
        ],
      },
      opts,
    );
  }
}
