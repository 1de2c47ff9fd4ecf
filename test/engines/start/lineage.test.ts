import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";

import * as front from "../../../components/catalog/openmetadata/front";
import { accepted } from "../../../components/catalog/openmetadata/keys";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { PATIENCE, until } from "../../../sandbox/core/until";
import { Engine } from "../../../sandbox/engines/engine";
import { Rendered } from "../../../sandbox/engines/rendered";
import { startSpark, submit } from "../../../sandbox/engines/spark/spark";
import { type Lake, startLake } from "../../../sandbox/engines/stage";
import { CATALOGUE } from "../../support/catalogue";
import { type Answer, JsonServer } from "../../support/json-server";
import { DAY, events, insert } from "../events";

interface Facet {
  readonly _producer?: string;
  readonly _schemaURL?: string;
}
interface Dataset {
  readonly namespace: string;
  readonly name: string;
  readonly facets?: Readonly<Record<string, Facet>> & {
    readonly symlinks?: { readonly identifiers: readonly { readonly name: string }[] };
    readonly columnLineage?: {
      readonly fields: Readonly<
        Record<string, { readonly inputFields: readonly { readonly field: string; readonly name: string }[] }>
      >;
    };
  };
}
interface Told {
  readonly eventTime: string;
  readonly eventType: string;
  readonly producer: string;
  readonly schemaURL: string;
  readonly run: { readonly runId: string; readonly facets?: Readonly<Record<string, Facet>> };
  readonly job: {
    readonly namespace: string;
    readonly name: string;
    readonly facets?: Readonly<Record<string, Facet>>;
  };
  readonly inputs?: readonly Dataset[];
  readonly outputs?: readonly Dataset[];
}

/** A stand-in for OpenMetadata's API: a session for the user of lineage, and events of who has it. */
class Catalogue extends JsonServer {
  readonly told: Told[] = [];
  readonly texts: string[] = [];
  refused = 0;
  password = "";

  protected answer({ method = "", url = "", headers }: IncomingMessage, body: string): Answer {
    if (url === "/api/v1/users/login") {
      const { email, password } = JSON.parse(body) as Record<string, string>;
      const known = email === "lineage@lakehouse.internal";
      const right = Buffer.from(password ?? "", "base64").toString() === this.password;
      return known && right ? [200, { accessToken: "ey.session.1", tokenType: "Bearer" }] : [401, {}];
    }
    if (`${method} ${url}` !== "POST /api/v1/openlineage/lineage" || headers.authorization !== "Bearer ey.session.1") {
      this.refused++;
      return [401, {}];
    }
    this.texts.push(body);
    this.told.push(JSON.parse(body) as Told);
    return [200, {}];
  }
}

