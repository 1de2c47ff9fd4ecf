import type { KubernetesObject } from "../../control-plane/api";
import type { ControlPlane } from "../../control-plane/control-plane";
import type { Ground } from "../ground";
import { type Application, driver } from "../spark/spark";
import type { Begun, Runner } from "./kubelet";

const CONTAINER = "spark-kubernetes-driver";
/** The operator's own label. */
const APPLICATION = "sparkoperator.k8s.io/app-name";

interface PodSpec {
  readonly containers: readonly { readonly name: string; readonly image: string; readonly args?: readonly string[] }[];
}

/** Runs the command of a driver's pod as a process of this machine, with the application's configuration. The real operator makes the pod. */
export class DriverPods implements Runner {
  readonly query = "?labelSelector=spark-role%3Ddriver";

  constructor(
    private readonly plane: ControlPlane,
    private readonly ground: Ground,
  ) {}

  async begin(pod: KubernetesObject): Promise<Begun | undefined> {
    const { name, namespace = "", labels } = pod.metadata;
    const { containers } = pod.spec as PodSpec;
    const [container] = containers.filter((each) => each.name === CONTAINER);
    const application = await this.plane.api.get({
      apiVersion: "sparkoperator.k8s.io/v1beta2",
      kind: "SparkApplication",
      metadata: { name: labels?.[APPLICATION] ?? "", namespace },
    });
    if (container === undefined || application === undefined) return undefined;
    // Arguments of the image's start script: `driver --properties-file <file> --class <class> <main file> <arguments>`.
    const [, , , , , ...line] = container.args ?? [];
    const spec = driver(this.ground, application as unknown as Application, name, line);
    const { log, exited } = await this.ground.run.process({ name, ...spec });
    return { container, log, exited };
  }
}
