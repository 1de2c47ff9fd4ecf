import { tagOf } from "../../core/image";
import type { Mistake } from "../../fields/mistakes";
import { given } from "./environment";
import type { AirflowSettings } from "./settings";

const PATH = "lakehouse:orchestration.airflow";
/** The oldest version whose provider for Kubernetes keeps schedulers running; 3.2.2's lets them crash. */
const OLDEST = [3, 3] as const;

/** Mistakes in the settings of the stack's own Airflow. */
export function* check(settings: AirflowSettings): Generator<Mistake> {
  if (settings.mode !== "deployed") return;
  const { image, env } = settings;
  const version = image === undefined ? undefined : versionOf(tagOf(image));
  if (version !== undefined && older(version))
    yield {
      path: `${PATH}.image`,
      message: `given Airflow ${version.join(".")}; allowed: ${OLDEST.join(".")} or newer, because schedulers of 3.2.2 crash with KubernetesExecutor`,
    };
  const ours = given(settings);
  for (const name of Object.keys(env))
    if (ours.has(name)) yield { path: `${PATH}.env.${name}`, message: "is set by the stack; allowed: other settings" };
}

/** The first numbers of a tag that begins with a version. */
function versionOf(tag: string): number[] | undefined {
  const version = /^v?(\d+(?:\.\d+){1,2})/.exec(tag)?.[1];
  return version?.split(".").map(Number);
}

const older = ([major = 0, minor = 0]: readonly number[]): boolean =>
  major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
