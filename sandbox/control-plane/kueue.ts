import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { parse, stringify } from "yaml";

import type { Running } from "../core/run";
import type { KubernetesObject } from "./api";
import type { ControlPlane } from "./control-plane";
import { obtain } from "./obtain";
import { register, released, type Webhook } from "./operators";
import { walled } from "./walled";

/** Kueue reads the certificates of its metrics in one place only: it has an `/etc` of its own. */
const AT_HOME = [
  "unshare",
  "--mount",
  "sh",
  "-c",
  'mount -t tmpfs tmpfs /etc && mkdir -p /etc/kueue/metrics && cp -r "$1" /etc/kueue/metrics/certs && shift && exec "$@"',
  "sh",
];

interface Configuration {
  readonly managedJobsNamespaceSelector: object;
  readonly webhook: object;
  readonly leaderElection: object;
}

/** Values of Kueue's release as far as they are read here. */
interface Values {
  readonly controllerManager: {
    readonly featureGates: readonly { readonly name: string; readonly enabled: boolean }[];
  };
  readonly managerConfig: { readonly controllerManagerConfigYaml: string };
}

/**
 * Kueue's controllers as a process, by the configuration of the rendered release. Differences: one copy that asks nobody whether it
 * leads, ports and certificates of this machine, and without its own part of the API, which the API server would have to reach.
 */
export async function startKueue(plane: ControlPlane, values: Values): Promise<Running> {
  const program = await obtain("kueue");
  const rendered = parse(values.managerConfig.controllerManagerConfigYaml) as Configuration;
  const file = join(plane.run.folder, "kueue.yaml");
  const gates = values.controllerManager.featureGates.map(({ name, enabled }) => `${name}=${String(enabled)}`);
  const certificates = join(plane.run.folder, "kueue-certificates");
  mkdirSync(certificates);
  copyFileSync(plane.certificate.crt, join(certificates, "tls.crt"));
  copyFileSync(plane.certificate.key, join(certificates, "tls.key"));
  const operator = await walled(plane, {
    name: "kueue",
    command: (port) => {
      const here = {
        ...rendered,
        namespace: "default",
        webhook: { ...rendered.webhook, port, certDir: certificates },
        leaderElection: { leaderElect: false },
        internalCertManagement: { enable: false },
      };
      writeFileSync(file, stringify(here));
      return [
        ...AT_HOME,
        certificates,
        program,
        `--config=${file}`,
        `--feature-gates=${[...gates, "VisibilityOnDemand=false"].join(",")}`,
      ];
    },
  });
  const all = await released("kueue", "sigs.k8s.io/kueue", "config/components/webhook");
  await register(
    plane,
    "kueue",
    operator.webhook,
    all.map((each) => ofJobs(each, rendered.managedJobsNamespaceSelector)),
  );
  return operator;
}

/** Webhooks of Kueue's own kinds, and those of Spark's jobs in the namespaces that the chart would select. */
function ofJobs(object: KubernetesObject, namespaceSelector: object): KubernetesObject {
  const groups = ({ rules }: Webhook) => (rules as readonly { readonly apiGroups: readonly string[] }[])[0]?.apiGroups;
  const webhooks = (object.webhooks as readonly Webhook[]).flatMap((each) => {
    const [group] = groups(each) ?? [];
    if (group === "kueue.x-k8s.io") return [each];
    return group === "sparkoperator.k8s.io" ? [{ ...each, namespaceSelector }] : [];
  });
  return { ...object, webhooks };
}
