import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { selector } from "../../components/core/labels";
import { resourceRequirements } from "../../components/core/pod-group";
import { PROJECT_FOLDER } from "../../inputs/project";
import { readStackFile } from "../../inputs/stack-file";
import type { KubernetesObject } from "../../sandbox/control-plane/api";
import type { ControlPlane } from "../../sandbox/control-plane/control-plane";
import { applyAll } from "../../sandbox/control-plane/deploy";
import { simulatedNode } from "../../sandbox/control-plane/nodes";
import { type Stack, stackOf } from "../../sandbox/control-plane/stack";
import { freePorts } from "../../sandbox/core/ports";
import { tail } from "../../sandbox/core/run";
import { until } from "../../sandbox/core/until";
import { Browser } from "../../sandbox/engines/jupyterhub/browser";
import { obtain } from "../../sandbox/engines/obtain";
import { command } from "../../sandbox/engines/obtain/command";
import { started } from "./stacks";

const COMPUTE = "lakehouse:compute";
const KINDS = ["Namespace", "PriorityClass", "LimitRange", "ResourceQuota", "ServiceAccount", "Role", "RoleBinding"];
const PEOPLE = { alice: {}, bob: {}, carol: { profile: "medium" } };
const [HOME, NOTEBOOKS] = ["lakehouse-hub", "lakehouse-notebooks"];
const PASSWORD = "a password of the test";

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly resources: object;
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly mountPath: string; readonly name: string }[];
}
interface PodSpec extends Record<string, unknown> {
  readonly containers: readonly [Container];
  readonly volumes: readonly {
    readonly name: string;
    readonly persistentVolumeClaim?: { readonly claimName: string };
  }[];
}

/**
 * The real hub with KubeSpawner, from the rendered configuration, on a real API server as its own service account. Its database is a file
 * here, and everything listens on this machine's loopback. No kubelet runs the pods.
 */
