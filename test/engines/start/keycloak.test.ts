import { deepEqual, doesNotMatch, equal, match, notEqual, ok } from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { monitoring } from "../../../components/catalog/identity/monitoring";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { Run } from "../../../sandbox/core/run";
import { PATIENCE } from "../../../sandbox/core/until";
import { Ground } from "../../../sandbox/engines/ground";
import { HubPrograms, PROXY } from "../../../sandbox/engines/jupyterhub/programs";
import { Authority } from "../../../sandbox/engines/authority";
import { ADDRESS, KeycloakServer, SERVICE } from "../../../sandbox/engines/keycloak/keycloak";
import { type Claims, type Client, Visitor } from "../../../sandbox/engines/keycloak/visitor";
import { obtain } from "../../../sandbox/engines/obtain";
import { Sql, startPostgres, superuser } from "../../../sandbox/engines/postgres/postgres";
import { statements } from "../../../sandbox/engines/postgres/resources";
import { Rendered } from "../../../sandbox/engines/rendered";
import { launched } from "../../browser/chromium";
import { notExposed } from "../metrics";

const HOST = "id.example.org";
const HUB_HOST = "hub.example.org";
const ISSUER = `https://${HOST}:8443/realms/lakehouse`;
const INSIDE = `https://${SERVICE}:8443/realms/lakehouse/protocol/openid-connect`;
const REDIRECT = `http://${HUB_HOST}:8000/hub/oauth_callback`;
const CHOSEN = "a-long-word-of-adas-own";

/** People: `grace` is known to Keycloak and has no notebook. */
const PEOPLE = { ada: { groups: ["analysts"] }, grace: { groups: ["analysts", "engineers"] }, linus: {} };
const GROUPS = { analysts: { read: ["gold"] }, engineers: { read: ["silver"] } };

type Values = Record<string, string>;
const claims = (token: string) => JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Claims;

