import { MissingTool, obtain } from "./obtain";
import { type ToolName, TOOLS } from "./tools";

/** Obtains the tools of the tests on a control plane before several of them start at once. The tests skip cases without their tool. */
async function main(): Promise<void> {
  const quick = (Object.keys(TOOLS) as ToolName[]).filter((name) => TOOLS[name].slow !== true);
  for (const name of quick) {
    await obtain(name).catch((error: unknown) => {
      if (!(error instanceof MissingTool)) throw error;
      console.error(error.message);
    });
  }
}

void main();
