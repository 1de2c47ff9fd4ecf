import { javaHome } from "../java-home";
import { trinoClient } from "../local-tools";
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
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = UNAVAILABLE;
  }
}

void main();
