import { MissingTool, obtain } from "./obtain";
import { type ToolName, TOOLS } from "./tools";

/** Obtains all that the tests on a control plane need, before several of them start at once. What cannot be had they skip. */
async function main(): Promise<void> {
  for (const name of Object.keys(TOOLS) as ToolName[]) {
    await obtain(name).catch((error: unknown) => {
      if (!(error instanceof MissingTool)) throw error;
      console.error(error.message);
    });
  }
}

void main();
