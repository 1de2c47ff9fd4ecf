import { withTag } from "../../core/image";
import { placement } from "../../core/placement";
import { type PodGroup, resourceRequirements } from "../../core/pod-group";
import { imagePartsFor, pullSecrets } from "../../core/site";
import { pins } from "./pins";
import { ALLOY, ALLOY_LABELS } from "./pods";

/** Port and its name are the chart's: `http-metrics`. */
export const AGENT_METRICS = { portName: "http-metrics", port: 12_345 } as const;

const RULES = [{ apiGroups: [""], resources: ["pods", "namespaces"], verbs: ["get", "list", "watch"] }];

/**
 * Values of Alloy's chart: a DaemonSet that reads the files of containers, of which root is the owner. It has no capability, writes nothing on the
 * node, and lists pods; the chart would let it read Secrets of the whole cluster as well.
 */
export function agentValues(group: PodGroup, config: string): Record<string, unknown> {
  const image = imagePartsFor(group, pins.alloy.image);
  const { imagePullSecrets: pullSecretsOf = [] } = pullSecrets(group);
  return {
    fullnameOverride: ALLOY,
    crds: { create: false },
    image: { registry: image.registry, repository: image.repository, tag: withTag(image), pullSecrets: pullSecretsOf },
    // A new configuration makes new pods.
    configReloader: { enabled: false },
    rbac: { create: true, rules: RULES, clusterRules: [] },
    service: { enabled: false },
    alloy: {
      configMap: { content: config },
      listenPort: AGENT_METRICS.port,
      enableReporting: false,
      extraEnv: [{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
      mounts: { varlog: true },
      resources: resourceRequirements(group),
      securityContext: {
        runAsUser: 0,
        runAsNonRoot: false,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        seccompProfile: { type: "RuntimeDefault" },
      },
    },
    controller: { type: "daemonset", priorityClassName: group.priorityClass, ...placement(group, ALLOY_LABELS) },
  };
}
