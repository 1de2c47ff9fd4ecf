import type * as pulumi from "@pulumi/pulumi";

import type { SearchAccess, SearchStore } from "../../core/capabilities";
import { type Endpoint, url } from "../../core/endpoint";
import { NAMESPACES } from "../../core/platform";
import { release } from "../../core/release";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import type { Logs } from "../../core/telemetry";
import { collectorConfig, PREFIX, STREAM } from "./collector.config";
import { collectorMonitoring } from "./collector.monitoring";
import { collectorValues } from "./collector.values";
import { pins } from "./pins";
import { COLLECTOR, COLLECTOR_LABELS, collectorPods } from "./pods";
import type { LogsSettings } from "./settings";

interface Args extends Facts<LogsSettings> {
  /** All search stores of the stack, of which the settings name one. */
  readonly stores: readonly SearchStore[];
}

/** Reads the logs of the stack's pods on every node, and writes them to the stack's OpenSearch or Elasticsearch. */
export class LogCollector extends Service implements Logs {
  readonly kind: Logs["kind"];
  readonly endpoint: Endpoint;
  private readonly store: SearchStore;

  constructor({ platform, settings, stack, stores }: Args, opts?: pulumi.ComponentResourceOptions) {
    const [group] = collectorPods(platform);
    const { namespace } = group;
    super(
      "observability:LogCollector",
      COLLECTOR,
      { namespace, pods: [group], monitoring: collectorMonitoring, podLabels: () => COLLECTOR_LABELS },
      opts,
    );
    const store = stores.find(({ kind }) => kind === settings.store);
    if (store === undefined) throw new Error(`a stack whose logs are in ${settings.store} has that store`);
    this.store = store;
    this.kind = store.kind;
    this.endpoint = store.endpoint;
    const access = this.use(store.grant(this, [{ prefix: PREFIX, level: "append" }]));
    const config = collectorConfig({
      kind: store.kind,
      store: url(store.endpoint),
      namespaces: NAMESPACES.map((key) => platform.namespace(key)),
      own: namespace,
      services: stack.services(platform),
    });
    release(
      COLLECTOR,
      { chart: pins.collector.chart, namespace, values: collectorValues(group, config, access) },
      { parent: this, dependsOn: this.parts },
    );
    this.registerOutputs();
  }

  read(client: Service): SearchAccess & { readonly index: string } {
    return { ...this.store.grant(client, [{ prefix: PREFIX, level: "read" }]), index: STREAM };
  }
}
