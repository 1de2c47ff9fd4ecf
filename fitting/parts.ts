import { type Fragment, merge, put } from "../components/settings/presets";
import type { KubeObject } from "./cluster";

/** Settings that follow from what is in a cluster already. */
export interface Found {
  readonly settings: Fragment;
  readonly objects?: Fragment;
}

type Labels = Readonly<Record<string, string>>;

interface Part {
  /** Labels that its pods have by its own chart or manifests. */
  readonly labels: Labels;
  readonly settings: (namespace: string, labels: Labels) => Fragment;
}

const NAME = "app.kubernetes.io/name";

const existing = (path: string, of: Fragment): Fragment => put({}, path, of);
const operator = (path: string) => (operatorNamespace: string) =>
  existing(path, { operator: "existing", operatorNamespace });

/** What a stack uses instead of deploying it. */
const PARTS: readonly Part[] = [
  { labels: { [NAME]: "cloudnative-pg" }, settings: operator("storage.postgres") },
  { labels: { app: "barman-cloud" }, settings: () => existing("storage.postgres.backup", { plugin: "existing" }) },
  { labels: { [NAME]: "cert-manager" }, settings: () => ({ cluster: { certManager: true } }) },
  { labels: { [NAME]: "spark-operator" }, settings: operator("compute.spark") },
  { labels: { name: "strimzi-cluster-operator" }, settings: operator("streaming.kafka") },
  { labels: { [NAME]: "flink-kubernetes-operator" }, settings: operator("streaming.flink") },
  {
    // Its pods are counted in what the system of their nodes keeps, so they take no further room.
    labels: { tier: "airflow" },
    settings: (namespace) =>
      existing("orchestration.airflow", {
        mode: "existing",
        namespace,
        occupies: { replicas: 1, cpu: 0.001, memory: "1Mi" },
      }),
  },
  { labels: { [NAME]: "prometheus" }, settings: (namespace) => ({ observability: { mode: "existing", namespace } }) },
];

const CEPH = { app: "rook-ceph-rgw" };

export function parts(pods: readonly KubeObject[]): Found {
  const labelled = (wanted: Labels) =>
    pods.find(({ metadata }) => Object.entries(wanted).every(([key, value]) => metadata?.labels?.[key] === value));
  const settings = PARTS.reduce<Fragment>((all, part) => {
    const { metadata } = labelled(part.labels) ?? {};
    return metadata === undefined ? all : merge(all, part.settings(metadata.namespace ?? "", metadata.labels ?? {}));
  }, {});
  const gateway = labelled(CEPH)?.metadata;
  return {
    settings,
    ...(gateway === undefined
      ? {}
      : {
          objects: {
            kind: "ceph",
            namespace: gateway.namespace ?? "rook-ceph",
            ...(gateway.labels?.rook_object_store === undefined ? {} : { store: gateway.labels.rook_object_store }),
          },
        }),
  };
}
