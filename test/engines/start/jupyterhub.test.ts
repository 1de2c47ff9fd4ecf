import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";

import { platform } from "../../../components/cluster";
import { monitoring } from "../../../components/compute/jupyterhub/monitoring";
import { settingsFrom } from "../../../components/settings";
import { PROJECT_FOLDER } from "../../../inputs/project";
import { readStackFile } from "../../../inputs/stack-file";
import { Run } from "../../../sandbox/core/run";
import { PATIENCE, until } from "../../../sandbox/core/until";
import { Ground } from "../../../sandbox/engines/ground";
import { Browser } from "../../../sandbox/engines/jupyterhub/browser";
import { HUB, HubPrograms, PROXY } from "../../../sandbox/engines/jupyterhub/programs";
import { obtain } from "../../../sandbox/engines/obtain";
import { statements } from "../../../sandbox/engines/postgres/resources";
import { Sql, startPostgres, superuser } from "../../../sandbox/engines/postgres/postgres";
import { Rendered } from "../../../sandbox/engines/rendered";
import { notExposed } from "../metrics";

const COMPUTE = "lakehouse:compute";
const PEOPLE = { alice: {}, bob: { profile: "medium" }, carol: {} };

interface PodSpec {
  readonly containers: readonly [
    {
      readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
      readonly args?: readonly string[];
      readonly volumeMounts: readonly object[];
    },
  ];
  readonly volumes: readonly object[];
}
interface Pod {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: PodSpec;
}
interface Template {
  readonly template: Pod;
}

const hubOf = (people: object) =>
  JSON.stringify({ jupyterhub: { enabled: true, image: "ghcr.io/example/notebook:1", people, hub: { cpu: 0.1 } } });

