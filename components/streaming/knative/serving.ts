import type { Endpoint, PodPeer } from "../../core/endpoint";
import { podsEndpoint } from "../../core/endpoint";
import { Link } from "../../core/link";
import { container, type Mount, operatedPod } from "../../core/operated-pod";
import type { ContainerArgs } from "../../core/pod";
import type { PodGroup } from "../../core/pod-group";
import type { Service } from "../../core/service";
import { pullSecrets } from "../../core/site";
import { trustAnnotations } from "../../core/trust";
import * as config from "./config";
import type { KnativeSettings } from "./settings";

/** What every Knative Service of the stack has. */

/** The image's user. */
const USER = 10_001;

/** Pods of the cluster's Knative. Their namespaces are somebody else's, and open. */
const pods = (namespace: string, app: string): PodPeer => ({
  kind: "pods",
  name: `knative-${app}`,
  namespace,
  labels: { app },
  managed: false,
});

/** Lets Knative reach the pods of a service: requests by the activator, figures by the autoscaler. */
export function openToServing(service: Service, { servingNamespace }: KnativeSettings): void {
  const open = (app: string, ports: readonly [number, ...number[]]) => {
    const from = pods(servingNamespace, app);
    const to = podsEndpoint(service.peer(), ports, "http");
    new Link(`${from.name}-to-${service.service}`, { from, to }, { parent: service });
  };
  open("activator", config.QUEUE_PORTS);
  open("autoscaler", [config.AUTOSCALER_PORT]);
}

/** Lets Knative's source read from Kafka: its controller asks for the topic, its dispatcher reads it. */
export function openToSource(service: Service, { eventingNamespace }: KnativeSettings, kafka: Endpoint): void {
  for (const app of ["kafka-controller", "kafka-source-dispatcher"]) {
    const from = pods(eventingNamespace, app);
    new Link(`${service.service}-${from.name}-to-${kafka.name}`, { from, to: kafka }, { parent: service });
  }
}

export interface FunctionPod {
  readonly group: PodGroup;
  readonly version: string;
  readonly main: ContainerArgs;
  readonly mounts: readonly Mount[];
  /** Whether the account's token is mounted. */
  readonly token: boolean;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The specification of a Knative Service. */
export function serviceSpec(
  { group, version, main, mounts, token, annotations }: FunctionPod,
  scale: config.Scale,
): object {
  const own = container(main, config.ownSize(group), mounts);
  const probe = { httpGet: { path: "/healthz", port: config.PORT }, periodSeconds: 5 };
  const pod = operatedPod({
    group,
    user: USER,
    token,
    initContainers: [],
    containers: [{ ...own, ports: [{ name: config.PORT_NAME, containerPort: config.PORT }], readinessProbe: probe }],
    mounts,
  });
  const account = { serviceAccountName: group.service, ...pullSecrets(group) };
  return config.knativeService(
    group,
    version,
    scale,
    { ...account, ...pod },
    { ...trustAnnotations(group), ...annotations },
  );
}

export const SERVING = { apiVersion: "serving.knative.dev/v1", kind: "Service" } as const;
/** No route leads here from outside of the cluster. */
export const CLUSTER_LOCAL = { "networking.knative.dev/visibility": "cluster-local" } as const;
