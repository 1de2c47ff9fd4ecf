import { setTimeout as sleep } from "node:timers/promises";

import { Api, type KubernetesObject } from "../../../sandbox/control-plane/api";
import { kubeconfigAccess } from "../../../sandbox/control-plane/kubeconfig";

const WAIT_FOR = "pulumi.com/waitFor";

/**
 * A stand-in for operators: gives custom resources the status that their annotation has Pulumi's plugin wait for, as soon as they
 * exist. Takes the resources as JSON, each with `apiVersion`, `kind` and `metadata`, and runs until it is killed.
 */
async function main(resources: readonly KubernetesObject[]): Promise<void> {
  const api = new Api(kubeconfigAccess(process.env.KUBECONFIG ?? ""));
  for (;;) {
    for (const resource of resources) {
      const found = await api.get(resource).catch(() => undefined);
      if (found === undefined) continue;
      const status = awaited(resource.metadata.annotations?.[WAIT_FOR] ?? "");
      const given = Object.keys(found.status ?? {});
      if (Object.keys(status).every((field) => given.includes(field))) continue;
      await api.patch(found, { status }, "status").catch(() => undefined);
    }
    await sleep(500);
  }
}

/** `condition=Ready`, or `jsonpath={.status.phase}=Ready`. */
function awaited(condition: string): object {
  const [, field, value] = /^jsonpath=\{\.status\.(\w+)\}=(\w+)$/.exec(condition) ?? [];
  if (field !== undefined) return { [field]: value };
  if (condition !== "condition=Ready") throw new Error(`${WAIT_FOR}: ${condition} is not known here`);
  const lastTransitionTime = new Date().toISOString();
  return { conditions: [{ type: "Ready", status: "True", reason: "StandIn", message: "", lastTransitionTime }] };
}

void main(process.argv.slice(2).map((text) => JSON.parse(text) as KubernetesObject));
