import type * as pulumi from "@pulumi/pulumi";

import type { ObjectStore } from "../../core/capabilities";
import type { Logs } from "../../core/telemetry";
import { type Endpoint, serviceEndpoint, serviceHost, url } from "../../core/endpoint";
import { credentialsEnv } from "../../core/env";
import { NAMESPACES } from "../../core/platform";
import { release } from "../../core/release";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import { Workload } from "../../core/workload";
import { agentValues } from "./agent.config";
import { alloyConfig } from "./alloy.config";
import * as config from "./loki.config";
import { agentMonitoring, lokiMonitoring } from "./monitoring";
import { pins } from "./pins";
import { ALLOY, ALLOY_LABELS, alloyPods, DATA, DATA_DIRECTORY, LOKI, lokiPods } from "./pods";
import type { LogsSettings } from "./settings";

type Args = Facts<LogsSettings>;

/** The user of the image. */
const USER = 10_001;

/** Keeps logs in the object store. */
export class Loki extends Service implements Logs {
  readonly kind = "loki";
  readonly endpoint: Endpoint;

  constructor(
    { platform, settings, objects }: Args & { readonly objects: ObjectStore },
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const [group] = lokiPods(platform, settings);
    super("observability:Loki", LOKI, { namespace: group.namespace, pods: [group], monitoring: lokiMonitoring }, opts);
    const { name } = this.peer("server");
    this.endpoint = serviceEndpoint({ name: LOKI, peer: this.peer("server"), service: LOKI, port: config.PORT });
    const access = this.use(objects.grant(this, [{ bucket: "services", level: "write" }]), "server");
    const { services: bucket } = objects.buckets;
    if (bucket === undefined) throw new Error("a stack with Loki has a bucket for services");
    if (group.replicas > 1) {
      const peer = (role: string, port: number): Endpoint => ({
        ...this.endpoint,
        name: `${LOKI}-${role}`,
        port,
        targetPorts: [port],
        scheme: "tcp",
      });
      this.link(peer("ring", config.GOSSIP_PORT), "server");
      this.link(peer("grpc", config.GRPC_PORT), "server");
    }
    const file = config.lokiConfig({ settings, bucket, objects, peers: serviceHost(LOKI, group.namespace) });
    const ready = { httpGet: { path: config.READY, port: "http" }, timeoutSeconds: 5 };
    new Workload(
      name,
      {
        group,
        version: pins.loki.version,
        user: USER,
        priorityClass: group.priorityClass,
        serviceName: LOKI,
        servicePorts: {
          http: { port: config.PORT },
          grpc: { port: config.GRPC_PORT },
          gossip: { port: config.GOSSIP_PORT },
        },
        dataOptions: platform.dataOptions,
        // It hands over to the object store what it holds.
        terminationGracePeriodSeconds: 300,
        config: { config: { mountPath: config.CONFIG_DIRECTORY, files: { "loki.yaml": file } } },
        containers: [
          {
            name: LOKI,
            image: pins.loki.image,
            args: ["-target=all", `-config.file=${config.CONFIG_DIRECTORY}/loki.yaml`, "-config.expand-env=true"],
            env: credentialsEnv(access, config.KEYS.user, config.KEYS.password),
            ports: { http: config.PORT, grpc: config.GRPC_PORT, gossip: config.GOSSIP_PORT },
            mounts: { [DATA_DIRECTORY]: DATA },
            startupProbe: { ...ready, periodSeconds: 10, failureThreshold: 60 },
            readinessProbe: { ...ready, periodSeconds: 10 },
            livenessProbe: { tcpSocket: { port: "http" }, periodSeconds: 30 },
          },
        ],
      },
      { parent: this, dependsOn: this.parts },
    );
    this.registerOutputs();
  }

  /** Who has a link may read. */
  read(): { readonly endpoint: Endpoint } {
    return { endpoint: this.endpoint };
  }
}

/** Reads the logs of the stack's pods on every node. */
export class LogAgent extends Service {
  constructor({ platform }: Args, store: Endpoint, opts?: pulumi.ComponentResourceOptions) {
    const [group] = alloyPods(platform);
    const { namespace } = group;
    super(
      "observability:LogAgent",
      ALLOY,
      { namespace, pods: [group], monitoring: agentMonitoring, podLabels: () => ALLOY_LABELS },
      opts,
    );
    const after = [this.link(platform.apiServer), this.link(store)];
    const facts = {
      namespaces: NAMESPACES.map((key) => platform.namespace(key)),
      push: `${url(store)}/loki/api/v1/push`,
    };
    release(
      ALLOY,
      { chart: pins.alloy.chart, namespace, values: agentValues(group, alloyConfig(facts)) },
      { parent: this, dependsOn: after },
    );
    this.registerOutputs();
  }
}
