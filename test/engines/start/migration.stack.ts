import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { Rendered } from "../../../sandbox/engines/rendered";

/** The dev stack with migrations, and another one whose store is the old one. */

const STORAGE = "lakehouse:storage";
export const OLD = "old.example.org";

const common = { endpoint: `http://${OLD}:8333`, cidrs: ["127.0.0.0/8"], secret: "old-lake" };
const ITEMS = {
  lake: {
    ...common,
    parts: [
      { from: "bronze", prefix: "raw/", to: "bronze", toPrefix: "old/" },
      { from: "gold", to: "gold", toPrefix: "it/" },
    ],
  },
  bytes: { ...common, verify: "bytes", parts: [{ from: "silver", to: "silver", toPrefix: "copied/" }] },
};

async function rendered(change: (storage: object) => object): Promise<Rendered> {
  const dev = readStackFile(PROJECT_FOLDER, "dev");
  const storage = JSON.parse(dev.values[STORAGE] ?? "{}") as object;
  return Rendered.of("dev", (resource) => `secret-of-${resource}`, {
    ...dev,
    values: { ...dev.values, [STORAGE]: JSON.stringify(change(storage)) },
  });
}

export const newLake = (): Promise<Rendered> =>
  rendered((storage) => ({ ...storage, migration: { enabled: true, items: ITEMS } }));

export const oldLake = (): Promise<Rendered> =>
  rendered((storage) => ({
    ...storage,
    objects: { kind: "seaweedfs", server: { replicas: 1 }, copies: 1 },
    buckets: {},
  }));
