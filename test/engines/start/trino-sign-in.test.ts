import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { certificates, javaTrustStore } from "../../../components/core/truststore";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { Run } from "../../../sandbox/core/run";
import { PATIENCE } from "../../../sandbox/core/until";
import { Authority } from "../../../sandbox/engines/authority";
import { Ground } from "../../../sandbox/engines/ground";
import { JVM_OPTIONS, jvmOptions } from "../../../sandbox/engines/jvm";
import { ADDRESS, KeycloakServer, SERVICE } from "../../../sandbox/engines/keycloak/keycloak";
import { type Client, Visitor } from "../../../sandbox/engines/keycloak/visitor";
import { obtain } from "../../../sandbox/engines/obtain";
import { Sql, startPostgres, superuser } from "../../../sandbox/engines/postgres/postgres";
import { statements } from "../../../sandbox/engines/postgres/resources";
import { Rendered } from "../../../sandbox/engines/rendered";
import { SignedIn } from "../../../sandbox/engines/trino/signed-in";
import { launched } from "../../browser/chromium";

const ISSUER_HOST = "id.example.org";
const HOST = "sql.example.org";
/** Keycloak has 8443 on all addresses. */
const PORT = 9443;
const CHOSEN = "a-long-word-of-adas-own";
const TOKEN = `https://${SERVICE}:8443/realms/lakehouse/protocol/openid-connect/token`;

