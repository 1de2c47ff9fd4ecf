import type { Rule } from "./rules";

const PLUGIN = "lakehouse:storage.postgres.backup.plugin";

/** The plugin's chart makes its certificates by cert-manager: without it the release fails halfway. */
export const certificates: Rule = function* ({ storage, cluster }) {
  if (storage.postgres.backup.plugin !== "deployed" || cluster.certManager) return;
  yield {
    path: PLUGIN,
    message:
      "given deployed, which needs cert-manager in the cluster; allowed: cert-manager installed and lakehouse:cluster.certManager: true, or existing, or off",
  };
};

/** With two instances a lost one would stop every write. */
export const durability: Rule = function* ({ storage: { postgres } }) {
  if (postgres.synchronous !== "required" || postgres.server.replicas >= 3) return;
  yield {
    path: "lakehouse:storage.postgres.synchronous",
    message: `given required with ${String(postgres.server.replicas)} instance(s), of which a lost one would stop every write; allowed: at least 3 server.replicas, or preferred`,
  };
};
