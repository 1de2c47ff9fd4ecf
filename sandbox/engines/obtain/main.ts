import { javaHome } from "../java-home";
import { MissingTool } from "../../control-plane/obtain";
import { obtainAirflowCluster } from "../airflow-cluster";
import { trinoClient } from "../local/tools";
import { obtain } from ".";

/** As sysexits.h has it: the tests cannot run here, which is no failure of theirs. */
const UNAVAILABLE = 69;

/** Kafka, Flink, Spark and the metastore run on the first, Trino on the second. */
const JDKS = [
  [17, 18],
  [24, 27],
] as const;

/** What the tests need from the network, before they run without one. */
async function main(): Promise<void> {
  try {
    for (const [from, below] of JDKS) javaHome(from, below);
    await obtain((line) => {
      console.log(line);
    });
    await trinoClient();
    // Without a control plane the test of Airflow is skipped, and nothing else.
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