describe("pods that KubeSpawner makes", function () {
  let plane: ControlPlane;
  let planned: Stack;
  let browser: (name: string) => Promise<Browser>;
  let log = "";

  before(async function () {
    const config = readStackFile(PROJECT_FOLDER, "homelab");
    const given = {
      jupyterhub: { enabled: true, image: "ghcr.io/example/notebook:1", people: PEOPLE, small: { replicas: 1 } },
    };
    const compute = { ...(JSON.parse(config.values[COMPUTE] ?? "{}") as object), ...given };
    planned = await stackOf({ ...config, values: { ...config.values, [COMPUTE]: JSON.stringify(compute) } });
    plane = await started(this, { nodes: planned.nodes.map((node) => simulatedNode(node)) });
    const own = ({ kind, metadata }: KubernetesObject) =>
      KINDS.includes(kind) || (metadata.namespace === NOTEBOOKS && ["PodTemplate", "ConfigMap"].includes(kind));
    await applyAll(plane.api, planned.objects.filter(own));
    await until("the quota is known", async () => {
      const all = await plane.api.list("v1", "resourcequotas");
      return all
        .filter(({ metadata }) => metadata.namespace === NOTEBOOKS)
        .every(({ status }) => status !== undefined && "hard" in (status as object));
    });
    browser = await startHub();
  });
  after(async () => {
    await (plane as ControlPlane | undefined)?.end();
  });

  /** @returns a browser of somebody who has signed in */
  async function startHub(): Promise<(name: string) => Promise<Browser>> {
    const { hub, hubProxy } = await obtain(() => undefined, ["hub", "hubProxy"]);
    const folder = join(plane.run.folder, "hub");
    mkdirSync(folder);
    const ports = await freePorts("proxy", "routes", "hub");
    const at = (port: keyof typeof ports) => `http://127.0.0.1:${String(ports[port])}`;
    const rendered = planned.objects.find(
      ({ kind, metadata }) => kind === "ConfigMap" && metadata.name === "jupyterhub-hub-config",
    );
    const files = rendered?.data as Readonly<Record<string, string>>;
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const people = join(folder, "people.json");
    const told = JSON.parse(files["hub.json"] ?? "{}") as { passwords: string; culling: { url: string } };
    writeFileSync(
      join(folder, "hub.json"),
      JSON.stringify({ ...told, passwords: people, culling: { ...told.culling, url: `${at("hub")}/hub/api` } }),
    );
    const python = join(hub, "bin", "python");
    const hashed = await command([
      python,
      "-c",
      "import bcrypt, sys; print(bcrypt.hashpw(sys.argv[1].encode(), bcrypt.gensalt(4)).decode())",
      PASSWORD,
    ]);
    writeFileSync(
      people,
      JSON.stringify(Object.fromEntries(Object.keys(PEOPLE).map((name) => [name, [hashed.trim()]]))),
    );
    const node = [process.execPath, join(hubProxy, "node_modules/.bin/configurable-http-proxy")];
    const running = await plane.run.process({
      name: "hub",
      cwd: folder,
      command: [
        python,
        ...["-m", "jupyterhub", "--config", join(folder, "jupyterhub_config.py")],
        `--JupyterHub.db_url=sqlite:///${join(folder, "hub.sqlite")}`,
        `--JupyterHub.bind_url=${at("proxy")}`,
        `--JupyterHub.hub_bind_url=${at("hub")}`,
        `--JupyterHub.hub_connect_url=${at("hub")}`,
        "--ConfigurableHTTPProxy.should_start=True",
        `--ConfigurableHTTPProxy.api_url=${at("routes")}`,
        ...node.map((word) => `--ConfigurableHTTPProxy.command=${word}`),
      ],
      env: {
        KUBECONFIG: await kubeconfig(folder),
        LAKEHOUSE_COOKIE_SECRET: "c".repeat(64),
        LAKEHOUSE_METRICS_TOKEN: "m".repeat(64),
        CONFIGPROXY_AUTH_TOKEN: "p".repeat(64),
        PYTHONDONTWRITEBYTECODE: "1",
      },
      ready: async () => (await fetch(`${at("proxy")}/hub/health`)).ok,
    });
    log = running.log;
    return async (name) => {
      const made = new Browser(at("proxy"));
      ok(await made.signIn(name, PASSWORD), tail(log));
      return made;
    };
  }

  /** A kubeconfig of the hub's own service account. */
  async function kubeconfig(folder: string): Promise<string> {
    const { api } = plane;
    const path = `/api/v1/namespaces/${HOME}/serviceaccounts/jupyterhub-hub/token`;
    const asked = {
      apiVersion: "authentication.k8s.io/v1",
      kind: "TokenRequest",
      spec: { audiences: [], expirationSeconds: 3600 },
    };
    const { status } = await api.must<{ readonly status: { readonly token: string } }>("POST", path, asked);
    const { server, ca } = api.access;
    const file = join(folder, "kubeconfig");
    const name = "hub";
    const content = {
      "apiVersion": "v1",
      "kind": "Config",
      "current-context": name,
      "clusters": [{ name, cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") } }],
      "users": [{ name, user: { token: status.token } }],
      "contexts": [{ name, context: { cluster: name, user: name } }],
    };
    writeFileSync(file, JSON.stringify(content), { mode: 0o600 });
    return file;
  }

  const pod = (name: string) =>
    plane.api.get({ apiVersion: "v1", kind: "Pod", metadata: { name: `jupyter-${name}`, namespace: NOTEBOOKS } });
  async function spawned(name: string): Promise<KubernetesObject> {
    const answer = await (await browser(name)).api("POST", `/users/${name}/server`);
    ok([201, 202].includes(answer.status), `${String(answer.status)} ${answer.text}`);
    await until(`${name}'s pod is let in`, async () => (await pod(name)) !== undefined, {
      within: 120_000,
      explain: () => Promise.resolve(tail(log, 60)),
    });
    return (await pod(name))!;
  }

  it("are those of the template: admitted as restricted, placed, bounded and counted as planned", async () => {
    const { metadata, spec } = await spawned("alice");
    const group = planned.groups.find(({ service, role }) => service === "notebook" && role === "small");
    const template = planned.objects.find(
      ({ kind, metadata: of }) => kind === "PodTemplate" && of.name === "notebook-small",
    )?.template as { readonly metadata: { readonly labels: object }; readonly spec: PodSpec };
    ok(group);
    const made = spec as PodSpec;
    const [notebook, described] = [made.containers[0], template.spec.containers[0]];
    // What quota, plan and cost counted.
    deepEqual(notebook.resources, JSON.parse(JSON.stringify(resourceRequirements(group))));
    equal(made.priorityClassName, group.priorityClass);
    // What network policies select.
    const labels = metadata.labels ?? {};
    for (const [key, value] of Object.entries({ ...template.metadata.labels, ...selector(group) }))
      equal(labels[key], value, key);
    // Everything that the template says of the pod.
    for (const key of [
      "securityContext",
      "tolerations",
      "affinity",
      "automountServiceAccountToken",
      "enableServiceLinks",
      "serviceAccountName",
      "restartPolicy",
    ])
      ok(holds(made[key], template.spec[key]), `${key}: ${JSON.stringify(made[key])}`);
    deepEqual(notebook.securityContext, described.securityContext);
    equal(notebook.image, described.image);
    deepEqual(notebook.args.slice(0, 1), ["jupyterhub-singleuser"]);
    // And what is alice's own.
    const variable = (name: string) => notebook.env.find((each) => each.name === name);
    equal(variable("JUPYTERHUB_USER")?.value, "alice");
    equal(variable("LAKEHOUSE_SCHEMA")?.value, "person_alice");
    // The homelab's store is Ceph, whose operator names the Secret.
    deepEqual(variable("AWS_SECRET_ACCESS_KEY")?.valueFrom, {
      secretKeyRef: { name: "rook-ceph-object-user-lakehouse-person-alice", key: "SecretKey" },
    });
    equal(made.volumes.find(({ name }) => name === "home")?.persistentVolumeClaim?.claimName, "person-alice-home");
    deepEqual(
      notebook.volumeMounts.slice(0, 3).map(({ mountPath }) => mountPath),
      ["/home/jovyan", "/tmp", "/home/jovyan/lakehouse"],
    );
    ok(notebook.env.every(({ name, value }) => !name.startsWith("JUPYTER_IMAGE") || value === described.image));
  });

  it("are no more than planned: the hub refuses one more, and the quota would too", async () => {
    const answer = await (await browser("bob")).api("POST", "/users/bob/server");
    equal(answer.status, 429, answer.text);
    match(answer.text, /all 1 notebooks of the profile small are in use/);
    equal(await pod("bob"), undefined);
    await spawned("carol");
    const quota = (await plane.api.list("v1", "resourcequotas")).find(
      ({ metadata }) => metadata.namespace === NOTEBOOKS && metadata.name === "lakehouse-serving",
    )?.status as { readonly hard: Record<string, string>; readonly used: Record<string, string> };
    deepEqual(quota.used, quota.hard);
  });

  it("end with their server, and the hub may do nothing else in the cluster", async () => {
    const alice = await browser("alice");
    await until(
      "it may be stopped",
      async () => [202, 204].includes((await alice.api("DELETE", "/users/alice/server")).status),
      { within: 120_000 },
    );
    await until(
      "the pod is gone",
      async () => {
        const found = await pod("alice");
        return found === undefined || found.metadata.deletionTimestamp !== undefined;
      },
      { within: 120_000 },
    );
    const hub = plane.api.asServiceAccount(HOME, "jupyterhub-hub");
    const path = (namespace: string, what: string) => `/api/v1/namespaces/${namespace}/${what}`;
    for (const [namespace, what] of [
      [NOTEBOOKS, "secrets"],
      [NOTEBOOKS, "persistentvolumeclaims"],
      [HOME, "pods"],
      [HOME, "secrets"],
      ["default", "pods"],
    ] as const)
      equal((await hub.call("GET", path(namespace, what))).status, 403, `${namespace} ${what}`);
  });
});

/** Whether all that is given is in what is there, to which Kubernetes adds its defaults. */
function holds(there: unknown, given: unknown): boolean {
  if (typeof given !== "object" || given === null) return there === given;
  if (typeof there !== "object" || there === null) return false;
  return Object.entries(given).every(([key, value]) => holds((there as Record<string, unknown>)[key], value));
}
