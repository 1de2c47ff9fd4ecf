import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { parseAllDocuments } from "yaml";

import { freePorts } from "../core/ports";
import type { Running } from "../core/run";
import type { KubernetesObject } from "./api";
import type { ControlPlane } from "./control-plane";
import { moduleFolder } from "./crds";
import { obtain } from "./obtain";
import { walled } from "./walled";

export interface Webhook {
  readonly name: string;
  readonly clientConfig: { readonly service: { readonly path: string } };
  readonly [field: string]: unknown;
}

/** CloudNativePG's operator as a process, with the webhooks that its release brings. */
export async function startCloudNativePg(plane: ControlPlane, namespace: string): Promise<Running> {
  const program = await obtain("cloudnative-pg");
  // The image's layout: the operator looks for its programs by architecture.
  mkdirSync(join(plane.run.folder, "operator"));
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  symlinkSync(program, join(plane.run.folder, "operator", `manager_${architecture}`));
  const operator = await walled(plane, {
    name: "cloudnative-pg",
    command: (port) => [
      program,
      "controller",
      `--webhook-port=${String(port)}`,
      "--metrics-bind-address=0",
      "--max-concurrent-reconciles=4",
    ],
    env: {
      OPERATOR_NAMESPACE: namespace,
      OPERATOR_IMAGE_NAME: "ghcr.io/cloudnative-pg/cloudnative-pg",
      // The API server's certificates: the operator's own are for a Service, not for the loopback.
      WEBHOOK_CERT_DIR: join(plane.run.folder, "server"),
    },
  });
  const all = await released("cloudnative-pg", "github.com/cloudnative-pg/cloudnative-pg");
  await register(plane, "cnpg", operator.webhook, all);
  return operator;
}

/**
 * The Spark operator's webhook as a process. It generates its certificate for a Service and registers it at the API server; the
 * Service has this machine as endpoint.
 */
export async function startSparkWebhook(plane: ControlPlane, namespace: string, jobs: string): Promise<Running> {
  const program = await obtain("spark-operator");
  const service = "spark-operator-webhook";
  const operator = await walled(plane, {
    name: "spark-operator",
    command: (port) => [
      program,
      "webhook",
      "start",
      `--namespaces=${jobs}`,
      `--webhook-port=${String(port)}`,
      `--webhook-cert-dir=${join(plane.run.folder, "spark-operator")}`,
      `--webhook-svc-name=${service}`,
      `--webhook-svc-namespace=${namespace}`,
      `--webhook-secret-name=${service}`,
      `--webhook-secret-namespace=${namespace}`,
      `--mutating-webhook-name=${service}`,
      `--validating-webhook-name=${service}`,
      "--health-probe-bind-address=127.0.0.1:0",
    ],
  });
  await plane.api.apply({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: service, namespace },
    spec: { type: "ExternalName", externalName: "localhost", ports: [{ port: operator.webhook }] },
  });
  for (const object of await released("spark-operator", "github.com/kubeflow/spark-operator/v2")) {
    const webhooks = (object.webhooks as readonly Webhook[]).map((each) => ({
      ...each,
      clientConfig: { service: { ...each.clientConfig.service, name: service, namespace, port: operator.webhook } },
      // As in its chart: Spark's pods in the namespaces of its jobs.
      ...(each.name.startsWith("mutate-pod")
        ? { objectSelector: { matchLabels: { "sparkoperator.k8s.io/launched-by-spark-operator": "true" } } }
        : {}),
    }));
    await plane.api.apply({ ...object, metadata: { name: service }, webhooks });
  }
  return operator;
}

/** The Spark operator's controller as a process, which creates drivers' pods by the real `spark-submit`. */
export async function startSparkController(plane: ControlPlane, jobs: string, home: SparkHomes): Promise<Running> {
  const program = await obtain("spark-operator");
  const { health } = await freePorts("health");
  const { hostname, port } = new URL(plane.api.access.server);
  const temporary = join(plane.run.folder, "spark-submit");
  mkdirSync(temporary);
  return plane.run.process({
    name: "spark-operator-controller",
    command: [
      program,
      "controller",
      "start",
      `--namespaces=${jobs}`,
      "--enable-ui-service=false",
      `--health-probe-bind-address=127.0.0.1:${String(health)}`,
    ],
    env: {
      KUBECONFIG: plane.kubeconfig,
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      SPARK_HOME: home.spark,
      JAVA_HOME: home.java,
      TMPDIR: temporary,
    },
    ready: async () => (await fetch(`http://127.0.0.1:${String(health)}/readyz`)).ok,
  });
}

export interface SparkHomes {
  readonly spark: string;
  readonly java: string;
}

/** The Prometheus operator as a process. */
export async function startPrometheusOperator(plane: ControlPlane): Promise<Running> {
  const program = await obtain("prometheus-operator");
  const { web } = await freePorts("web");
  return plane.run.process({
    name: "prometheus-operator",
    command: [program, `--web.listen-address=127.0.0.1:${String(web)}`],
    env: { KUBECONFIG: plane.kubeconfig },
    ready: async () => (await fetch(`http://127.0.0.1:${String(web)}/healthz`)).ok,
  });
}

/** The ECK operator as a process, in the scope that its rendered release has: one namespace besides its own, and no webhook. */
export async function startEck(plane: ControlPlane, namespace: string, watched: string): Promise<Running> {
  const program = await obtain("eck");
  const ready = () =>
    plane.api.list("v1", "configmaps").then((all) => all.some(({ metadata }) => metadata.name === "elastic-licensing"));
  return plane.run.process({
    name: "eck",
    command: [
      program,
      "manager",
      `--operator-namespace=${namespace}`,
      `--namespaces=${watched}`,
      "--enable-webhook=false",
      "--enable-leader-election=false",
      "--metrics-port=0",
      "--disable-telemetry",
      "--validate-storage-class=false",
      "--exposed-node-labels=",
      "--set-default-security-context=true",
    ],
    env: { KUBECONFIG: plane.kubeconfig, POD_NAME: "elastic-operator-0", OPERATOR_NAMESPACE: namespace },
    ready,
  });
}

/** Registers the webhooks of an operator that listens on a port of this machine. */
export async function register(
  plane: ControlPlane,
  prefix: string,
  port: number,
  all: readonly KubernetesObject[],
): Promise<void> {
  const caBundle = readFileSync(plane.certificate.crt).toString("base64");
  for (const object of all) {
    const webhooks = (object.webhooks as readonly Webhook[]).map((each) => ({
      ...each,
      clientConfig: { url: `https://127.0.0.1:${String(port)}${each.clientConfig.service.path}`, caBundle },
    }));
    await plane.api.apply({ ...object, metadata: { name: `${prefix}-${object.metadata.name}` }, webhooks });
  }
}

/** The webhook configurations of an operator's release. */
export async function released(pins: string, module: string, folder = "config/webhook"): Promise<KubernetesObject[]> {
  const file = join(await moduleFolder(pins, module), folder, "manifests.yaml");
  return parseAllDocuments(readFileSync(file, "utf8")).map((document) => document.toJS() as KubernetesObject);
}