describe("JupyterHub", function () {
  this.timeout(2 * PATIENCE);
  let run: Run | undefined;
  let ground: Ground;
  let hub: HubPrograms;
  let bin: string;
  /** Settings beside those of the stack, which tests change one after the other. */
  const changed: Record<string, string> = {};

  before(async function () {
    if (process.env.LAKEHOUSE_ISOLATED !== "yes") this.skip();
    const tools = await obtain(() => undefined, ["python", "hub", "hubProxy", "notebook"]);
    const config = readStackFile(PROJECT_FOLDER, "dev");
    const rendered = await Rendered.of("dev", undefined, {
      ...config,
      values: { ...config.values, [COMPUTE]: hubOf(PEOPLE) },
    });
    run = Run.start("jupyterhub");
    ground = await Ground.of(run, rendered, tools, { postgres: 5432 });
    ({ bin } = await startPostgres(ground));
    await makeRoles();
    hub = new HubPrograms(ground, rendered);
    await hub.start();
  });
  after(async () => {
    // A notebook is a process of its own, which outlives a hub that is killed.
    for (const pid of await notebooks().catch(() => [])) process.kill(pid, "SIGKILL");
    await run?.end();
  });

  /** Roles and databases of the hub, of each valid generation. */
  async function makeRoles(): Promise<void> {
    const sql = new Sql(ground, bin, superuser(ground));
    const own = statements(ground).filter(({ database, makes, sql: text }) =>
      [database, makes, text].some((each) => each?.includes("jupyterhub")),
    );
    for (const { database, sql: text } of own) await sql.run(database, text);
  }
  /** Processes of the notebooks that the hub knows of. */
  async function notebooks(): Promise<number[]> {
    const sql = new Sql(ground, bin, superuser(ground));
    const rows = await sql.run("jupyterhub", "select state::json->>'pid' from spawners where server_id is not null");
    return rows.split("\n").filter(Boolean).map(Number);
  }
  const password = (name: string) => hub.passwords(name)[0] ?? "";
  async function signedIn(name: string): Promise<Browser> {
    const browser = new Browser(PROXY);
    ok(await browser.signIn(name, password(name)), `${name} signs in: ${hub.log("hub").slice(-1500)}`);
    return browser;
  }
  /** A page first, by which the notebook's server asks the hub who that is; its API does not ask. */
  const status = async (browser: Browser, name: string) => {
    const page = await browser.get(`/user/${name}/lab`);
    return page.status === 200 ? (await browser.get(`/user/${name}/api/status`)).status : page.status;
  };
  async function started(browser: Browser, name: string): Promise<void> {
    const answer = await browser.api("POST", `/users/${name}/server`);
    ok([201, 202].includes(answer.status), `${String(answer.status)} ${answer.text} ${hub.log("hub")}`);
    await until(`${name}'s notebook answers`, async () => (await status(browser, name)) === 200, {
      within: 120_000,
      explain: () => Promise.resolve(hub.log("hub")),
    });
  }
  const metrics = (token: string) =>
    fetch(`${HUB}/hub/metrics`, { headers: { Authorization: `Bearer ${token}` }, redirect: "manual" });

  it("JupyterHub signs in who has the password, and nobody else", async () => {
    await signedIn("alice");
    const browser = new Browser(PROXY);
    equal(await browser.signIn("alice", "wrong"), false);
    equal(await browser.signIn("alice", "x".repeat(100)), false);
    equal(await browser.signIn("alice", ""), false);
    equal(await browser.signIn("alice", password("bob")), false);
    equal(await browser.signIn("mallory", password("alice")), false);
    equal((await browser.api("GET", "/user")).status, 403);
  });

  it("JupyterHub starts a person's notebook by way of the proxy, which no other person opens", async () => {
    const alice = await signedIn("alice");
    await started(alice, "alice");
    const bob = await signedIn("bob");
    equal(await status(bob, "alice"), 403);
    equal((await bob.api("DELETE", "/users/alice/server")).status, 404);
    equal((await bob.api("POST", "/users/alice/server")).status, 404);
    equal((await bob.api("GET", "/users/alice")).status, 404);
    match((await new Browser(PROXY).get("/user/alice/lab")).text, /name="password"/, "the page of the sign-in");
    equal((await fetch(`${PROXY}/user/alice/api/status`, { redirect: "manual" })).status, 403);
    equal(await status(alice, "alice"), 200);
  });

  it("JupyterHub starts no more notebooks of a profile than the plan counts, and says so", async () => {
    // The preset dev has room for one small notebook, and alice has it.
    const carol = await signedIn("carol");
    const answer = await carol.api("POST", "/users/carol/server");
    equal(answer.status, 429);
    match(answer.text, /all 1 notebooks of the profile small are in use/);
    const bob = await signedIn("bob");
    await started(bob, "bob");
    equal((await bob.api("DELETE", "/users/bob/server")).status, 204);
  });

  it("JupyterHub's KubeSpawner makes of a template exactly the pod that it describes, with the person's home and keys", async () => {
    const template = hub.rendered.object("PodTemplate", "notebook-small") as unknown as Template;
    const described = template.template;
    const pod = await hub.pod<Pod>("notebook-small", "alice");
    const [notebook] = pod.spec.containers;
    const { env, args, volumeMounts, ...same } = notebook;
    const { env: variables, volumeMounts: mounts, ...container } = described.spec.containers[0];
    // Size, image, security, ports: what policies judged, and quota and plan counted.
    deepEqual(same, container);
    deepEqual(args, ["jupyterhub-singleuser"]);
    deepEqual(volumeMounts, [{ name: "home", mountPath: "/home/jovyan" }, ...mounts]);
    const { containers: _, volumes, ...rest } = pod.spec;
    const { containers: __, volumes: given, ...placed } = described.spec;
    deepEqual(rest, placed);
    deepEqual(volumes, [...given, { name: "home", persistentVolumeClaim: { claimName: "person-alice-home" } }]);
    // What network policies select.
    for (const [key, value] of Object.entries(described.metadata.labels)) equal(pod.metadata.labels[key], value, key);
    for (const variable of variables)
      ok(
        env.some((each) => JSON.stringify(each) === JSON.stringify(variable)),
        variable.name,
      );
    const of = (name: string) => env.find((each) => each.name === name);
    deepEqual(of("AWS_SECRET_ACCESS_KEY")?.valueFrom, { secretKeyRef: { name: "person-alice-s3", key: "SecretKey" } });
    equal(of("LAKEHOUSE_SCHEMA")?.value, "person_alice");
    equal(of("JUPYTERHUB_USER")?.value, "alice");
  });

  it("JupyterHub's metrics need the token, and have every name that alerts and panels ask for", async () => {
    equal((await metrics("wrong")).status, 403);
    equal((await fetch(`${HUB}/hub/metrics`, { redirect: "manual" })).status, 403);
    const settings = settingsFrom({
      nodes: [{ name: "a", pool: "a", cpu: 64, memory: "256Gi" }],
      pools: { a: { default: true } },
      cluster: { certManager: true },
      storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
    });
    const described = monitoring(platform(settings), settings.compute.jupyterhub);
    const [scrape] = described.scrapes;
    const { token: { secret, key } = { secret: "", key: "" }, path } = scrape ?? {};
    equal(path, "/hub/metrics");
    const answer = await metrics(hub.rendered.secret(secret, key));
    equal(answer.status, 200);
    const proxy = await (await fetch(`${PROXY.replace("8000", "8002")}/metrics`)).text();
    const text = await answer.text();
    deepEqual(notExposed(described, [text, proxy]), []);
    // The labels that expressions ask for, too.
    match(text, /^jupyterhub_server_spawn_duration_seconds_count\{status="failure"\}/m);
    match(text, /^jupyterhub_server_spawn_duration_seconds_bucket\{le="120.0",status="success"\}/m);
    await until("the culler has asked", async () => {
      const asked = await (await metrics(hub.rendered.secret(secret, key))).text();
      return /^jupyterhub_request_duration_seconds_count\{.*handler="jupyterhub.apihandlers.users.UserListAPIHandler"/m.test(
        asked,
      );
    });
  });

  it("JupyterHub comes back after it was killed, with the notebooks that ran", async () => {
    const alice = await signedIn("alice");
    const before = await notebooks();
    equal(before.length, 1);
    await hub.kill("hub");
    equal((await fetch(`${PROXY}/user/alice/static/favicons/favicon.ico`)).status, 200, "the notebook is reached");
    await hub.start("hub");
    deepEqual(await notebooks(), before);
    await until("the hub's routes are there again", async () => (await status(alice, "alice")) === 200);
    await hub.kill("proxy");
    await hub.start("proxy");
    await until("a new proxy knows all routes", async () => (await status(alice, "alice")) === 200);
    deepEqual(await notebooks(), before);
  });

  it("JupyterHub's credentials rotate: both generations are valid, then the new one alone (slow)", async () => {
    const first = hub.rendered;
    const session = await signedIn("alice");
    const old = { metrics: first.secret("jupyterhub-tokens", "metrics"), password: password("alice") };
    const generation = async (settings: object) => {
      const all = { jupyterhub: settings, person: settings };
      changed["lakehouse:credentials"] = JSON.stringify(all);
      hub.rendered = await first.having(changed);
      ground = await ground.with(hub.rendered);
      await makeRoles();
      await hub.kill("hub", "proxy");
      await hub.start();
    };
    await generation({ generation: 2, keepPrevious: true });
    const next = hub.rendered.secret("jupyterhub-tokens-2", "metrics");
    notEqual(next, old.metrics);
    for (const token of [old.metrics, next]) equal((await metrics(token)).status, 200);
    for (const each of [old.password, password("alice")])
      ok(await new Browser(PROXY).signIn("alice", each), "both passwords are valid");
    notEqual(password("alice"), old.password);
    equal((await session.api("GET", "/user")).status, 403, "cookies of the former secret are worth nothing");
    await generation({ generation: 2 });
    equal((await metrics(old.metrics)).status, 403);
    equal((await metrics(next)).status, 200);
    equal(await new Browser(PROXY).signIn("alice", old.password), false);
    await until("alice has her notebook", async () => (await status(await signedIn("alice"), "alice")) === 200);
  });

  it("JupyterHub ends a notebook that does nothing (slow)", async () => {
    await hub.kill("hub");
    hub.culls = true;
    await hub.start("hub");
    const running = await notebooks();
    equal(running.length, 1);
    await until("it is ended", async () => (await notebooks()).length === 0);
    for (const pid of running) await until("its process is gone", () => Promise.resolve(!alive(pid)));
  });

  it("JupyterHub signs out who is taken out of the settings (slow)", async () => {
    const carol = await signedIn("carol");
    equal((await carol.api("GET", "/user")).status, 200);
    const { carol: _, ...others } = PEOPLE;
    const before = password("carol");
    hub.rendered = await hub.rendered.having({ ...changed, [COMPUTE]: hubOf(others) });
    await hub.kill("hub");
    await hub.start("hub");
    await until("she is nobody here", async () => (await carol.api("GET", "/user")).status === 403);
    equal(await new Browser(PROXY).signIn("carol", before), false);
    ok(await new Browser(PROXY).signIn("bob", password("bob")));
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
