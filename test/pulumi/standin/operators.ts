import { setTimeout as sleep } from "node:timers/promises";

import { Api } from "../../../sandbox/control-plane/api";
import { kubeconfigAccess } from "../../../sandbox/control-plane/kubeconfig";

/**
 * A stand-in for operators: custom resources that Pulumi's plugin waits for become ready as soon as they are there. Takes the
 * kinds as `<apiVersion>/<plural>` and runs until it is ended.
 */
async function main(kinds: readonly string[]): Promise<void> {
  const api = new Api(kubeconfigAccess(process.env.KUBECONFIG ?? ""));
  for (;;) {
    for (const kind of kinds) {
      const end = kind.lastIndexOf("/");
      const found = await api.list(kind.slice(0, end), kind.slice(end + 1)).catch(() => []);
      for (const object of found.filter(
        ({ status }) => (status as { conditions?: unknown } | undefined)?.conditions === undefined,
      )) {
        const ready = {
          type: "Ready",
          status: "True",
          reason: "StandIn",
          message: "",
          lastTransitionTime: new Date().toISOString(),
        };
        await api.patch(object, { status: { conditions: [ready] } }, "status").catch(() => undefined);
      }
    }
    await sleep(500);
  }
}

void main(process.argv.slice(2));
