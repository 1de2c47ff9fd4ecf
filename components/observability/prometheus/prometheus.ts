import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { Metrics } from "../../core/telemetry";
import { disruptionBudget } from "../../core/budget";
import { type Endpoint, outsideEndpoint, serviceEndpoint } from "../../core/endpoint";
import type { Labels } from "../../core/labels";
import { Operator } from "../../core/operator";
import { release } from "../../core/release";
import { Service } from "../../core/service";
import type { Facts } from "../../core/system";
import * as alertmanager from "./alertmanager.config";
import { exporterMonitoring } from "./exporter.monitoring";
import { alertmanagerMonitoring, monitoring, operatorMonitoring } from "./monitoring";
import { exporterValues, operatorValues } from "./operator.config";
import { pins } from "./pins";
import * as pods from "./pods";
import { HEALTH, KUBELET_PORT, kubeletScrapes, PORT, prometheusSpec, RULES, SCRAPES } from "./prometheus.config";
import type { PrometheusSettings, Receiver } from "./settings";

type Args = Facts<PrometheusSettings>;

/** Label of monitors and rules of the stack, by which its own Prometheus finds them. */
const SELECTOR: Labels = { "lakehouse.dev/prometheus": pods.PROMETHEUS };

/** The operator with the CRDs, and kube-state-metrics, of one chart. */
export function prometheusOperator({ platform, settings }: Args, opts?: pulumi.ComponentResourceOptions): Operator {
  const groups = pods.operatorPods(platform, settings);
  return new Operator(
    platform,
    {
      type: "observability:PrometheusOperator",
      name: pods.OPERATOR,
      chart: pins.prometheusOperator.chart,
      // Deleting a CRD deletes its resources, and with them every metric.
      definitions: { name: `${pods.OPERATOR}-crds`, chart: pins.prometheusOperatorCrds.chart },
      pods: groups,
      values: operatorValues(...groups),
      monitoring: operatorMonitoring,
      podLabels: (role) => pods.CHART_LABELS[role ?? ""] ?? { "app.kubernetes.io/instance": pods.OPERATOR },
    },
    opts,
  );
}

/** Metrics of every node. */
export class NodeExporter extends Service {
  constructor({ platform }: Args, opts?: pulumi.ComponentResourceOptions) {
    const [group] = pods.exporterPods(platform);
    const { namespace } = group;
    super(
      "observability:NodeExporter",
      pods.NODE_EXPORTER,
      { namespace, pods: [group], monitoring: exporterMonitoring, podLabels: () => pods.EXPORTER_LABELS },
      opts,
    );
    release(
      pods.NODE_EXPORTER,
      { chart: pins.nodeExporter.chart, namespace, values: exporterValues(group) },
      { parent: this },
    );
    this.registerOutputs();
  }
}

/** Sends alerts to whom they concern. */
export class Alertmanager extends Service {
  readonly endpoint: Endpoint;

  constructor({ platform, settings }: Args, operator: Operator, opts?: pulumi.ComponentResourceOptions) {
    const name = pods.ALERTMANAGER;
    const [group] = pods.alertmanagerPods(platform, settings);
    super(
      "observability:Alertmanager",
      name,
      { ...operated(name, group.namespace), pods: [group], monitoring: alertmanagerMonitoring },
      opts,
    );
    const { receivers } = settings.alertmanager;
    this.endpoint = serviceEndpoint({ name, peer: this.peer(), service: name, port: alertmanager.PORT });
    if (group.replicas > 1) for (const protocol of ["TCP", "UDP"] as const) this.link(this.mesh(protocol));
    for (const receiver of receivers) this.link(place(receiver));
    const config = this.secret(alertmanager.CONFIG.role, {
      [alertmanager.CONFIG.key]: alertmanager.alertmanagerConfig(receivers),
    });
    const account = new k8s.core.v1.ServiceAccount(
      name,
      { metadata: this.metadata(name, "server"), automountServiceAccountToken: false },
      { parent: this },
    );
    service(this, name, alertmanager.PORT);
    const facts = {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "Alertmanager",
      metadata: this.metadata(name, "server", pins.alertmanager.version),
    };
    this.custom(name, facts, alertmanager.alertmanagerSpec(group, receivers, `${name}-${alertmanager.CONFIG.role}`), {
      dependsOn: [operator, config, account],
      ...platform.dataOptions,
    });
    disruptionBudget(name, group, this.peer().labels, { parent: this });
    this.registerOutputs();
  }

