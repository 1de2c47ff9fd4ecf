import { javaHome } from "../java-home";
import { MissingTool } from "../../control-plane/obtain";
import { obtainAirflowCluster } from "../airflow/cluster";
import { trinoClient } from "../local/tools";
import { type ArtefactName, obtain } from ".";

/** Exit code of sysexits.h: the tests cannot run here, which is not a failure. */
const UNAVAILABLE = 69;

/** Kafka, Flink, Spark and the metastore run on the first, Trino on the second. */
const JDKS = [
  [17, 18],
  [24, 27],
] as const;

/** Obtains what the tests need from the network, before they run without one; extra artefacts by their names in the arguments. */
async function main(): Promise<void> {
  try {
    for (const [from, below] of JDKS) javaHome(from, below);
    const say = (line: string) => {
      console.log(line);
    };
    await obtain(say);
    await obtain(say, process.argv.slice(2) as ArtefactName[]);
    await trinoClient();
    // Without a control plane only the test of Airflow is skipped.
    await obtainAirflowCluster().catch((error: unknown) => {
      if (!(error instanceof MissingTool)) throw error;
      console.error(error.message);
    });
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = UNAVAILABLE;
  }
}

void main();