describe("Keycloak", function () {
  this.timeout(2 * PATIENCE);
  let run: Run | undefined;
  let ground: Ground;
  let authority: Authority;
  let keycloak: KeycloakServer;
  let bin: string;
  const changed: Values = {};

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const tools = await obtain(() => undefined, ["python", "keycloak", "hub", "hubProxy", "notebook"]);
    run = Run.start("keycloak");
    mkdirSync(join(run.folder, "authority"));
    authority = await Authority.make(join(run.folder, "authority"));
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const over = (key: string, more: object) => ({
      [key]: JSON.stringify({ ...(JSON.parse(config.values[key] ?? "{}") as object), ...more }),
    });
    const hub = { enabled: true, image: "ghcr.io/example/notebook:1", people: { ada: {} }, hub: { cpu: 0.1 } };
    const identity = {
      mode: "deployed",
      url: `https://${HOST}:8443`,
      clients: { jupyterhub: { url: `http://${HUB_HOST}:8000` } },
    };
    const values = {
      ...config.values,
      ...over("lakehouse:cluster", { certManager: true, issuer: "lakehouse", caBundle: authority.pem }),
      ...over("lakehouse:catalog", { identity }),
      ...over("lakehouse:compute", { jupyterhub: hub }),
      ...access(),
    };
    const rendered = await Rendered.of("dev", undefined, { ...config, values });
    ground = await Ground.of(run, rendered, tools, { postgres: 5432 });
    ({ bin } = await startPostgres(ground));
    const sql = new Sql(ground, bin, superuser(ground));
    const own = statements(ground).filter(({ database, makes, sql: text }) =>
      [database, makes, text].some((each) => each !== undefined && /keycloak|jupyterhub/.test(each)),
    );
    for (const { database, sql: text } of own) await sql.run(database, text);
    keycloak = new KeycloakServer(ground, rendered, authority, HOST);
    await keycloak.start();
  });
  after(async () => {
    await run?.end();
  });

  const access = (people: object = PEOPLE, groups: object = GROUPS): Values => ({
    "lakehouse:access": JSON.stringify({ people, groups }),
  });
  const having = async (more: Values) => {
    Object.assign(changed, more);
    keycloak.rendered = await keycloak.rendered.having(changed);
  };
  const client = (generation = ""): Client => ({
    id: `jupyterhub${generation}`,
    secret: keycloak.rendered.secret(`jupyterhub-identity${generation}`, "password"),
    redirect: REDIRECT,
  });
  const first = (name: string) => keycloak.rendered.secret("keycloak-people", name);
  const visitor = () => new Visitor(authority.pem, ISSUER);
  /** Signs in at Keycloak's page. @returns claims of the access token, or undefined for whom Keycloak does not let in */
  async function signedIn(name: string, password: string, chosen?: string, as = client()): Promise<Claims | undefined> {
    const somebody = visitor();
    const { code } = await somebody.signIn(as, name, password, chosen);
    if (code === undefined) return undefined;
    const answer = await somebody.tokens(`${INSIDE}/token`, as, code);
    equal(answer.status, 200, answer.text);
    const { access_token: token } = JSON.parse(answer.text) as { access_token: string };
    const told = await somebody.ask("GET", `${INSIDE}/userinfo`, undefined, { Authorization: `Bearer ${token}` });
    equal(told.status, 200, told.text);
    const { groups, sub, preferred_username: user } = JSON.parse(told.text) as Claims;
    const own = claims(token);
    deepEqual([groups?.toSorted(), sub, user], [own.groups?.toSorted(), own.sub, own.preferred_username]);
    return own;
  }

  /** Two wrong passwords within a second lock a name for a minute, as scripts would send them. */
  const notIn = async (name: string, password: string) => {
    await sleep(1100);
    equal(await signedIn(name, password), undefined);
  };

  it("starts Keycloak from its rendered files below a read-only root, with the issuer of the settings", async () => {
    await keycloak.setUp();
    for (const origin of [`https://${HOST}:8443`, `https://${SERVICE}:8443`]) {
      const answer = await visitor().ask("GET", `${origin}/realms/lakehouse/.well-known/openid-configuration`);
      const document = JSON.parse(answer.text) as Record<string, string>;
      equal(document.issuer, ISSUER);
      equal(document.authorization_endpoint, `${ISSUER}/protocol/openid-connect/auth`);
      if (origin.includes(SERVICE)) equal(document.token_endpoint, `${INSIDE}/token`);
    }
  });

  it("brings realm, groups, people and clients to Keycloak, and changes nothing the second time", async () => {
    equal(await keycloak.setUp(), "Keycloak is as the settings say: 0 changes\n");
  });

  it("lets a person in by the first password, asks for another one, and tells who that is and in which groups", async () => {
    const refused = await visitor().signIn(client(), "ada", first("ada"));
    equal(refused.code, undefined, "nobody goes on with the first password");
    match(refused.page, /name="password-new"/);
    const ada = await signedIn("ada", first("ada"), CHOSEN);
    equal(ada?.iss, ISSUER);
    equal(ada.preferred_username, "ada");
    deepEqual(ada.groups, ["analysts"]);
    ok(ada.sub !== undefined && ada.sub !== "");
    deepEqual([ada.aud].flat(), ["jupyterhub"]);
    deepEqual((await signedIn("ada", CHOSEN))?.sub, ada.sub);
    await notIn("ada", first("ada"));
    const grace = await signedIn("grace", first("grace"), `${CHOSEN}-too`);
    deepEqual(grace?.groups?.toSorted(), ["analysts", "engineers"]);
  });

  it("refuses a wrong password, a client with another secret, and an address that is not the client's", async () => {
    await notIn("ada", "wrong");
    equal(await signedIn("nobody", CHOSEN), undefined);
    const somebody = visitor();
    const { code = "" } = await somebody.signIn(client(), "ada", CHOSEN);
    const answer = await somebody.tokens(`${INSIDE}/token`, { ...client(), secret: "wrong" }, code);
    equal(answer.status, 401);
    match(answer.text, /unauthorized_client/);
    const elsewhere = { ...client(), redirect: "https://elsewhere.example.org/" };
    match((await visitor().signIn(elsewhere, "ada", CHOSEN)).page, /Invalid parameter: redirect_uri/);
  });

  it("brings changed groups, people and generations to Keycloak, and keeps the passwords that people chose", async () => {
    const before = { first: first("ada"), client: client() };
    await having({
      ...access(
        { ada: { groups: ["engineers"] }, linus: { password: 2 }, mary: { groups: ["engineers"] } },
        { engineers: GROUPS.engineers },
      ),
      "lakehouse:credentials": JSON.stringify({ jupyterhub: { generation: 2, keepPrevious: true } }),
    });
    const told = await keycloak.setUp();
    match(told, /^group analysts: removed$/m);
    match(told, /^person grace, whom nobody names: set$/m);
    match(told, /^first password of linus: set$/m);
    doesNotMatch(told, /password of ada/);
    equal(await keycloak.setUp(), "Keycloak is as the settings say: 0 changes\n");
    deepEqual((await signedIn("ada", CHOSEN))?.groups, ["engineers"]);
    equal(await signedIn("grace", `${CHOSEN}-too`), undefined, "who was taken out is refused");
    deepEqual((await signedIn("mary", first("mary"), `${CHOSEN}-mary`))?.groups, ["engineers"]);
    ok(await signedIn("linus", first("linus"), `${CHOSEN}-linus`));
    const [old, next] = [before.client, client("-2")];
    notEqual(next.secret, old.secret);
    for (const each of [old, next])
      deepEqual([(await signedIn("ada", CHOSEN, undefined, each))?.aud].flat(), [each.id]);
    await having({ "lakehouse:credentials": JSON.stringify({ jupyterhub: { generation: 2 } }) });
    match(await keycloak.setUp(), /^client jupyterhub: removed$/m);
    equal((await visitor().signIn(old, "ada", CHOSEN)).code, undefined);
    // Back: grace is let in again by the password that she chose, and groups are those of the settings.
    await having({ ...access(), "lakehouse:credentials": "{}" });
    await keycloak.setUp();
    deepEqual((await signedIn("grace", `${CHOSEN}-too`))?.groups?.toSorted(), ["analysts", "engineers"]);
    equal(await signedIn("mary", `${CHOSEN}-mary`), undefined);
    equal(first("ada"), before.first);
    deepEqual((await signedIn("ada", CHOSEN))?.groups, ["analysts"]);
  });

  it("keeps everything when Keycloak is killed", async () => {
    const before = await signedIn("ada", CHOSEN);
    await keycloak.kill();
    await keycloak.start();
    deepEqual((await signedIn("ada", CHOSEN))?.sub, before?.sub);
    equal(await keycloak.setUp(), "Keycloak is as the settings say: 0 changes\n");
  });

  it("tells the series that Keycloak's alerts and panels ask for", async () => {
    await signedIn("ada", CHOSEN);
    await notIn("ada", "wrong");
    const text = await keycloak.metrics();
    deepEqual(notExposed(monitoring, [text]), []);
    match(text, /^keycloak_user_events_total\{client_id="jupyterhub",error="",event="login",realm="lakehouse"\}/m);
    match(
      text,
      /^keycloak_user_events_total\{client_id="jupyterhub",error="[a-z_]+",event="login",realm="lakehouse"\}/m,
    );
    match(text, /^keycloak_user_events_total\{.*event="code_to_token"/m);
    match(text, /^agroal_awaiting_count\{datasource="default"\}/m);
  });

  it("has no secret of Keycloak in the process list, in mounted files or in what the task says", async () => {
    const secrets = ["keycloak-people", "keycloak-admin", "jupyterhub-identity"].flatMap((name) =>
      Object.entries(keycloak.rendered.object("Secret", name).stringData as Values)
        .filter(([key]) => key !== "username")
        .map(([, value]) => value),
    );
    ok(secrets.length > 4);
    const task = await keycloak.setUp();
    const lines = [keycloak.pid, ...childrenOf(keycloak.pid)].map((pid) =>
      readFileSync(`/proc/${String(pid)}/cmdline`, "utf8"),
    );
    const files = Object.values(keycloak.rendered.configMap("keycloak-setup-setup"));
    const config = readdirSync(keycloak.at("home", "conf"), { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => readFileSync(join(each.parentPath, each.name), "latin1"));
    const seen = [task, ...lines, ...files, ...config].join("\n");
    for (const secret of secrets) ok(!seen.includes(secret));
  });

  it("signs people in to JupyterHub by Keycloak's page in a real browser, and nobody whom the settings do not name", async function () {
    const pin = await authority.pin(keycloak.at("certificate", "tls.crt"));
    const rules = `MAP ${HOST} ${ADDRESS}, MAP ${HUB_HOST} ${new URL(PROXY).hostname}`;
    const browser = await launched([`--host-resolver-rules=${rules}`, `--ignore-certificate-errors-spki-list=${pin}`]);
    if (browser === undefined) this.skip();
    const hub = new HubPrograms(ground, keycloak.rendered, { hosts: [keycloak.hosts], mounts: keycloak.trusted });
    const shots = process.env.LAKEHOUSE_SCREENSHOTS;
    try {
      await hub.start();
      const visit = async (name: string, password: string) => {
        const context = await browser.newContext();
        const page = await context.newPage();
        await page.goto(`http://${HUB_HOST}:8000/hub/token`);
        equal(new URL(page.url()).host, `${HOST}:8443`, `${page.url()} ${hub.log("hub")}`);
        if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}-1.png`) });
        await page.fill('input[name="username"]', name);
        await page.fill('input[name="password"]', password);
        await page.press('input[name="password"]', "Enter");
        await page.waitForURL(`http://${HUB_HOST}:8000/**`);
        if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}-2.png`) });
        const answer = await context.request.get(`${PROXY}/hub/api/user`, { headers: { Host: `${HUB_HOST}:8000` } });
        return { page, context, url: page.url(), text: await page.innerText("body"), api: answer };
      };
      const ada = await visit("ada", CHOSEN);
      equal(new URL(ada.url).pathname, "/hub/token", `${ada.text} ${hub.log("hub")}`);
      match(ada.text, /ada/);
      const grace = await visit("grace", `${CHOSEN}-too`);
      match(grace.text, /403/);
      await grace.page.goto(`http://${HUB_HOST}:8000/hub/token`).catch(() => undefined);
      doesNotMatch(grace.page.url(), /\/hub\/token$/);
    } finally {
      await browser.close();
      await hub.kill("hub", "proxy");
    }
  });

  it("gives Keycloak's administrator a new password by generation (slow)", async () => {
    const before = keycloak.rendered.secret("keycloak-admin", "password");
    await having({ "lakehouse:credentials": JSON.stringify({ keycloak: { generation: 2, keepPrevious: true } }) });
    match(await keycloak.setUp(), /^password of admin: set$/m);
    await having({ "lakehouse:credentials": JSON.stringify({ keycloak: { generation: 2 } }) });
    equal(await keycloak.setUp(), "Keycloak is as the settings say: 0 changes\n");
    const at = `https://${SERVICE}:8443/realms/master/protocol/openid-connect/token`;
    const form = (password: string) => ({
      grant_type: "password",
      client_id: "admin-cli",
      username: "admin",
      password,
    });
    equal((await visitor().ask("POST", at, form(before))).status, 400);
    equal(
      (await visitor().ask("POST", at, form(keycloak.rendered.secret("keycloak-admin-2", "password")))).status,
      200,
    );
  });
});

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, "utf8").trim();
  const own = text === "" ? [] : text.split(" ").map(Number);
  return own.flatMap((each) => [each, ...childrenOf(each)]);
}