  private mesh(protocol: Endpoint["protocol"]): Endpoint {
    const { endpoint } = this;
    const name = `${endpoint.name}-mesh-${protocol.toLowerCase()}`;
    return { ...endpoint, name, protocol, port: alertmanager.MESH_PORT, targetPorts: [alertmanager.MESH_PORT] };
  }
}

/** Scrapes all services of the stack, the nodes and their kubelets, and judges alerts. */
export class Prometheus extends Service implements Metrics {
  readonly scraper = this.peer();
  readonly selector = SELECTOR;
  readonly query: Endpoint;
  readonly alerts: Endpoint;
  readonly after: readonly pulumi.Resource[];

  constructor(
    { platform, settings }: Args,
    operator: Operator,
    receiver: Alertmanager,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const name = pods.PROMETHEUS;
    const [group] = pods.prometheusPods(platform, settings);
    super("observability:Prometheus", name, { ...operated(name, group.namespace), pods: [group], monitoring }, opts);
    this.after = [operator];
    this.query = serviceEndpoint({ name, peer: this.peer(), service: name, port: PORT });
    this.alerts = receiver.endpoint;
    this.link(platform.apiServer);
    this.link({
      ...platform.apiServer,
      name: "kubelets",
      peer: { ...platform.apiServer.peer, name: "kubelets" },
      port: KUBELET_PORT,
      targetPorts: [KUBELET_PORT],
    });
    this.link(receiver.endpoint);
    for (const [index, { url, cidrs }] of settings.remoteWrite.entries())
      this.link(
        outsideEndpoint({
          name: `remote-write-${String(index + 1)}`,
          url,
          cidrs,
          reason: "metrics are kept outside of the cluster too",
        }),
      );
    const scrapes = this.secret(SCRAPES.role, { [SCRAPES.key]: kubeletScrapes() });
    const account = this.account();
    service(this, name, PORT);
    const facts = {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "Prometheus",
      metadata: this.metadata(name, "server", pins.prometheus.version),
    };
    const spec = prometheusSpec({ group, settings, selector: SELECTOR, scrapes: `${name}-${SCRAPES.role}` });
    this.custom(name, facts, spec, { dependsOn: [operator, scrapes, ...account], ...platform.dataOptions });
    disruptionBudget(name, group, this.peer().labels, { parent: this });
    this.registerOutputs();
  }

  /** Nodes are of no namespace, and pods that it finds are of all, so its rights are the cluster's. */
  private account(): pulumi.Resource[] {
    const metadata = this.metadata(this.service, "server");
    const { namespace, ...everywhere } = { ...metadata, name: `${metadata.namespace}-${metadata.name}` };
    const child = { parent: this };
    return [
      new k8s.core.v1.ServiceAccount(this.service, { metadata, automountServiceAccountToken: false }, child),
      new k8s.rbac.v1.ClusterRole(this.service, { metadata: everywhere, rules: RULES }, child),
      new k8s.rbac.v1.ClusterRoleBinding(
        this.service,
        {
          metadata: everywhere,
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: everywhere.name },
          subjects: [{ kind: "ServiceAccount", name: metadata.name, namespace }],
        },
        child,
      ),
    ];
  }
}

const operated = (kind: typeof pods.PROMETHEUS | typeof pods.ALERTMANAGER, namespace: string) => ({
  namespace,
  podLabels: () => pods.operatedLabels(kind),
});

/** The operator's own Service has no address: a client of it keeps to one pod. */
function service(of: Service, name: string, port: number): void {
  new k8s.core.v1.Service(
    name,
    {
      metadata: { name, namespace: of.namespace, labels: { "app.kubernetes.io/part-of": "lakehouse" } },
      spec: {
        selector: { ...of.peer().labels },
        // Servers differ by some seconds: who looks at one goes on with it.
        sessionAffinity: "ClientIP",
        ports: [{ name: "web", port, targetPort: port }],
      },
    },
    { parent: of },
  );
}

/** Where a receiver is. */
function place(receiver: Receiver): Endpoint {
  const { name, cidrs } = receiver;
  const reason = "alerts are sent there";
  const urls = {
    webhook: () => (receiver.kind === "webhook" ? receiver.url : ""),
    slack: () => "https://hooks.slack.com",
    email: () => (receiver.kind === "email" ? `smtp://${receiver.host}:${String(receiver.port)}` : ""),
    pagerduty: () => "https://events.pagerduty.com",
  };
  return outsideEndpoint({ name: `receiver-${name}`, url: urls[receiver.kind](), cidrs, reason });
}

export { HEALTH };
