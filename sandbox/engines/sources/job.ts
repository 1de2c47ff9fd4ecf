import { join } from "node:path";

import { CronRun } from "../cron-run";
import type { Ground } from "../ground";
import { SERVICE } from "./service";

/** User of the image. */
const USER = 10_001;
/** Where the image has the code. */
const CODE = "/opt/sources";

/**
 * The job of a source.
 * @param hosts addresses by the names that the declaration has
 * @param more mounts besides the declaration and the scratch; variables of Secrets that the owner makes
 */
export const sourceJob = (
  ground: Ground,
  name: string,
  hosts: Readonly<Record<string, string>>,
  more: { readonly mounts?: Readonly<Record<string, string>>; readonly env?: Readonly<Record<string, string>> } = {},
): CronRun =>
  new CronRun(ground, {
    name,
    container: "source",
    config: ["/etc/sources", `${name}-source`],
    user: USER,
    hosts,
    mounts: { [CODE]: SERVICE, ...more.mounts },
    env: { PYTHONPATH: CODE, PYTHONDONTWRITEBYTECODE: "1", ...more.env },
    command: [join(ground.tools.sources, "bin", "python"), "-m", "sources"],
  });
