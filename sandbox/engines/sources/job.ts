import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { contained } from "../contained";
import type { Ground } from "../ground";
import { SERVICE } from "./service";

/** How a run has ended: its code, and the lines of its log. */
export interface Ended {
  /** null for a run that was killed. */
  readonly code: number | null;
  readonly log: string;
}

/** User of the image. */
const USER = 10_001;
/** Where the image has the code. */
const CODE = "/opt/sources";

/**
 * A rendered CronJob's container as a process, in its own root with its own paths and variables.
 * @param hosts addresses by the names that the declaration has
 * @param more mounts besides the declaration and the scratch; variables of Secrets that the owner makes
 */
export class Job {
  private readonly hosts: string;

  constructor(
    private readonly ground: Ground,
    private readonly name: string,
    hosts: Readonly<Record<string, string>>,
    private readonly more: {
      readonly mounts?: Readonly<Record<string, string>>;
      readonly env?: Readonly<Record<string, string>>;
    } = {},
  ) {
    this.hosts = ground.path("sources", name, "hosts");
    const lines = Object.entries(hosts).map(([host, address]) => `${address} ${host}`);
    writeFileSync(this.hosts, ["127.0.0.1 localhost", ...lines, ""].join("\n"));
  }

  /** @param killed whether the run is killed, by what it has logged so far. @default it is not */
  async run(killed: (log: string) => boolean = () => false): Promise<Ended> {
    const child = this.begin();
    let log = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (text: Buffer) => {
        log += text.toString();
        if (killed(log)) child.kill("SIGKILL");
      });
    const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
    return { code, log };
  }

  private begin(): ChildProcess {
    const { ground, name, more } = this;
    const { rendered, run, tools } = ground;
    const container = rendered.container("CronJob", name, "source");
    const env = (container.env ?? []).filter((each) => more.env?.[each.name] === undefined);
    const mounts = {
      "/etc/sources": ground.write(join("sources", name, "declaration"), rendered.configMap(`${name}-source`)),
      "/tmp": ground.folder("sources", name, "tmp"),
      [CODE]: SERVICE,
      ...more.mounts,
    };
    const line = { ...container, command: [join(tools.sources, "bin", "python"), "-m", "sources"] };
    return run.child(name, contained(line, { mounts, hosts: this.hosts, user: USER }), {
      ...rendered.env({ env }),
      ...more.env,
      PATH: process.env.PATH ?? "",
      PYTHONPATH: CODE,
      PYTHONDONTWRITEBYTECODE: "1",
    });
  }
}
