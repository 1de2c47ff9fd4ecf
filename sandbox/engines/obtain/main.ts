import { obtain } from ".";

/** What the tests need from the network, before they run without one. */
obtain((line) => {
  console.log(line);
}).catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
