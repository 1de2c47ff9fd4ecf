import { setTimeout as sleep } from "node:timers/promises";

import { Api, type KubernetesObject } from "../../../sandbox/control-plane/api";
import { kubeconfigAccess } from "../../../sandbox/control-plane/kubeconfig";

/**
 * A stand-in for operators: makes custom resources ready as soon as they exist, because Pulumi's plugin waits for it. Takes the
 * resources as JSON, each with `apiVersion`, `kind` and `metadata`, and runs until it is killed.
 */
async function main(resources: readonly KubernetesObject[]): Promise<void> {
  const api = new Api(kubeconfigAccess(process.env.KUBECONFIG ?? ""));
  for (;;) {
    for (const resource of resources) {
      const found = await api.get(resource).catch(() => undefined);
      if (found === undefined || (found.status as { conditions?: unknown } | undefined)?.conditions !== undefined)
        continue;
      const ready = {
        type: "Ready",
        status: "True",
        reason: "StandIn",
        message: "",
        lastTransitionTime: new Date().toISOString(),
      };
      await api.patch(found, { status: { conditions: [ready] } }, "status").catch(() => undefined);
    }
    await sleep(500);
  }
}

void main(process.argv.slice(2).map((text) => JSON.parse(text) as KubernetesObject));
