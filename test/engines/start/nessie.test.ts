import { deepEqual, equal, match, notEqual, ok, rejects } from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { monitoring } from "../../../components/catalog/nessie/monitoring";
import { token } from "../../../components/catalog/nessie/tokens";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { Run } from "../../../sandbox/core/run";
import { PATIENCE } from "../../../sandbox/core/until";
import { Ground } from "../../../sandbox/engines/ground";
import { JVM_OPTIONS, jvmOptions } from "../../../sandbox/engines/jvm";
import { Client, startMinio } from "../../../sandbox/engines/minio/minio";
import { makeMinioResources } from "../../../sandbox/engines/minio/resources";
import { NessieServer } from "../../../sandbox/engines/nessie/nessie";
import { obtain } from "../../../sandbox/engines/obtain";
import { command } from "../../../sandbox/engines/obtain/command";
import { startPostgres } from "../../../sandbox/engines/postgres/postgres";
import { makePostgresResources } from "../../../sandbox/engines/postgres/resources";
import { Rendered } from "../../../sandbox/engines/rendered";
import { notExposed } from "../metrics";
import { engines } from "./nessie.engines";
import { commit, ONE, setting, widening } from "./nessie.hostile";
import { type Answer, Catalog, NAMESPACES, placeOf, refused, SCHEMA, TABLE, tables } from "./nessie.stack";

