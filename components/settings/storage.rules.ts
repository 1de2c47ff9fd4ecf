import { isIP } from "node:net";

import { inRanges } from "./ranges";
import type { Rule } from "./rules";

/** The ports of the nodes are one range for the whole cluster. */
export const distinctNodePorts: Rule = function* ({ storage: { objects, postgres } }) {
  const one = objects.kind === "minio" ? objects.admin.nodePort : undefined;
  if (one !== undefined && one === postgres.admin.nodePort)
    yield {
      path: "lakehouse:storage.postgres.admin.nodePort",
      message: `given ${String(one)}, which lakehouse:storage.objects.admin.nodePort has already; allowed: a port of its own`,
    };
};

/** The network policies open ranges: an address outside of them is never reached. */
export const reachableEndpoint: Rule = function* ({ storage: { objects } }) {
  if (objects.kind !== "s3") return;
  const address = new URL(objects.endpoint).hostname.replace(/^\[|\]$/g, "");
  if (isIP(address) !== 0 && !inRanges(address, objects.cidrs))
    yield {
      path: "lakehouse:storage.objects.cidrs",
      message: `given ${objects.cidrs.join(", ")}, and ${address} of lakehouse:storage.objects.endpoint is in none of them; allowed: ranges that hold it`,
    };
};
