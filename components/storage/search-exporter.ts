import type * as pulumi from "@pulumi/pulumi";

import type { SecretKeys } from "../core/capabilities";
import { credentialsEnv } from "../core/env";
import { groupName, type PodGroup } from "../core/pod-group";
import { shared } from "../core/versions";
import { Workload } from "../core/workload";

/** The exporter of OpenSearch and of Elasticsearch. */

export const SEARCH_METRICS = { portName: "metrics", port: 9114 } as const;
/** `nobody` of the exporter's image. */
const USER = 65_534;

export interface SearchExporterArgs {
  readonly group: PodGroup;
  readonly url: string;
  readonly login: SecretKeys;
}

/** Asks any node for the metrics of all. */
export class SearchExporter extends Workload {
  constructor({ group, url, login }: SearchExporterArgs, opts: pulumi.ComponentResourceOptions) {
    const answers = { httpGet: { path: "/", port: SEARCH_METRICS.portName } };
    super(
      groupName(group),
      {
        group,
        version: shared.elasticsearchExporter.version,
        user: USER,
        priorityClass: group.priorityClass,
        containers: [
          {
            name: "exporter",
            image: shared.elasticsearchExporter.image,
            args: [`--es.uri=${url}`, "--es.all", "--es.timeout=20s", "--collector.snapshots"],
            env: credentialsEnv(login, "ES_USERNAME", "ES_PASSWORD"),
            ports: { [SEARCH_METRICS.portName]: SEARCH_METRICS.port },
            readinessProbe: { ...answers, periodSeconds: 10 },
            livenessProbe: { ...answers, periodSeconds: 30 },
          },
        ],
      },
      opts,
    );
  }
}
