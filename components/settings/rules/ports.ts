import type { Rule } from "../rule";

/** Node ports are unique in the whole cluster. */
export const distinctNodePorts: Rule = function* ({ storage: { objects, postgres } }) {
  const one = objects.kind === "minio" ? objects.admin.nodePort : undefined;
  if (one !== undefined && one === postgres.admin.nodePort)
    yield {
      path: "lakehouse:storage.postgres.admin.nodePort",
      message: `given ${String(one)}, which lakehouse:storage.objects.admin.nodePort has already; allowed: a port of its own`,
    };
};