function rendering(): Promise<Rendered> {
  const config = readStackFile(PROJECT_FOLDER, "dev");
  return Rendered.of("dev", undefined, { ...config, values: { ...config.values, ...CATALOGUE } });
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What OpenLineage's definition (2-0-2) asks of each event. */
function checked({ eventTime, producer, schemaURL, run, job, inputs = [], outputs = [] }: Told): void {
  ok(!Number.isNaN(Date.parse(eventTime)), eventTime);
  for (const uri of [producer, schemaURL]) ok(URL.canParse(uri), uri);
  match(schemaURL, /^https:\/\/openlineage\.io\/spec\/2-0-2\/OpenLineage\.json#\/\$defs\/RunEvent$/);
  match(run.runId, UUID);
  ok(job.namespace.length > 0 && job.name.length > 0);
  for (const { namespace, name } of [...inputs, ...outputs]) ok(namespace.length > 0 && name.length > 0);
  for (const facets of [run.facets, job.facets, ...[...inputs, ...outputs].map((one) => one.facets)])
    for (const [name, { _producer = "", _schemaURL = "" }] of Object.entries(facets ?? {}))
      ok(URL.canParse(_producer) && URL.canParse(_schemaURL), name);
}

/** The rendered listener of real Spark, the rendered receiver by real nginx, and OpenMetadata's API by a stand-in. */
describe("lineage of Spark's jobs (slow)", function () {
  this.timeout(2 * PATIENCE);
  const { raw } = events(20261201, 200);
  const catalogue = new Catalogue();
  let lake: Lake;
  let receiver: Engine;

  const ground = () => lake.ground;
  const token = () => ground().rendered.secret("spark-lineage", "password");

  /** nginx and its script, with folders of this machine. */
  async function startReceiver(): Promise<void> {
    const { rendered, tools, ports } = ground();
    const server = await catalogue.start();
    const folder = ground().folder("lineage");
    mkdirSync(join(folder, "tmp"), { recursive: true });
    const here = (text: string) =>
      text
        .replaceAll("/tmp/", `${folder}/tmp/`)
        .replaceAll(front.EMITTERS_DIRECTORY, folder)
        .replaceAll(front.FRONT_DIRECTORY, folder)
        .replaceAll("http://127.0.0.1:8585", server)
        .replaceAll(/(listen (\[::\]:)?)5000/g, `$1${String(ports.lineage)}`)
        .replaceAll(/nginx -e stderr/g, `${join(tools.nginx, "nginx")} -e stderr`);
    writeFileSync(
      join(folder, front.CONFIG_FILE),
      here(rendered.configMap("openmetadata-server-front")[front.CONFIG_FILE] ?? ""),
    );
    const container = rendered.container("Deployment", "openmetadata-server", "lineage");
    writeFileSync(join(folder, front.EMITTERS_FILE), rendered.secret("openmetadata-emitters", front.EMITTERS_FILE));
    catalogue.password = rendered.secret("openmetadata-own", "lineagePassword");
    receiver = await Engine.start(ground().run, {
      name: "lineage",
      command: ["/bin/sh", "-ec", here(String(container.args?.[0]))],
      env: { ...rendered.env(container), PATH: process.env.PATH ?? "" },
      ready: async () => (await send(token(), "{}")) === 200,
    });
  }

  async function send(bearer: string, body: string, path = "/api/v1/lineage", method = "POST"): Promise<number> {
    try {
      const headers = { "Authorization": `Bearer ${bearer}`, "Content-Type": "application/json" };
      const { status } = await fetch(`http://${ground().at("lineage")}${path}`, {
        method,
        headers,
        ...(method === "GET" ? {} : { body }),
      });
      return status;
    } catch {
      return 0;
    }
  }

  const silver = () => submit(ground(), "bronze-to-silver", ["--date", DAY, "--days", "1"]);
  const gold = () => submit(ground(), "silver-to-gold", ["--date", DAY, "--days", "1"]);

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const own = ["icebergSpark", "icebergAws", "openlineageSpark", "nginx"] as const;
    lake = await startLake("dev", {
      rendered: rendering,
      only: [...own, "python", "minio", "icebergRest", "postgresJdbc"] as const,
    });
    await startReceiver();
    catalogue.told.length = catalogue.texts.length = 0;
    const seeds = await startSpark(ground(), "seeds");
    await seeds.job("bronze_to_silver.py", "--ensure-only");
    await seeds.rows(insert("lakehouse.bronze.events", raw));
    await seeds.engine.stop();
    await silver();
    await gold();
    await until("gold is told", () => Promise.resolve(outputs().some((each) => each.includes("daily_events"))));
  });
  after(async () => {
    catalogue.stop();
    await (lake as Lake | undefined)?.end();
  });

  const table = ({ namespace, name }: Dataset) => `${namespace}/${name}`;
  const done = () => catalogue.told.filter(({ eventType }) => eventType === "COMPLETE");
  const outputs = () => [...new Set(done().flatMap(({ outputs: all = [] }) => all.map(table)))].toSorted();
  const edges = () =>
    new Set(
      done().flatMap(({ inputs = [], outputs: all = [] }) =>
        inputs.flatMap((from) => all.map((to) => `${table(from)} → ${table(to)}`)),
      ),
    );

  it("the lineage of two jobs leads from bronze over silver to gold, with columns", () => {
    const all = [...edges()].join("\n");
    match(all, /s3:\/\/bronze\/\S*events\S* → s3:\/\/silver\/\S*events/, all);
    match(all, /s3:\/\/silver\/\S*events\S* → s3:\/\/gold\/\S*daily_events/, all);
    // Facets of a run are those of all its events: the last one lacks columns where Spark has changed its plan meanwhile.
    const columns = catalogue.told
      .flatMap(({ outputs: made = [] }) => made)
      .filter((one) => table(one).includes("daily_events"))
      .flatMap(({ facets }) => Object.entries(facets?.columnLineage?.fields ?? {}))
      .flatMap(([to, { inputFields }]) => inputFields.map(({ field }) => `${field} → ${to}`));
    ok(columns.includes("event_type → event_type"), columns.join(", "));
  });

  it("every event has what OpenLineage's definition asks for", () => {
    ok(catalogue.told.length > 0);
    for (const event of catalogue.told) checked(event);
    deepEqual([...new Set(catalogue.told.map(({ job }) => job.namespace))], ["lakehouse"]);
  });

  it("a table has one name, whichever job speaks of it", () => {
    const names = new Map<string, Set<string>>();
    for (const one of done().flatMap(({ inputs = [], outputs: made = [] }) => [...inputs, ...made])) {
      const symlink = one.facets?.symlinks?.identifiers[0]?.name ?? "";
      if (symlink === "") continue;
      names.set(symlink, (names.get(symlink) ?? new Set()).add(table(one)));
    }
    ok(
      ["bronze.events", "silver.events", "gold.daily_events"].every((name) => names.has(name)),
      [...names.keys()].join(" "),
    );
    for (const [symlink, places] of names) equal(places.size, 1, `${symlink}: ${[...places].join(" ")}`);
  });

  it("no event has a secret, a statement or a token", () => {
    const { rendered } = ground();
    const secrets = [token(), rendered.secret("spark-s3", "SecretKey"), "ey.session.1", accepted("")];
    for (const text of catalogue.texts) {
      for (const secret of secrets) ok(!text.includes(secret), text.slice(0, 200));
      for (const word of ["spark.logicalPlan", "AWS_SECRET", "OPENLINEAGE__", "INSERT INTO", "MERGE INTO"])
        ok(
          !text.includes(word),
          `${word}: ${text.slice(Math.max(0, text.indexOf(word) - 200), text.indexOf(word) + 100)}`,
        );
    }
  });

  it("an unknown emitter is refused, and so is everything but an event", async () => {
    const before = catalogue.texts.length;
    equal(await send("of-nobody", "{}"), 401);
    equal(await send("", "{}"), 401);
    equal(await send(token(), "{}", "/api/v1/users"), 404);
    equal(await send(token(), "", "/api/v1/lineage", "GET"), 405);
    equal(catalogue.texts.length, before);
  });

  it("a receiver that is away costs no job its result", async () => {
    await receiver.stop();
    const before = catalogue.texts.length;
    const [line = ""] = (await silver()).slice(-1);
    match(line, /"unchanged": ?[1-9]/);
    equal(catalogue.texts.length, before);
  });
});