describe("Nessie", function () {
  this.timeout(2 * PATIENCE);
  let run: Run | undefined;
  let ground: Ground;
  let nessie: NessieServer;
  let seed = "";

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const tools = await obtain(
      () => undefined,
      ["minio", "python", "nessie", "nginx", "trino", "icebergSpark", "icebergAws"],
    );
    run = Run.start("nessie");
    ground = await Ground.of(run, await rendering(1), tools, { nessie: 8181 });
    process.env[JVM_OPTIONS] = jvmOptions(ground, ground.folder("tmp"));
    await Promise.all([
      startMinio(ground, "minio", { events: false }).then(() => makeMinioResources(ground, { events: false })),
      startPostgres(ground).then((postgres) => makePostgresResources(ground, postgres)),
    ]);
    const began = Date.now();
    nessie = await NessieServer.start(ground);
    console.log(`      ready ${((Date.now() - began) / 1000).toFixed(1)} s after its start`);
  });
  after(() => run?.end());

  const generated = (resource: string): string => {
    const secret = `${resource}-${randomBytes(12).toString("hex")}`;
    if (resource === "nessie-signing") seed = secret;
    return secret;
  };
  function rendering(trino: number, before?: Rendered): Promise<Rendered> {
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const catalog = JSON.parse(config.values["lakehouse:catalog"] ?? "{}") as object;
    const more = {
      "lakehouse:catalog": JSON.stringify({ ...catalog, nessie: { enabled: true, namespaces: NAMESPACES } }),
      "lakehouse:credentials": JSON.stringify({ trino: { generation: trino } }),
    };
    return before?.having(more) ?? Rendered.of("dev", generated, { ...config, values: { ...config.values, ...more } });
  }

  const loader = () => ground.rendered.secret("nessie-loader", "token");
  const reports = () => ground.rendered.secret("nessie-reports", "token");
  const trino = () => ground.rendered.secret("trino-nessie", "token");

  const asks: Catalog["asks"] = (...given) => catalog().asks(...given);
  const made = (namespace: string, name: string, as = loader()) => catalog().made(as, namespace, name);
  const keysOf = (answer: Answer) => catalog().keysOf(answer);
  const catalog = () => new Catalog(ground, nessie.url);

  it("starts from the rendered files, and lets nobody in who has no token of a valid generation", async () => {
    equal((await asks(undefined, "GET", "config")).status, 401);
    const own = loader();
    equal((await asks(`${own.slice(0, -6)}AAAAAA`, "GET", "config")).status, 401);
    equal((await asks(token("another-seed", "program:loader"), "GET", "config")).status, 401);
    equal((await asks(own, "GET", "config")).status, 200);
    // Signed by the stack, and named by no rule: a program that the settings no longer have.
    const gone = await asks(token(seed, "program:gone"), "GET", "main/namespaces");
    notEqual(gone.status, 200);
    match(gone.text, /not allowed for role 'program:gone'/);
    for (const path of [
      "api/v2/trees",
      "tree/main",
      "catalog/v1/trees",
      "iceberg/v1/main/s3-sign/x",
      "iceberg/v1/other/namespaces",
    ])
      equal((await fetch(`http://127.0.0.1:8181/${path}`)).status, 404, path);
  });

  it("does with namespaces, tables and views what the specification says, by PyIceberg and by plain HTTP", async () => {
    const began = Date.now();
    const script = join(__dirname, "../../../sandbox/engines/nessie/specification.py");
    const out = await command([join(ground.tools.python, "bin", "python"), script], {
      env: { CATALOG_URL: `${nessie.url}/`, WRITER: loader(), READER: reports() },
    });
    console.log(`      PyIceberg: ${((Date.now() - began) / 1000).toFixed(1)} s`);
    deepEqual(JSON.parse(out), {
      "namespaces": ["sales", "sales.daily"],
      "properties": { team: "one" },
      "namespace twice": true,
      "table twice": true,
      "rows": 6,
      "snapshots": 1,
      "conflict": true,
      "renamed": ["sales.kept"],
      "old name": true,
      "columns": ["id", "name"],
      "not empty": true,
      "dropped": true,
    });
    const told = await asks(loader(), "GET", `${tables("sales")}/kept`);
    const wrong = { type: "assert-table-uuid", uuid: "00000000-0000-4000-8000-000000000000" };
    const commit = { requirements: [wrong], updates: [{ action: "set-properties", updates: { a: "b" } }] };
    const conflict = await asks(loader(), "POST", `${tables("sales")}/kept`, commit);
    equal(conflict.status, 409, conflict.text);
    const uuid = told.body.metadata?.["table-uuid"];
    const right = { ...commit, requirements: [{ ...wrong, uuid }] };
    equal((await asks(loader(), "POST", `${tables("sales")}/kept`, right)).status, 200);
    equal((await asks(loader(), "GET", `${tables("sales")}/nothing`)).status, 404);
    equal((await asks(loader(), "POST", tables("nowhere"), { ...TABLE, name: "x" })).status === 200, false);

    const sql = { type: "sql", sql: "select 1 as id", dialect: "trino" };
    const version = {
      "version-id": 1,
      "timestamp-ms": 1,
      "schema-id": 0,
      "summary": {},
      "representations": [sql],
      "default-namespace": ["sales"],
    };
    const view = { "name": "one", "schema": SCHEMA, "view-version": version, "properties": {} };
    const views = "main/namespaces/sales/views";
    const first = await asks(loader(), "POST", views, view);
    equal(first.status, 200, first.text);
    equal((await asks(loader(), "POST", views, view)).status, 409);
    equal((await asks(reports(), "GET", `${views}/one`)).status, 200);
    const listed = await asks(reports(), "GET", views);
    deepEqual(
      listed.body.identifiers?.map(({ name }) => name),
      ["one"],
    );
    equal((await asks(loader(), "DELETE", `${views}/one`)).status, 204);
    equal((await asks(loader(), "GET", `${views}/one`)).status, 404);
  });

  it("gives keys that end, and that open the table and nothing beside it", async () => {
    const [one, other] = [await made("sales", "one"), await made("sales", "other")];
    const keys = keysOf(one);
    await keys.put(`${placeOf(one)}/data/x`, "x");
    equal(await keys.get(`${placeOf(one)}/data/x`), "x");
    await rejects(keys.put(`${placeOf(other)}/data/x`, "x"), refused);
    await rejects(keys.get((other.body["metadata-location"] ?? "").replace("s3://", "")), refused);
    await rejects(keys.put("warehouse/nessie/sales/x", "x"), refused);
    await rejects(keys.put("gold/x", "x"), refused);
    await rejects(keys.list("warehouse/nessie/sales/"), refused);
    const session = one.body.config?.["s3.session-token"] ?? "";
    const { exp } = JSON.parse(Buffer.from(session.split(".")[1] ?? "", "base64url").toString()) as { exp: number };
    const minutes = (exp * 1000 - Date.now()) / 60_000;
    ok(minutes > 55 && minutes <= 61, `${String(minutes)} minutes`);
    // Without the session they are nobody's.
    const { "s3.access-key-id": id = "", "s3.secret-access-key": key = "" } = one.body.config ?? {};
    await rejects(Client.as(ground, id, key).get(`${placeOf(one)}/data/x`));
    // The catalog's own user opens its prefix and nothing else.
    await rejects(Client.of(ground, "nessie").put("warehouse/elsewhere/x", "x"), refused);
  });

  it("gives a reader keys that read alone, and shows nobody a namespace without a right to it", async () => {
    const own = await asks(loader(), "POST", "main/namespaces", { namespace: ["secret"], properties: {} });
    equal(own.status, 200, own.text);
    const hidden = await made("secret", "plans");
    const told = await asks(reports(), "GET", `${tables("sales")}/one`);
    equal(told.status, 200, told.text);
    const keys = keysOf(told);
    equal(await keys.get(`${placeOf(told)}/data/x`), "x");
    await rejects(keys.put(`${placeOf(told)}/data/y`, "y"), refused);
    await rejects(keys.remove(`${placeOf(told)}/data/x`), refused);
    deepEqual((await asks(reports(), "GET", "main/namespaces")).body.namespaces, [["sales"]]);
    for (const [as, who] of [
      [reports(), "program:reports"],
      [trino(), "trino"],
    ] as const) {
      deepEqual((await asks(as, "GET", tables("secret"))).body.identifiers ?? [], [], who);
      const answer = await asks(as, "GET", `${tables("secret")}/plans`);
      notEqual(answer.status, 200);
      match(answer.body.error?.message ?? "", new RegExp(`not allowed for role '${who}' on content 'secret.plans'`));
      ok(!answer.text.includes("access-key"));
    }
    const commit = { requirements: [], updates: [{ action: "set-properties", updates: { a: "b" } }] };
    for (const answer of [
      await asks(reports(), "POST", `${tables("sales")}/one`, commit),
      await asks(reports(), "POST", tables("sales"), { ...TABLE, name: "mine" }),
      await asks(reports(), "DELETE", `${tables("sales")}/one`),
      await asks(trino(), "POST", tables("secret"), { ...TABLE, name: "mine" }),
      await asks(trino(), "POST", "main/tables/rename", {
        source: { namespace: ["secret"], name: "plans" },
        destination: { namespace: ["sales"], name: "plans" },
      }),
    ])
      ok(![200, 204].includes(answer.status), answer.text);
    equal(
      (await asks(loader(), "GET", `${tables("secret")}/plans`)).body.metadata?.location,
      hidden.body.metadata?.location,
    );
  });

  it("refuses requests that would have keys made for another place, in every spelling", async () => {
    const target = await asks(loader(), "GET", `${tables("secret")}/plans`);
    const place = target.body.metadata?.location ?? "";
    for (const [what, path, body] of widening(place, target.body["metadata-location"] ?? ""))
      equal((await asks(trino(), "POST", path, body)).status, 403, what);
    const dataPath = setting("write.data.path", place);
    const wide = Buffer.from(JSON.stringify(dataPath), "utf16le");
    equal((await asks(trino(), "POST", ONE, wide)).status, 403, "two bytes a letter");
    const ebcdic = { "Content-Type": "application/json; charset=ibm037" };
    equal((await asks(trino(), "POST", ONE, JSON.stringify(commit([])), ebcdic)).status, 415, "another alphabet");
    const chunked = await fetch(`${nessie.url}/v1/${ONE}`, {
      method: "POST",
      headers: { "Authorization": `Bearer ${trino()}`, "Content-Type": "application/json" },
      body: new Blob([" ".repeat(100_000), JSON.stringify(dataPath)]).stream(),
      duplex: "half",
    });
    equal(chunked.status, 403, "chunked");
    const packed = gzipSync(JSON.stringify(dataPath));
    equal((await asks(trino(), "POST", ONE, packed, { "Content-Encoding": "gzip" })).status, 415);
    equal((await asks(trino(), "POST", ONE, `${" ".repeat(2_200_000)}${JSON.stringify(dataPath)}`)).status, 413);
    // A place that a table or a commit names itself counts for nothing.
    const elsewhere = await asks(trino(), "POST", tables("sales"), { ...TABLE, name: "elsewhere", location: place });
    const staged = await asks(trino(), "POST", tables("sales"), {
      ...TABLE,
      "name": "staged",
      "location": place,
      "stage-create": true,
    });
    for (const [made, name] of [
      [elsewhere, "elsewhere"],
      [staged, "staged"],
    ] as const)
      ok(placeOf(made).startsWith(`warehouse/nessie/sales/${name}_`), made.text);
    await asks(trino(), "POST", ONE, commit([{ action: "set-location", location: place }]));
    const after = keysOf(await asks(trino(), "GET", ONE));
    for (const keys of [after, keysOf(elsewhere), keysOf(staged)]) {
      await rejects(keys.put(`${place.replace("s3://", "")}/data/x`, "x"), refused);
      await rejects(keys.get((target.body["metadata-location"] ?? "").replace("s3://", "")), refused);
    }
    // What is harmless passes.
    const harmless = commit([{ action: "set-properties", updates: { "write.format.default": "orc" } }]);
    equal((await asks(trino(), "POST", ONE, harmless)).status, 200);
  });

  engines(() => ({ ground, catalog: catalog(), loader: loader(), reports: reports() }));

  it("knows the next generation of a client before its pods use it", async () => {
    const next = await rendering(2, ground.rendered);
    const later = next.secret("trino-nessie-2", "token");
    notEqual(later, trino());
    equal((await asks(later, "GET", `${tables("sales")}/one`)).status, 200);
  });

  it("keeps tables and rights when the server is killed", async () => {
    await nessie.kill();
    await nessie.startServer();
    equal((await asks(reports(), "GET", `${tables("sales")}/kept`)).status, 200);
    notEqual((await asks(reports(), "GET", `${tables("secret")}/plans`)).status, 200);
  });

  it("exposes the series that Nessie's panels ask for, and has no secret in the process list", async () => {
    deepEqual(notExposed(monitoring, [await nessie.metrics()]), []);
    const secrets = [
      loader(),
      seed,
      ground.rendered.secret("nessie-s3", "SecretKey"),
      ground.rendered.secret("nessie-postgres", "password"),
    ];
    const lines = readdirSync("/proc")
      .filter((each) => /^\d+$/.test(each))
      .map((pid) => commandLine(pid));
    ok(lines.some((line) => line.includes("quarkus-run.jar")));
    for (const secret of secrets) ok(lines.every((line) => !line.includes(secret)));
  });
});

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
