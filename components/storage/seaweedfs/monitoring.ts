import { podMissing, taskTooOld, volumeFilling } from "../../core/alerts";
import type { Monitoring } from "../../core/monitoring";
import { METRICS } from "./config";
import { type Role, workloadOf } from "./pods";

const NAMESPACE = "lakehouse-storage";
const ROLES: readonly Role[] = ["master", "server", "filer", "gateway"];
const [SERVER, FILER, GATEWAY] = [workloadOf("server"), workloadOf("filer"), workloadOf("gateway")];

/** Names of metrics are those of SeaweedFS 4, read from its own ports by the engine's proof. */
export const monitoring: Monitoring = {
  scrapes: ROLES.map((role) => ({ role, ...METRICS })),
  alerts: [
    {
      name: "SeaweedfsNoLeader",
      expr: "absent(SeaweedFS_master_is_leader == 1)",
      for: "2m",
      severity: "critical",
      summary: "SeaweedFS has no leading master: nothing new is written to the object store.",
      test: { series: { SeaweedFS_master_is_leader: "0x20" }, at: "5m", labels: {} },
    },
    {
      name: "SeaweedfsFilerMissing",
      ...podMissing(`statefulset="${FILER}"`, { namespace: NAMESPACE, name: FILER }),
      for: "2m",
      severity: "critical",
      summary: "SeaweedFS' filer is not ready: no object of the store is found or written.",
    },
    {
      name: "SeaweedfsGatewayMissing",
      ...podMissing(`deployment="${GATEWAY}"`, { kind: "deployment", namespace: NAMESPACE, name: GATEWAY }),
      for: "10m",
      severity: "warning",
      summary: "A gateway of SeaweedFS is not ready: without the last one no client reaches the object store.",
    },
    {
      name: "SeaweedfsServerMissing",
      ...podMissing(`statefulset="${SERVER}"`, { namespace: NAMESPACE, name: SERVER }),
      for: "10m",
      severity: "critical",
      summary: "A server of SeaweedFS is not ready: objects of which it has the only copy cannot be read.",
    },
    {
      name: "SeaweedfsCopiesMissing",
      expr: "sum(SeaweedFS_master_under_replicated_volumes) > 0",
      for: "3h",
      severity: "warning",
      summary: "Objects of SeaweedFS have had fewer copies than they should have for hours.",
      test: {
        series: { 'SeaweedFS_master_under_replicated_volumes{collection="gold"}': "2x240" },
        at: "200m",
        labels: {},
      },
    },
    {
      name: "SeaweedfsAlmostFull",
      expr: 'sum(SeaweedFS_volumeServer_resource{type="free"}) / sum(SeaweedFS_volumeServer_resource{type="all"}) < 0.15',
      for: "15m",
      severity: "warning",
      summary: "Less than 15 % of SeaweedFS' drives is free.",
      test: {
        series: {
          'SeaweedFS_volumeServer_resource{name="/srv/seaweedfs/data-0",type="free"}': "10x30",
          'SeaweedFS_volumeServer_resource{name="/srv/seaweedfs/data-0",type="all"}': "100x30",
        },
        at: "20m",
        labels: {},
      },
    },
    {
      name: "SeaweedfsFilerFilling",
      ...volumeFilling(`persistentvolumeclaim="data-${FILER}-0"`, 0.2, {
        namespace: NAMESPACE,
        name: `data-${FILER}-0`,
      }),
      for: "15m",
      severity: "warning",
      summary: "The volume of SeaweedFS' filer has less than 20 % left: a full one takes no new objects.",
    },
    {
      name: "SeaweedfsMaintenanceTooOld",
      ...taskTooOld("seaweedfs-maintenance", 26, NAMESPACE),
      for: "30m",
      severity: "warning",
      summary:
        "SeaweedFS' maintenance has not succeeded for 26 hours: lost copies are not made again, and nothing expires.",
    },
  ],
  panels: [
    { title: "Free space", expr: 'sum(SeaweedFS_volumeServer_resource{type="free"})', legend: "free", unit: "bytes" },
    {
      title: "Requests",
      expr: "sum by (type) (rate(SeaweedFS_s3_request_total[5m]))",
      legend: "{{type}}",
      unit: "reqps",
    },
  ],
};