/** Trino as a client of the stack's Keycloak, both from their rendered files. */
describe("Trino with people who sign in at the stack's issuer", function () {
  this.timeout(2 * PATIENCE);
  let run: Run | undefined;
  let authority: Authority;
  let keycloak: KeycloakServer;
  let trino: SignedIn;

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const tools = await obtain(() => undefined, ["python", "keycloak", "hub", "trino"]);
    run = Run.start("trino-sign-in");
    authority = await Authority.make(join(run.folder, "authority"));
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const over = (key: string, more: object) => ({
      [key]: JSON.stringify({ ...(JSON.parse(config.values[key] ?? "{}") as object), ...more }),
    });
    const clients = { trino: { url: `https://${HOST}:${String(PORT)}` } };
    const values = {
      ...config.values,
      ...over("lakehouse:cluster", { certManager: true, issuer: "lab", caBundle: authority.pem }),
      ...over("lakehouse:catalog", { identity: { mode: "deployed", url: `https://${ISSUER_HOST}:8443`, clients } }),
      "lakehouse:access": JSON.stringify({
        signIn: "password",
        people: { ada: { groups: ["readers"] }, eve: {} },
        groups: { readers: { read: ["postgres.public"] } },
      }),
    };
    const rendered = await Rendered.of("dev", undefined, { ...config, values });
    const ground = await Ground.of(run, rendered, tools, { postgres: 5432, trinoSecure: PORT });
    const { bin } = await startPostgres(ground);
    const sql = new Sql(ground, bin, superuser(ground));
    const own = statements(ground).filter(({ database, makes, sql: text }) =>
      [database, makes, text].some((each) => each?.includes("keycloak") === true),
    );
    for (const { database, sql: text } of own) await sql.run(database, text);
    keycloak = new KeycloakServer(ground, rendered, authority, ISSUER_HOST);
    await keycloak.start();
    await keycloak.setUp();
    // For JVMs outside of containers, from here on.
    process.env[JVM_OPTIONS] = jvmOptions(ground, ground.folder("tmp"));
    const [hosts, trusted] = [ground.path("trino-hosts"), ground.path("trino-trusts.jks")];
    const names = ["127.0.0.1 localhost", `${ADDRESS} ${SERVICE}`, `${ADDRESS} ${ISSUER_HOST}`];
    writeFileSync(hosts, names.map((line) => `${line}\n`).join(""));
    writeFileSync(trusted, javaTrustStore(certificates(authority.pem)));
    const store = "-Djavax.net.ssl.trustStore";
    const java = [`-Djdk.net.hosts.file=${hosts}`, `${store}=${trusted}`, `${store}Type=jks`];
    trino = await SignedIn.start(ground, { authority, java });
  });
  after(() => run?.end());

  const client = (): Client => ({
    id: "trino",
    secret: trino.ground.rendered.secret("trino-identity", "password"),
    redirect: `https://${HOST}:${String(PORT)}/oauth2/callback`,
  });
  const first = (name: string) => keycloak.rendered.secret("keycloak-people", name);
  /** Asks Trino with a token. */
  const asks = async (token: string, sql: string) => {
    const headers = { Authorization: `Bearer ${token}` };
    let page = await trino.ask(`${trino.origin}/v1/statement`, { method: "POST", body: sql, headers }, undefined);
    const rows: unknown[] = [];
    for (;;) {
      if (page.status !== 200) return String(page.status);
      const told = (await page.json()) as { data?: unknown[]; nextUri?: string; error?: { message: string } };
      if (told.error !== undefined) return told.error.message;
      rows.push(...(told.data ?? []));
      if (told.nextUri === undefined) return rows;
      page = await trino.ask(told.nextUri, { headers }, undefined);
    }
  };
  async function tokenOf(name: string, chosen: string): Promise<string> {
    const somebody = new Visitor(authority.pem, `https://${ISSUER_HOST}:8443/realms/lakehouse`);
    const { code = "" } = await somebody.signIn(client(), name, first(name), chosen);
    const answer = await somebody.tokens(TOKEN, client(), code);
    equal(answer.status, 200, answer.text);
    return (JSON.parse(answer.text) as { access_token: string }).access_token;
  }

  it("takes a person's token, and gives the person the rights of the settings", async () => {
    const token = await tokenOf("eve", `${CHOSEN}-eve`);
    deepEqual(await asks(token, "select current_user"), [["eve"]]);
    deepEqual(await asks(token, "show catalogs"), [["system"]]);
    match(String(await asks(token, "show schemas from postgres")), /Access Denied/);
  });

  it("takes no token that is changed or of another's making, and no password of a person", async () => {
    const token = await tokenOf("ada", CHOSEN);
    deepEqual(await asks(token, "show catalogs"), [["postgres"], ["system"]]);
    const [head = "", body = "", seal = ""] = token.split(".");
    const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as object;
    const another = Buffer.from(JSON.stringify({ ...claims, preferred_username: "eve" })).toString("base64url");
    for (const wrong of [`${head}.${another}.${seal}`, `${head}.${body}.`, "no-token"])
      equal(await asks(wrong, "select 1"), "401");
    const login = { user: "ada", password: CHOSEN };
    await rejects(trino.as(login).rows("select 1", { user: "ada" }), /Trino answers 401/);
    ok(!trino.ground.rendered.has("Secret", "trino-people"));
  });

  it("lets programs in by their passwords as before", async () => {
    const scraper = trino.program("trino-scraper");
    equal(await trino.as(scraper).value("select current_user", { user: scraper.user }), scraper.user);
  });

  it("sends a browser to Keycloak's page, and shows queries to who comes back", async function () {
    const pins = await Promise.all([
      authority.pin(keycloak.at("certificate", "tls.crt")),
      authority.pin(join(trino.ground.folder("trino-signed-in-tls"), "tls.crt")),
    ]);
    const rules = `MAP ${ISSUER_HOST} ${ADDRESS}, MAP ${HOST} 127.0.0.1`;
    const trusted = `--ignore-certificate-errors-spki-list=${pins.join(",")}`;
    const browser = await launched([`--host-resolver-rules=${rules}`, trusted]);
    if (browser === undefined) this.skip();
    const shots = process.env.LAKEHOUSE_SCREENSHOTS;
    try {
      const page = await browser.newPage();
      const shot = async (name: string) => {
        if (shots !== undefined) await page.screenshot({ path: join(shots, `trino-${name}.png`) });
      };
      await page.goto(`https://${HOST}:${String(PORT)}/ui/`);
      equal(new URL(page.url()).host, `${ISSUER_HOST}:8443`);
      await shot("1");
      await page.fill('input[name="username"]', "ada");
      await page.fill('input[name="password"]', CHOSEN);
      await page.press('input[name="password"]', "Enter");
      await page.waitForURL(`https://${HOST}:${String(PORT)}/ui/**`);
      await page.waitForSelector("text=/cluster overview/i");
      await shot("2");
      const queries = `https://${HOST}:${String(PORT)}/ui/api/query`;
      equal(await page.evaluate((at) => fetch(at).then(({ status }) => status), queries), 200);
      const stranger = await browser.newPage();
      await stranger.goto(`https://${HOST}:${String(PORT)}/ui/`);
      equal(new URL(stranger.url()).host, `${ISSUER_HOST}:8443`);
    } finally {
      await browser.close();
    }
  });
});
