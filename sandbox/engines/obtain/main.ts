import { trinoClient } from "../local-tools";
import { obtain } from ".";

/** What the tests need from the network, before they run without one. */
async function main(): Promise<void> {
  try {
    await obtain((line) => {
      console.log(line);
    });
    await trinoClient();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

void main();
