import { join } from "node:path";

import * as k8s from "@pulumi/kubernetes";

import { OutputFolder, PLAN_FILE, readBase } from "../preview/output";
import { planStack } from "../preview/plan";
import { PROJECT_FOLDER } from "../inputs/project";
import { readStackFile } from "../inputs/stack-file";

/**
 * Plans a stack with a given number of ConfigMaps and NetworkPolicies, as `lakehouse plan` does. Each object of another revision
 * differs.
 */
const [objects = "1000", out = "out", revision = "1"] = process.argv.slice(2);

function program(): object {
  for (let index = 0; index < Number(objects); index++) {
    const metadata = {
      name: `object-${String(index)}`,
      namespace: `namespace-${String(index % 20)}`,
      labels: { "app.kubernetes.io/name": "synthetic", "app.kubernetes.io/version": revision },
    };
    if (index % 2 === 0) {
      new k8s.core.v1.ConfigMap(metadata.name, {
        metadata,
        data: { "config.properties": `${`key=${String(index)}\n`.repeat(20)}revision=${revision}\n` },
      });
    } else {
      new k8s.networking.v1.NetworkPolicy(metadata.name, {
        metadata,
        spec: {
          podSelector: { matchLabels: metadata.labels },
          policyTypes: ["Ingress"],
          ingress: [
            { from: [{ podSelector: { matchLabels: metadata.labels } }], ports: [{ port: 8080, protocol: "TCP" }] },
          ],
        },
      });
    }
  }
  return {};
}

const folder = join(out, "synthetic");
// What was written before is compared with, whatever its policies say.
const base = readBase(folder);
const options = { program, ...(base !== undefined && { against: { name: "the last revision", ...base } }) };
const output = new OutputFolder(folder);
void planStack(readStackFile(PROJECT_FOLDER, "homelab"), output, options).then(({ plan, files }) => {
  if (base !== undefined && plan.changes?.objects?.length !== Number(objects))
    throw new Error("not every object differs");
  output.write(new Map([...files, [PLAN_FILE, JSON.stringify(plan)]]));
});
