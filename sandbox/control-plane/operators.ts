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

interface Webhook {
  readonly name: string;
  readonly clientConfig: { readonly service: { readonly path: string } };
  readonly [field: string]: unknown;
}

/** CloudNativePG's operator as a process, with the webhooks that its release brings. */
export async function startCloudNativePg(plane: ControlPlane, namespace: string): Promise<Running> {
  const program = await obtain("cloudnative-pg");
  // As in its image: it looks there for the architectures that it has a program for.
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
      // Its own certificates are for a Service of the cluster; those of the API server are for the loopback.
      WEBHOOK_CERT_DIR: join(plane.run.folder, "server"),
    },
  });
  const caBundle = readFileSync(plane.certificate.crt).toString("base64");
  const url = (path: string) => `https://127.0.0.1:${String(operator.webhook)}${path}`;
  for (const object of await released("cloudnative-pg", "github.com/cloudnative-pg/cloudnative-pg")) {
    const webhooks = (object.webhooks as readonly Webhook[]).map((each) => ({
      ...each,
      clientConfig: { url: url(each.clientConfig.service.path), caBundle },
    }));
    await plane.api.apply({ ...object, metadata: { name: `cnpg-${object.metadata.name}` }, webhooks });
  }
  return operator;
}

/**
 * The Spark operator's webhook as a process. It makes its certificate for a Service and gives it to the API server itself;
 * the Service leads to this machine.
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
      // As its chart does it: pods of Spark in the namespaces of its jobs.
      ...(each.name.startsWith("mutate-pod")
        ? { objectSelector: { matchLabels: { "sparkoperator.k8s.io/launched-by-spark-operator": "true" } } }
        : {}),
    }));
    await plane.api.apply({ ...object, metadata: { name: service }, webhooks });
  }
  return operator;
}

/** The Spark operator's controller as a process: it has the real `spark-submit` make the driver's pod. */
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

/** Prometheus' operator as a process. */
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

/** The webhook configurations of an operator's release. */
async function released(pins: string, module: string): Promise<KubernetesObject[]> {
  const file = join(await moduleFolder(pins, module), "config", "webhook", "manifests.yaml");
  return parseAllDocuments(readFileSync(file, "utf8")).map((document) => document.toJS() as KubernetesObject);
}
