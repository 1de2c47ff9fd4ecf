import { join } from "node:path";

import * as k8s from "@pulumi/kubernetes";

import { OutputFolder } from "../preview/output";
import { planStack } from "../preview/plan";
import { PROJECT_FOLDER } from "../preview/project";
import { readStackFile } from "../preview/stack-file";

/** Plans a stack with a given number of ConfigMaps and NetworkPolicies, as `lakehouse plan` does. */
const [objects = "1000", out = "out"] = process.argv.slice(2);

function program(): object {
  for (let index = 0; index < Number(objects); index++) {
    const metadata = {
      name: `object-${String(index)}`,
      namespace: `namespace-${String(index % 20)}`,
      labels: { "app.kubernetes.io/name": "synthetic" },
    };
    if (index % 2 === 0) {
      new k8s.core.v1.ConfigMap(metadata.name, {
        metadata,
        data: { "config.properties": `key=${String(index)}\n`.repeat(20) },
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

const output = new OutputFolder(join(out, "synthetic"));
void planStack(readStackFile(PROJECT_FOLDER, "homelab"), output, { program }).then(({ files }) => {
  output.write(files);
});
