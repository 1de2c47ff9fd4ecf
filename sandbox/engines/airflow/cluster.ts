import { stackSettings } from "../../../preview/plan";
import type { StackConfig } from "../../../inputs/stack-file";
import { platform } from "../../../components/cluster/platform";
import type { KubernetesObject } from "../../control-plane/api";
import { CONTROL_PLANE, startControlPlane } from "../../control-plane/control-plane";
import { definitionsFor, establish } from "../../control-plane/crds";
import { applyAll } from "../../control-plane/deploy";
import { simulatedNode } from "../../control-plane/nodes";
import { obtainAll } from "../../control-plane/obtain";
import { startSparkController } from "../../control-plane/operators";
import { sparkHome } from "../../control-plane/spark-home";
import { accountFolder } from "../../control-plane/account";
import { DriverPods } from "./driver-pods";
import type { Ground } from "../ground";
import { javaHome } from "../java-home";
import type { Rendered } from "../rendered";
import { Kubelet } from "./kubelet";

/** Kinds of the objects that admit a driver's pod and give Airflow's account its rights. */
const KINDS = ["Namespace", "PriorityClass", "LimitRange", "ResourceQuota", "ServiceAccount", "Role", "RoleBinding"];

const GROUP = "sparkoperator.k8s.io";

export interface AirflowCluster {
  /** Folder with the files of Airflow's service account, as in a pod: its token and the API server's certificate. */
  readonly account: string;
  /** Address of the API server. */
  readonly address: URL;
  /** Replaces Airflow's Role by the one of other rendered files. */
  grant(rendered: Rendered): Promise<void>;
  end(): Promise<void>;
}

/** Obtains the programs and CRDs of the cluster, from the network or the cache. @throws MissingTool */
export async function obtainAirflowCluster(): Promise<void> {
  await obtainAll([...CONTROL_PLANE, "spark-operator"]);
  await definitionsFor([], [GROUP]);
}

/**
 * A real API server with the rendered objects for Spark's jobs and Airflow's rights, the real Spark operator, and a stand-in for
 * the kubelet that runs drivers.
 * @param ground of the running engines
 * @param rendered files of the stack with Airflow
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
    if (subject === undefined) throw new Error("RoleBinding airflow-submit has no subject");
    await establish(plane.api, await definitionsFor([], [GROUP]));
    const objects = KINDS.flatMap((kind) => rendered.objects<KubernetesObject>(kind)).filter(
      ({ kind, metadata }) =>
        metadata.namespace === namespace || metadata.name === namespace || kind === "PriorityClass",
    );
    await applyAll(plane.api, [
      // The owner of the Airflow makes its namespace and service account.
      { apiVersion: "v1", kind: "Namespace", metadata: { name: subject.namespace } },
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: subject.name, namespace: subject.namespace } },
      ...objects,
    ]);
    const account = await accountFolder(plane, subject);
    await startSparkController(plane, namespace, { spark: await sparkHome(() => undefined), java: javaHome(17, 22) });
    const pods = await Kubelet.start(
      plane,
      new DriverPods(plane, ground),
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
