import { deepEqual, equal, match, ok } from "node:assert/strict";

import { accepted } from "../../../components/catalog/openmetadata/keys";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { PATIENCE, until } from "../../../sandbox/core/until";
import type { Engine } from "../../../sandbox/engines/engine";
import { Rendered } from "../../../sandbox/engines/rendered";
import { startSpark, submit } from "../../../sandbox/engines/spark/spark";
import { type Lake, startLake } from "../../../sandbox/engines/stage";
import { CATALOGUE } from "../../support/catalogue";
import { DAY, events, insert } from "../events";
import { Catalogue, checked, type Dataset, send, startReceiver } from "../lineage";

function rendering(): Promise<Rendered> {
  const config = readStackFile(PROJECT_FOLDER, "dev");
  return Rendered.of("dev", undefined, { ...config, values: { ...config.values, ...CATALOGUE } });
}

/** The rendered listener of real Spark, the rendered receiver by real nginx, and OpenMetadata's API by a stand-in. */
describe("lineage of Spark's jobs (slow)", function () {
  this.timeout(2 * PATIENCE);
  const { raw } = events(20261201, 200);
  const catalogue = new Catalogue();
  let lake: Lake;
  let receiver: Engine;

  const ground = () => lake.ground;
  const port = () => ground().ports.lineage;
  const token = () => ground().rendered.secret("spark-lineage", "password");

  const silver = () => submit(ground(), "bronze-to-silver", ["--date", DAY, "--days", "1"]);
  const gold = () => submit(ground(), "silver-to-gold", ["--date", DAY, "--days", "1"]);

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const own = ["icebergSpark", "icebergAws", "openlineageSpark", "nginx"] as const;
    lake = await startLake("dev", {
      rendered: rendering,
      only: [...own, "python", "minio", "icebergRest", "postgresJdbc"] as const,
    });
    receiver = await startReceiver({ ground: ground(), catalogue, token: token() });
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
  /** What a run reads and writes is what all of its events tell of it: the last one lacks what Spark's last plan does. */
  const edges = () => {
    const runs = new Map<string, { inputs: Dataset[]; outputs: Dataset[] }>();
    for (const { run, inputs = [], outputs: all = [] } of catalogue.told) {
      const known = runs.get(run.runId) ?? { inputs: [], outputs: [] };
      runs.set(run.runId, { inputs: [...known.inputs, ...inputs], outputs: [...known.outputs, ...all] });
    }
    return new Set(
      [...runs.values()].flatMap(({ inputs, outputs: all }) =>
        inputs.flatMap((from) => all.map((to) => `${table(from)} → ${table(to)}`)),
      ),
    );
  };

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
    equal(await send(port(), "of-nobody", "{}"), 401);
    equal(await send(port(), "", "{}"), 401);
    equal(await send(port(), token(), "{}", "/api/v1/users"), 404);
    equal(await send(port(), token(), "", "/api/v1/lineage", "GET"), 405);
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
