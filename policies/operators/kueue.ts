import type { Operator } from "./types";

/** Kueue, which admits jobs and makes no pods. */
export const kueue: Operator = {
  podless: {
    "kueue.x-k8s.io": [
      "AdmissionCheck",
      "ClusterQueue",
      "Cohort",
      "LocalQueue",
      "MultiKueueCluster",
      "MultiKueueConfig",
      "ProvisioningRequestConfig",
      "ResourceFlavor",
      "Topology",
      "Workload",
      "WorkloadPriorityClass",
    ],
  },
  charts: {
    kueue: {
      operator: true,
      pods: [
        {
          at: "controllerManager",
          sizedAt: "controllerManager.manager",
          replicas: "replicas",
          labels: { "control-plane": "controller-manager" },
          strategy: "controllerManager.strategy",
          ports: [
            { name: "visibility", port: 8082 },
            { name: "webhook-server", port: 9443 },
            { name: "metrics", port: 8443 },
          ],
          webhook: { at: "managerConfig.webhook.port", port: 9443 },
          needs: [
            {
              from: "api-server",
              port: { name: "visibility", port: 8082 },
              why: "the API server asks it for the jobs that wait, and for its readiness as a part of the API",
            },
          ],
        },
      ],
    },
  },
};
