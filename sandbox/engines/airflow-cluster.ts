import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { stackSettings } from "../../cli/plan";
import type { StackConfig } from "../../cli/stack-file";
import { platform } from "../../components/cluster/platform";
import type { KubernetesObject } from "../control-plane/api";
import { CONTROL_PLANE, type ControlPlane, startControlPlane } from "../control-plane/control-plane";
import { definitionsFor, establish } from "../control-plane/crds";
import { applyAll } from "../control-plane/deploy";
import { simulatedNode } from "../control-plane/nodes";
import { obtainAll } from "../control-plane/obtain";
import { startSparkController } from "../control-plane/operators";
import { sparkHome } from "../control-plane/spark-home";
import { DriverPods } from "./driver-pods";
import type { Ground } from "./ground";
import { javaHome } from "./java-home";
import type { Rendered } from "./rendered";

/** What a driver's pod and Airflow's account need to be let in. */
const KINDS = ["Namespace", "PriorityClass", "LimitRange", "ResourceQuota", "ServiceAccount", "Role", "RoleBinding"];

const GROUP = "sparkoperator.k8s.io";

export interface AirflowCluster {
  /** A folder as a pod of Airflow's account has it: its token, the certificate of the API server. */
  readonly account: string;
  /** Where the API server listens. */
  readonly address: URL;
  /** Airflow's rights as they are rendered in another way. */
  grant(rendered: Rendered): Promise<void>;
  end(): Promise<void>;
}

/** What it is made of, from the network or the cache. @throws MissingTool */
export async function obtainAirflowCluster(): Promise<void> {
  await obtainAll([...CONTROL_PLANE, "spark-operator"]);
  await definitionsFor([], [GROUP]);
}

/**
 * A real API server with what is rendered for Spark's jobs and Airflow's rights, the real Spark operator, and of a kubelet what
 * runs a driver. Rendered is the stack with Airflow; the ground is where the engines are.
 */
export async function startAirflowCluster(
  ground: Ground,
  rendered: Rendered,
  config: StackConfig,
): Promise<AirflowCluster> {
  const nodes = platform(stackSettings(config)).nodes.map((node) => simulatedNode(node));
  const plane = await startControlPlane({ name: "airflow", nodes, jobs: "hold" });
  try {
    const { namespace = "" } = object(rendered, "Role", "airflow-submit").metadata;
    const binding = object(rendered, "RoleBinding", "airflow-submit");
    const [subject] = binding.subjects as readonly { readonly name: string; readonly namespace: string }[];
    if (subject === undefined) throw new Error("nobody may submit jobs");
    await establish(plane.api, await definitionsFor([], [GROUP]));
    const objects = KINDS.flatMap((kind) => rendered.objects<KubernetesObject>(kind)).filter(
      ({ kind, metadata }) =>
        metadata.namespace === namespace || metadata.name === namespace || kind === "PriorityClass",
    );
    await applyAll(plane.api, [
      // Somebody else's Airflow brings its namespace and its account.
      { apiVersion: "v1", kind: "Namespace", metadata: { name: subject.namespace } },
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: subject.name, namespace: subject.namespace } },
      ...objects,
    ]);
    const account = await tokenOf(plane, subject);
    await startSparkController(plane, namespace, { spark: await sparkHome(() => undefined), java: javaHome(17, 22) });
    const pods = await DriverPods.start(
      plane,
      ground,
      nodes.map(({ metadata }) => metadata.name),
    );
    return {
      account,
      address: new URL(plane.api.access.server),
      grant: async (other) => {
        await plane.api.apply(object(other, "Role", "airflow-submit"));
      },
      end: async () => {
        pods.close();
        await plane.end();
      },
    };
  } catch (error) {
    await plane.end();
    throw error;
  }
}

function object(rendered: Rendered, kind: string, name: string): KubernetesObject {
  return rendered.object(kind, name) as unknown as KubernetesObject;
}

async function tokenOf(
  plane: ControlPlane,
  account: { readonly name: string; readonly namespace: string },
): Promise<string> {
  const folder = join(plane.run.folder, "account");
  mkdirSync(folder);
  const path = `/api/v1/namespaces/${account.namespace}/serviceaccounts/${account.name}/token`;
  const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 7200 } };
  const { status } = await plane.api.must<{ readonly status: { readonly token: string } }>("POST", path, request);
  writeFileSync(join(folder, "token"), status.token, { mode: 0o600 });
  writeFileSync(join(folder, "namespace"), account.namespace);
  writeFileSync(join(folder, "ca.crt"), plane.api.access.ca);
  return folder;
}
