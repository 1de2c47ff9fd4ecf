import { system } from "../../core/system";
import { libraryPods } from "./pods";
import { libraries as settings } from "./settings";
import { monitoring } from "./monitoring";

// All executors of a large job start at once.
const production = { server: { replicas: 2, cpu: 0.5, memory: "256Mi" } };

/** Libraries that upstream's images lack, served inside of the cluster. On where a system fetches any. */
export const libraries = system({
  summary: "Libraries that upstream's images lack, served inside of the cluster.",
  section: "storage",
  key: "libraries",
  settings,
  presets: {
    dev: { server: { replicas: 1, cpu: 0.05, memory: "64Mi" } },
    minimal: production,
    medium: production,
    large: production,
  },
  least: { server: 0 },
  on: (_own, stack) => stack.libraries.length > 0,
  uses: () => [],
  needs: {},
  gives: ["libraries"],
  pods: ({ platform, settings: own }) => libraryPods(platform, own),
  monitoring: () => ({ libraries: monitoring }),
  create: ({ platform, settings: own, stack }, opts) => {
    const { LibraryServer } = require("./libraries") as typeof import("./libraries");
    const server = new LibraryServer("libraries", { platform, settings: own, pins: stack.libraries }, opts);
    return { services: [server], libraries: server };
  },
});
