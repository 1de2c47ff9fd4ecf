import { jobFailed, memoryFull, nothingReady } from "../../core/alerts";
import { deploymentPanels } from "../../core/deployment-panels";
import type { Alert, Monitoring } from "../../core/monitoring";
import { METRICS } from "./config";
import { SERVER } from "./pods";

const DEPLOYMENT = "openmetadata-server";
const namespace = "lakehouse-catalog";

const job = (name: string, what: string, summary: string): Alert => ({
  name,
  ...jobFailed(what, { namespace }),
  for: "5m",
  severity: "warning",
  summary,
});

/** Series of kube-state-metrics and the kubelet: which of its own the server has was not seen. */
export const monitoring: Monitoring = {
  scrapes: [{ role: SERVER, ...METRICS }],
  alerts: [
    {
      name: "OpenmetadataDown",
      ...nothingReady(DEPLOYMENT, { namespace, at: "10m" }),
      for: "5m",
      severity: "warning",
      summary: "No replica of OpenMetadata is ready: nobody finds data, and lineage of what runs now is lost.",
    },
    {
      name: "OpenmetadataMemoryFull",
      ...memoryFull("openmetadata", 0.95, { namespace, name: DEPLOYMENT }),
      for: "15m",
      severity: "warning",
      summary: "OpenMetadata has nearly used its memory: beyond it the pod ends.",
    },
    job("OpenmetadataMigrationFailed", "openmetadata-migration", "OpenMetadata's tables are not those of its version."),
    job(
      "OpenmetadataSetupFailed",
      "openmetadata-setup",
      "OpenMetadata's users and settings are not those of the stack: lineage may be refused.",
    ),
  ],
  panels: [...deploymentPanels(DEPLOYMENT, "openmetadata")],
};
