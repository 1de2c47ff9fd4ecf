import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { contained } from "./contained";
import type { Ground } from "./ground";

/** How a run has ended: its code, and the lines of its log. */
export interface Ended {
  /** null for a run that was killed. */
  readonly code: number | null;
  readonly log: string;
}

export interface CronRunArgs {
  /** Name of the CronJob, and of the container in it. */
  readonly name: string;
  readonly container: string;
  /** Mount path of its files, and the ConfigMap that has them. */
  readonly config: readonly [path: string, configMap: string];
  /** User of the image. */
  readonly user: number;
  /** Addresses by the names that the files have. */
  readonly hosts: Readonly<Record<string, string>>;
  /** Folders of this machine by their paths in the container, besides the files and the scratch. @default none */
  readonly mounts?: Readonly<Record<string, string>>;
  /** Variables of Secrets that the owner makes, and of the image. @default none */
  readonly env?: Readonly<Record<string, string>>;
  /** Command of the image. @default the rendered one */
  readonly command?: readonly string[];
}

/** A rendered CronJob's container as a process, in its own root with its own paths and variables. */
export class CronRun {
  private readonly hosts: string;

  constructor(
    private readonly ground: Ground,
    private readonly args: CronRunArgs,
  ) {
    this.hosts = ground.path("runs", args.name, "hosts");
    const lines = Object.entries(args.hosts).map(([host, address]) => `${address} ${host}`);
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
    const { ground, args } = this;
    const { rendered, run } = ground;
    const { name, config, command, user, env: more = {} } = args;
    const container = rendered.container("CronJob", name, args.container);
    const env = (container.env ?? []).filter((each) => more[each.name] === undefined);
    const [path, configMap] = config;
    const mounts = {
      [path]: ground.write(join("runs", name, "files"), rendered.configMap(configMap)),
      "/tmp": ground.folder("runs", name, "tmp"),
      ...args.mounts,
    };
    const line = command === undefined ? container : { ...container, command };
    return run.child(name, contained(line, { mounts, hosts: this.hosts, user }), {
      PATH: process.env.PATH ?? "",
      ...rendered.env({ env }),
      ...more,
    });
  }
}
