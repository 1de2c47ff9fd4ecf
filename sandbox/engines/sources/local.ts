import { join } from "node:path";

import { DROP } from "../../../components/orchestration/sources/config";
import type { Ground } from "../ground";
import { limitOf } from "../local/limits";
import type { Part, PartHome } from "../local/part";
import { SERVICE } from "./service";

const SOURCE = "drop";
const JOB = `sources-${SOURCE}`;
/** Milliseconds between two runs: what its schedule says. */
const EVERY = 60_000;
/** What `.csv` files have, besides what they like. */
export const COLUMNS = ["event_id", "event_time", "user_id", "event_type"] as const;

interface Line {
  readonly event: string;
  readonly object?: string;
  readonly reason?: string;
  readonly from?: { readonly file?: string };
}

/** The rendered CronJob of the drop, run by its schedule. */
class Drop {
  private running = false;

  constructor(
    private readonly ground: Ground,
    private readonly home: PartHome,
  ) {}

  /** One run, unless one is at work: as the CronJob's, runs do not overlap. */
  async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      for (const line of await this.lines()) this.tell(line);
    } finally {
      this.running = false;
    }
  }

  private tell({ event, object = "", reason = "", from }: Line): void {
    if (event === "quarantined")
      this.home.arrived({ file: from?.file ?? object, what: "quarantined", why: `${reason}; it is in ${object}` });
    if (event === "landed") this.home.arrived({ file: object, what: "landed", why: object });
  }

  private async lines(): Promise<Line[]> {
    const { rendered, run, tools } = this.ground;
    const env = rendered.env(rendered.container("CronJob", JOB, "source"));
    const child = run.child(JOB, [join(tools.sources, "bin", "python"), "-m", "sources", this.declaration()], {
      ...env,
      PATH: process.env.PATH ?? "",
      PYTHONPATH: SERVICE,
      PYTHONDONTWRITEBYTECODE: "1",
    });
    let log = "";
    child.stdout?.on("data", (text: Buffer) => (log += text.toString()));
    child.stderr?.on("data", (text: Buffer) => (log += text.toString()));
    await new Promise((resolve) => child.once("close", resolve));
    return log.split("\n").flatMap((line) => {
      try {
        return [JSON.parse(line) as Line];
      } catch {
        return [];
      }
    });
  }

  /** The rendered declaration with the addresses and folders of this machine. */
  private declaration(): string {
    const { changes, rendered } = this.ground;
    const told = JSON.parse(rendered.configMap(`${JOB}-source`)["source.json"] ?? "{}") as {
      scratch: string;
      lake: { endpoint: string };
      of: { path: string };
    };
    const set = (key: string, from: string, to: string) => changes.value("sources/source.json", key, from, to);
    told.lake.endpoint = set("lake.endpoint", told.lake.endpoint, this.ground.local(told.lake.endpoint));
    told.scratch = set("scratch", told.scratch, this.ground.folder("sources", "tmp"));
    told.of.path = set("of.path", told.of.path, told.of.path.replace(DROP, this.ground.folder(SOURCE)));
    return join(this.ground.write("sources", { "source.json": JSON.stringify(told) }), "source.json");
  }
}

export const part: Part = {
  what: "drop of files",
  artefacts: { sources: 100 },
  settings: {
    orchestration: {
      sources: {
        enabled: true,
        image: "localhost/sources:1",
        items: {
          [SOURCE]: {
            ...{ kind: "files", claim: SOURCE, schedule: "* * * * *", pattern: "*.csv", freshHours: 0 },
            ...{ complete: "age", ageSeconds: 2, after: "keep", format: "csv", columns: COLUMNS },
          },
        },
      },
    },
  },
  engines: {},
  limit: (rendered) =>
    limitOf(rendered, "CronJob", JOB, "spec jobTemplate spec template spec containers 0 resources limits memory"),
  start: async (ground, home) => {
    const drop = new Drop(ground, home);
    await drop.run();
    home.again(EVERY, () => drop.run());
  },
  doors: (_ports, _logins, folder) => [
    {
      name: SOURCE,
      what: "drop of files",
      url: join(folder, SOURCE),
      as: "files *.csv",
      note: `columns ${COLUMNS.join(", ")}; each minute`,
    },
  ],
};
