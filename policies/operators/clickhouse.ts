import type { Resource } from "../core/resource";
import type { MadeContainer, Operator, Place, Pods, Port } from "./types";

/**
 * Pods that Altinity's ClickHouse operator makes (0.26, `pkg/model/common/creator`): one StatefulSet of one pod for each host of a
 * cluster, from a pod template, to whose containers it adds ConfigMaps, the volume and its own labels.
 */

const SQL: Port = { name: "http", port: 8123 };
const NATIVE: Port = { name: "tcp", port: 9000 };
const INTERSERVER: Port = { name: "interserver", port: 9009 };
const ZK: Port = { name: "zk", port: 2181 };
const RAFT: Port = { name: "raft", port: 9444 };

const CHI = "clickhouse.altinity.com";
const CHK = "clickhouse-keeper.altinity.com";

/** A template by the name that the cluster, or else the whole resource, chooses. */
function chosen({ root }: Resource, cluster: number, what: string): string | undefined {
  const of = root.at("spec", "configuration", "clusters", cluster, "templates", what);
  return of.text ?? root.at("spec", "defaults", "templates", what).text;
}

/** Labels that the operator sets; those of the template win. */
const labels = (group: string, kind: string) => ({
  [`${group}/app`]: "chop",
  [`${group}/${kind}`]: "{name}",
  [`${group}/cluster`]: "{.name}",
  [`${group}/ready`]: "yes",
});

/** The operator adds it if the log has a volume, without requests and limits, so policies refuse it. */
const LOG: MadeContainer = { name: "clickhouse-log", kind: "sidecar" };

/** A record for each cluster. Without a pod template the pods have neither requests nor a placement. */
function perCluster(resource: Resource, record: (at: string) => Partial<Pods>): readonly Pods[] {
  return resource.root.at("spec", "configuration", "clusters").items.map((_, index) => {
    const template = chosen(resource, index, "podTemplate");
    const claims = ["dataVolumeClaimTemplate", "logVolumeClaimTemplate", "volumeClaimTemplate"].flatMap((what) => {
      const name = chosen(resource, index, what);
      return name === undefined ? [] : [{ at: `spec.templates.volumeClaimTemplates[name=${name}]` }];
    });
    const log = chosen(resource, index, "logVolumeClaimTemplate");
    const name = resource.root.at("spec", "configuration", "clusters", index, "name").text;
    const at = `spec.configuration.clusters[name=${name ?? ""}]`;
    return {
      at,
      template: template === undefined ? [] : `spec.templates.podTemplates[name=${template}]`,
      claims,
      texts: ["spec.configuration", "spec.templates.podTemplates"],
      ...(log === undefined ? {} : { containers: [LOG] }),
      ...record(at),
    };
  });
}

const count = ({ block }: Place, key: string): number => block.at("layout", key).number ?? 1;

const servers = (resource: Resource): readonly Pods[] =>
  perCluster(resource, () => ({
    replicas: (place) => count(place, "shardsCount") * count(place, "replicasCount"),
    labels: labels(CHI, "chi"),
    ports: [SQL, NATIVE, INTERSERVER],
    needs: [
      { from: "operator", ports: [SQL], why: "reads the status of servers and removes lost replicas" },
      { to: "role", role: "", ports: [NATIVE, INTERSERVER], why: "servers query and replicate from each other" },
      {
        to: "pods",
        when: "spec.configuration.zookeeper.nodes",
        labels: { [`${CHK}/app`]: "chop" },
        ports: [{ ...ZK, at: "spec.configuration.zookeeper.nodes[*].port" }],
        why: "servers coordinate through Keeper",
      },
    ],
  }));

const keepers = (resource: Resource): readonly Pods[] =>
  perCluster(resource, () => ({
    replicas: (place) => count(place, "replicasCount"),
    labels: labels(CHK, "chk"),
    ports: [ZK, RAFT],
    needs: [{ to: "role", role: "", ports: [RAFT], why: "Keepers replicate by Raft" }],
  }));

const door = { is: "service", at: "spec.templates.serviceTemplates[*].spec" } as const;
/** The Service of all hosts: named by a template, or by the resource. */
const service = (standard: string, ports: readonly Port[]) =>
  [standard, "{spec.templates.serviceTemplates[*].generateName}"].map((name) => ({ name, ports }));

export const clickhouseOperator: Operator = {
  kinds: {
    [`${CHI}/ClickHouseInstallation`]: {
      holdsData: "in its pods",
      pods: servers,
      services: service("clickhouse-{name}", [SQL, NATIVE]),
      doors: [door],
    },
    [`${CHK}/ClickHouseKeeperInstallation`]: {
      holdsData: "in its pods",
      pods: keepers,
      services: service("keeper-{name}", [ZK, RAFT]),
      doors: [door],
    },
  },

  /** `ClickHouseInstallationTemplate` changes other resources, which the pack reads without it, so it is refused. */
  podless: { [CHI]: ["ClickHouseOperatorConfiguration"] },

  charts: {
    "altinity-clickhouse-operator": {
      operator: true,
      operates: CHI,
      pods: [
        { sizedAt: "operator", strategy: "deployment.strategy", ports: [{ name: "op-metrics", port: 9999 }] },
        // A second container of the same pod, on by default.
        {
          role: "metrics",
          at: "metrics",
          enabled: "enabled",
          operates: false,
          ports: [{ name: "ch-metrics", port: 8888 }],
        },
        // A Job that installs the CRDs, on by default.
        { role: "crd-hook", at: "crdHook", enabled: "enabled", operates: false, ports: [] },
      ],
    },
  },
};
