import { javaHome } from "../java-home";
import { MissingTool } from "../../control-plane/obtain";
import { obtainAirflowCluster } from "../airflow/cluster";
import { trinoClient } from "../local/tools";
import { EXTRA, obtain } from ".";

/** Exit code of sysexits.h: the tests cannot run here, which is not a failure. */
const UNAVAILABLE = 69;

/** Kafka, Flink, Spark and the metastore run on the first, Trino on the second. */
const JDKS = [
  [17, 18],
  [24, 27],
] as const;

/** Obtains what the gate's tests need from the network, before they run without one; with `--all`, what all need. */
async function main(): Promise<void> {
  try {
    for (const [from, below] of JDKS) javaHome(from, below);
    const say = (line: string) => {
      console.log(line);
    };
    await obtain(say);
    await trinoClient();
    if (!process.argv.includes("--all")) return;
    await obtain(say, EXTRA);
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
